"""Suspicion: how likely it is that a link leaks, and isn't so by nature, by its rate beside other paths.

Two accounts of a link that gets fewer through than one would expect, d of n. *By nature*: its rate is one
that a path of this business may have; the log odds of such a rate are normal, with the median and the spread
of the draws of the usual rate. *It leaks*: the rate is kθ, where θ is such a rate and k the part that is left
of it, any in `KEPT` as likely. d is binomial, given the rate. By Bayes' theorem, with p = `BEFOREHAND` the
chance of a leak before anything is seen:

    P(leak | d) = 1 / (1 + (1 − p)/p · P(d | by nature) / P(d | leak))
"""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from leadline.engine.cycle.rates import Floats

BEFOREHAND = 0.01
"""The chance that a link leaks, before anything is known of it."""
KEPT = (0.02, 0.6)
"""The part that is left of a rate where a link leaks, from and to."""
WIDEST = 2.0
"""The most (in log odds) by which paths are taken to differ: audiences do by orders of magnitude."""
_FINEST = 20
"""Into how many parts of the spread a rate is told at most: the nodes of the integral are half as many."""
_Z = np.linspace(-12, 12, 241)
_LOG_WEIGHTS = (-0.5 * _Z**2 - np.log(np.exp(-0.5 * _Z**2).sum()))[:, None]
_K = np.linspace(*KEPT, 30)


def suspect(usual: Floats, passed: float, of: float) -> float:
    """The chance (0 to 1) that a link leaks which so many passed, from draws of the usual rate."""
    low, middle, high = np.quantile(log_odds(usual), [0.16, 0.5, 0.84]).tolist()
    spread = min(max((high - low) / 2, 0.01), WIDEST)
    rate = (passed + 0.5) / (of + 1)
    known = min(1.0, (_FINEST / spread) ** 2 / max(of * rate * (1 - rate), 1e-9))
    natural = 1 / (1 + np.exp(-(middle + spread * _Z)))[:, None]
    by_nature, leaky = (_log_chance(some, known * passed, known * of) for some in (natural, natural * _K))
    against = log((1 - BEFOREHAND) / BEFOREHAND) + by_nature - leaky
    return 1 / (1 + exp(min(against, 700)))


def _log_chance(rates: Floats, passed: float, of: float) -> float:
    """The logarithm of the binomial chance, up to a constant; rates by node (rows), and any as likely."""
    rates = np.clip(rates, 1e-12, 1 - 1e-12)
    chances = passed * np.log(rates) + (of - passed) * np.log1p(-rates) - log(rates.shape[1])
    return float(np.logaddexp.reduce(_LOG_WEIGHTS + chances, axis=None))


def log_odds(rates: Floats) -> Floats:
    """The logarithm of the odds of some rates; those of 0 and 1 are taken a billionth away from it."""
    kept = np.clip(rates, 1e-9, 1 - 1e-9)
    found: Floats = np.log(kept / (1 - kept))
    return found
