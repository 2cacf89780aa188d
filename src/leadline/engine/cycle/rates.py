"""Rates of links: the share that gets through on each path, and what the other paths lead one to expect.

*Share.* Of those who stood before a link, the share that has got through within `horizon`: the time for which
a quarter of them, and at least as many as the caution asks for, have been followed (Aalen and Johansen, see
`survival`); or the time that it usually takes, where as many as the caution asks for have been followed so
long. Those who stood there for less are censored, so that what is recent doesn't look lost.

*Weight.* A share F with variance V is worth n = F(1 − F)/V people followed to the end; d = nF of them got
through. With those two numbers shares are compared as binomials.

*Pooling.* The paths of one business are alike, but not the same. Their rates are taken as Beta(κm, κ(1 − m)),
and each path's d of n as binomial given its rate: a beta-binomial. Its likelihood is evaluated on a grid of m
and κ, with every m as likely as any other and log κ normal around log 20, of spread 0.6 (20: rates of 30
to 50 % where 40 % is usual). From that follow, in draws: the rate of a path, given its own d and n and what
the others have; and the rate that a path of this business usually has, which other paths alone determine.
A. Gelman and others, Bayesian Data Analysis (3rd edition, 2013), section 5.3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from leadline.engine.estimates import Estimate, TooFewConversions, wilson
from leadline.engine.instants import DAY
from leadline.engine.survival import HAPPENED, OTHERWISE, Curve, incidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from leadline.engine.cycle.attempts import Attempts
    from leadline.engine.estimates import Caution

Floats = npt.NDArray[np.float64]

FOLLOWED = 0.25
"""The share of all that must have been followed as long as the horizon."""
PATIENCE = 30 * DAY
"""How long to wait before it is said that nobody gets through, where nobody ever has."""
ODD = 1.0
"""How far (in logarithms) the rates of two audiences of one business are taken to be apart."""
USUAL_KAPPA, KAPPA_SPREAD = 20.0, 0.6
"""How alike the paths of a business are taken to be, before their own figures speak."""
_LOGITS = np.linspace(-11, 6, 120)
_MEANS = 1 / (1 + np.exp(-_LOGITS))
_KAPPAS = np.exp(np.linspace(math.log(2), math.log(300), 24))


@dataclass(frozen=True)
class Rate:
    """How many stood before a link and got through; `share` of all, and `staying` of those who didn't leave.

    `weight` and `passed` are n and d of the share, `stayed` the n of those who did not take their leave;
    `ripe`: how many have been followed for as long as it usually takes. `horizon` is the time (microseconds)
    within which the share holds, `curve` how it grows; both None where people are only counted (audiences,
    terms).
    """

    began: int
    through: int
    left: int
    waiting: int
    share: Estimate | TooFewConversions
    weight: float
    passed: float
    stayed: float
    ripe: int
    horizon: int | None = None
    curve: Curve | None = field(default=None, repr=False, compare=False)


def measure(some: Attempts, caution: Caution, usual_time: int | None = None) -> Rate:
    """The rate of these attempts; where nobody got through, within the time that others take."""
    began, through = len(some), int(np.count_nonzero(some.outcome == HAPPENED))
    left = int(np.count_nonzero(some.outcome == OTHERWISE))
    waiting = began - through - left
    needed = max(caution.needed, 1)
    curve = incidence(some.duration, some.outcome, caution.level)
    ripe = int(np.count_nonzero(some.followed >= (PATIENCE if usual_time is None else usual_time)))
    horizon = _horizon(some, needed)
    if horizon is not None and usual_time is not None and (ripe >= needed or not through):
        horizon = max(horizon, usual_time) if through else min(horizon, usual_time)
    said: Estimate | TooFewConversions = TooFewConversions(began, needed)
    weight, passed = float(through + left), float(through)
    if began and horizon is not None:
        found = curve.at(horizon)
        weight = _weight(curve, horizon)
        passed = found.value * weight
        said = found if began >= needed else said
    gone = _left_by(some, horizon) / max(began, 1)
    stayed = max(weight * (1 - gone), passed)
    return Rate(began, through, left, waiting, said, weight, passed, stayed, ripe, horizon, curve)


def count(through: int, began: int, caution: Caution) -> Rate:
    """The rate where people are counted and nothing is waited for."""
    through = min(through, began)
    few = began < max(caution.needed, 1)
    said = TooFewConversions(began, caution.needed) if few else wilson(through, began, caution.level)
    return Rate(began, through, 0, 0, said, float(began), float(through), float(began), began)


def spread_rates(rates: Sequence[tuple[float, float]], draws: int, rng: np.random.Generator) -> Floats:
    """The rate that some other path has, in draws, where rates are small and differ by orders of magnitude.

    log rate is normal around the mean of the logarithms known, with their spread (counted as if one more path
    were `ODD` away), of Student's t with as many degrees of freedom. `rates`: (passed, weight), at least one.
    """
    logs = np.log([(passed + 0.5) / (weight + 1) for passed, weight in rates])
    spread = math.sqrt((ODD**2 + float(((logs - logs.mean()) ** 2).sum())) / len(logs))
    off = spread * math.sqrt(1 + 1 / len(logs)) * rng.standard_t(len(logs) + 2, draws)
    drawn: Floats = np.minimum(np.exp(logs.mean() + off), 1.0)
    return drawn


@dataclass(frozen=True, eq=False)
class Pool:
    """What the paths have in common at one link, in draws: the mean of their rates, and κ."""

    mean: Floats
    kappa: Floats

    def moved(self, by: float) -> Pool:
        """The same with every mean moved by so much in log odds."""
        mean = np.clip(self.mean, 1e-9, 1 - 1e-9)
        return Pool(1 / (1 + (1 / mean - 1) * np.exp(-by)), self.kappa)

    def usual(self, rng: np.random.Generator) -> Floats:
        """The rate of some path of this business of which nothing is known yet, one a draw."""
        return self.given(0.0, 0.0, rng)

    def given(self, passed: float, weight: float, rng: np.random.Generator) -> Floats:
        """The rate of a path through which `passed` of `weight` got, one a draw."""
        return rng.beta(
            self.kappa * self.mean + passed, self.kappa * (1 - self.mean) + max(weight - passed, 0)
        )


def pool(evidence: Floats, draws: int, rng: np.random.Generator) -> Pool:
    """What paths have in common, of which this is the `evidence`; without any, hardly anything is known."""
    log_kappa = np.log(_KAPPAS / USUAL_KAPPA) / KAPPA_SPREAD
    each_mean = np.log(_MEANS * (1 - _MEANS))  # the grid is even in logits, the prior in means
    likelihood = each_mean[:, None] - (log_kappa**2) / 2 + evidence
    chance = np.exp(likelihood - likelihood.max()).ravel()
    places = np.searchsorted(np.cumsum(chance / chance.sum()), rng.random(draws) * (1 - 1e-12))
    return Pool(_MEANS[places // len(_KAPPAS)], _KAPPAS[places % len(_KAPPAS)])


def evidence(rates: Iterable[tuple[float, float]]) -> Floats:
    """What (passed, weight) of paths tell of mean and κ: log likelihoods on the grid, up to a constant."""
    found = np.zeros((len(_MEANS), len(_KAPPAS)))
    for passed, weight in rates:
        if weight > 0:
            found += _likelihood(passed, max(weight - passed, 0.0))
    return found


def _likelihood(passed: float, rest: float) -> Floats:
    """The logarithm of the beta-binomial likelihood, without what is the same everywhere, on the grid."""
    whole = _log_gamma(_KAPPAS) - _log_gamma(_KAPPAS + passed + rest)  # κ is a + b
    return whole - _BEFORE + _log_gamma(_A + passed) + _log_gamma(_B + rest)


def _horizon(some: Attempts, needed: int) -> int | None:
    """The longest time for which enough have been followed."""
    if not len(some):
        return None
    wanted = min(max(needed, math.ceil(FOLLOWED * len(some))), len(some))
    followed = some.followed
    return int(np.partition(followed, len(some) - wanted)[len(some) - wanted])


def _weight(curve: Curve, horizon: int) -> float:
    """How many people followed to the end a curve is worth at this time."""
    place = int(np.searchsorted(curve.times, horizon, side="right")) - 1
    share = float(curve.share[place]) if place >= 0 else 0.0
    variance = float(curve.variance[place]) if place >= 0 else 0.0
    if 0 < share < 1 and variance > 0:
        return min(round(share * (1 - share) / variance, 6), float(curve.n))
    until = int(np.searchsorted(curve.times, horizon, side="left"))
    still = int(curve.at_risk[until]) if until < len(curve.times) else 0
    return float(still + curve.otherwise[:until].sum() + curve.happened[:until].sum())


def _left_by(some: Attempts, horizon: int | None) -> int:
    left = some.outcome == OTHERWISE
    return int(np.count_nonzero(left if horizon is None else left & (some.duration <= horizon)))


def _log_gamma(x: Floats) -> Floats:
    """The logarithm of the gamma function for x > 0, by Stirling's series, after shifting by 8 what is below.

    Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 6.1.41; exact to 1e-10.
    """
    shift, y = np.zeros_like(x), x.copy()
    small = x < 8
    if small.any():
        shift[small] = np.log(np.prod([x[small] + more for more in range(8)], axis=0))
        y[small] += 8
    part = 1 / y
    series = part * (1 / 12 - part * part * (1 / 360 - part * part / 1260))
    found: Floats = (y - 0.5) * np.log(y) - y + 0.5 * math.log(2 * math.pi) + series - shift
    return found


_A, _B = np.outer(_MEANS, _KAPPAS), np.outer(1 - _MEANS, _KAPPAS)
_BEFORE = _log_gamma(_A) + _log_gamma(_B)
