"""What each one costs and brings, held to simulated truth."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.engine.comparison.contest import effective_size
from leadline.engine.comparison.economy import cost_each, income_each
from leadline.engine.instants import DAY
from leadline.engine.passages import passages
from leadline.engine.survival import incidence
from leadline.engine.touches import MISSING
from tests.histories import crowd, history


def begun(*groups):
    return passages(history(crowd(*groups), as_of=200), "lead", "client")


def test_those_followed_too_short_weigh_what_the_others_tell():
    # day 10: 2 of 10 at risk; then 4 are lost from sight; day 20: 2 of the 4 left: 0.2 + 0.8 · 2/4 = 0.6
    some = begun((2, "lead 0, client 10"), (4, "lead 185"), (2, "lead 0, client 20"), (2, "lead 0"))
    values = np.array([100, 300, *[MISSING] * 4, 1000, MISSING, MISSING, MISSING])
    curve = incidence(some.duration, some.outcome)
    found = income_each(some, values, curve, 30 * DAY, effective_size(curve, 30 * DAY), 0.95)
    # 0.1 each of 100 and 300, 0.2 each of 1000 and of what is not known: 240 on 0.4, so 360 on 0.6
    assert found.value == 360
    assert found.low < 360 < found.high


def test_no_amount_is_known_where_nobody_paid_and_time_has_its_say():
    some = begun((5, "lead 0, client 10"), (5, "lead 0"))
    curve = incidence(some.duration, some.outcome)
    assert income_each(some, np.full(10, MISSING), curve, 30 * DAY, 10, 0.95) is None
    assert income_each(some, np.full(10, 100), curve, 5 * DAY, 10, 0.95) is None
    assert income_each(some, np.full(10, 0), curve, 30 * DAY, 10, 0.95).value == 0


def test_intervals_of_costs_and_incomes_hold_the_truth_as_often_as_they_say():
    rng, costs, incomes = np.random.default_rng(5), [], []
    for _ in range(300):
        n = int(rng.poisson(400))
        clients = int(rng.binomial(n, 0.05))
        amounts = rng.gamma(2, 500, clients).astype(int) + 1
        moves = begun((clients, "lead 0, client 10"), (n - clients, "lead 0"))
        curve = incidence(moves.duration, moves.outcome)
        size = effective_size(curve, 30 * DAY)
        values = np.concatenate([amounts, np.full(n - clients, MISSING)])
        income = income_each(moves, values, curve, 30 * DAY, size, 0.95)
        cost = cost_each(100_000, n, clients / n, size, 0.95)
        incomes.append(income.low <= 0.05 * 1001 <= income.high)
        costs.append(cost.low <= 100_000 / 20 <= cost.high)
    assert np.mean(costs) == pytest.approx(0.95, abs=0.04)
    assert np.mean(incomes) == pytest.approx(0.95, abs=0.04)
