"""Newcomers: whether new people keep coming, and how many it takes; and how new those on the way are.

*New people*: the first touch of everybody known by name, week by week back from `as_of`. *Needed*: the needed
new clients a month over the share of all newcomers that becomes a client (`occupancy` has the formula, with
the first touch as the start). *Fresh*: of those who stand in an open stage before the client's and got there
(or further) within a year, the share whose first touch lies at most 30 or 90 days back; who has stood still
for longer is counted apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.engine.estimates import NEEDED, Caution, Quantity, TooFewConversions
from leadline.engine.horizon.occupancy import follow, needed_in
from leadline.engine.horizon.ranges import Said, count_per, range_words
from leadline.engine.horizon.stages import BACK, Verdict, coming, judge, since
from leadline.engine.instants import DAY, MONTH, WEEK, YEAR
from leadline.engine.passages import reached
from leadline.engine.wording import counted, number_words, numbered, percent, plural, quantity_words

if TYPE_CHECKING:
    from leadline.engine.cycle.cycles import Cycles
    from leadline.engine.history import History
    from leadline.engine.horizon.pace import Pace

WEEKS = 26
"""The weeks that are looked back on, at most."""
NEW, RECENT = 30 * DAY, 90 * DAY
_LATELY, _FEW = 12, 4


@dataclass(frozen=True)
class Newcomers:
    """New people: by week (the last one last), a month lately (the last 90 days), and as many as it takes."""

    weeks: tuple[int, ...]
    monthly: Quantity
    needed: Said
    verdict: Verdict

    @property
    def urgent(self) -> bool:
        """Whether it belongs among what is to be said first."""
        return self.verdict == "short" or self.quiet > 1

    @property
    def quiet(self) -> int:
        """For how many weeks nobody new has come."""
        return next((n for n, count in enumerate(reversed(self.weeks)) if count), len(self.weeks))

    def sentences(self, purpose: str, unit: str) -> list[str]:
        """Whether new people come, and whether it is as many as it takes."""
        if self.quiet > 1:
            said = [f"Nobody new has come for {self.quiet} weeks{'' if any(self.weeks) else ' or more'}."]
        else:
            said = [self._lately(plural(unit))]
        if isinstance(self.needed, TooFewConversions):
            return said
        takes = f"{numbered(range_words(self.needed), f'new {unit}')} a month {purpose}"
        if self.verdict == "unknown":
            return [*said, f"It takes {takes}."]
        how = {"short": "too few", "ample": "more than it takes"}.get(self.verdict, "about what it takes")
        if self.quiet > 1 and self.monthly.value:
            lately = f"Over the last three months {quantity_words(self.monthly.value)} a month came"
            return [*said, f"{lately}, which is {how}: {takes}."]
        return [*said, f"That is {how}: {takes}."]

    def _lately(self, units: str) -> str:
        lately = self.weeks[-_LATELY:]
        if len(lately) < _FEW:
            return f"New {units} so far: {sum(lately):,}."
        empty, weeks = sum(not count for count in lately), f"the last {len(lately)} weeks"
        rest = f"none in {empty} of {weeks}" if empty else f"some in each of {weeks}"
        time = "over the last three months" if len(lately) == _LATELY else "so far"
        return f"New {units}: {quantity_words(self.monthly.value)} a month {time}; {rest}."


@dataclass(frozen=True)
class Freshness:
    """Of `people` on the way: first met within 30 days (`new`), and within 90 (`recent`).

    `people_before` and `recent_before` are those of 90 days ago; None where the log had not lasted for a year
    by then, since everybody is new in a new log. `still` others got where they stand over a year ago.
    """

    people: int
    new: int
    recent: int
    people_before: int | None
    recent_before: int | None
    still: int

    def sentence(self, unit: str) -> str:
        """The share of what is coming that is new, its trend, and how many stand still."""
        if not self.people + self.still:
            return "Nobody is on the way to becoming a client."
        still = counted(self.still, unit) if not self.people else f"{self.still:,} more"
        rest = f"{still} {'has' if self.still == 1 else 'have'} come no further for over a year"
        if not self.people:
            return rest[0].upper() + rest[1:] + "."
        share = percent(self.recent / self.people) if self.people >= NEEDED else number_words(self.recent)
        who = f"Of {counted(self.people, unit)} on the way, {share}"
        said = f"{who} {'is' if self.recent == 1 else 'are'} new: first met in the last three months"
        if self.people_before and self.recent_before is not None:
            share = percent(self.recent_before / self.people_before)
            few = f"{number_words(self.recent_before)} of {self.people_before:,}"
            said += f" (three months ago {share if self.people_before >= NEEDED else few})"
        return said + (f"; {rest}." if self.still else ".")


def newcomers(cycles: Cycles, pace: Pace, caution: Caution) -> Newcomers:
    """Whether new people keep coming."""
    as_of, at = cycles.as_of, cycles.reached_at[cycles.reached_at <= cycles.as_of]
    weeks = min(WEEKS, max((as_of - cycles.since) // WEEK, 1))
    back = (as_of - at) // WEEK
    counts = np.bincount(back[back < weeks], minlength=weeks)[::-1]
    span = min(RECENT, max(as_of - cycles.since, WEEK))
    monthly = count_per(int(np.count_nonzero(at > as_of - span)), span / MONTH, caution.level)
    passing = follow(since(cycles, cycles.reached_at), cycles.client_at, as_of, caution)
    needed = needed_in(passing, pace.needed, caution)
    return Newcomers(tuple(counts.tolist()), monthly, needed, judge(monthly, needed, caution.level))


def freshness(history: History, cycles: Cycles) -> Freshness:
    """How new those are who are on the way."""
    stages = [(reached(history, number), visits) for _, number, visits in coming(history, cycles)]

    def ages(at: int) -> tuple[int, Any]:
        """How many stand in an open stage, and for how long those who got there within a year are known."""
        none = np.zeros(0, dtype=np.int64)
        here = [(start, visits.contact[visits.present(at)]) for start, visits in stages]
        lately = [who[at - start[who] <= YEAR] for start, who in here]
        return sum(len(who) for _, who in here), at - cycles.reached_at[np.concatenate([none, *lately])]

    everybody, now = ages(cycles.as_of)
    earlier = cycles.as_of - BACK
    before = ages(earlier)[1] if earlier - cycles.since >= YEAR else None
    return Freshness(
        people=len(now),
        new=int(np.count_nonzero(now <= NEW)),
        recent=int(np.count_nonzero(now <= RECENT)),
        people_before=None if before is None else len(before),
        recent_before=None if before is None else int(np.count_nonzero(before <= RECENT)),
        still=everybody - len(now),
    )
