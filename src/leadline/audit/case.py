"""One case: what was imported, and what follows from it under a funnel, as of one instant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.audit.targets import read_goal
from leadline.engine.clocks import last_of
from leadline.engine.cycle.cycles import Cycles, trace_cycles
from leadline.engine.errors import LeadlineError, UnknownName, nearest
from leadline.engine.funnel import Funnel
from leadline.engine.history import History, Of, derive, subjects_of
from leadline.engine.importers import Imported
from leadline.engine.importers.sorts.touch_columns import CARRIED
from leadline.engine.instants import DAY, YEAR, Moment
from leadline.engine.money import money_words
from leadline.engine.payments import Payments, payments_of
from leadline.engine.plan.goals import LATEST, Goal
from leadline.engine.process import Process, estimate_process
from leadline.engine.touches import MISSING, Column
from leadline.engine.wording import day_words, listed, time_words

NAMES = ("name", "deal name", "e-mail")
"""By what deals and companies are called besides their label, the first that is known."""
NAMES_OF_PEOPLE = ("name", "e-mail", "deal name")
"""As NAMES, for people: what their deal is called says less of them than their address."""
MOST_DIMENSIONS = 4
MOST_VALUES = 20
"""A column with more different values than this is shown as a dimension only when it is asked for."""
_CARRIED = ("path", "channel", "campaign", "owner", "actor", "content", "offer")


class NothingDated(LeadlineError):
    """Files in which nothing has a date, where the answer needs time."""

    code, exit_code = "nothing-dated", 4


class BadDay(LeadlineError):
    """A day to look at of which files that end so long before say nothing."""

    code, exit_code = "bad-day", 3


@dataclass(frozen=True, eq=False)
class Case:
    """Files, and the history that follows under a funnel; the rest is worked out when it is first needed."""

    imported: Imported
    history: History
    of: Of

    @property
    def funnel(self) -> Funnel:
        """The funnel of the history."""
        return self.history.funnel

    @property
    def unit(self) -> str:
        """What a subject is: contact, company, deal, …."""
        return "company" if self.of == "company" else self.imported.unit

    @property
    def is_dated(self) -> bool:
        """Whether anything at all could be put in time."""
        return len(self.imported.touches) > 0

    @cached_property
    def staged(self) -> History:
        """The history without the steps inside stages."""
        return self.history.by_stage()

    @cached_property
    def cycles(self) -> Cycles:
        """What became of each subject, link by link."""
        return trace_cycles(self.imported.touches, self.history, of=self.of, unit=self.unit)

    @cached_property
    def whose(self) -> Column:
        """Of which subject each touch is."""
        return subjects_of(self.imported.touches, self.of, None)

    @cached_property
    def payments(self) -> Payments:
        """What was bought, and what is left of it."""
        return payments_of(self.imported.touches, self.whose, self.history.as_of)

    @cached_property
    def process(self) -> Process:
        """How people move from stage to stage, estimated."""
        return estimate_process(self.history, self.imported.touches, whose=self.whose)

    @cached_property
    def first_values(self) -> npt.NDArray[np.int64] | None:
        """What each subject's first purchase was worth, or MISSING; None where no money is on record."""
        cycles = self.cycles
        if cycles.currency is None:
            return None
        found = np.full(len(cycles), MISSING)
        found[cycles.purchases.contact[cycles.purchases.first]] = cycles.purchases.value[
            cycles.purchases.first
        ]
        return found

    @cached_property
    def dimensions(self) -> dict[str, Column]:
        """By what subjects can be told apart: the columns of the files, then those of the touches."""
        if self.of == "company":
            return {}
        found, touches = dict(self.imported.attributes), self.imported.touches
        for name in _CARRIED if len(touches) else ():
            if name in touches.columns and name not in found:
                found[name] = touches.first(name, until=self.cycles.client_at)
        return found

    @cached_property
    def _names(self) -> list[Column]:
        known = self.imported.names if self.of == "contact" else {}
        names = NAMES_OF_PEOPLE if self.imported.unit == "contact" else NAMES
        return [known[name] for name in names if name in known]

    @cached_property
    def payers(self) -> Column | None:
        """Of which client each subject is, where a subject is a deal and the files name who pays."""
        if self.unit != "deal":
            return None
        return self.imported.names.get("company") or self.imported.attributes.get("company")

    @cached_property
    def _numbers(self) -> dict[Any, int]:
        return {subject: number for number, subject in enumerate(self.history.subjects)}

    def name_of(self, number: int) -> str:
        """What a subject is called besides its label, the first that is known; else nothing."""
        label = self.history.subjects[number]
        return next(
            (str(column[number]) for column in self._names if column[number] not in {None, label}), ""
        )

    def called(self, subject: Any) -> str:
        """A subject for a sentence or a table: its name, with its label where that says something else."""
        name = self.name_of(self._numbers[subject])
        if not name:
            return str(subject)
        return name if str(subject).endswith(name) else f"{name} ({subject})"

    @property
    def telling(self) -> dict[str, Column]:
        """The first dimensions that have a few values, known for at least half."""
        told = {name: column for name, column in self.dimensions.items() if _tells_apart(column)}
        return dict(list(told.items())[:MOST_DIMENSIONS])

    def dimension(self, name: str) -> tuple[str, Column]:
        """The dimension of a name, or of the column of that header, whatever the case; raises UnknownName."""
        known = self.dimensions
        plain = self._headers | {known_name.casefold(): known_name for known_name in known}
        if name.casefold() not in plain:
            raise UnknownName(
                f"The dimension “{name}” was asked for",
                found=self._found_of(name),
                allowed=", ".join(known) or "none: the files have no further columns",
                suggestion=nearest(name, known),
            )
        found = plain[name.casefold()]
        return found, known[found]

    def carried(self, name: str) -> str:
        """The column of touches of that name or header, whatever the case; as it is where there is none."""
        columns = {column.casefold(): column for column in self.imported.touches.columns}
        carried = {means: column for column, means in CARRIED.items()}
        for row in self.imported.mapping.rows():
            means = str(row["meaning"])
            column = carried.get(means, means)
            if column in columns:
                columns.setdefault(str(row["column"]).casefold(), column)
        return columns.get(name.casefold(), name)

    def aged(self) -> list[str]:
        """Says, before anything else, where the files end long before the day that is looked at."""
        touches, as_of = self.imported.touches, self.history.as_of
        last = int(touches.happened_at.max()) if len(touches) else as_of
        if as_of - last <= YEAR:
            return []
        ends = f"These files end on {day_words(last)}, {time_words(as_of - last)} before {day_words(as_of)}"
        missing = "what happened since is missing, so that too many count as silent or waiting"
        return [f"{ends}: {missing}, and what is said of the time to come is worth little."]

    def named(self, sentences: Sequence[str]) -> list[str]:
        """Says whom sentences mean by clients, where the funnel has another word for them."""
        own = [name for name in self.clients if name != "client"]
        if not own or not any("client" in said for said in sentences):
            return []
        clients = listed([f"“{name}”" for name in own], "or")
        if self.unit in {"contact", "company"}:
            return [f"Clients are those who have come to {clients}."]
        said = f"Each {self.unit} counts by itself: a client is a {self.unit} that has come to {clients}"
        return [f"{said}, and who bought several times counts as often."]

    def left_out(self) -> list[str]:
        """Says which rows no report counts, since they weren't understood, and which amounts."""
        return [*self._unused_rows(), *self._other_amounts(), *self._monthly()]

    def _unused_rows(self) -> list[str]:
        read = sum(file.rows_read for file in self.imported.files)
        unused = sum(file.rows_unused for file in self.imported.files)
        if not unused:
            return []
        rows = f"{unused:,} of {read:,} rows" if read > 1 else "The one row"
        return [f"{rows} could not be used, and are in no figure: leadline audit lists them, and why."]

    def _other_amounts(self) -> list[str]:
        told, others = self.cycles.currency, self.payments.left
        rest = [
            f"{money_words(minor, currency)}{'' if currency else ' with no currency named'}"
            for currency, minor in others.items()
            if currency != told
        ]
        if told is None or told not in others or not rest:
            return []
        of = f"those in {told}" if told else "those with no currency named"
        return [f"Amounts are {of}; besides, {listed(rest)} were paid, and aren't counted."]

    def _monthly(self) -> list[str]:
        """Says that of an amount for each month more will have been paid than is counted."""
        since = "what was paid since is not on record, so more came in than the income that is told"
        return [
            f"“{column}” is an amount for each month, of which each purchase counts one: {since}."
            for column in self.imported.monthly
        ]

    def goal(self, text: str, by: str | None = None) -> Goal:
        """The goal that a text says, in the words of the funnel too. Raises BadGoal; see `read_goal`."""
        return read_goal(text, by, self.cycles.currency, [*self.clients, self.unit])

    @property
    def clients(self) -> list[str]:
        """What the funnel calls clients: its stages of that role."""
        return [stage.name for stage in self.funnel.stages if stage.role == "client"]

    def stage(self, name: str) -> str:
        """The stage of that name, whatever the case; raises UnknownName."""
        return _named("stage", name, [stage.name for stage in self.funnel.stages])

    @property
    def _headers(self) -> dict[str, str]:
        """The dimension that the column of each header became, where it has become one of another name."""
        rows = self.imported.mapping.rows()
        return {
            str(row["column"]).casefold(): str(row["meaning"])
            for row in rows
            if row["meaning"] in self.dimensions
        }

    def _found_of(self, name: str) -> str:
        """What is there instead of a dimension: a column used for something else, or none."""
        for row in self.imported.mapping.rows():
            if str(row["column"]).casefold() == name.casefold():
                also = '; to tell by it, let it mean "attribute" in a mapping'
                return f"a column that was taken for “{row['meaning']}” ({row['because']}){also}"
        return "no such column"


def open_case(imported: Imported, funnel: Funnel, as_of: Moment | None = None, of: Of = "contact") -> Case:
    """The case of what was imported, under a funnel, up to and with `as_of` (None: the last touch).

    Raises BadDay for a day more than ten years after the last touch.
    """
    if as_of is not None:
        _check_day(imported, last_of(as_of))
    return Case(imported, derive(imported.touches, funnel, as_of, of=of), of)


def _check_day(imported: Imported, as_of: int) -> None:
    touches = imported.touches
    if len(touches) and as_of - int(touches.happened_at.max()) > LATEST * DAY:
        last = day_words(int(touches.happened_at.max()))
        raise BadDay(
            "A day to look at was given that is far ahead",
            found=f"{day_words(as_of)}, and touches up to {last}",
            allowed=f"at most ten years after {last}",
        )


def check_dated(imported: Imported) -> None:
    """Raises NothingDated where nothing that was imported has a date."""
    if not len(imported.touches):
        raise NothingDated(
            "This needs to know when things happened",
            found="nothing that has a date",
            allowed="exports with dates: when somebody wrote, was called, was asked, bought",
        )


def choose_funnel(imported: Imported) -> tuple[str, str]:
    """The shipped funnel that suits what was imported, and the sentence that says why."""
    touches = imported.touches
    there = {touches.kinds.kinds[code].name for code in np.unique(touches.kind).tolist()}
    if any(name.startswith("marked_") for name in there):
        name, because = "hubspot", "the files say on which day somebody set a stage"
    elif there & {"deal_opened", "engaged"} or ("lost" in there and not there & {"recorded", "listed"}):
        name, because = "salesforce", "the files hold deals"
    elif there & {"recorded", "listed"}:
        name, because = "voltage", "the files hold a list of contacts"
    else:
        name, because = "elevate", "the files say what people did"
    return name, f"Stages are those of the funnel “{name}”, since {because}; --funnel takes another."


def _named(what: str, name: str, known: Iterable[str]) -> str:
    plain = {one.casefold(): one for one in known}
    if name.casefold() in plain:
        return plain[name.casefold()]
    raise UnknownName(
        f"The {what} “{name}” was asked for",
        found=f"no such {what} in the funnel",
        allowed=", ".join(plain.values()),
        suggestion=nearest(name, plain.values()),
    )


def _tells_apart(column: Column) -> bool:
    """Whether a column has a few values, known for at least half."""
    filled = int((column.codes >= 0).sum())
    values = len(np.unique(column.codes[column.codes >= 0]))
    return 2 <= values <= MOST_VALUES and 2 * filled >= len(column)
