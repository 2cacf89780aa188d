"""Little's law: by hand, by brute force, and against a business in a steady state."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.engine.estimates import USUAL, Caution, Quantity, TooFewConversions
from leadline.engine.horizon.occupancy import Passing, Visits, follow, needed_in
from leadline.engine.horizon.pace import pace
from leadline.engine.horizon.stages import occupancies
from leadline.engine.instants import DAY, MONTH, NEVER
from leadline.engine.plan.goals import Goal
from tests.traced import steady_way, traced

EXACT = Quantity(6, 6, 6)
LONG = 1000 * DAY


def start(n):
    return np.zeros(n, dtype=np.int64)


def days(*numbers):
    return np.array([NEVER if number is None else number * DAY for number in numbers], dtype=np.int64)


def stays(*numbers):
    return Visits(np.arange(len(numbers)), start(len(numbers)), days(*numbers))


def test_the_number_needed_is_the_flow_times_the_stay_over_the_share():
    # two of eight become clients, after 73 days; those stay 73 days, the others 146: 127.75 on average
    client_at = days(73, 73, *[None] * 6)
    found = follow(start(8), client_at, LONG, Caution(needed=1), stays(73, 73, *[146] * 6))
    assert isinstance(found, Passing)
    assert (found.began, found.converted, found.share) == (8, 2, pytest.approx(0.25))
    assert found.stay * MONTH == pytest.approx(127.75 * DAY)
    needed = needed_in(found, EXACT, Caution(needed=1))
    assert needed.value == pytest.approx(6 * 127.75 * DAY / MONTH / 0.25)
    assert needed.low < needed.value < needed.high


def test_only_the_time_within_the_horizon_counts():
    found = follow(start(20), days(*[10] * 20), LONG, USUAL, stays(*[900] * 20))
    assert found.horizon == 365 * DAY
    assert found.stay * MONTH == pytest.approx(365 * DAY)


def test_who_skips_a_stage_spends_no_time_in_it():
    found = follow(start(20), days(*[0] * 20), LONG, USUAL, Visits(*[start(0)] * 3))
    assert found.share == pytest.approx(1)
    assert needed_in(found, EXACT, USUAL) == Quantity(0, 0, 0)


def test_who_is_followed_for_a_short_time_is_not_taken_for_lost():
    # all become clients after 40 days; half began 20 days ago, and can't have
    began = np.repeat([0, 980 * DAY], 50)
    client_at = np.where(began == 0, 40 * DAY, NEVER)
    assert follow(began, client_at, LONG, USUAL).share == pytest.approx(1)


def test_the_horizon_is_as_long_as_a_tenth_of_them_were_followed():
    began = np.arange(100) * DAY
    found = follow(began, began + 5 * DAY, 100 * DAY, USUAL)
    assert found.horizon == 91 * DAY


@pytest.mark.parametrize(
    ("began", "client_at", "found"),
    [
        (start(0), days(), 0),
        (start(9), days(*[1] * 9), 9),
        (start(50), days(*[1] * 9, *[None] * 41), 9),
        (start(50) + LONG, days(*[None] * 50), 0),
    ],
)
def test_too_few_is_said(began, client_at, found):
    said = follow(began, client_at, LONG, USUAL)
    assert said == TooFewConversions(found, 10)
    assert needed_in(said, EXACT, USUAL) == said


def test_too_few_clients_are_too_few_for_a_need():
    found = follow(start(20), days(*[10] * 20), LONG, USUAL, stays(*[10] * 20))
    assert needed_in(found, TooFewConversions(3, 10), USUAL) == TooFewConversions(3, 10)


def test_a_business_in_a_steady_state_holds_what_it_takes():
    close, covered = [], 0
    for seed in range(6):
        history, cycles = traced(steady_way(seed), 1000)
        goal = Goal(by=cycles.as_of + round(12 * MONTH), clients=72)  # six a month, which is its own pace
        lead, prospect = occupancies(history, cycles, pace(history, cycles, goal, USUAL), USUAL)
        for stage, truth in ((lead, 40 * 60 / 30.4375), (prospect, 12 * 30 / 30.4375)):
            close.append(stage.needed.value / truth)
            covered += stage.needed.low <= truth <= stage.needed.high
    assert np.mean(close) == pytest.approx(1, abs=0.05)
    assert covered >= 10


def test_twice_the_goal_takes_twice_as_many():
    history, cycles = traced(steady_way(1, days=400), 400)
    once, twice = (
        occupancies(history, cycles, pace(history, cycles, Goal(cycles.as_of + 90 * DAY, n), USUAL), USUAL)
        for n in (20, 40)
    )
    for one, two in zip(once, twice, strict=True):
        assert two.needed.value == pytest.approx(2 * one.needed.value)


def test_occupancy_is_counted_as_a_loop_counts_it():
    rows = steady_way(3, days=500)
    history, cycles = traced(rows, 500)
    found = occupancies(history, cycles, pace(history, cycles, None, USUAL), USUAL)
    last = {row["contact"]: row["kind"] for row in rows}
    for one, kind in zip(found, ("liked", "called"), strict=True):
        assert one.people == sum(what == kind for what in last.values())
    assert found[0].live == sum(
        last[row["contact"]] == "liked"
        and (500 - (row["happened_at"] - rows[0]["happened_at"]).days) < 10_000
        for row in rows
        if row["kind"] == "liked"
    )
