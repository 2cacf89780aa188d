"""Payments: what was bought, and what of it is left once money was given back.

Money given back (a touch of group `repaid`, or a purchase of less than nothing) belongs to purchases of the
same subject and currency before it, the latest first, and never takes off more than was paid. What is left of
a purchase counts on the day of the purchase, so no day, month or client ever brings less than nothing.

* Without an amount, a touch that ends the custom (group `ended`) gives back all that was bought before it;
  another says nothing that could be counted.
* One that ends the custom takes back, besides its amount, purchases before it that have none.
* A purchase of which nothing is left is *taken back*. It counts as one (of 0) only if it is the first of
  somebody of whom nothing else is left: they did become a client, and brought nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from leadline.engine.fold import compiled
from leadline.engine.touches import MISSING, Column

if TYPE_CHECKING:
    from leadline.engine.kinds import Kinds
    from leadline.engine.touches import Touches

Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_FEW = 2000
"""Up to so many payments are walked by plain Python."""
BOUGHT, PART, ALL = 0, 1, 2
"""What a payment is: a purchase; money given back; money given back as the custom ended."""


@dataclass(frozen=True, eq=False)
class Payments:
    """Every purchase that counts, up to `as_of`: its row, and what is left of it in minor units.

    Rows stand in the order of the log. `kept` is MISSING where a purchase has no amount, `undone` marks those
    of which nothing is left. `given_back` is what was taken off all purchases, by currency (“”: none named).
    """

    row: npt.NDArray[np.intp]
    kept: Integers
    undone: Mask
    currency: Column
    given_back: dict[str, int]

    @cached_property
    def usual(self) -> int | None:
        """The code of the currency of most of them that have an amount (-1: none named); None: no money."""
        codes, counts = np.unique(self.currency.codes[self.kept != MISSING], return_counts=True)
        return int(codes[counts.argmax()]) if len(codes) else None

    @property
    def usual_name(self) -> str | None:
        """The name of that currency, “” where it has none; None without money."""
        return None if self.usual is None else _name(self.currency, self.usual)

    @cached_property
    def value(self) -> Integers:
        """What is left of each in the usual currency: MISSING where it is in another, or nobody knows."""
        if self.usual is None:
            return np.full(len(self.row), MISSING)
        left = np.where(self.currency.codes == self.usual, self.kept, MISSING)
        return np.where(self.undone, 0, left)

    @property
    def left(self) -> dict[str, int]:
        """What is left of all, by currency (“” where none is named)."""
        priced = np.flatnonzero(self.kept != MISSING)
        return _sums(self.currency.take(priced), self.kept[priced])


@dataclass(frozen=True, eq=False)
class Settled:
    """What is left of each of n payments in order, and what became of money given back.

    Of purchases `kept` is what is left (MISSING without an amount) and `undone` whether they were taken back.
    Of money given back `beyond` is what exceeds the purchases before it, and `emptied` whether nothing that
    was bought before it is left.
    """

    kept: Integers
    undone: Mask
    beyond: Integers
    emptied: Mask


def payments_of(touches: Touches, whose: Column, as_of: int) -> Payments:
    """The purchases of everybody (`whose`: of which subject each touch is); takes O(n)."""
    sort = sorts_of(touches.kinds)
    rows = np.flatnonzero((sort >= 0)[touches.kind])
    rows = rows[(touches.counting() & (whose.codes >= 0))[rows] & (touches.happened_at[rows] <= as_of)]
    sorts = sort[touches.kind[rows]]
    value = np.full(len(rows), MISSING) if touches.value is None else touches.value[rows]
    column = touches.columns.get("currency") or Column(np.full(len(touches), -1, np.int32), [])
    currency = column.take(rows)
    sorts, value = without_signs(sorts, value)
    bought = sorts == BOUGHT
    kept, undone = value.copy(), np.zeros(len(rows), dtype=bool)
    if not bought.all():
        who, at = whose.codes[rows], touches.happened_at[rows]
        some = _of_some(who, ~bought)
        order = some[np.lexsort((sorts[some], at[some], who[some]))]
        settled = settle(who[order], currency.codes[order], value[order], sorts[order])
        kept[order], undone[order] = settled.kept, settled.undone
        bought &= ~undone | _stands_for_all(who, at, bought, undone)
    given = np.flatnonzero((sorts == BOUGHT) & (value != kept))
    back = _sums(currency.take(given), (value - kept)[given])
    return Payments(rows[bought], kept[bought], undone[bought], currency.take(bought), back)


def sorts_of(kinds: Kinds) -> npt.NDArray[np.int8]:
    """For each kind BOUGHT, PART or ALL; -1 for those that are no payment."""
    sort = np.full(len(kinds.kinds), -1, dtype=np.int8)
    repaid = kinds.named("repaid")
    for name, kinds_of in (
        (BOUGHT, kinds.named("purchased")),
        (PART, repaid),
        (ALL, repaid & kinds.named("ended")),
    ):
        sort[list(kinds_of)] = name
    return sort


def without_signs(sort: npt.NDArray[np.int8], value: Integers) -> tuple[npt.NDArray[np.int8], Integers]:
    """Payments with amounts above nothing: a purchase of less is money given back."""
    below = (value < 0) & (value != MISSING)
    sort = np.where(below & (sort == BOUGHT), np.int8(PART), sort)
    return sort, np.where(below, -value, value)


def settle(whose: Any, currency: Any, value: Integers, sort: npt.NDArray[np.int8]) -> Settled:
    """What is left of payments that stand in order of subjects, time and sort; amounts of 0 and more."""
    n = len(value)
    found = Settled(value.copy(), np.zeros(n, bool), np.zeros(n, np.int64), np.zeros(n, bool))
    walk = walk_payments if n <= _FEW else compiled(walk_payments)
    log = np.asarray(whose, np.int64), np.asarray(currency, np.int64), value, sort
    walk(log, (found.kept, found.undone, found.beyond, found.emptied), np.full(n, -1), MISSING)
    return found


def walk_payments(log: Any, settled: Any, below: Any, missing: int) -> None:
    """Takes what was given back off the purchases before it; `below` links those of which some is left.

    Purchases of nothing are left alone: there is nothing to give back.
    """
    whose, currency, value, sort = log
    kept, undone, beyond, emptied = settled
    top = -1
    for row in range(len(value)):
        if row and whose[row] != whose[row - 1]:
            top = -1
        if sort[row] == 0:
            if value[row] != 0:
                below[row], top = top, row
            continue
        ends, unsaid = sort[row] == 2, value[row] == missing
        left = 0 if unsaid else value[row]
        above, at = -1, top
        while at >= 0 and (left > 0 or ends):
            priced = kept[at] != missing
            if ends and (unsaid or not priced):
                undone[at], kept[at] = True, (0 if priced else missing)
            elif priced and currency[at] == currency[row]:
                part = min(left, kept[at])
                left, kept[at] = left - part, kept[at] - part
                undone[at] = kept[at] == 0
            if not undone[at]:
                above = at
            elif above >= 0:
                below[above] = below[at]
            else:
                top = below[at]
            at = below[at]
        beyond[row], emptied[row] = left, top < 0


def _of_some(who: Any, chosen: Mask) -> npt.NDArray[np.intp]:
    """The places of all payments of subjects of whom one is chosen."""
    there = np.zeros(int(who.max(initial=-1)) + 1, dtype=bool)
    there[who[chosen]] = True
    return np.flatnonzero(there[who])


def _stands_for_all(who: Any, at: Integers, bought: Mask, undone: Mask) -> Mask:
    """The first purchase of each subject of whom nothing else is left."""
    left = np.zeros(int(who.max(initial=-1)) + 1, dtype=bool)
    left[who[bought & ~undone]] = True
    alone = np.flatnonzero(undone & ~left[who])
    alone = alone[np.lexsort((at[alone], who[alone]))]
    found = np.zeros(len(who), dtype=bool)
    found[alone[np.unique(who[alone], return_index=True)[1]]] = True
    return found


def _sums(currency: Column, amounts: Integers) -> dict[str, int]:
    codes = currency.codes
    return {_name(currency, one): int(amounts[codes == one].sum()) for one in np.unique(codes).tolist()}


def _name(currency: Column, code: int) -> str:
    return str(currency.labels[code]) if code >= 0 else ""
