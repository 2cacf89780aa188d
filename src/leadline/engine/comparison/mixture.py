"""Mixture: how groups compare among alike contacts, and when they only differ in whom they bring.

A group is behind the first by Σwₛ(Fₛ − Gₛ)/Σwₛ over segments in which both are known,
with the weights wₛ = nₛmₛ/(nₛ + mₛ) of Mantel and Haenszel (S. Greenland and J. M. Robins, Biometrics 41
(1985) 55–68). Who is behind overall and ahead among alike contacts had the harder ones (E. H. Simpson,
Journal of the Royal Statistical Society B 13 (1951) 238–241).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.engine.comparison.contest import Difference, difference
from leadline.engine.estimates import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.engine.comparison.rivals import Field, Rival

Segments = tuple[tuple[str, "Field"], ...]
"""The name of each segment, and the groups within it."""


_ROUNDING = 1e-9
_LIKELY = 0.43  # of the way to the limit of a two-sided 95 % lies that of a one-sided 80 %


@dataclass(frozen=True)
class Mix:
    """Why the first is ahead of another overall and behind it among alike contacts: whom each brings.

    `alike` is how far the first is ahead (below 0) among alike contacts. `segment` makes up the share `ours`
    of those of the first and `theirs` of the other's; `often` says whether it gets there more often than the
    rest, `everywhere` whether the other is ahead in each segment.
    """

    other: str
    alike: Difference
    segment: str
    ours: float
    theirs: float
    often: bool
    everywhere: bool


def among_alike(first: Rival, other: Rival, segments: Segments) -> Difference | None:
    """How far `first` is ahead of the other among contacts of the same segment; None where none has both."""
    both = _both(first, other, segments)
    if not both:
        return None
    shares = [
        (a.share, b.share)
        for _, a, b in both
        if isinstance(a.share, Estimate) and isinstance(b.share, Estimate)
    ]
    return difference(shares, [a.size * b.size / (a.size + b.size) for _, a, b in both])


def find_mix(ranked: Sequence[Rival], segments: Segments) -> Mix | None:
    """Of those behind the first overall and probably ahead among alike contacts, the one ahead by most."""
    turned = [
        (alike.value, place, alike)
        for place, one in enumerate(ranked)
        if one.belief and one.belief.behind and one.belief.behind.value > 0
        if _mostly_covered(ranked[0], one, segments)
        if (alike := among_alike(ranked[0], one, segments)) and _likely_below(alike)
    ]
    if not turned:
        return None
    _, place, alike = min(turned, key=lambda one: one[:2])
    both = _both(ranked[0], ranked[place], segments)
    counts = np.array([[a.began, b.began] for _, a, b in both], dtype=np.float64)
    shares = np.array([[_value(a), _value(b)] for _, a, b in both])
    parts = counts / counts.sum(axis=0)
    level = shares.mean(axis=1)
    above = level - parts.mean(axis=1) @ level
    explains = (parts[:, 0] - parts[:, 1]) * above
    most = int(np.argmax(explains + _ROUNDING * (above > 0)))  # of two segments, the one that gets there more
    return Mix(
        other=ranked[place].name,
        alike=alike,
        segment=both[most][0],
        ours=float(parts[most, 0]),
        theirs=float(parts[most, 1]),
        often=bool(above[most] > 0),
        everywhere=bool((shares[:, 0] < shares[:, 1]).all()),
    )


def _likely_below(gap: Difference) -> bool:
    return gap.value + _LIKELY * (gap.high - gap.value) < 0


def _mostly_covered(first: Rival, other: Rival, segments: Segments) -> bool:
    """Whether the segments in which both are known are several, and hold at least half of either."""
    both = _both(first, other, segments)
    ours, theirs = sum(a.began for _, a, _ in both), sum(b.began for _, _, b in both)
    return len(both) > 1 and 2 * ours >= first.began and 2 * theirs >= other.began


def _both(first: Rival, other: Rival, segments: Segments) -> list[tuple[str, Rival, Rival]]:
    """The segments in which both are known, and what they are there."""
    found = [(name, {one.name: one for one in field.ranked}) for name, field in segments]
    return [
        (name, there[first.name], there[other.name])
        for name, there in found
        if first.name in there and other.name in there
    ]


def _value(rival: Rival) -> float:
    return rival.share.value if isinstance(rival.share, Estimate) else 0.0
