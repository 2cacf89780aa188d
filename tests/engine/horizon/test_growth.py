"""The last year against the one before: by hand, and against businesses whose growth is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from leadline.engine.cycle.cycles import trace_cycles
from leadline.engine.estimates import USUAL, TooFewConversions
from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.horizon.growth import growth
from leadline.engine.simulate import load_business, simulate
from tests.makers import touch
from tests.traced import sales, traced


def people(*counts):
    """So many new people in each month of 30.4 days, evenly spread."""
    return [
        touch(f"{month}-{n}", "liked", month * 365 / 12 + (n + 0.5) / count * 30)
        for month, count in enumerate(counts)
        for n in range(count)
    ]


def changes(rows, until):
    return {change.what: change for change in growth(traced(rows, until)[1], USUAL)}


def test_a_year_is_compared_with_the_year_before():
    found = changes(people(*[10] * 12, *[15] * 12), 730)["New people"]
    assert (found.later, found.earlier, found.times.whole_years) == (180, 120, True)
    assert found.ratio.value == pytest.approx(1.5, rel=0.01)
    reach = 1.959964 * math.sqrt(1 / 180 + 1 / 120)  # nothing varies more than a Poisson's
    assert math.log(found.ratio.high / found.ratio.value) == pytest.approx(reach, rel=1e-3)


def test_a_season_that_comes_again_is_no_growth_and_no_doubt():
    season = [30, 30, 30, 5, 5, 5, 5, 5, 5, 5, 5, 5]
    found = changes(people(*season, *season), 730)["New people"]
    assert found.ratio.value == pytest.approx(1, rel=0.01)
    assert math.log(found.ratio.high / found.ratio.low) == pytest.approx(
        2 * 1.96 * (2 / 135) ** 0.5, rel=0.01
    )


def test_counts_that_come_in_bursts_tell_less():
    even = changes(people(*[20] * 24), 730)["New people"].ratio
    bursts = changes(people(*[39, 1] * 6, *[1, 39] * 6), 730)["New people"].ratio
    # X² = 24 cells of 19²/20, over eleven months
    assert math.log(bursts.high) == pytest.approx(
        math.log(even.high) * (24 * 19**2 / 20 / 11) ** 0.5, rel=0.02
    )


def test_a_shorter_log_is_split_into_halves():
    found = changes(people(*[10] * 3, *[20] * 3), 182.5)["New people"]
    assert (found.later, found.earlier, found.times.whole_years) == (60, 30, False)
    assert found.sentence().startswith("New people: 60 in the last 3 months, 30 in the 3 before: 100 % more")


def test_a_log_of_some_weeks_is_not_split():
    assert changes(people(30), 30) == {}


def test_a_few_are_too_few():
    found = changes(people(*[1] * 12), 365)["New people"]
    assert found.ratio == TooFewConversions(12, 20)
    assert found.sentence().endswith("too few to say whether that is a change.")


def test_none_after_many_is_a_fall():
    found = changes([*people(*[10] * 3), touch("last", "called", 182)], 182.5)["New people"]
    assert (found.later, found.earlier) == (1, 30)
    found = changes([*people(*[10] * 3), touch("0-0", "called", 182)], 182.5)["New people"]
    assert (found.ratio.value, found.ratio.low) == (0, 0)
    assert found.ratio.high == pytest.approx(1.959964**2 / 30)
    assert found.sentence() == "New people: none in the last 3 months, 30 in the 3 before."


def test_one_who_pays_often_is_one_client():
    paid = {f"c{n}": [(10.0 * n + 3, 100), (368 + 10.0 * n, 100)] for n in range(30)}
    weighty = {"big": [(at + 20.0 * n, 2_000) for n in range(18) for at in (1, 366)]}
    income = changes(sales(paid | weighty), 730)["Income"]
    later, earlier = 30 * 100 + 18 * 2000, 30 * 100 + 18 * 2000
    pull = 30 * (100 / later - 100 / earlier) ** 2 + (18 * 2000 / later - 18 * 2000 / earlier) ** 2
    assert (income.later, income.earlier) == (later, earlier)
    assert math.log(income.ratio.high / income.ratio.value) == pytest.approx(1.96 * pull**0.5, abs=1e-6)


def test_money_is_said_as_money():
    paid = {f"c{n}": [(1 + 20.0 * n, 15_000), (366 + 20.0 * n, 15_000)] for n in range(18)}
    assert "2,700 EUR in the last year" in changes(sales(paid), 730)["Income"].sentence()


def test_without_money_no_income_is_told():
    assert "Income" not in changes(people(*[10] * 24), 730)


@pytest.mark.parametrize("declared", [-0.3, 0.15, 0.8])
def test_the_declared_growth_of_a_business_is_found(declared):
    business = load_business("coach").replaced(growth_per_year=declared, season=(1.0,) * 12)
    ratios = []
    for seed in range(4):
        touches = simulate(business, seed=seed).touches
        cycles = trace_cycles(touches, derive(touches, load_funnel("sales-cycle")))
        ratios.append(growth(cycles, USUAL)[0].ratio)
    assert np.mean([one.value for one in ratios]) == pytest.approx(1 + declared, rel=0.06)
    assert sum(one.low <= 1 + declared <= one.high for one in ratios) >= 3


def test_what_was_given_back_is_taken_off_the_income_of_the_purchase_and_never_below_nothing():
    paid = {f"c{n}": [(1 + 5.0 * n, 10_000), (366 + 5.0 * n, 10_000)] for n in range(30)}
    paid |= {f"c{n}": [*paid[f"c{n}"], (400 + 5.0 * n, -2_500)] for n in range(30)}
    income = changes(sales(paid | {"back": [(366.5, -301_000)]}), 730)["Income"]
    assert (income.later, income.earlier) == (30 * 7_500, 30 * 10_000)
    assert income.ratio.value == pytest.approx(0.75, rel=0.01)  # the earlier year lacks a day


@pytest.mark.parametrize(
    ("days", "names"),
    [
        (122, ("in the last 2 months", "in the 2 before")),
        (86, ("in the last 6 weeks", "in the 6 weeks before")),
        (61, ("in the last month", "in the month before")),
    ],
)
def test_times_are_called_months_only_if_they_are(days, names):
    rows = [touch(f"C{n}", "bought", n * days / 40) for n in range(40)]
    assert growth(traced(rows, days)[1], USUAL)[0].times.names == names
