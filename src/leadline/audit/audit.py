"""One audit: what was read, where everybody stands and why, and the reports over it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from leadline.audit.case import MOST_VALUES, Case, check_dated, open_case
from leadline.audit.diagnosis import Diagnosis, diagnose
from leadline.audit.differences import Differences, find_differences
from leadline.audit.reasons import group_reasons
from leadline.engine.clocks import to_local
from leadline.engine.funnel import Funnel
from leadline.engine.history import History, Of
from leadline.engine.importers import Imported
from leadline.engine.instants import DAY, NEVER, Moment
from leadline.engine.money import money_words
from leadline.engine.passages import path_of
from leadline.engine.phrasing import say_touch
from leadline.engine.reports.conversion import Conversion, Conversions, conversion, conversions
from leadline.engine.reports.outcomes import Outcomes, outcomes
from leadline.engine.reports.standing import Standing, standing
from leadline.engine.reports.velocity import Velocity, velocity
from leadline.engine.touches import Column
from leadline.engine.what_if import standing_of
from leadline.engine.wording import counted, day_words, listed


@dataclass(frozen=True)
class Audit:
    """The answer to a pile of exports: every report, over one history, as of one instant."""

    case: Case
    chosen: str
    standing: Standing
    steps: Conversions
    main: Conversion | None
    periods: Conversion | None
    dimensions: tuple[tuple[str, Conversion], ...]
    velocity: Velocity
    differences: Differences | None
    undated: tuple[tuple[str, Outcomes], ...]
    diagnosis: Diagnosis | None

    @property
    def imported(self) -> Imported:
        """What was imported."""
        return self.case.imported

    @property
    def funnel(self) -> Funnel:
        """The funnel by which everybody stands where they stand."""
        return self.case.funnel

    @property
    def history(self) -> History:
        """Who was in which stage from when to when."""
        return self.case.history

    @property
    def unit(self) -> str:
        """What a subject is: contact, company, deal, …."""
        return self.case.unit

    @property
    def is_dated(self) -> bool:
        """Whether anything at all could be put in time."""
        return self.case.is_dated

    def sentences(self) -> list[str]:
        """The most important first: what came out, then what was counted, and how."""
        return [*self.findings(), *self.reading()]

    def findings(self) -> list[str]:
        """What came out."""
        if not self.is_dated:
            return [said for _, report in self.undated[:1] for said in report.sentences()[:2]]
        first = self.diagnosis.headlines() if self.diagnosis else []
        main = self.main.sentences()[:2] if self.main else []
        differ = self.differences.sentences()[:1] if self.differences and self.differences.compared else []
        return [*self.case.aged(), *first, *self.standing.sentences()[:1], *main, *differ]

    def reading(self) -> list[str]:
        """What was read, what is in it, and by which funnel stages follow."""
        return [*self._read(), *([self.chosen, *self.case.named(self.findings())] if self.is_dated else [])]

    def _read(self) -> Iterator[str]:
        read = sum(file.rows_read for file in self.imported.files)
        unused = len(self.imported.unused)
        rest = (
            f"; {unused:,} could not be used, each listed with its reason"
            if unused
            else ", and used"
            if read == 1
            else ", and all were used"
        )
        rows = f"{counted(read, 'row')} {'was' if read == 1 else 'were'}"
        yield f"{rows} read from {counted(len(self.imported.files), 'file')}{rest}."
        if self.is_dated:
            yield (
                f"They hold {counted(len(self.history.subjects), self.unit)} with "
                f"{counted(len(self.imported.touches), 'dated touch')}; "
                f"everything is counted as of {day_words(self.history.as_of)}."
            )
        if self.won:
            unknown = " (the files name no currency)" if list(self.won) == [""] else ""
            yield f"What was bought is worth {_amounts(self.won)}{unknown}{self._given_back()}."

    def _given_back(self) -> str:
        """What was given back of it: “, after 30 EUR that was given back”."""
        taken = self.case.payments.given_back
        return f", after {_amounts(taken)} that was given back" if taken else ""

    @property
    def won(self) -> dict[str, int]:
        """Minor units by currency: what was bought, less what was given back."""
        return self.case.payments.left

    @cached_property
    def now(self) -> list[int]:
        """For each subject the number of the stage in which it stands."""
        return [int(number) for number in standing_of(self.history)]

    def contacts(self, progress: Callable[[int, int], None] | None = None) -> Iterator[dict[str, Any]]:
        """Everybody, in the order of the files: contact, name, stage, step, since, the reason in words."""
        there = np.flatnonzero(self.history.left_at == NEVER)
        row_of = dict(zip(self.history.contact[there].tolist(), there.tolist(), strict=True))
        for number, subject in enumerate(self.history.subjects):
            if progress and number % 1000 == 0:
                progress(number, len(self.history.subjects))
            yield {"contact": subject, "name": self.case.name_of(number)} | self._place(row_of.get(number))

    def _place(self, row: int | None) -> dict[str, Any]:
        if row is None:
            return {
                "stage": self.history.stages[0],
                "step": "",
                "since": "",
                "reason": "no touch that counts",
            }
        stage, step = int(self.history.stage[row]), int(self.history.step[row])
        cause = int(self.history.cause[row])
        touch = self.imported.touches.row(cause) if cause >= 0 else None
        return {
            "stage": self.history.stages[stage],
            "step": self.funnel.stages[stage - 1].steps[step - 1].name if step else "",
            "since": to_local(int(self.history.entered_at[row])).date().isoformat(),
            "reason": say_touch(touch),
        }

    def as_dict(self) -> dict[str, Any]:
        """The whole answer as plain data."""
        as_of = to_local(self.history.as_of).isoformat() if self.is_dated else None
        return {
            "as_of": as_of,
            "unit": self.unit,
            "funnel": self.funnel.name,
            "sentences": self.sentences(),
            "files": [
                {"file": f.name, "read": f.rows_read, "used": f.rows_used, "unused": f.rows_unused}
                for f in self.imported.files
            ],
            "reasons": [{"reason": reason, "rows": count} for reason, count in self.reasons()],
            "notes": list(self.imported.notes),
            "won": [
                {"currency": currency or None, "minor_units": minor} for currency, minor in self.won.items()
            ],
            "columns": self.imported.mapping.rows(),
            "standing": self.standing.rows(),
            "steps": self.steps.rows(),
            "conversion": self.main.rows() if self.main else [],
            "periods": self.periods.rows() if self.periods else [],
            "dimensions": {name: report.rows() for name, report in self.dimensions},
            "velocity": self.velocity.rows(),
            "differences": self.differences.rows() if self.differences else [],
            "outcomes": {name: report.rows() for name, report in self.undated},
            "diagnosis": self.diagnosis.as_dict() if self.diagnosis else {},
        }

    def reasons(self) -> list[tuple[str, int]]:
        """Why rows were not used, and how many for each reason; the file of unused rows names each one's."""
        return group_reasons(row.reason for row in self.imported.unused)


def make_audit(
    imported: Imported,
    funnel: Funnel,
    chosen: str,
    *,
    as_of: Moment | None = None,
    by: str | None = None,
    of: Of = "contact",
    capacity: float | None = None,
    goal: str | None = None,
) -> Audit:
    """Audit what was imported, under a funnel; `chosen` says in a sentence how the funnel was chosen.

    `by` names the one dimension to tell apart; without it those with few values are. `capacity` is how many
    new clients can be taken on in a month, `goal` what to plan for: “3 clients by 2026-12-31”. Raises
    UnknownName, BadCapacity, BadGoal, and NothingDated where there is a goal and nothing in time.
    """
    case = open_case(imported, funnel, as_of, of)
    if goal is not None:
        check_dated(imported)
    aim = case.goal(goal) if goal is not None else None
    history, staged, unit = case.history, case.staged, case.unit
    wanted = dict([case.dimension(by)]) if by is not None else case.telling
    passage = _main_passage(staged)
    horizons = _horizons(staged)

    def told(**how: Any) -> Conversion | None:
        return conversion(staged, *passage, horizons=horizons, unit=unit, **how) if passage else None

    split = [(name, told(by=column)) for name, column in wanted.items()]
    return Audit(
        case=case,
        chosen=chosen,
        standing=standing(staged, first_touch=_known_from(imported, history, of), unit=unit),
        steps=conversions(staged, horizons=horizons, unit=unit),
        main=told(),
        periods=told(period=_period(staged)),
        dimensions=tuple((name, report) for name, report in split if report),
        velocity=velocity(staged, unit=unit),
        differences=_differences(imported, history, unit, of),
        undated=_undated(case, wanted) if not case.is_dated else (),
        diagnosis=diagnose(case, capacity, aim) if case.is_dated else None,
    )


def _amounts(minor: dict[str, int]) -> str:
    return listed([money_words(amount, currency) for currency, amount in minor.items()])


def _known_from(imported: Imported, history: History, of: Of) -> Any:
    """Since when each subject is known: its first touch, or all along where nothing of it is dated."""
    if of == "company":
        return None
    first = imported.touches.first_at()
    return np.where(first == NEVER, history.as_of, first)


def _main_passage(history: History) -> tuple[str, str] | None:
    """From the stage in which most began to the first one of clients (or the last that isn't a leaving)."""
    path = path_of(history.funnel)
    if not len(history):
        return (path[0], path[-1]) if len(path) > 1 else None
    first = np.flatnonzero(np.concatenate([[True], history.contact[1:] != history.contact[:-1]]))
    clients = [stage.name for stage in history.funnel.stages if stage.role == "client"]
    end = clients[0] if clients else path[-1]
    before = path[: path.index(end)]
    began = Counter(history.stages[number] for number in history.stage[first].tolist())
    start = max(before, key=lambda name: (began[name], -before.index(name)), default=None)
    return (start, end) if start else None


def _horizons(history: History) -> tuple[int, ...]:
    """The numbers of days that the history is long enough to speak of."""
    span = (history.as_of - int(history.entered_at.min())) // DAY if len(history) else 0
    usual = (7, 30, 60, 90, 180, 365, 730)
    kept = [days for days in usual if days <= span]
    return tuple(kept[-5:]) or usual[:1]


def _period(history: History) -> str:
    span = (history.as_of - int(history.entered_at.min())) // DAY if len(history) else 0
    return "week" if span <= 100 else "month" if span <= 800 else "quarter" if span <= 2500 else "year"


def _differences(imported: Imported, history: History, unit: str, of: Of) -> Differences | None:
    if imported.typed is None or of == "company" or not len(imported.touches):
        return None
    stage = [int(number) for number in standing_of(history)]
    return find_differences(imported.typed, stage, history.funnel, unit)


def _undated(case: Case, wanted: dict[str, Column]) -> tuple[tuple[str, Outcomes], ...]:
    """How everything ended, by each dimension, where nothing has a date."""
    imported = case.imported
    if imported.outcome is None:
        return ()
    told = wanted or {
        name: column for name, column in case.dimensions.items() if len(column.labels) <= MOST_VALUES
    }
    whole = [("", outcomes(imported.outcome, unit=imported.unit))]
    return tuple(
        whole
        + [(name, outcomes(imported.outcome, by=column, unit=imported.unit)) for name, column in told.items()]
    )
