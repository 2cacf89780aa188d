"""History: who was in which stage from when to when, and because of which touch."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from leadline.engine.errors import BadKinds, BadTouches, UnknownContact, nearest
from leadline.engine.fold import LONGEST, MOST_KINDS, compiled, count_touches, fold, group_touches
from leadline.engine.funnel import Funnel
from leadline.engine.instants import NEVER, Moment, to_datetime, to_instant
from leadline.engine.lookup import Lookup, lookup
from leadline.engine.touches import Column, Touches

Of = Literal["contact", "company"]
FEW = 20_000
"""Up to so many touches the plain functions are quicker than fetching the compiled ones."""
RANGE, MOST_RANGES = 500_000, 16
"""Touches folded in one go, so that what is sorted stays in the processor's cache; ranges at most."""


@dataclass(frozen=True, eq=False)
class History:
    """What follows from touches and a funnel, up to and with `as_of`.

    Rows stand in the order of (contact, entered_at) and run without gaps from a contact's first stage on.
    `contact` indexes `subjects` (everybody of whom there are touches); `stage` is a number of
    `funnel.stage_names` (0: a stranger again), `step` one of the stage's steps (0 none); instants are
    microseconds UTC, `left_at` NEVER for where somebody still is; `cause` is a row of the touches, or -1
    where only time passed.
    """

    funnel: Funnel
    subjects: Sequence[Any]
    contact: npt.NDArray[np.int32]
    stage: npt.NDArray[np.uint8]
    step: npt.NDArray[np.uint8]
    entered_at: npt.NDArray[np.int64]
    left_at: npt.NDArray[np.int64]
    cause: npt.NDArray[np.int64]
    as_of: int

    def __len__(self) -> int:
        return len(self.contact)

    @property
    def stages(self) -> tuple[str, ...]:
        """The names that `stage` numbers: `stranger`, then the funnel's stages."""
        return self.funnel.stage_names

    def by_stage(self) -> History:
        """The same history with the steps left out: rows of one stage that follow each other are one."""
        if not self.step.any():
            return self
        goes_on = np.zeros(len(self), dtype=bool)
        goes_on[1:] = (self.contact[1:] == self.contact[:-1]) & (self.stage[1:] == self.stage[:-1])
        first = np.flatnonzero(~goes_on)
        last = np.append(first[1:], len(self)) - 1
        return replace(
            self,
            contact=self.contact[first],
            stage=self.stage[first],
            step=np.zeros(len(first), np.uint8),
            entered_at=self.entered_at[first],
            left_at=self.left_at[last],
            cause=self.cause[first],
        )

    def number_of(self, subject: Any) -> int:
        """The number of a contact in `subjects`; raises UnknownContact with the nearest one."""
        return find_subject(self.subjects, subject)

    def of_contact(self, subject: Any) -> list[dict[str, Any]]:
        """One contact's rows as dicts: stage, step, entered_at, left_at (None: still there), cause (row or None)."""
        number = self.number_of(subject)
        low, high = np.searchsorted(self.contact, [number, number + 1])
        return [self._row(row) for row in range(int(low), int(high))]

    def rows(self) -> list[dict[str, Any]]:
        """Every row as a dict, with its contact."""
        return [
            {"contact": self.subjects[int(self.contact[row])]} | self._row(row) for row in range(len(self))
        ]

    def _row(self, row: int) -> dict[str, Any]:
        stage, step, left = int(self.stage[row]), int(self.step[row]), int(self.left_at[row])
        return {
            "stage": self.stages[stage],
            "step": self.funnel.stages[stage - 1].steps[step - 1].name if step else None,
            "entered_at": to_datetime(int(self.entered_at[row])),
            "left_at": None if left == NEVER else to_datetime(left),
            "cause": int(self.cause[row]) if self.cause[row] >= 0 else None,
        }


def derive(
    touches: Touches,
    funnel: Funnel,
    as_of: Moment | None = None,
    *,
    of: Of = "contact",
    merged: Mapping[Any, Any] | None = None,
) -> History:
    """The history of everybody in the touches under a funnel, up to and with `as_of`.

    `as_of` None is the instant of the last touch; a bare date means the end of that day. `of` says whose
    history: contacts, or companies (all touches of their people). `merged` names contacts that are
    another one ({duplicate: kept}). Raises BadFunnel, TooManyAtoms; BadTouches without the column `company`.
    """
    table = lookup(funnel, touches.kinds)
    whose = subjects_of(touches, of, merged)
    until = last_instant(touches, as_of)
    folded = _fold_all(touches, whose, table, until)
    contact, state, entered_at, left_at, cause = folded
    return History(
        funnel=funnel,
        subjects=whose.labels,
        contact=contact,
        stage=table.stage_of[state],
        step=table.step_of[state],
        entered_at=entered_at,
        left_at=left_at,
        cause=cause,
        as_of=until,
    )


def last_instant(touches: Touches, as_of: Moment | None) -> int:
    """The instant that `as_of` means for these touches: itself, or that of the last touch."""
    if as_of is not None:
        return to_instant(as_of, end_of_day=True)
    return int(touches.happened_at.max()) if len(touches) else 0


def subjects_of(touches: Touches, of: Of = "contact", merged: Mapping[Any, Any] | None = None) -> Column:
    """Whose touch each row is: the contact or the company, whoever was merged being one."""
    if of == "company" and "company" not in touches.columns:
        raise BadTouches(
            "Companies were asked for", found="touches without a column “company”", allowed="contacts"
        )
    column = touches.columns["company"] if of == "company" else touches.contact
    if not merged:
        return column
    kept = [_survivor(label, merged) for label in column.labels]
    labels = Column.of(kept)
    codes = np.append(labels.codes, np.int32(-1))[column.codes]
    return Column(codes, labels.labels)


def find_subject(subjects: Sequence[Any], subject: Any) -> int:
    """The place of a subject among the labels; raises UnknownContact with the nearest one."""
    wanted = str(subject)
    for number, label in enumerate(subjects):
        if label == subject or str(label) == wanted:
            return number
    near = nearest(wanted, [str(label) for label in subjects[:50_000]])
    raise UnknownContact(
        f"The contact “{wanted}” was asked for",
        found=f"no touch of that contact among {len(subjects):,}",
        allowed="a contact of the log, as it is written there",
        suggestion=near,
    )


def _survivor(label: Any, merged: Mapping[Any, Any]) -> Any:
    seen = {label}
    while label in merged:
        label = merged[label]
        if label in seen:
            raise BadTouches("Contacts are merged into each other", found=f"a ring through {label!r}")
        seen.add(label)
    return label


def _fold_all(touches: Touches, whose: Column, table: Lookup, until: int) -> tuple[Any, ...]:
    """Fold every subject, on as many threads as there are cores: each takes a range of subjects."""
    many = len(touches) > FEW
    count, group, walk = _functions(many)
    kinds = sorted(table.kinds_used())
    base = _check_span(touches, until, kinds)
    local = np.full(max(len(touches.kinds.kinds), 1), -1, np.int16)
    local[kinds] = np.arange(len(kinds))
    skip = touches.machine if touches.machine is not None else np.zeros(0, dtype=bool)
    log = (whose.codes, touches.kind, touches.happened_at, skip, local, until)
    counts = count(*log, len(whose.labels))
    ends = np.concatenate([[0], np.cumsum(counts)])
    atoms = _atom_arrays(table, kinds)

    def run(first: int, last: int) -> tuple[Any, ...]:
        starts = ends[first : last + 1] - ends[first]
        keys, rows = group(*log, base, first, starts)
        subject, state, entered, left, cause = walk(starts, keys, *atoms, until - base)
        entered, left = entered + base, np.where(left == NEVER, NEVER, left + base)
        cause = np.where(cause >= 0, rows[cause], -1) if len(rows) else cause
        return subject + np.int32(first), state, entered, left, cause

    ranges = _ranges(ends, min(MOST_RANGES, max(2, len(touches) // RANGE)) if many else 1)
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        parts = list(pool.map(lambda bounds: run(*bounds), ranges))
    return tuple(np.concatenate(columns) for columns in zip(*parts, strict=True))


def _functions(many: bool) -> tuple[Callable[..., Any], ...]:
    functions: tuple[Callable[..., Any], ...] = (count_touches, group_touches, fold)
    return tuple(compiled(function) for function in functions) if many else functions


def _check_span(touches: Touches, until: int, kinds: list[int]) -> int:
    if len(kinds) > MOST_KINDS:
        raise BadKinds("A funnel may use kinds", found=f"{len(kinds)} of them", allowed=f"{MOST_KINDS}")
    base = int(touches.happened_at.min()) if len(touches) else until
    if until - base > LONGEST:
        first = to_datetime(base).date()
        raise BadTouches(
            "The log spans too long a time", found=f"touches from {first} on", allowed="570 years in all"
        )
    return base


def _atom_arrays(table: Lookup, kinds: list[int]) -> tuple[Any, ...]:
    """For the kernel: masks of what each kind feeds and resets; each atom's count and window; the table."""
    bits = [(1 << bit, atom) for bit, atom in enumerate(table.atoms)]
    feeds = [sum(bit for bit, atom in bits if kind in atom.kinds) for kind in kinds]
    resets = [sum(bit for bit, atom in bits if kind in atom.since) for kind in kinds]
    return (
        np.array(feeds, np.int64),
        np.array(resets, np.int64),
        np.array([atom.times for atom in table.atoms], np.int64),
        np.array([atom.window or 0 for atom in table.atoms], np.int64),
        table.table,
    )


def _ranges(ends: npt.NDArray[np.int64], parts: int) -> list[tuple[int, int]]:
    """Ranges of subjects with about as many touches each."""
    cuts = np.searchsorted(ends, np.linspace(0, ends[-1], parts + 1)[1:-1])
    cuts = np.unique(np.concatenate([[0], cuts, [len(ends) - 1]]))
    return [(int(low), int(high)) for low, high in zip(cuts[:-1], cuts[1:], strict=True)] or [(0, 0)]
