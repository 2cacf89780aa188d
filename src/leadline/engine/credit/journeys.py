"""Journeys: of each subject the touchpoints on the way to a stage, in order of time.

A *touchpoint* is a touch that counts, of link `generate`, `nurture` or `ask`, that names a value of the
column that is asked about (its path, say). Answers, facts and exits are what came of it, and no touchpoints.

The journey of who arrived ends at the instant of arrival, touchpoints of that instant included. The journey
of who has not arrived ends at `as_of`, whether they left or are still in play: it says what has not led
there so far. Touchpoints of one instant stand in the order of their kinds, then of their rows. Repeats are
kept. With a lookback of W only touchpoints later than W before the end count, where the end of a journey
that has not arrived is its last touchpoint.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from leadline.engine.fold import KIND_BITS, MOST_KINDS, compiled, count_touches, group_touches, spread_touches
from leadline.engine.history import BUCKET, FEW, MOST_BUCKETS
from leadline.engine.instants import NEVER
from leadline.engine.lots import Hashes, mixed
from leadline.engine.payments import payments_of
from leadline.engine.touches import MISSING, Column

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from leadline.engine.touches import Touches

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]

POINT_LINKS = frozenset({"generate", "nurture", "ask"})
"""The links whose touches are touchpoints."""

REST = "all others"
"""The name under which the rarest values stand together, where there are too many."""


@dataclass(frozen=True, eq=False)
class Journeys:
    """Journeys of one touchpoint or more; number j has the places `starts[j]` to `starts[j + 1]`.

    Of each touchpoint `value` is a place in `names`, `age` how long before the journey's end it was
    (microseconds). Of each journey `won` and `lost` say how often it did and did not lead there, `worth` what
    was paid after it in all (minor units). `together` of the values stand as one, REST, the last of `names`.
    """

    names: tuple[str, ...]
    starts: Integers
    value: Codes
    age: Integers
    won: Integers
    lost: Integers
    worth: Integers
    together: int = 0

    def __len__(self) -> int:
        return len(self.won)

    @property
    def lengths(self) -> Integers:
        """The number of touchpoints of each journey."""
        return np.diff(self.starts)

    @cached_property
    def journey(self) -> Integers:
        """Of each touchpoint the journey that it belongs to."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def hashes(self) -> Hashes:
        """Of each journey what it comes to, whoever's it is."""
        points = (
            np.add.reduceat(mixed(self.value, self.age), self.starts[:-1]) if len(self) else self.starts[:0]
        )
        return mixed(points.view(np.int64), self.won, self.worth)

    def members(self) -> tuple[Integers, Integers]:
        """The distinct values of each journey: pairs (journey, value), in order."""
        width = max(len(self.names), 1)
        pairs = np.sort(self.journey * width + self.value)
        pairs = pairs[np.concatenate([[True], pairs[1:] != pairs[:-1]])[: len(pairs)]]
        return pairs // width, pairs % width

    def take(self, chosen: npt.NDArray[np.bool_]) -> Journeys:
        """The journeys of a mask, in the same order."""
        points = np.repeat(chosen, self.lengths)
        return Journeys(
            self.names,
            np.concatenate([[0], np.cumsum(self.lengths[chosen])]),
            self.value[points],
            self.age[points],
            self.won[chosen],
            self.lost[chosen],
            self.worth[chosen],
            self.together,
        )


def trace_journeys(
    touches: Touches,
    whose: Column,
    by: str,
    arrived: Integers,
    *,
    as_of: int,
    worth: Integers,
    within: int | None = None,
    most: int,
) -> Journeys:
    """The journeys of all subjects of `whose` (a subject for each touch), by a column of the touches.

    `arrived` is the instant at which each subject arrived, NEVER where it has not; `worth` what each paid.
    Without such a column there are none. Of more than `most` values the rarest stand together. Takes O(n).
    """
    end = np.where(arrived == NEVER, as_of, arrived)
    column = touches.columns.get(by) or Column(np.full(len(touches), -1, np.int32), [])
    late = touches.happened_at > np.append(end, as_of)[whose.codes]
    skip = ~touches.counting() | (column.codes < 0) | late
    links = np.array([kind.link in POINT_LINKS for kind in touches.kinds.kinds], dtype=bool)
    local = np.where(links, np.minimum(np.cumsum(links), MOST_KINDS) - 1, -1).astype(np.int16)
    starts, instants, rows = _in_order(touches, whose, (local, as_of), skip)
    lengths = np.diff(starts)
    if within is not None:
        last = np.full(len(lengths), as_of)
        last[lengths > 0] = instants[starts[1:][lengths > 0] - 1]
        near = instants > np.repeat(np.where(arrived == NEVER, last, arrived) - within, lengths)
        lengths = np.diff(np.concatenate([[0], np.cumsum(near)])[starts])
        instants, rows = instants[near], rows[near]
    age = np.repeat(end, lengths) - instants
    names, value, together = _narrow(column.codes[rows], column.labels, most)
    found = np.flatnonzero(lengths)
    won = (arrived[found] < NEVER).astype(np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths[found])])
    return Journeys(names, starts, value, age, won, 1 - won, worth[found] * won, together)


def _in_order(
    touches: Touches, whose: Column, kinds: tuple[npt.NDArray[np.int16], int], skip: npt.NDArray[np.bool_]
) -> tuple[Integers, Integers, npt.NDArray[Any]]:
    """Where each subject's touches start, and the instants and rows of the touches, subject by subject.

    `kinds` holds the place of each kind among those wanted (-1: not wanted), and the last instant wanted.
    """
    many, subjects = len(touches) > FEW, len(whose.labels)
    functions: tuple[Callable[..., Any], ...] = (count_touches, spread_touches, group_touches)
    count, spread, group = (compiled(f) if many else f for f in functions)
    wanted = min(MOST_BUCKETS, len(touches) // BUCKET + 1) if many else 1
    shift = max(max(subjects - 1, 0).bit_length() - (wanted - 1).bit_length(), 0)
    buckets = (max(subjects - 1, 0) >> shift) + 1
    base = int(touches.happened_at.min(initial=kinds[1]))
    log: tuple[Any, ...] = (whose.codes, touches.kind, touches.happened_at, skip, *kinds, shift)
    ends = np.concatenate([[0], np.cumsum(count(*log, buckets))])
    owners, keys = np.empty(ends[-1], np.int32), np.empty(ends[-1], np.int64)
    rows = np.empty(ends[-1], np.int32 if len(touches) < 2**31 else np.int64)
    spread(*log, base, 0, ends[:-1].copy(), owners, keys, rows)
    lengths = np.zeros(subjects, np.int64)

    def run(bucket: int) -> None:
        first, here = bucket << shift, slice(ends[bucket], ends[bucket + 1])
        size = min(1 << shift, subjects - first)
        starts, keys[here], rows[here] = group(owners[here], keys[here], rows[here], first, size)
        lengths[first : first + size] = np.diff(starts)

    with ThreadPoolExecutor(max_workers=(os.cpu_count() or 1) if many else 1) as pool:
        list(pool.map(run, range(buckets)))
    return np.concatenate([[0], np.cumsum(lengths)]), (keys >> KIND_BITS) + base, rows


def _narrow(codes: Codes, labels: Sequence[Any], most: int) -> tuple[tuple[str, ...], Codes, int]:
    """The values that occur, the most frequent first; of more than `most` the rest as one."""
    counts = np.bincount(codes, minlength=len(labels))
    used = sorted(np.flatnonzero(counts).tolist(), key=lambda code: (-counts[code], str(labels[code])))
    kept = used if len(used) <= most else used[: most - 1]
    names = [str(labels[code]) for code in kept] + [REST] * (len(kept) < len(used))
    place = np.full(max(len(labels), 1), len(kept), dtype=np.int32)
    place[kept] = np.arange(len(kept))
    return tuple(names), place[codes], len(used) - len(kept)


def paid_by(touches: Touches, whose: Column, as_of: int) -> tuple[str | None, Integers]:
    """The currency of most purchases, and what each subject paid in it and did not get back.

    None and nothing where no purchase has an amount; the currency is “” where none is named.
    """
    payments = payments_of(touches, whose, as_of)
    paid = np.zeros(len(whose.labels), np.int64)
    priced = payments.value != MISSING
    np.add.at(paid, whose.codes[payments.row[priced]], payments.value[priced])
    return payments.usual_name, paid
