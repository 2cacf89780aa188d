"""Odds: tables with all that is uncertain about them, and how many it takes."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engine.instants import DAY, NEVER
from leadline.engine.plan import odds
from leadline.engine.plan.odds import AT_ONCE, DRAWS, NOWHERE, STEPS
from leadline.engine.survival import incidence

MONTH = 30 * DAY


def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def table_of(days: list[float], ways: list[int], n_ways: int = 1, horizon: int = MONTH) -> odds.Table:
    durations = (np.array(days) * DAY).astype(np.int64)
    return odds.draw_table(durations, np.array(ways, dtype=np.uint8), n_ways, horizon, rng())


def test_without_censoring_the_share_is_the_beta_posterior() -> None:
    arrived = odds.arriving(table_of([5] * 30 + [6] * 70, [1] * 30 + [2] * 70, 2), [AT_ONCE, NOWHERE], MONTH)
    last = arrived[:, -1]
    assert last.mean() == pytest.approx(0.3, abs=0.01)
    assert last.std() == pytest.approx(np.sqrt(0.3 * 0.7 / 101), rel=0.1)


def test_the_mean_is_aalen_and_johansens_incidence() -> None:
    chance = rng()
    n = 400
    ends = chance.gamma(2, 8, (3, n)) * DAY
    ends[1] *= 2
    durations, outcomes = ends.min(axis=0).astype(np.int64), ends.argmin(axis=0)
    outcomes = np.array([1, 2, 0], dtype=np.uint8)[outcomes]
    curve = incidence(durations, outcomes)
    drawn = odds.arriving(odds.draw_table(durations, outcomes, 2, MONTH, rng()), [AT_ONCE, NOWHERE], MONTH)
    times = odds.grid(MONTH)
    for place in (8, 16, 32, STEPS):
        assert drawn[:, place].mean() == pytest.approx(curve.at(int(times[place])).value, abs=0.015)


def test_who_always_takes_ten_days_arrives_if_started_in_time() -> None:
    arrived = odds.arriving(table_of([10] * 2000, [1] * 2000), [AT_ONCE], MONTH)
    assert arrived[:, STEPS // 3 - 2].max() < 0.05
    assert arrived[:, STEPS // 3 + 2].min() > 0.95
    assert odds.overall(arrived).mean() == pytest.approx(2 / 3, abs=0.02)


def test_two_steps_take_as_long_as_both_together() -> None:
    first, second = table_of([6] * 2000, [1] * 2000), table_of([9] * 2000, [1] * 2000)
    arrived = odds.arriving(first, [odds.arriving(second, [AT_ONCE], MONTH)], MONTH)
    assert arrived[:, STEPS // 2 - 3].max() < 0.1
    assert arrived[:, STEPS // 2 + 3].min() > 0.9


def test_an_answer_at_once_counts() -> None:
    arrived = odds.arriving(table_of([0] * 2000, [1] * 2000), [AT_ONCE], MONTH)
    assert arrived[:, 1].min() > 0.95


def test_who_has_waited_longer_than_anybody_ever_did_is_not_counted_on() -> None:
    table, ages = table_of([10] * 500, [1] * 500), np.array([9, 11, 12]) * DAY
    drawn = odds.arrivals(ages, table, [AT_ONCE], MONTH, rng())
    assert drawn.mean() == pytest.approx(1, abs=0.05)


def test_who_is_still_there_has_the_chance_of_those_who_were_still_there() -> None:
    days = [1.0] * 500 + [20.0] * 300 + [25.0] * 200
    table = table_of(days, [1] * 500 + [1] * 300 + [2] * 200, 2)
    drawn = odds.arrivals(np.full(100, 10 * DAY), table, [AT_ONCE, NOWHERE], MONTH, rng())
    assert drawn.mean() == pytest.approx(60, abs=2)


def test_nobody_is_expected_of_an_empty_table() -> None:
    table = table_of([], [])
    assert not odds.arriving(table, [AT_ONCE], MONTH).any()
    assert not odds.arrivals(np.zeros(0, np.int64), table, [AT_ONCE], MONTH, rng()).any()
    assert not odds.arrivals(np.array([DAY]), table, [AT_ONCE], MONTH, rng()).any()


@pytest.mark.parametrize(("wanted", "chance"), [(3, 0.3), (1, 0.05), (10, 0.8)])
def test_enough_start_as_often_as_the_binomial_distribution_says(wanted: int, chance: float) -> None:
    needed = odds.starts_needed(np.full(DRAWS, wanted), np.full(DRAWS, chance), rng())
    for n in (wanted, 2 * wanted, int(wanted / chance), int(2 * wanted / chance)):
        exact = sum(comb(n, k) * chance**k * (1 - chance) ** (n - k) for k in range(wanted, n + 1))
        assert (needed <= n).mean() == pytest.approx(exact, abs=0.035)


def test_nothing_is_needed_where_all_have_arrived_and_nothing_is_enough_without_a_chance() -> None:
    missing = np.tile([-3, 0, 2, 2], DRAWS // 4)
    chance = np.tile([0.5, 0.0, 0.0, 1.0], DRAWS // 4)
    needed = odds.starts_needed(missing, chance, rng()).reshape(-1, 4)
    assert needed[0].tolist() == [0, 0, NEVER, 2]


def test_clients_of_one_price_are_counted_off() -> None:
    values = np.full(20, 10_000)
    assert set(odds.clients_for(95_000, values, rng()).tolist()) == {10}
    assert set(odds.clients_for(10_000_000, values, rng()).tolist()) == {1000}
    assert set(odds.income_of(np.full(DRAWS, 3), values, rng()).tolist()) == {30_000}


def test_an_income_of_unequal_purchases_takes_about_its_mean() -> None:
    values = rng().lognormal(9, 1, 400).astype(np.int64)
    for number in (20, 400):
        clients = odds.clients_for(int(number * values.mean()), values, rng())
        assert np.median(clients) == pytest.approx(number, rel=0.1)
        income = odds.income_of(np.full(DRAWS, number), values, rng())
        assert income.mean() == pytest.approx(number * values.mean(), rel=0.05)


spell = st.tuples(st.integers(0, 90), st.integers(0, 2))


@settings(max_examples=30, deadline=None)
@given(st.lists(spell, max_size=30), st.integers(1, 400))
def test_shares_are_shares_and_never_fall(lived: list[tuple[int, int]], days: int) -> None:
    horizon = days * DAY
    table = table_of([days for days, _ in lived], [way for _, way in lived], 2, horizon)
    both = [odds.arriving(table, ways, horizon) for ways in ([AT_ONCE, NOWHERE], [AT_ONCE, AT_ONCE])]
    for arrived in both:
        assert np.isfinite(arrived).all()
        assert arrived.min() >= 0
        assert arrived.max() <= 1
        assert (np.diff(arrived, axis=1) >= -1e-12).all()
    assert (both[1] >= both[0] - 1e-12).all()
    drawn = odds.arrivals(np.array([0, 5, 90]) * DAY, table, [AT_ONCE, NOWHERE], horizon, rng())
    assert drawn.min() >= 0
    assert drawn.max() <= 3


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 200), st.floats(0, 1))
def test_as_many_are_needed_as_are_missing_at_least(missing: int, chance: float) -> None:
    needed = odds.starts_needed(np.full(DRAWS, missing), np.full(DRAWS, chance), rng())
    assert needed.min() >= missing
