"""A cohort: those who began a passage together, how many have arrived, and the share that arrives in time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.engine.estimates import Caution, Share, TooEarly, TooFewConversions, share
from leadline.engine.instants import DAY
from leadline.engine.survival import Curve, incidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.engine.passages import Passages

COUNTS = ("entered", "converted", "left", "in_play", "skipped", "returned")
"""What is counted in a cohort, in the order in which it is shown."""


@dataclass(frozen=True)
class Cohort:
    """Those who reached the first stage in a period, or with a value of a dimension; None: any.

    `entered` is the sum of `converted`, `left` and `in_play`. `skipped` of the converted never stood in the
    first stage: they reached both at one instant. `returned` of the left came back later and reached the
    second stage; what came first counts. `so_far` is `converted / entered`, with Wilson's interval. `within`
    holds for each number of days the share that reaches the second stage in that time, read from `curve`,
    which enough of them have been followed to know up to `known_until` (microseconds; None where too few
    began).
    """

    period: str | None
    group: str | None
    entered: int
    converted: int
    left: int
    in_play: int
    skipped: int
    returned: int
    so_far: Share
    within: dict[int, Share]
    known_until: int | None
    curve: Curve = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """The period and the group, as a label."""
        return ", ".join(part for part in (self.period, self.group) if part is not None) or "all"

    def fields(self) -> dict[str, Any]:
        """The cohort as flat data: `within_30_days`, `within_30_days_low`, … as an Estimate gives them."""
        row: dict[str, Any] = {name: getattr(self, name) for name in ("period", "group", *COUNTS)}
        row |= self.so_far.fields("so_far")
        for days, said in self.within.items():
            row |= said.fields(f"within_{days}_days")
        return row


def make_cohort(
    some: Passages,
    horizons: Sequence[int],
    caution: Caution,
    *,
    period: str | None = None,
    group: str | None = None,
) -> Cohort:
    """The cohort of these passages, with the share for each horizon in days."""
    in_play, converted, left = np.bincount(some.outcome, minlength=3).tolist()
    curve = incidence(some.duration, some.outcome, caution.level)
    return Cohort(
        period=period,
        group=group,
        entered=len(some),
        converted=converted,
        left=left,
        in_play=in_play,
        skipped=int(some.skipped.sum()),
        returned=int(some.returned.sum()),
        so_far=share(converted, len(some), caution),
        within={days: _within(some, curve, days, caution) for days in horizons},
        known_until=_known_until(some, max(caution.needed, 1)),
        curve=curve,
    )


def _within(some: Passages, curve: Curve, days: int, caution: Caution) -> Share:
    """The share within so many days, where enough began so long ago for it to be known."""
    needed = max(caution.needed, 1)
    if len(some) < needed:
        return TooFewConversions(len(some), caution.needed)
    followed = int(np.count_nonzero(some.followed >= days * DAY))
    return curve.at(days * DAY) if followed >= needed else TooEarly(followed, caution.needed)


def _known_until(some: Passages, needed: int) -> int | None:
    """The longest time for which at least `needed` have been followed."""
    if len(some) < needed:
        return None
    return int(np.partition(some.followed, len(some) - needed)[len(some) - needed])
