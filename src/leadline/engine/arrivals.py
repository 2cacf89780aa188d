"""Arrivals: how many new people came each week, how that changes, and how many may come.

The number of a week is Poisson with overdispersion φ (talks and mailings bring people in bunches) and mean

    log λ = level + slope·t + walk + season(month)

`level` is today's; `slope` a yearly growth, held near none unless the weeks say otherwise; `walk` moves
every four weeks by a normal step of standard deviation τ; `season` has an effect for each month (`clocks`),
and is there only where two years are on record. It is a generalised linear model with normal priors, fitted
by Newton's method. A week with more than ten times as many as any but the greatest weeks (a list that was
imported) counts as ten times: what comes once isn't expected again. τ is the one with the greatest evidence
(Laplace's approximation), φ is Pearson's χ² over the degrees of freedom left, and futures are drawn from
the normal approximation to the posterior. Ahead the walk goes on with τ, or 0.2 where that is more (a
season that wasn't seen twice is yet to show), and is drawn back by a fifth a step, around a mean that
stays. P. McCullagh and J. A. Nelder, Generalized Linear Models (1989), chapters 6 and 9.

`fit_drift` does the same with numbers of which something was expected, eₖ in week k: the mean is

    log λ = log eₖ + walk,    walk = 0.8 · the walk of four weeks before + a normal step of sd τ

so that a change fades, and what comes in the long run is what was expected. τ is 0 unless there is more
evidence for another; φ comes from the differences of neighbouring weeks.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.engine.clocks import days_of, shown, zone
from leadline.engine.instants import WEEK, YEAR

LONGEST = 156
"""Weeks back that are looked at."""

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_ONCE, _USUAL = 10, 0.97  # times the number of all but the greatest weeks
_TWO_YEARS = 100  # weeks of which the months are known twice, but for a few days
_BLOCK = 4
_STEPS = (0.03, 0.1, 0.2, 0.3)
_BACK = 0.8  # of a difference is left after a step
_DRIFTS = (0.05, 0.1, 0.2, 0.3, 0.4)
_NO_BUNCHES, _LEAST_RATE = 1e-3, 1e-6
_LEAST_AHEAD = 0.2  # the coming months change by at least as much: with less, intervals held too seldom
_LEVEL_SD, _SLOPE_SD, _SEASON_SD = 3.0, 0.25, 0.3
_YEAR = YEAR / WEEK
_STILL = 1e-9  # a step that changes no week's mean by more is the last one
_MOST = 20.0  # log of the largest mean that is believed


@dataclass(frozen=True, eq=False)
class Arrivals:
    """What the weeks say of one kind of arrival: the posterior (mean, root of the covariance), τ and φ.

    Months are those of `zone`.
    """

    mean: Floats
    root: Floats
    step: float
    dispersion: float
    weeks: int
    seasonal: bool
    as_of: int
    zone: str

    def draw(self, rng: np.random.Generator, draws: int, weeks: int) -> Integers:
        """How many arrive in each of the coming weeks: draws × weeks."""
        if not len(self.mean):
            return np.zeros((draws, weeks), dtype=np.int64)
        theta = self.mean + rng.standard_normal((draws, len(self.mean))) @ self.root.T
        with days_of(self.zone):  # whoever draws may do so in threads of their own
            design = _design(-np.arange(weeks) - 1, self.weeks, self.as_of, seasonal=self.seasonal)
        design[:, 1] = 1 - np.exp(-design[:, 1])  # growth slows down: nobody knows it for years
        walk = self._walk(rng, draws, weeks)
        rate = np.exp(np.minimum(theta @ design.T + walk, _MOST))
        extra = self.dispersion - 1
        if extra > 0.01:  # gamma-mixed Poisson, of variance φ times the mean
            rate = rng.standard_gamma(rate / extra) * extra
        return rng.poisson(rate)

    def _walk(self, rng: np.random.Generator, draws: int, weeks: int) -> Floats:
        """How the level moves from today's: drawn back by a fifth of the way a step, since seasons pass."""
        step = max(self.step, _LEAST_AHEAD)
        at, variance, places = np.zeros(draws), 0.0, []
        for _ in range(-(-weeks // _BLOCK)):
            at = _BACK * at + step * rng.standard_normal(draws)
            variance = _BACK**2 * variance + step**2
            places.append(at - variance / 2)  # so that the mean of the level stays what it is
        return np.repeat(np.array(places).T, _BLOCK, axis=1)[:, :weeks]


def fit_arrivals(counts: Integers, as_of: int) -> Arrivals:
    """The model of weekly numbers, the latest week (which ends at `as_of`) first; 0 to 156 of them."""
    weeks = min(len(counts), LONGEST)
    numbers: Floats = counts[:weeks].astype(np.float64)
    if not numbers.any():
        none = np.zeros(0), np.zeros((0, 0))
        return Arrivals(*none, 0.0, 1.0, weeks, seasonal=False, as_of=as_of, zone=zone())
    numbers = np.minimum(numbers, _ONCE * (np.quantile(numbers, _USUAL) + 1))
    seasonal = weeks >= _TWO_YEARS
    design = _design(np.arange(weeks), weeks, as_of, seasonal=seasonal)
    level = float(np.log(numbers.mean()))
    theta, inverse, _ = _newton(numbers, design, _precision(design, weeks, 0.1), level, 1.0)
    dispersion = _dispersion(numbers, design, theta, inverse)
    fits = []
    for step in _STEPS:
        prior = _precision(design, weeks, step)
        fits.append((_newton(numbers, design, prior, level, dispersion, start=theta), step))
        theta = fits[-1][0][0]
    (theta, inverse, _), step = max(fits, key=lambda fit: fit[0][2])
    root = np.linalg.cholesky(inverse)
    return Arrivals(theta, np.asarray(root), step, dispersion, weeks, seasonal, as_of, zone())


@dataclass(frozen=True, eq=False)
class Drift:
    """How what comes each week differs from what was to be expected: times e to the walk, and in bunches.

    `mean` and `root` are the posterior of the steps of the walk, the latest first; where the weeks show no
    change `step` is 0 and there are none. `dispersion` is φ, and `usual` what is expected of a week.
    """

    mean: Floats
    root: Floats
    step: float
    dispersion: float
    usual: float

    def draw(self, rng: np.random.Generator, draws: int, weeks: int) -> Floats:
        """By what the expected numbers of the coming weeks are to be multiplied: draws × weeks."""
        times = np.ones((draws, weeks))
        if self.step:
            theta = self.mean + rng.standard_normal((draws, len(self.mean))) @ self.root.T
            at = theta @ _BACK ** np.arange(len(self.mean))
            variance = 0.0
            for week in range(0, weeks, _BLOCK):
                at = _BACK * at + self.step * rng.standard_normal(draws)
                variance = _BACK**2 * variance + self.step**2
                times[:, week : week + _BLOCK] = np.exp(at - variance / 2)[:, None]  # the mean stays
        extra = (self.dispersion - 1) / max(self.usual, 1e-9)
        return times * (rng.standard_gamma(1 / extra, times.shape) * extra if extra > _NO_BUNCHES else 1.0)


def fit_drift(counts: Integers, expected: Floats) -> Drift:
    """The drift of weekly numbers (the latest first) from what each week was expected to bring."""
    total, weeks = float(expected.sum()), len(counts)
    usual, none = total / max(weeks, 1), (np.zeros(0), np.zeros((0, 0)))
    if not counts.sum() or not total or weeks < 2 * _BLOCK:
        return Drift(*none, 0.0, 1.0, usual)
    numbers: Floats = counts.astype(np.float64)
    rate = np.maximum(expected * (numbers.sum() / total), _LEAST_RATE)
    offset, dispersion = np.log(rate), _bunches(numbers, rate)
    block = np.arange(-(-weeks // _BLOCK))
    steps_since = block - (np.arange(weeks) // _BLOCK)[:, None]
    design = np.where(steps_since >= 0, _BACK ** np.maximum(steps_since, 0), 0.0)
    still = float((numbers * offset - rate).sum()) / dispersion
    fits = []
    for step in _DRIFTS:
        deviation = np.full(len(block), step)
        deviation[-1] /= np.sqrt(1 - _BACK**2)  # as far as it may have come before the first week
        fits.append((_newton(numbers, design, 1 / deviation**2, 0.0, dispersion, offset), step))
    (theta, inverse, evidence), step = max(fits, key=lambda fit: fit[0][2])
    if evidence <= still:
        return Drift(*none, 0.0, dispersion, usual)
    return Drift(theta, np.asarray(np.linalg.cholesky(inverse)), step, dispersion, usual)


def _bunches(numbers: Floats, rate: Floats) -> float:
    """φ from the differences between neighbouring weeks, which a walk hardly touches."""
    apart = np.diff(numbers - rate) ** 2
    return max(float(apart.sum()) / float((rate[1:] + rate[:-1]).sum()), 1.0)


def _design(ago: Integers, weeks: int, as_of: int, *, seasonal: bool) -> Floats:
    """A row for each week that ended `ago` weeks before `as_of` (negative: ahead)."""
    time = -(ago + 0.5) / _YEAR
    blocks = max((weeks - 1) // _BLOCK, 0)
    walk = (ago[:, None] // _BLOCK > np.arange(blocks)).astype(np.float64)  # steps between then and today
    columns = [np.ones((len(ago), 1)), time[:, None], walk]
    if seasonal:
        middays = as_of - (WEEK * ago[:, None] + WEEK * (2 * np.arange(7) + 1) // 14)
        day = shown(middays.ravel()).reshape(middays.shape).astype("datetime64[us]")
        month = day.astype("datetime64[M]").astype(np.int64) % 12
        columns.append((month[:, :, None] == np.arange(12)).mean(axis=1))
    return np.concatenate(columns, axis=1)


def _precision(design: Floats, weeks: int, step: float) -> Floats:
    blocks = max((weeks - 1) // _BLOCK, 0)
    deviation = np.full(design.shape[1], _SEASON_SD)
    deviation[:2], deviation[2 : 2 + blocks] = (_LEVEL_SD, _SLOPE_SD), step
    return 1 / deviation**2


def _newton(
    counts: Floats,
    design: Floats,
    prior: Floats,
    level: float,
    dispersion: float,
    offset: Floats | float = 0.0,
    start: Floats | None = None,
) -> tuple[Floats, Floats, float]:
    """The posterior's mode, its covariance there, and the log evidence; `start` lies near the mode."""
    centre = np.zeros(design.shape[1])
    centre[0] = level
    theta = centre if start is None else start
    for _ in range(12):
        rate = np.exp(np.minimum(design @ theta + offset, _MOST))
        slope = design.T @ (counts - rate) / dispersion - prior * (theta - centre)
        curve = (design.T * (rate / dispersion)) @ design + np.diag(prior)
        step = np.linalg.solve(curve, slope)
        farthest = float(np.abs(design @ step).max())
        theta = theta + step * min(1.0, 2.0 / max(farthest, 1e-12))
        if farthest < _STILL:
            break
    line = np.minimum(design @ theta + offset, _MOST)
    rate = np.exp(line)
    curve = (design.T * (rate / dispersion)) @ design + np.diag(prior)
    fit = float((counts * line - rate).sum()) / dispersion
    evidence = fit - float((prior * (theta - centre) ** 2).sum()) / 2 + float(np.log(prior).sum()) / 2
    inverse = np.linalg.inv(curve)
    return theta, (inverse + inverse.T) / 2, evidence - float(np.linalg.slogdet(curve)[1]) / 2


def _dispersion(counts: Floats, design: Floats, theta: Floats, inverse: Floats) -> float:
    rate = np.exp(np.minimum(design @ theta, _MOST))
    used = float(np.einsum("ij,jk,ik,i->", design, inverse, design, rate))
    freedom = max(len(counts) - used, 1.0)
    return max(float(((counts - rate) ** 2 / np.maximum(rate, 1e-9)).sum()) / freedom, 1.0)
