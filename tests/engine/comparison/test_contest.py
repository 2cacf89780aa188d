"""Chances of shares, held to brute force and to simulated truth."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engine.comparison.contest import SCALE, SPREADS, effective_size, match_betas, needed_more, weigh
from leadline.engine.instants import DAY
from leadline.engine.survival import HAPPENED, WAITING, incidence


def beta_cells(a: float, b: float, grid: np.ndarray) -> np.ndarray:
    logs = (a - 1) * np.log(grid) + (b - 1) * np.log1p(-grid)
    density = np.exp(logs - logs.max())
    return density / density.sum()


@pytest.mark.parametrize(
    ("one", "two"),
    [((5.5, 95.5), (20.5, 180.5)), ((1, 16), (30, 70)), ((500, 500), (520, 480)), ((2, 2), (2, 2))],
)
def test_the_chance_of_being_larger_is_the_exact_double_integral_of_two_betas(one, two):
    grid = (np.arange(4000) + 0.5) / 4000
    first, second = beta_cells(*one, grid), beta_cells(*two, grid)
    below = np.cumsum(second) - second / 2  # one point of the grid against all below it, and half of its own
    right = float(first @ below)
    gain = float(np.maximum(grid[:, None] - grid[None, :], 0).T @ first @ second)
    found = match_betas(np.array([one[0], two[0]], float), np.array([one[1], two[1]], float))
    assert found.best == pytest.approx([right, 1 - right], abs=2e-4)
    assert found.better[0] == pytest.approx([0.5, right], abs=2e-4)
    assert found.loss[1] == pytest.approx(gain, abs=2e-4)
    assert found.mean == pytest.approx([one[0] / sum(one), two[0] / sum(two)], abs=1e-6)


def test_of_several_the_chances_are_those_of_many_draws():
    a, b = np.array([5.5, 20.5, 0.5, 12.0]), np.array([95.5, 180.5, 15.5, 100.0])
    draws = np.random.default_rng(1).beta(a[:, None], b[:, None], (4, 400_000))
    found = match_betas(a, b)
    assert found.best == pytest.approx(np.bincount(draws.argmax(axis=0)) / 400_000, abs=3e-3)
    assert found.loss == pytest.approx((draws.max(axis=0) - draws).mean(axis=1), abs=3e-4)
    assert found.square == pytest.approx((draws**2).mean(axis=1), abs=1e-4)


def test_the_prior_counts_each_spread_by_how_likely_it_makes_what_was_found():
    passed, failed = np.array([30.0, 12.0]), np.array([70.0, 88.0])
    m = 42.5 / 201
    weights, means = [], []
    edges = [0.0, *(math.sqrt(a * b) for a, b in pairwise(SPREADS))]
    edges.append(SPREADS[-1] ** 2 / edges[-1])
    for spread, low, high in zip(SPREADS, edges, edges[1:], strict=False):
        s = 1 / (spread**2 * m * (1 - m)) - 1
        likely = (high - low) * math.exp(-((spread / SCALE) ** 2) / 2)
        for yes, no in zip(passed, failed, strict=True):  # the beta-binomial, one draw after the other
            for number in range(int(yes)):
                likely *= (s * m + number) / (s + number)
            for number in range(int(no)):
                likely *= (s * (1 - m) + number) / (s + yes + number)
            likely *= 1e27  # so that it stays a number
        weights.append(likely)
        means.append((s * m + passed) / (s + 100))
    right = np.average(means, axis=0, weights=weights)
    assert weigh(np.array([0.3, 0.12]), np.array([100.0, 100.0])).mean == pytest.approx(right, rel=1e-4)


def test_what_is_probable_comes_true_as_often_as_is_said():
    rng, said, came = np.random.default_rng(7), [], []
    for _ in range(400):
        odds = 0.1 * np.exp(0.3 * rng.normal(size=4))
        shares, sizes = odds / (1 + odds), rng.integers(80, 600, 4)
        found = weigh(rng.binomial(sizes, shares) / sizes, sizes.astype(float))
        said.append(found.best.max())
        came.append(found.best.argmax() == shares.argmax())
    assert np.mean(came) == pytest.approx(np.mean(said), abs=0.08)  # three standard errors


def test_peeking_every_month_for_two_years_seldom_finds_a_best_one_of_two_that_are_the_same():
    rng, named = np.random.default_rng(3), 0
    for _ in range(60):
        come = rng.binomial(120, 0.05, (26, 2)).cumsum(axis=0)
        for look, some in enumerate(come, start=1):
            size = 120.0 * look
            if abs(some[0] - some[1]) > 1.5 * math.sqrt(
                sum(some)
            ):  # below that the probability is under 93 %
                named += bool(weigh(some / size, np.full(2, size)).best.max() >= 0.95)
                if weigh(some / size, np.full(2, size)).best.max() >= 0.95:
                    break
    assert named <= 11  # 8 % of 60 are 5, and three standard errors more


def test_so_many_more_as_are_said_to_be_needed_are_mostly_enough():
    rng, enough = np.random.default_rng(3), []
    for _ in range(120):
        odds = 0.11 * np.exp(0.5 * rng.normal(size=2))
        shares = odds / (1 + odds)
        some = rng.binomial(80, shares)
        now = weigh(some / 80, np.full(2, 80.0))
        if now.best.max() < 0.95:
            more = needed_more(*now.mean.tolist(), tuple(now.size.tolist()), 0.95)
            then = some + rng.binomial(more, shares)
            enough.append(weigh(then / (80 + more), np.full(2, 80.0 + more)).best.max() >= 0.95)
    assert 0.68 <= np.mean(enough) <= 0.97


def test_a_share_of_which_all_is_known_is_worth_all_of_them():
    curve = incidence(np.array([DAY] * 3 + [90 * DAY] * 7), np.array([HAPPENED] * 3 + [WAITING] * 7))
    assert effective_size(curve, 30 * DAY) == pytest.approx(10)
    nobody = incidence(np.array([DAY] * 4 + [90 * DAY] * 6), np.array([WAITING] * 10))
    assert effective_size(nobody, 30 * DAY) == 6


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(1, 1e6)), min_size=1, max_size=6))
def test_chances_are_probabilities_whatever_the_shares(known):
    shares, sizes = np.array(known).T
    found = weigh(shares, sizes)
    assert found.best.sum() == pytest.approx(1)
    assert ((found.mean > 0) & (found.mean < 1) & (found.loss >= 0) & (found.size > 0)).all()
    assert found.better + found.better.T == pytest.approx(np.ones((len(known),) * 2), abs=1e-6)
    assert len(known) < 2 or needed_more(*found.mean[:2].tolist(), tuple(found.size[:2].tolist()), 0.95) > 0
