"""Whom a figure of the funnel stands for: the contacts behind each number of its page, on the same day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.engine.history import History
from leadline.engine.passages import passages, path_of
from leadline.engine.survival import HAPPENED, OTHERWISE, WAITING
from leadline.web.warehouse.cases import Case, Mask, cut, of_some
from leadline.web.warehouse.days import BEFORE, Amounts, money_on, stage_of

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Whom:
    """Contacts by their numbers, the latest first: since when, and for how much (None: that is not said)."""

    contacts: list[int]
    since: list[int]
    amounts: list[int] | None = None

    def __len__(self) -> int:
        return len(self.contacts)


@dataclass(frozen=True)
class Figure:
    """A number of the page: what is said of those whom it counts, and what `since` and the amount say."""

    said: str
    since: str
    find: Callable[[Case, int, Mask | None, int], Whom]
    amount: str = ""


def _standing(case: Case, at: int, wanted: Mask | None, stage: int) -> Whom:
    """Those who stand in a stage; the strangers are those who were known by then, and stand in none."""
    history = cut(_some(case, wanted), at)
    known = case.first_at if wanted is None else case.first_at[wanted]
    here = stage_of(history, at)
    since = np.where(here == 0, known, 0)
    rows = np.flatnonzero((history.entered_at <= at) & (at < history.left_at))
    since[history.contact[rows]] = history.entered_at[rows]
    return _whom(case, wanted, np.flatnonzero((here == stage) & (known <= at)), since)


def _before(case: Case, at: int, wanted: Mask | None, stage: int) -> Whom:
    return _standing(case, at - BEFORE, wanted, stage)


def _paid(part: int) -> Callable[[Case, int, Mask | None, int], Whom]:
    """Those with an amount in a stage, by its place in what `money_on` tells: summed for each contact."""

    def find(case: Case, at: int, wanted: Mask | None, stage: int) -> Whom:
        here = stage_of(cut(_some(case, wanted), at), at)
        return _summed(case, money_on(case, at, here, wanted)[part], stage)

    return find


def _passing(outcome: int | None) -> Callable[[Case, int, Mask | None, int], Whom]:
    """Those who reached a stage, and of whom this has come on the way to the next; None: whatever came."""

    def find(case: Case, at: int, wanted: Mask | None, stage: int) -> Whom:
        history, way = cut(_some(case, wanted), at), path_of(case.funnel)
        place = way.index(case.funnel.stage_names[stage])
        begun = passages(history, way[place], way[place + 1])
        if outcome is not None:
            begun = begun.take(np.flatnonzero(begun.outcome == outcome))
        since = np.zeros(len(history.subjects), dtype=np.int64)
        since[begun.contact] = begun.start
        return _whom(case, wanted, begun.contact, since)

    return find


FIGURES = {
    "people": Figure("in “{stage}”", "Since", _standing),
    "before": Figure("in “{stage}” 30 days before", "Since", _before),
    "asked": Figure("in “{stage}” with an ask to answer", "Asked", _paid(0), "Asked for"),
    "overdue": Figure("in “{stage}” with an ask that waits too long", "Asked", _paid(1), "Asked for"),
    "paid": Figure("in “{stage}” with purchases", "Last paid", _paid(2), "Paid"),
    "reached": Figure("who reached “{stage}”", "Reached", _passing(None)),
    "went": Figure("who reached “{stage}” and went on", "Reached", _passing(HAPPENED)),
    "left": Figure("who reached “{stage}” and left", "Reached", _passing(OTHERWISE)),
    "waiting": Figure("who reached “{stage}”, and neither went on nor left", "Reached", _passing(WAITING)),
}
"""Every number of the page that opens its people, by its name in addresses."""


def steps_from(case: Case) -> list[str]:
    """The stages from which a way leads on."""
    return path_of(case.funnel)[:-1]


def _some(case: Case, wanted: Mask | None) -> History:
    return case.staged if wanted is None else of_some(case.staged, wanted)


def _subjects(case: Case, wanted: Mask | None) -> Integers:
    numbers = np.array(case.history.subjects, dtype=np.int64)
    return numbers if wanted is None else numbers[wanted]


def _whom(case: Case, wanted: Mask | None, some: Integers, since: Integers) -> Whom:
    order = np.lexsort((-some, -since[some]))
    some = some[order]
    return Whom(_subjects(case, wanted)[some].tolist(), since[some].tolist())


def _summed(case: Case, amounts: Amounts, stage: int) -> Whom:
    """For each contact the sum, and the latest instant; who has nothing left is left out."""
    size = len(case.history.subjects)
    sums, since = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
    rows = np.flatnonzero(amounts.stage == stage)
    np.add.at(sums, amounts.contact[rows], amounts.value[rows])
    np.maximum.at(since, amounts.contact[rows], amounts.since[rows])
    some = np.flatnonzero(sums)
    some = some[np.lexsort((-some, -since[some]))]
    numbers = _subjects(case, None)
    return Whom(numbers[some].tolist(), since[some].tolist(), sums[some].tolist())
