"""Course: how people go on from state to state week by week, and how much that changes from month to month.

Time is cut into weeks that end at `as_of`; week's end j lies j weeks before it. `Lives` holds, of each place,
how many who came there at week's end i were still there at j, and who moved when and where to. From it follow
the counts by place and age (`Waits`) for any window of weeks, and the same as they were known any number of
weeks ago, so that a forecast can be tried on its own past.

*Where a record begins.* A file of deals that were closed since a certain day has their beginnings before that
day, but no end of theirs: weeks in which nobody could have been seen to move. They don't count (delayed
entry: risk sets begin when one is watched; J. P. Klein and M. L. Moeschberger, Survival Analysis (2003),
section 4.6). Such weeks are told by what is missing: of those on the way at least ten should have become
clients by then, going by the chances of all weeks, and not a tenth as many did. The clients of a week are
compared with that expectation once more to see whether the chances drift (`arrivals.fit_drift`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.engine.arrivals import LONGEST, Arrivals, Drift, fit_arrivals, fit_drift
from leadline.engine.instants import WEEK

RECENT = 52
"""Weeks back in which moves and purchases count."""
OLDEST = 60
"""Weeks from which on one is as long in a state as another."""
BANDS = np.array([0, 1, 2, 3, 4, 6, 8, 11, 14, 18, 23, 28, 35, 44, 52, 60])
"""The first week of each band of ages."""

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_FARTHEST = 180  # weeks back from which on it doesn't matter when somebody came
_EXPECTED, _MISSED = 10, 0.1


@dataclass(frozen=True, eq=False)
class Waits:
    """Of each class and age in weeks: how many wait now, were seen there, and how their week ended.

    `waiting` and `seen` are classes × ages, `moved` classes × ages × ways to end; the last age holds the
    older ones.
    """

    waiting: Integers
    seen: Integers
    moved: Integers


@dataclass(frozen=True, eq=False)
class Lives:
    """Everybody's weeks: `seen` by place, week's end of coming and week's end (places × weeks × weeks).

    Of each who moved: from which place, came and was last seen there at which week's ends, and which of
    so many `ways` it was.
    """

    seen: Integers
    place: Integers
    first: Integers
    last: Integers
    way: Integers
    ways: int

    @staticmethod
    def of(place: Integers, first: Integers, last: Integers, way: Integers, places: int, ways: int) -> Lives:
        """From times spent somewhere, at the week's ends `first` (the earlier) to `last`; 0: there still."""
        size = int(min(first.max(initial=0), _FARTHEST)) + 2
        came, shape = np.minimum(first, _FARTHEST), (places, size, size)
        row, cells = (place * size + came) * size, places * size * size
        since = np.flatnonzero(last <= came)
        change = np.bincount((row + last)[since], minlength=cells)
        change = change - np.bincount((row + came + 1)[since], minlength=cells)
        moved = since[last[since] >= 1]
        seen = np.cumsum(change.reshape(shape), axis=2)
        return Lives(seen, place[moved], came[moved], last[moved], way[moved], ways)

    def waits(self, oldest: int, recent: int, ago: int = 0) -> Waits:
        """The counts by place and age as they were known `ago` weeks ago, of so many weeks before."""
        size = self.seen.shape[1]
        age = np.clip(np.arange(size)[:, None] - np.arange(size), 0, oldest)
        window = slice(ago + 1, ago + recent + 1)
        place = np.arange(len(self.seen))[:, None] * (oldest + 1)
        there = (place[:, :, None] + age[:, window]).reshape(-1)
        cells, shape = len(self.seen) * (oldest + 1), (len(self.seen), oldest + 1)
        now = self.seen[:, :, ago] if ago < size else np.zeros((len(self.seen), size), np.int64)
        waiting = _sum((place + age[:, min(ago, size - 1)]).reshape(-1), now.reshape(-1), cells)
        seen = _sum(there, self.seen[:, :, window].reshape(-1), cells)
        rows = np.flatnonzero((self.last > ago) & (self.last <= ago + recent))
        stayed = np.minimum((self.first - self.last)[rows], oldest)
        key = (self.place[rows] * (oldest + 1) + stayed) * self.ways + self.way[rows]
        moved = np.bincount(key, minlength=cells * self.ways).reshape(*shape, self.ways)
        return Waits(waiting.reshape(shape), seen.reshape(shape), moved)

    def expected(self, weeks: int, ago: int = 0) -> tuple[Integers, Floats]:
        """Who went the last way in each week (the latest first), and how many were to be expected to.

        That is by place and band of ages, going by the mean chance of so many weeks up to `ago` weeks ago.
        """
        places, size = len(self.seen), self.seen.shape[1]
        age = np.maximum(np.arange(size)[:, None] - np.arange(size), 0)
        band = np.searchsorted(BANDS, age, side="right") - 1
        window = slice(ago + 1, ago + weeks + 1)
        there = np.arange(places)[:, None, None] * len(BANDS) + band[:, window]
        rows = np.flatnonzero((self.way == self.ways - 1) & (self.last > ago) & (self.last <= ago + weeks))
        cells = places * len(BANDS)
        band_then = band[self.first[rows], self.last[rows]]
        went = np.bincount(self.place[rows] * len(BANDS) + band_then, minlength=cells)
        seen = _sum(there.reshape(-1), self.seen[:, :, window].reshape(-1), cells)
        chance = np.divide(went, seen, out=np.zeros(cells), where=seen > 0)
        expected = (self.seen[:, :, window] * chance[there]).sum(axis=(0, 1))
        counts = np.bincount(self.last[rows] - ago - 1, minlength=weeks)[:weeks]
        return counts, np.append(expected, np.zeros(weeks - len(expected)))


@dataclass(frozen=True, eq=False)
class Course:
    """How those who were never a client go on: they wait in states, new ones arrive, chances drift.

    The last way to move, and the last of `entries`, is to be a client. `weeks` back the record goes; `late`:
    there are older weeks in which nobody could have been seen to become a client.
    """

    people: Waits
    entries: tuple[Arrivals, ...]
    drift: Drift
    weeks: int
    late: bool


def course_at(lives: Lives, arrived: Integers, as_of: int, ago: int = 0) -> Course:
    """The course as it was known `ago` weeks ago; `arrived` are ways × weeks, the latest first."""
    weeks = max(min(arrived.shape[1], LONGEST) - ago, 0)
    begins = _begins(lives, weeks, ago)
    known = weeks if begins is None else begins
    recent, then = min(known, RECENT), as_of - ago * WEEK
    return Course(
        people=lives.waits(OLDEST, recent, ago),
        entries=tuple(fit_arrivals(some[ago : ago + known], then) for some in arrived),
        drift=fit_drift(*lives.expected(recent, ago)),
        weeks=known,
        late=begins is not None,
    )


def _begins(lives: Lives, weeks: int, ago: int) -> int | None:
    """How many weeks back people can have been seen to become clients; None: all of them."""
    became, expected = (np.cumsum(some[::-1])[::-1] for some in lives.expected(weeks, ago))
    silent = np.flatnonzero((expected >= _EXPECTED) & (became <= _MISSED * expected))
    return int(silent[0]) if len(silent) else None


def _sum(place: Any, counts: Integers, cells: int) -> Integers:
    return np.bincount(place, counts, minlength=cells).astype(np.int64)
