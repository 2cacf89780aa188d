"""Contest: how sure it is that one of several shares is really the largest, and how many more it takes.

Known of each is a share F and the size n of the sample behind it. Where some were followed too short, n is
the effective size F(1−F) / Var F: so many, all followed long enough, would tell as much (F. J. Dorey and
E. L. Korn, Effective sample sizes for confidence intervals for survival probabilities, Statistics in Medicine
6 (1987) 679–687).

What is believed of the true share is Beta(sm + nF, s(1−m) + n(1−F)). The prior Beta(sm, s(1−m)) says that the
shares of one business are alike, and the shares themselves say how much: m is the share of all together, and
s stands for a spread τ of log-odds, s = 1/(τ²m(1−m)) − 1. Each τ of SPREADS counts as much as it makes what
was found likely (beta-binomial) times a half-normal density of scale SCALE. Without that the best of many
that are alike looks surer than it is (A. Gelman, J. Hill and M. Yajima, Why we (usually) don't have to worry
about multiple comparisons, Journal of Research on Educational Effectiveness 5 (2012) 189–211).

With densities fᵢ and distribution functions Gᵢ: P(i is the largest) = ∫ fᵢ ∏ⱼ≠ᵢ Gⱼ, P(i > j) = ∫ fᵢ Gⱼ, and
the expected loss of choosing i is E[max θ] − E[θᵢ]. The integrals are sums over a grid of φ, where θ = sin²φ:
there the densities are smooth, with a variance of about 1/(4n).

The interval of a difference or of a weighted sum of shares comes of the intervals of each: from the value,
√Σ(weight × what each limit is away)² to each side (G. Y. Zou and A. Donner, Construction of confidence limits
about effect measures: a general approach, Statistics in Medicine 27 (2008) 1693–1702; for two shares with
Wilson's intervals it is R. G. Newcombe's of 1998).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.engine.estimates import Estimate
    from leadline.engine.survival import Curve, Floats

SPREADS = (0.03, 0.06, 0.1, 0.15, 0.22, 0.32, 0.45, 0.65, 0.9, 1.2)
"""By how much the log-odds of the shares of one business may differ (0.22: by about a fifth of the share)."""
SCALE = 0.5
"""The scale of the half-normal density of the spread, before anything was seen."""
LIKELY = 0.8
"""How likely it should be that so many more are enough, where it is said how many."""

_FINE, _FEWEST, _MOST_POINTS = 12, 1_000, 8_000  # points of the grid: to a standard deviation, and in all
_REACH = 8.0  # standard deviations of φ on each side that the grid holds
_MOST, _LEAST, _NOTHING = 1e9, 1e-300, 1e-6
_NORMAL = NormalDist()


@dataclass(frozen=True, eq=False)
class Chances:
    """What is believed of k shares, in the order in which they were given.

    `best[i]`: the probability that share i is the largest; `better[i, j]`: that it is larger than share j (½
    on the diagonal); `loss[i]`: by how much the largest exceeds share i, on average over what is believed;
    `mean[i]` and `square[i]`: the share that is expected, and its square.
    """

    best: Floats
    better: Floats
    loss: Floats
    mean: Floats
    square: Floats

    @property
    def size(self) -> Floats:
        """How many, all followed, would be worth what is believed of each share, the prior included."""
        worth: Floats = self.mean * (1 - self.mean) / np.maximum(self.square - self.mean**2, _LEAST)
        return worth


@dataclass(frozen=True)
class Difference:
    """How much larger one share is than another, between −1 and 1, and the interval that holds it."""

    value: float
    low: float
    high: float


def difference(pairs: Sequence[tuple[Estimate, Estimate]], weights: Sequence[float]) -> Difference:
    """By how much the first of each pair is larger than the second, on average with these weights."""
    total = sum(weights)
    value = below = above = 0.0
    for (one, other), weight in zip(pairs, weights, strict=True):
        part = weight / total
        value += part * (one.value - other.value)
        below += part**2 * ((one.value - one.low) ** 2 + (other.high - other.value) ** 2)
        above += part**2 * ((one.high - one.value) ** 2 + (other.value - other.low) ** 2)
    return Difference(value, value - math.sqrt(below), value + math.sqrt(above))


def weigh(shares: Floats, sizes: Floats) -> Chances:
    """The chances of shares (0 to 1) that are known from samples of these sizes (at least one share)."""
    passed, failed = shares * sizes, (1 - shares) * sizes
    m = float((passed.sum() + 0.5) / (sizes.sum() + 1))
    strengths = [1 / (spread**2 * m * (1 - m)) - 1 for spread in SPREADS]
    weights = _weights(passed, failed, m, strengths)
    kept = [place for place, weight in enumerate(weights) if weight > _NOTHING]
    parts = [match_betas(passed + s * m, failed + s * (1 - m)) for s in (strengths[at] for at in kept)]
    counts, names = weights[kept] / weights[kept].sum(), [one.name for one in fields(Chances)]
    return Chances(**{name: _mix(counts, [getattr(part, name) for part in parts]) for name in names})


def match_betas(a: Floats, b: Floats) -> Chances:
    """The chances of shares of which Beta(aᵢ, bᵢ) is believed; a and b are at least ½."""
    grid = _grid(a, b)
    density = _densities(grid, a, b)
    below = np.cumsum(density, axis=1) - density / 2
    logs = np.log(np.maximum(below, _LEAST))
    largest = density * np.exp(logs.sum(axis=0) - logs)
    largest /= largest.sum()
    theta = np.sin(grid) ** 2
    mean = density @ theta
    loss = np.maximum((largest @ theta).sum() - mean, 0.0)
    return Chances(largest.sum(axis=1), density @ below.T, loss, mean, density @ theta**2)


def effective_size(curve: Curve, time: int) -> float:
    """How many, followed all the way, would tell as much about the share by this time as the curve does."""
    place = int(np.searchsorted(curve.times, time, side="right"))
    share = float(curve.share[place - 1]) if place else 0.0
    variance = float(curve.variance[place - 1]) if place else 0.0
    if variance > 0 and share < 1:
        return min(share * (1 - share) / variance, float(curve.n))
    still = int(curve.at_risk[place]) if place < len(curve.times) else 0
    return float(still + curve.happened[:place].sum() + curve.otherwise[:place].sum())


def needed_more(first: float, second: float, sizes: tuple[float, float], level: float) -> int:
    """How many more in each of two samples make it likely that one is surely the larger.

    Pre-posterior analysis (H. Raiffa and R. Schlaifer, Applied Statistical Decision Theory, 1961) in φ: the
    difference d with variance v = Σ 1/(4n) will, with N more in each, have the variance w = Σ 1/(4(n+N)) and
    be found somewhere in a normal distribution around d with variance v − w. N is the smallest number for
    which its size exceeds z·√w with the probability LIKELY; z is the one-sided quantile of the level.
    """
    apart = math.asin(math.sqrt(first)) - math.asin(math.sqrt(second))
    now, z = _variance(sizes, 0.0), _NORMAL.inv_cdf(level)

    def likely(more: float) -> float:
        then = _variance(sizes, more)
        spread, bar = math.sqrt(max(now - then, _LEAST)), z * math.sqrt(then)
        return _NORMAL.cdf((apart - bar) / spread) + _NORMAL.cdf((-bar - apart) / spread)

    low, high = 0.0, 1.0
    while likely(high) < LIKELY and high < _MOST:
        low, high = high, high * 2
    while high - low > max(1.0, low / 1000):
        middle = (low + high) / 2
        low, high = (low, middle) if likely(middle) >= LIKELY else (middle, high)
    return math.ceil(high)


def _variance(sizes: tuple[float, float], more: float) -> float:
    return sum(1 / (4 * (size + more)) for size in sizes)


def _mix(weights: Floats, parts: Sequence[Floats]) -> Floats:
    mixed: Floats = np.tensordot(weights, np.stack(parts), axes=1)
    return mixed


def _weights(passed: Floats, failed: Floats, m: float, strengths: list[float]) -> Floats:
    """How much each strength of the prior counts, given what was found; they add up to 1."""
    spreads = np.array(SPREADS)
    edges = np.sqrt(spreads[1:] * spreads[:-1])
    widths = np.diff([0.0, *edges, spreads[-1] ** 2 / edges[-1]])
    logs = np.log(widths) - (spreads / SCALE) ** 2 / 2
    for place, s in enumerate(strengths):
        a, b = s * m, s * (1 - m)
        start = _log_beta(a, b)
        pairs = zip(passed.tolist(), failed.tolist(), strict=True)
        logs[place] += sum(_log_beta(a + yes, b + no) - start for yes, no in pairs)
    weights = np.exp(logs - logs.max())
    adding_up: Floats = weights / weights.sum()
    return adding_up


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _grid(a: Floats, b: Floats) -> Floats:
    """Angles, each in the middle of a cell, that hold all that is believed of any of the shares."""
    middle, deviation = np.arcsin(np.sqrt(a / (a + b))), 1 / (2 * np.sqrt(a + b))
    low = max(float((middle - _REACH * deviation).min()), 0.0)
    high = min(float((middle + _REACH * deviation).max()), math.pi / 2)
    points = int(min(max(_FINE * (high - low) / float(deviation.min()), _FEWEST), _MOST_POINTS))
    cells: Floats = np.arange(points, dtype=np.float64)
    return low + (cells + 0.5) * ((high - low) / points)


def _densities(grid: Floats, a: Floats, b: Floats) -> Floats:
    """The density of each share over the grid, one row each, adding up to 1."""
    logs = np.outer(2 * a - 1, np.log(np.sin(grid))) + np.outer(2 * b - 1, np.log(np.cos(grid)))
    density = np.exp(logs - logs.max(axis=1, keepdims=True))
    adding_up: Floats = density / density.sum(axis=1, keepdims=True)
    return adding_up
