"""Chances: how likely a move is within a week, by state and time spent there, as uncertain as the counts say.

Of y who were seen for a week in a state at some age, d moved. The chance to move is drawn from the
posterior Beta(d + k·h, y − d + k·(1 − h)), where h is the chance at the age before (at first, the rate of
the whole state) and k, how many of those seen it stands for, is as many as bring two moves, at most 30:
where there is little to say the chance stays what it was, much speaks for itself. So who is longer in a
state than anybody was seen to be moves as those did who had been there longest. Ages come in bands that
grow wider. Where those who move go is drawn in the same way from Dirichlet distributions, pulled towards
that of the whole state. A. Gelman et al., Bayesian Data Analysis (2013), chapters 2, 3 and 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from leadline.engine.course import BANDS

if TYPE_CHECKING:
    from leadline.engine.course import Waits

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

WIDE_BANDS = np.array([0, 1, 4, 13])
"""The same for where people go."""

_MOVES, _MOST_SEEN = 2.0, 30.0
_LEAST = 1e-3  # smaller parameters of a Beta have no moments to speak of


def draw_chances(rng: np.random.Generator, draws: int, waits: Waits) -> Floats:
    """The chance to move within the week: draws × classes × ages."""
    seen, moved = waits.seen, waits.moved.sum(axis=2)
    bands = BANDS[seen.shape[1] > BANDS]
    banded = np.zeros((draws, len(seen), len(bands)))
    before = np.broadcast_to(_rate(moved.sum(axis=1), seen.sum(axis=1)), (draws, len(seen)))
    counts = np.add.reduceat(moved, bands, axis=1), np.add.reduceat(seen, bands, axis=1)
    for band, (went, there) in enumerate(zip(counts[0].T, counts[1].T, strict=True)):
        before = np.where(there > 0, _posterior(rng, draws, went, there, before), before)
        banded[:, :, band] = before
    ages: Floats = banded[:, :, np.searchsorted(bands, np.arange(seen.shape[1]), side="right") - 1]
    return ages


def draw_weekly_chances(rng: np.random.Generator, draws: int, waits: Waits) -> Floats:
    """The same for waits that end after a term, week by week: classes are pulled towards all together."""
    seen, moved = waits.seen, waits.moved.sum(axis=2)
    bands = BANDS[seen.shape[1] > BANDS]
    band = np.searchsorted(bands, np.arange(seen.shape[1]), side="right") - 1
    all_seen, all_moved = seen[1:].sum(axis=0), moved[1:].sum(axis=0)
    whole = _rate(all_moved.sum(), all_seen.sum())
    of_band = _rate(np.add.reduceat(all_moved, bands), np.add.reduceat(all_seen, bands), whole)
    of_age = _posterior(rng, draws, all_moved, all_seen, of_band[band])
    of_class: Floats = _posterior(rng, draws, moved, seen, of_age[:, None, :])
    of_class[:, 0] = _posterior(rng, draws, moved[0], seen[0], _rate(moved[0].sum(), seen[0].sum()))
    return of_class


def draw_ends(rng: np.random.Generator, draws: int, waits: Waits) -> Floats:
    """Where those who move go: draws × classes × wide bands × ways, adding up to 1."""
    moved = np.add.reduceat(waits.moved, WIDE_BANDS, axis=1)
    whole = dirichlet(rng, waits.moved.sum(axis=1) + 0.1, draws)
    return _normal(rng.standard_gamma(np.maximum(moved + _MOVES * whole[:, :, None, :], _LEAST)))


def dirichlet(rng: np.random.Generator, parameters: npt.NDArray[np.floating[Any]], draws: int) -> Floats:
    """Shares that add up to 1 along the last axis, drawn so many times."""
    return _normal(rng.standard_gamma(np.broadcast_to(parameters, (draws, *parameters.shape))))


def _normal(gammas: Floats) -> Floats:
    gammas = np.maximum(gammas, 1e-12)
    shares: Floats = gammas / gammas.sum(axis=-1, keepdims=True)
    return shares


def _rate(moved: Integers, seen: Integers, otherwise: Floats | float = 0.02) -> Floats:
    """The share that moved, counting half a move of the rate that holds otherwise."""
    rate: Floats = (moved + 0.5 * otherwise) / (seen + 0.5)
    return np.clip(rate, 1e-6, 1 - 1e-6)


def _posterior(rng: np.random.Generator, draws: int, moved: Integers, seen: Integers, rate: Floats) -> Floats:
    weight = np.minimum(_MOVES / np.maximum(rate, 1e-9), _MOST_SEEN)
    for_it = np.maximum(moved + weight * rate, _LEAST)
    against = np.maximum(seen - moved + weight * (1 - rate), _LEAST)
    shape = np.broadcast_shapes((draws, *moved.shape), for_it.shape)
    drawn: Floats = rng.beta(np.broadcast_to(for_it, shape), np.broadcast_to(against, shape))
    return drawn
