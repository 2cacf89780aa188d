"""How long it takes until something happens, when some still wait and others have gone another way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from leadline.engine.estimates import LEVEL, Duration, Estimate, normal_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

WAITING, HAPPENED, OTHERWISE = 0, 1, 2
"""How a wait ended: not yet (censored), with the event, or with another one that excludes it (competing)."""

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_ROUNDING = 1e-9
_MOST_POINTS = 150


@dataclass(frozen=True, eq=False)
class Curve:
    """The share of all to whom the event has happened by each time since their start, with its interval.

    One entry for each distinct duration, in order: `times` in microseconds; `at_risk`, those whose wait had
    not ended before it; `happened` and `otherwise`, whose wait ended at it so; `share` and its `variance`.
    """

    n: int
    level: float
    times: Integers
    at_risk: Integers
    happened: Integers
    otherwise: Integers
    share: Floats
    variance: Floats

    def at(self, time: int) -> Estimate:
        """The share by this time, inclusive; where it happened to nobody, the upper limit tells something."""
        position = int(np.searchsorted(self.times, time, side="right")) - 1
        if position >= 0 and self.share[position] > 0:
            low, high = self.limits(position, position + 1)
            return Estimate(float(self.share[position]), float(low[0]), float(high[0]))
        later = int(np.searchsorted(self.times, time, side="left"))
        still = int(self.at_risk[later]) if later < len(self.times) else 0
        known = still + int(self.otherwise[:later].sum())
        return Estimate(0.0, 0.0, _score_limit(known, self.level))

    def limits(self, first: int, last: int) -> tuple[Floats, Floats]:
        """The limits of the shares from place `first` on, before `last`; none of these shares may be 0.

        Symmetric in log(−log(1 − F)), so that they stay between 0 and 1 and suit small samples: J. D.
        Kalbfleisch and R. L. Prentice, The Statistical Analysis of Failure Time Data (2002), section 1.4.
        Where it happened to all, the lower limit is Wilson's.
        """
        share = self.share[first:last]
        certain = share > 1 - _ROUNDING
        inside = np.where(certain, 0.5, share)  # any that has logarithms
        log_rest = np.log1p(-inside)
        error = np.sqrt(self.variance[first:last]) / ((1 - inside) * -log_rest)
        stretch = np.exp(normal_quantile(self.level) * error)
        low, high = -np.expm1(log_rest / stretch), -np.expm1(log_rest * stretch)
        low[certain], high[certain] = 1 - _score_limit(int(self.happened.sum()), self.level), 1.0
        return np.minimum(low, share), np.maximum(high, share)

    def points(self, until: int) -> list[tuple[int, Estimate]]:
        """The curve from 0 to a time, for drawing: at each of its times, or thinned where they are many."""
        times = self.times[self.times < until]
        if len(times) > _MOST_POINTS:
            times = np.linspace(0, until, _MOST_POINTS, endpoint=False).astype(np.int64)
        return [(time, self.at(time)) for time in sorted({0, *times.tolist(), until})]

    def quantiles(self, shares: Sequence[float]) -> list[Duration]:
        """For each share the first time by which it has happened to so many; None where that isn't reached.

        The interval holds every time at which the curve's own interval holds the share. R. Brookmeyer and
        J. Crowley, A confidence interval for the median survival time, Biometrics 38 (1982) 29–41.
        """
        begun = int(np.searchsorted(self.share, 0, side="right"))
        low, high = self.limits(begun, len(self.share))
        curves = (self.share[begun:], high, low)
        return [Duration(*(_first(self.times[begun:], c >= s - _ROUNDING) for c in curves)) for s in shares]


def incidence(durations: Integers, outcomes: npt.NDArray[Any], level: float = LEVEL) -> Curve:
    """The cumulative incidence of HAPPENED among waits of these durations (microseconds, not negative).

    Aalen–Johansen: at each time t with d₁ events and d₂ others among y at risk, F rises by S(t−)·d₁/y, and
    the share S of those to whom neither happened falls by the factor 1 − (d₁+d₂)/y (O. Aalen and S. Johansen,
    Scandinavian Journal of Statistics 5 (1978) 141–150). Without competing outcomes F is 1 minus Kaplan and
    Meier's survival. Those censored at t count as at risk at t. Takes O(n log n).
    """
    times, at_risk, happened, otherwise = _tally(durations, outcomes)
    ended = happened + otherwise
    before = np.concatenate([[1.0], np.cumprod(1 - ended / at_risk)])[:-1]
    share = np.minimum(np.cumsum(before * happened / at_risk), 1.0)
    variance = _variance(share, before, at_risk, happened, ended)
    return Curve(len(durations), level, times, at_risk, happened, otherwise, share, variance)


def _tally(durations: Integers, outcomes: npt.NDArray[Any]) -> tuple[Integers, Integers, Integers, Integers]:
    """Distinct durations in order, how many were at risk at each, and how many ended so or so."""
    keys = np.sort(durations.astype(np.int64) * 4 + outcomes.astype(np.int64))  # one sort, no permutation
    duration, outcome = keys >> 2, keys & 3
    first = np.flatnonzero(np.concatenate([[True], duration[1:] != duration[:-1]])[: len(duration)])
    ended = [
        np.add.reduceat(outcome == code, first, dtype=np.int64) if len(first) else first
        for code in (HAPPENED, OTHERWISE)
    ]
    return duration[first], len(durations) - first, ended[0], ended[1]


def _variance(
    share: Floats, before: Floats, at_risk: Integers, happened: Integers, ended: Integers
) -> Floats:
    """The variance of the cumulative incidence by the delta method; of one cause, Greenwood's.

    Var F(t) = Σ (F(t)−Fᵢ)² dᵢ/(yᵢ(yᵢ−dᵢ)) + Σ S²ᵢ₋₁ d₁ᵢ(yᵢ−d₁ᵢ)/yᵢ³ − 2 Σ (F(t)−Fᵢ) Sᵢ₋₁ d₁ᵢ/yᵢ², over tᵢ <=
    t: E. Marubini and M. G. Valsecchi, Analysing Survival Data from Clinical Trials (1995), chapter 10. The
    squares are multiplied out, so that running sums do.
    """
    y = at_risk.astype(np.float64)
    remaining = y * (y - ended)  # nothing is left only at the last time, where F(t)−Fᵢ is 0
    greenwood = np.divide(ended, remaining, out=np.zeros_like(y), where=remaining > 0)
    cross = before * happened / y**2
    squares = np.cumsum(greenwood)
    doubles = np.cumsum(share * greenwood + cross)
    rest = np.cumsum(share * (share * greenwood + 2 * cross) + cross * before * (1 - happened / y))
    variance: Floats = np.maximum(share * (share * squares - 2 * doubles) + rest, 0.0)
    return variance


def _score_limit(known: int, level: float) -> float:
    """Wilson's upper limit of a share when it happened to none of those of whom it is known: z²/(n + z²)."""
    z = normal_quantile(level)
    return z * z / (known + z * z)


def _first(times: Integers, reached: npt.NDArray[np.bool_]) -> int | None:
    return int(times[np.argmax(reached)]) if reached.any() else None
