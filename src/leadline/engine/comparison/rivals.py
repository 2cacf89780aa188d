"""Rivals: groups that began the same passage, put side by side within one horizon.

*Share.* Of those who began with each, the share that reaches the stage within a horizon that holds for all:
the cumulative incidence of Aalen and Johansen (`survival`), so that who came lately doesn't look lost. The
horizon is one of DAYS: of those by which at least half of what comes has come, the ones within which most
groups are known; and of these the first by which nine tenths have come, or else the last.

*Enough.* It is enough to stop when the first is the best with a probability of SURE, and choosing it is
expected to cost at most TOLERANCE of its share; or when it costs so little although others may be better,
since then they are close. Looked at every four weeks for two years (two channels, 30 contacts a week each,
200 runs), this named a best one of two with 5 % each in 8 % of the runs, and the worse of 5.75 and 5 % in
none, of 6.5 and 5 % in 0.5 %; of 8 and 5 % the better one was named in 99.5 %, half of that within 24 weeks.
How many more it takes is in `contest.needed_more`: 79 to 88 of 100 such forecasts came true; 80 are promised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from leadline.engine.cohorts import make_cohort
from leadline.engine.comparison.contest import Difference, difference, effective_size, needed_more, weigh
from leadline.engine.dimensions import NOT_KNOWN, parts
from leadline.engine.estimates import Estimate
from leadline.engine.instants import DAY

if TYPE_CHECKING:
    from leadline.engine.cohorts import Cohort
    from leadline.engine.estimates import Caution, Share
    from leadline.engine.passages import Passages
    from leadline.engine.touches import Column

DAYS = (1, 7, 14, 30, 60, 90, 180, 365, 730)
"""The numbers of days within which groups are compared, unless another is asked for."""
SURE = 0.95
"""How probable it must be that the first is the best."""
TOLERANCE = 0.01
"""Which part of its share choosing the first may be expected to cost."""
MOST = 40
"""So many of the largest groups are compared at most."""
LATELY = 84 * DAY
"""The pace is that of the last twelve weeks."""

_HALF, _MOSTLY = 0.5, 0.9


@dataclass(frozen=True)
class Belief:
    """What is believed of a group beside others: the share `expected`, and what sample that is `worth`.

    `best` is the probability of being the best, `better` that of being better than each other group; `loss`
    is what choosing it is expected to cost; `behind` how much smaller its share is than that of the first
    (None of the first).
    """

    expected: float
    worth: float
    best: float
    loss: float
    better: Mapping[str, float]
    behind: Difference | None


@dataclass(frozen=True)
class Rival:
    """One group: how many began, and have reached the stage so far; the share that does within the horizon.

    `size` is the effective sample of the share; `weekly` how many begin in a week of late. `belief` is None
    where no share is said, or where there is no other group to stand beside.
    """

    name: str
    began: int
    reached: int
    share: Share
    size: float
    weekly: float
    belief: Belief | None = None


@dataclass(frozen=True)
class Verdict:
    """Whether it is enough: `clear` (the first is the best), `close` (little is lost if not), or neither.

    Of the first: the probability of being the best, and the part of its share that choosing it may cost.
    `more` contacts are needed in each of the first and the `next` before it will probably be clear; `weeks`
    until they have come at the pace of late, None where one of them stands still.
    """

    first: str
    next: str
    probability: float
    cost: float
    clear: bool
    close: bool
    more: int
    weeks: float | None


@dataclass(frozen=True)
class Field:
    """Groups side by side: those of which a share is said, by what is expected of them; then the others."""

    days: int | None
    ranked: tuple[Rival, ...]
    others: tuple[Rival, ...]
    left_out: int
    verdict: Verdict | None

    @property
    def rivals(self) -> tuple[Rival, ...]:
        """All groups, ranked or not."""
        return self.ranked + self.others


def line_up(some: Passages, by: Column, as_of: int, caution: Caution, days: int | None = None) -> Field:
    """The groups of these passages (`by` aligned with them) within so many days, or within what suits."""
    horizons = DAYS if days is None else (days,)
    split, weeks = parts(by), _weeks(some, as_of)
    groups = [(some.take(at), name) for name, at in split[:MOST]]
    cohorts = [make_cohort(part, horizons, caution, group=name) for part, name in groups]
    chosen = _choose_days(make_cohort(some, horizons, caution), cohorts, horizons)
    rivals = [
        _measure(cohort, chosen or horizons[0], int(np.count_nonzero(part.start > as_of - LATELY)) / weeks)
        for cohort, (part, _) in zip(cohorts, groups, strict=True)
    ]
    known = [one for one in rivals if isinstance(one.share, Estimate) and one.name != NOT_KNOWN]
    others = tuple(one for one in rivals if one not in known)
    ranked, verdict = _rank(known) if len(known) > 1 else (known, None)
    return Field(chosen, tuple(ranked), others, max(len(split) - MOST, 0), verdict)


def _choose_days(pooled: Cohort, cohorts: Sequence[Cohort], horizons: Sequence[int]) -> int | None:
    """The horizon that suits; None where none is known of any group."""
    named = [one for one in cohorts if one.group != NOT_KNOWN]
    known = {days: sum(isinstance(one.within[days], Estimate) for one in named) for days in horizons}
    possible = [days for days in horizons if known[days] >= min(2, max(known.values())) > 0]
    if not possible:
        return None
    come = {days: pooled.curve.at(days * DAY).value for days in possible}
    in_the_end = come[possible[-1]]
    enough = [days for days in possible if come[days] >= _HALF * in_the_end]
    fullest = max(known[days] for days in enough)
    fair = [days for days in enough if known[days] == fullest]
    return next((days for days in fair if come[days] >= _MOSTLY * in_the_end > 0), fair[-1])


def _weeks(some: Passages, as_of: int) -> float:
    """How many weeks of late there are to count those who began in; at least one."""
    since = int(some.start.min()) if len(some) else as_of
    return max(min(as_of - since, LATELY) / (7 * DAY), 1.0)


def _measure(cohort: Cohort, days: int, weekly: float) -> Rival:
    return Rival(
        name=str(cohort.group),
        began=cohort.entered,
        reached=cohort.converted,
        share=cohort.within[days],
        size=effective_size(cohort.curve, days * DAY),
        weekly=weekly,
    )


def _rank(rivals: Sequence[Rival]) -> tuple[list[Rival], Verdict]:
    """The groups in order of what is expected of them, with what is believed, and whether it is enough."""
    shares = [one.share for one in rivals if isinstance(one.share, Estimate)]
    values = np.array([share.value for share in shares])
    chances = weigh(values, np.array([one.size for one in rivals]))
    order = np.lexsort((-values, -chances.mean)).tolist()
    beliefs = [
        Belief(
            expected=float(chances.mean[place]),
            worth=float(chances.size[place]),
            best=float(chances.best[place]),
            loss=float(chances.loss[place]),
            better={
                rivals[other].name: float(chances.better[place, other]) for other in order if other != place
            },
            behind=None if place == order[0] else difference([(shares[order[0]], shares[place])], [1.0]),
        )
        for place in order
    ]
    ranked = [replace(rivals[place], belief=belief) for place, belief in zip(order, beliefs, strict=True)]
    return ranked, _judge(ranked[:2], beliefs[:2])


def _judge(pair: Sequence[Rival], beliefs: Sequence[Belief]) -> Verdict:
    """Whether it is enough, and how many more it takes to tell the first from the next."""
    (first, second), (ours, theirs) = pair, beliefs
    cost = ours.loss / ours.expected
    clear = ours.best >= SURE and cost <= TOLERANCE
    needed = needed_more(ours.expected, theirs.expected, (ours.worth, theirs.worth), SURE)
    more = [max(needed - (one.began - one.size), 0.0) for one in pair]  # those under way will count as well
    stands_still = any(new > 0 and one.weekly == 0 for new, one in zip(more, pair, strict=True))
    weeks = [new / (one.weekly or 1) for new, one in zip(more, pair, strict=True)]
    return Verdict(
        first=first.name,
        next=second.name,
        probability=ours.best,
        cost=cost,
        clear=clear,
        close=not clear and cost <= TOLERANCE,
        more=round(max(more)),
        weeks=None if stands_still else max(weeks),
    )
