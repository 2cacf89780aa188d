"""Money given back: how much, by whom, and whether anything is left of what they had bought.

Other programs say “refund” of a whole order and of a part alike. What was bought before, in whichever file,
tells them apart: where nothing of it is left the touch is `refunded`, and otherwise `partly_refunded`. An
amount that a log calls a part, and that leaves nothing, is the whole too. A credit note of somebody of whom
no purchase is on record is a part: it makes nobody a former client.

Where all was given back at the instant of the purchase (files often know no more than the day, or have no day
for it) it comes right after: they did become a client.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from leadline.engine.importers.evidence import Evidence, Integers, Mask
from leadline.engine.importers.sorts.readings import Reading
from leadline.engine.kinds import Kinds
from leadline.engine.payments import ALL, BOUGHT, PART, settle, sorts_of, without_signs
from leadline.engine.touches import MISSING
from leadline.engine.wording import counted, listed


def settle_refunds(readings: Sequence[Reading], kinds: Kinds) -> list[Reading]:
    """The readings with each touch of money given back as what it is; purchases of less than nothing too."""
    evidence = Evidence.join([one.evidence for one in readings])
    kind, value = evidence.kind.copy(), evidence.value.copy()
    sorts = sorts_of(kinds)[kind]
    rows = np.flatnonzero(sorts >= 0)
    sort, value[rows] = without_signs(sorts[rows], value[rows])
    told = (sort == PART) & (sorts[rows] == PART)  # a kind that says itself that it was a part
    if (sort == BOUGHT).all():
        return list(readings)
    who = np.concatenate([one.subject[one.evidence.row] for one in readings])[rows]
    order = np.lexsort((sort, evidence.happened_at[rows], who))
    rows, sort, who, told = rows[order], sort[order], who[order], told[order]
    ours = (sort != BOUGHT) & ~told
    ours &= (sorts[rows] == BOUGHT) | (kind[rows] == kinds.code("refunded"))
    sort[ours], value[rows] = _as_told(who, sort, value[rows], ours)
    settled = settle(who, _currencies(readings)[rows], value[rows], sort)
    idle = (sort != BOUGHT) & (_bought_before(who, sort == BOUGHT) == 0)
    said = kind[rows] == kinds.code("refunded")
    whole = np.where(idle, said, settled.emptied | (sort == ALL)) & (
        ours | (told & ~idle & (value[rows] > 0))
    )
    kind[rows[ours]] = kinds.code("partly_refunded")
    kind[rows[whole]] = kinds.code("refunded")
    at = evidence.happened_at.copy()
    at[rows[whole]] += _at_once(who, at[rows], sort == BOUGHT)[whole]
    taken = np.full(len(evidence), WHOLLY, dtype=np.int8)
    taken[rows[settled.beyond > 0]] = BEYOND
    taken[rows[idle]] = IDLE
    return _divided(readings, Evidence(evidence.row, kind, at, value), taken, kinds)


def _bought_before(who: Integers, bought: Mask) -> Integers:
    """How many of those chosen stand before each payment, and at it, of the same subject."""
    place = np.arange(len(who))
    starts = np.ones(len(who), dtype=bool)
    starts[1:] = who[1:] != who[:-1]
    start = np.maximum.accumulate(np.where(starts, place, 0))
    counts = np.cumsum(bought)
    return counts - (counts - bought)[start]


def _at_once(who: Integers, at: Integers, bought: Mask) -> Mask:
    """Whether the same subject bought something at the very instant of each payment."""
    first = np.ones(len(who), dtype=bool)
    first[1:] = (who[1:] != who[:-1]) | (at[1:] != at[:-1])
    group = np.cumsum(first) - 1
    found: Mask = np.bincount(group, bought)[group] > 0
    return found


def _as_told(
    who: Integers, sort: npt.NDArray[np.int8], value: Integers, ours: Mask
) -> tuple[npt.NDArray[np.int8], Integers]:
    """What each of ours is before it is settled: a part with an amount, or all that was bought.

    Without an amount, or where no purchase has one, it is of the one purchase before it; of several the last
    was given back.
    """
    bought = sort == BOUGHT
    before = _bought_before(who, bought)
    with_amount = _bought_before(who, bought & (value != MISSING))
    last = np.maximum.accumulate(np.where(bought, np.arange(len(who)), -1))
    unsaid = ours & ((value == MISSING) | ((with_amount == 0) & (before > 0)))
    alone = before <= 1
    value = np.where(unsaid & ~alone & (value == MISSING), value[last], value)
    value = np.where(unsaid & alone, MISSING, value)
    return np.where(unsaid & alone, ALL, PART).astype(np.int8)[ours], value


def _currencies(readings: Sequence[Reading]) -> Integers:
    """A number for the currency of each touch of all readings, -1 where none is named."""
    places: dict[str, int] = {}
    found = []
    for one in readings:
        labels = one.currency.labels if one.currency is not None else []
        codes = np.array([*(places.setdefault(str(label), len(places)) for label in labels), -1])
        rows = one.evidence.row
        found.append(codes[-1 if one.currency is None else one.currency.codes[rows]] + np.zeros_like(rows))
    return np.concatenate(found)


def _divided(
    readings: Sequence[Reading], evidence: Evidence, taken: npt.NDArray[np.int8], kinds: Kinds
) -> list[Reading]:
    """The touches of all readings, each back with its own; and a note of what was given back."""
    ends = np.cumsum([len(one.evidence) for one in readings])
    found = []
    for one, end in zip(readings, ends.tolist(), strict=True):
        here = np.arange(len(evidence)) < end
        here &= np.arange(len(evidence)) >= end - len(one.evidence)
        mine = evidence.take(here)
        _note(one, mine, taken[here], kinds)
        found.append(replace(one, evidence=mine))
    return found


def _note(reading: Reading, evidence: Evidence, taken: npt.NDArray[np.int8], kinds: Kinds) -> None:
    """Notes of one file how much was given back of what was bought, and what was given back besides."""
    notes = reading.export.notes
    counts = [int(np.count_nonzero((evidence.kind == kinds.code(name)) & (taken != IDLE))) for name in _SAID]
    said = [f"in {counted(n, 'row')} {_SAID[name]}" for name, n in zip(_SAID, counts, strict=True) if n]
    if said:
        notes.append(f"money given back is taken off what was bought before it: {listed(said)}")
    more, idle = (int(np.count_nonzero(taken == sort)) for sort in (BEYOND, IDLE))
    if more:
        notes.append(
            f"in {counted(more, 'row')} more was given back than is on record as paid before, in that "
            "currency: what exceeds it is taken off nothing"
        )
    if idle:
        notes.append(
            f"in {counted(idle, 'row')} money was given back to somebody of whom no purchase before is on "
            "record: it is taken off nothing"
        )


WHOLLY, BEYOND, IDLE = 0, 1, 2
"""Whether an amount was taken off what was bought before: all of it, not all, or there was nothing."""
_SAID = {"refunded": "all that they had paid", "partly_refunded": "a part"}
