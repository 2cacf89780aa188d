"""History: who was in which stage from when to when, and because of which touch."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from leadline.engine.clocks import last_of
from leadline.engine.errors import BadKinds, BadTouches, UnknownContact, nearest
from leadline.engine.fold import (
    LONGEST,
    MOST_KINDS,
    compiled,
    count_touches,
    fold,
    group_touches,
    spread_touches,
)
from leadline.engine.funnel import Funnel
from leadline.engine.instants import NEVER, Moment, to_datetime
from leadline.engine.lookup import Lookup, lookup
from leadline.engine.touches import Column, Touches

Of = Literal["contact", "company"]
FEW = 50_000
"""Up to so many touches the plain functions are quicker than fetching the compiled ones."""
FEWEST = 200
"""Up to so many they are quicker even where those are fetched already."""
BUCKET, MOST_BUCKETS = 1 << 16, 256
"""Touches that are sorted in one go, so that they fit the processor's cache; buckets at most."""


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
        """One contact's rows: stage, step, entered_at, left_at (None: still there), cause (row or None)."""
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
        return last_of(as_of)
    return int(touches.happened_at.max()) if len(touches) else 0


def subjects_of(touches: Touches, of: Of = "contact", merged: Mapping[Any, Any] | None = None) -> Column:
    """Whose touch each row is: the contact or the company, contacts that were merged being one.

    A row that leaves the company blank is of the company that its contact's earliest touch names.
    """
    if of == "company" and "company" not in touches.columns:
        raise BadTouches(
            "Companies were asked for", found="touches without a column “company”", allowed="contacts"
        )
    if merged:
        labels = Column.of(_survivor(label, merged) for label in touches.contact.labels)
        codes = np.append(labels.codes, np.int32(-1))[touches.contact.codes]
        touches = replace(touches, contact=Column(codes, labels.labels))
    return _employers(touches) if of == "company" else touches.contact


def _employers(touches: Touches) -> Column:
    own, usual = touches.columns["company"], touches.first("company")
    codes = np.append(usual.codes, np.int32(-1))[touches.contact.codes]
    return Column(np.where(own.codes < 0, codes, own.codes), own.labels)


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
    """Fold every subject, on as many threads as there are cores: bucket by bucket of subjects."""
    kinds, atoms = _atom_arrays(table)
    base = _check_span(touches, until, kinds)
    local = np.full(max(len(touches.kinds.kinds), 1), -1, np.int16)
    local[kinds] = np.arange(len(kinds))
    plan = _Plan(len(touches), len(whose.labels))
    skip = touches.machine if touches.machine is not None else np.zeros(0, dtype=bool)
    log = (whose.codes, touches.kind, touches.happened_at, skip)
    with plan.sharing() as share:
        ends, *columns = _fill_buckets(plan, log, (local, until, plan.shift), base, share)

        def run(bucket: int) -> tuple[Any, ...]:
            first = bucket << plan.shift
            here = slice(ends[bucket], ends[bucket + 1])
            subjects = min(1 << plan.shift, plan.subjects - first)
            starts, keys, rows = plan.group(*(column[here] for column in columns), first, subjects)
            subject, state, entered, left, cause = plan.fold(starts, keys, *atoms, until - base).T
            left = np.where(left == NEVER, NEVER, left + base)
            cause = np.where(cause >= 0, rows[cause], -1) if len(rows) else cause
            return (subject + first).astype(np.int32), state.astype(np.uint8), entered + base, left, cause

        parts = list(share(run, range(plan.buckets)))
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


_FUNCTIONS: tuple[Callable[..., Any], ...] = (count_touches, spread_touches, group_touches, fold)


@cache
def fetch_compiled() -> tuple[Callable[..., Any], ...]:
    """The compiled functions; who has fetched them folds more than a few touches by them from then on."""
    return tuple(compiled(function) for function in _FUNCTIONS)


class _Plan:
    """How the work is shared out: functions (compiled for many touches), threads, buckets of subjects."""

    def __init__(self, touches: int, subjects: int) -> None:
        many = touches > FEW
        quick = many or (touches > FEWEST and fetch_compiled.cache_info().currsize)
        self.count, self.spread, self.group, self.fold = fetch_compiled() if quick else _FUNCTIONS
        self.threads = (os.cpu_count() or 1) if many else 1
        self.touches, self.subjects = touches, subjects
        wanted = min(MOST_BUCKETS, touches // BUCKET + 1) if many else 1
        self.shift = max(max(subjects - 1, 0).bit_length() - (wanted - 1).bit_length(), 0)
        self.buckets = (max(subjects - 1, 0) >> self.shift) + 1

    @contextmanager
    def sharing(self) -> Iterator[Callable[..., Iterable[Any]]]:
        """What does something with each of many, on all threads: one that is alone is not started for it."""
        if self.threads == 1:
            yield map
            return
        with ThreadPoolExecutor(max_workers=self.threads) as pool:
            yield pool.map

    def runs(self) -> list[slice]:
        """The rows of the log, one run of them a thread."""
        cuts = np.linspace(0, self.touches, self.threads + 1).astype(int).tolist()
        return [slice(low, high) for low, high in pairwise(cuts)]


def _fill_buckets(
    plan: _Plan, log: tuple[Any, ...], how: tuple[Any, ...], base: int, share: Callable[..., Iterable[Any]]
) -> tuple[npt.NDArray[Any], ...]:
    """Where each bucket ends, and the owners, keys and rows of the touches, bucket by bucket."""
    logs = [(run.start, tuple(column[run] for column in log)) for run in plan.runs()]
    counts = np.array(list(share(lambda part: plan.count(*part[1], *how, plan.buckets), logs)))
    ends = np.concatenate([[0], np.cumsum(counts.sum(axis=0))])
    places = ends[:-1] + np.cumsum(counts, axis=0) - counts
    owners, keys = np.empty(ends[-1], np.int32), np.empty(ends[-1], np.int64)
    rows = np.empty(ends[-1], np.int32 if plan.touches < 2**31 else np.int64)

    def fill(part: tuple[int, tuple[Any, ...]], place: npt.NDArray[np.int64]) -> None:
        plan.spread(*part[1], *how, base, part[0], place, owners, keys, rows)

    list(share(fill, logs, places))
    return ends, owners, keys, rows


def _check_span(touches: Touches, until: int, kinds: list[int]) -> int:
    if len(kinds) > MOST_KINDS:
        raise BadKinds("A funnel may use kinds", found=f"{len(kinds)} of them", allowed=f"{MOST_KINDS}")
    base = int(touches.happened_at.min()) if len(touches) else until
    if until - base > LONGEST:
        raise BadTouches(
            "The log spans too long a time",
            found=f"touches from {to_datetime(base).date()} on, and over 570 years of them",
            allowed="570 years up to `as_of`, which is the last touch unless another day is given",
        )
    return base


@lru_cache(maxsize=64)
def _atom_arrays(table: Lookup) -> tuple[list[int], tuple[Any, ...]]:
    """The kinds that count, and for the kernel: masks of what each feeds and resets; each atom; the table."""
    kinds = sorted(table.kinds_used())
    bits = [(1 << bit, atom) for bit, atom in enumerate(table.atoms)]
    feeds = [sum(bit for bit, atom in bits if kind in atom.kinds) for kind in kinds]
    resets = [sum(bit for bit, atom in bits if kind in atom.since) for kind in kinds]
    return kinds, (
        np.array(feeds, np.int64),
        np.array(resets, np.int64),
        np.array([atom.times for atom in table.atoms], np.int64),
        np.array([atom.window or 0 for atom in table.atoms], np.int64),
        table.table,
    )
