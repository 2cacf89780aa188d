"""Plans: how many it takes to reach a goal, held to what can be worked out by hand."""

from __future__ import annotations

from functools import cache
from math import comb

import numpy as np
import pytest

from leadline.engine.cycle.cycles import Cycles
from leadline.engine.estimates import USUAL, Estimate, TooFewConversions
from leadline.engine.funnel import load_funnel
from leadline.engine.plan.goals import BadGoal, Goal
from leadline.engine.plan.plans import Needed, Plan, lacking, make_plan
from leadline.engine.plan.words import unplanned_words
from leadline.engine.wording import day_words
from tests.makers import day, log, touch
from tests.traced import traced

WHOLE = 200.0
"""The day up to which these businesses are known."""


def asked(number: int, ends: tuple[str, ...] = (), *, at: float, **more: object) -> list[dict[str, object]]:
    """Somebody who talked, was asked two days later, and what came so many days after that."""
    who = f"C{number}"
    rows = [touch(who, "liked", at - 4), touch(who, "called", at - 2), touch(who, "asked", at)]
    for end in ends:
        kind, after = end.split()
        rows.append(touch(who, kind, at + float(after), **(more if kind == "bought" else {})))
    return rows


def traced_sales(rows: list[dict[str, object]]) -> Cycles:
    return traced(rows, WHOLE, load_funnel("sales-cycle"))[1]


@cache
def steady() -> Cycles:
    """Of 2,000 asks three in ten are answered with yes, after ten days, and the rest with no after one."""
    rows = []
    for number in range(2000):
        end = "bought 10" if number % 10 < 3 else "opted_out 1"
        rows += asked(number, (end,), at=10 + number * 170 / 2000, value=10_000, currency="EUR")
    return traced_sales(rows)


def plan_of(cycles: Cycles, days: float = 40, wanted: float = 0.8, **goal: int) -> Plan:
    found = make_plan(cycles, Goal.of(by=day(WHOLE + days), **goal), wanted, USUAL, 1)
    assert isinstance(found, Plan)
    return found


def test_the_odds_are_those_of_the_binomial_distribution_where_all_is_known() -> None:
    needed = plan_of(steady(), clients=5).asks
    chance = 0.3 * 30 / 40  # who is asked in the last ten of forty days answers too late
    assert needed.chance.value == pytest.approx(chance, abs=0.01)
    for n in (10, 20, 30, 40):
        exact = sum(comb(n, k) * chance**k * (1 - chance) ** (n - k) for k in range(5, n + 1))
        assert needed.odds(n) == pytest.approx(exact, abs=0.04)


def test_enough_is_the_least_number_with_the_odds_that_were_asked_for() -> None:
    needed = plan_of(steady(), clients=5).asks
    assert needed.enough is not None
    assert needed.even is not None
    assert needed.odds(needed.enough) >= 0.8 > needed.odds(needed.enough - 1)
    assert needed.odds(needed.even) >= 0.5 > needed.odds(needed.even - 1)
    assert needed.per_week == pytest.approx(needed.enough * 7 / 40)


def test_more_clients_take_more_asks_and_more_time_takes_fewer() -> None:
    few, many = (plan_of(steady(), clients=n).asks.enough for n in (3, 9))
    later = plan_of(steady(), days=100, clients=3).asks.enough
    assert few is not None
    assert many is not None
    assert later is not None
    assert later < few < many


def test_a_day_before_any_answer_can_come_is_out_of_reach() -> None:
    plan = plan_of(steady(), days=5, clients=3)
    assert plan.asks.is_far
    assert plan.soonest == 10 * 86_400_000_000


def test_a_goal_out_of_reach_comes_into_reach_on_the_first_day_on_which_the_most_asks_are_enough() -> None:
    cycles, day_us = steady(), 86_400_000_000
    plan = plan_of(cycles, days=5, clients=3)
    assert plan.later is not None
    weeks = (plan.later - cycles.as_of) / (7 * day_us)
    assert weeks == 2  # in one week none of those asked can answer; in two those of the first four days can
    assert not plan_of(cycles, days=14, clients=3).asks.is_far
    assert plan_of(cycles, days=40, clients=3).later is None  # within reach, so no later day is looked for
    assert plan_of(cycles, days=5, clients=10**9).later is None


def test_the_most_is_twenty_times_the_pace_or_ten_a_day() -> None:
    pace = plan_of(steady(), clients=5).asks.pace
    assert pace == pytest.approx(2000 / 170 * 7 * 64 / 84, rel=0.02)
    assert plan_of(steady(), clients=5).asks.most == pytest.approx(20 * pace * 40 / 7, abs=1)
    slow = [row for n in range(20) for row in asked(n, ("bought 5",), at=10 + 8 * n)]
    assert plan_of(traced_sales(slow), clients=5).asks.most == 400


def test_little_is_known_of_few_asks_and_more_have_to_be_made() -> None:
    rows = []
    for number in range(20):
        rows += asked(number, ("bought 10" if number % 10 < 3 else "opted_out 1",), at=10 + number * 8)
    few, many = plan_of(traced_sales(rows), clients=5).asks, plan_of(steady(), clients=5).asks
    assert few.enough is not None
    assert many.enough is not None
    assert few.enough > many.enough
    assert few.chance.high - few.chance.low > 3 * (many.chance.high - many.chance.low)


def test_asks_that_wait_count_by_their_own_chance() -> None:
    rows = []
    for number in range(400):
        rows += asked(number, ("bought 10" if number % 2 else "opted_out 1",), at=10 + number * 0.4)
    known = traced_sales(rows)
    for number in range(400, 410):
        rows += asked(number, at=WHOLE - 5)  # past the day of a no: only a yes can come
    waiting = plan_of(traced_sales(rows), clients=5)
    assert waiting.expected["waiting"] == pytest.approx(10, abs=0.3)
    assert waiting.asks.already > 0.95
    assert waiting.asks.enough == 0
    assert plan_of(known, clients=5).expected["waiting"] < 0.1


def test_who_said_no_may_be_asked_again() -> None:
    rows = []
    for number in range(400):
        ends = ("said_no 1", "asked 11", "bought 12") if number % 2 else ("said_no 1", "opted_out 30")
        rows += asked(number, ends, at=10 + number * 0.35)
    for number in range(400, 420):
        rows += asked(number, ("said_no 1",), at=WHOLE - 2)
    plan = plan_of(traced_sales(rows), clients=5)
    assert plan.expected["asked again"] == pytest.approx(10, abs=1.5)
    assert plan.asks.chance.value == pytest.approx(0.5 * 28 / 40, abs=0.04)


def test_conversations_and_leads_have_the_chance_of_all_steps_together() -> None:
    rows = []
    for number in range(1200):
        at = 10 + number * 0.1
        if number % 2:
            end = "bought 4" if number % 8 < 4 else "opted_out 1"
            rows += asked(number, (end,), at=at)
        else:
            rows += log(f"C{number}", f"liked {at - 4}", f"called {at - 2}", f"opted_out {at + 3}")
    plan = plan_of(traced_sales(rows), days=60, clients=4)
    conversations, leads = plan.conversations, plan.leads
    assert isinstance(conversations, Needed)
    assert isinstance(leads, Needed)
    assert plan.asks.chance.value == pytest.approx(0.5 * 56 / 60, abs=0.05)
    assert conversations.chance.value == pytest.approx(0.25 * 54 / 60, abs=0.03)
    assert leads.chance.value == pytest.approx(0.25 * 52 / 60, abs=0.03)


def test_an_income_is_planned_by_what_first_purchases_are_worth() -> None:
    by_income, by_clients = plan_of(steady(), income=50_000).asks, plan_of(steady(), clients=5).asks
    assert by_income.enough == pytest.approx(by_clients.enough, abs=1)
    assert plan_of(steady(), income=50_000).value == 10_000


def test_the_pace_leads_as_far_as_asks_of_the_last_weeks_do() -> None:
    outlook = plan_of(steady(), clients=5).outlook
    made = 2000 / 170 * (84 - 20) / 84 * 40  # asks went on up to day 180: 64 of the last 84 days
    assert outlook.asks == pytest.approx(made, rel=0.02)
    assert outlook.clients.value == pytest.approx(made * 0.3 * 30 / 40, rel=0.1)
    assert outlook.clients.low < outlook.clients.value < outlook.clients.high
    assert outlook.odds > 0.99
    assert outlook.income is not None
    assert outlook.income.value == pytest.approx(outlook.clients.value * 10_000, rel=0.02)


def test_sales_without_an_ask_are_in_the_outlook_and_not_in_the_plan() -> None:
    rows = []
    for number in range(160):
        rows += asked(number, ("bought 5" if number % 2 else "said_no 5",), at=10 + number)
    asks_only = plan_of(traced_sales(rows), clients=5)
    rows += [touch(f"U{number}", "bought", 8 * number) for number in range(25)]
    both = plan_of(traced_sales(rows), clients=5)
    assert both.expected["without an ask"] == pytest.approx(5, abs=1)
    assert both.asks.enough == pytest.approx(asks_only.asks.enough, abs=1)
    assert both.outlook.clients.value > asks_only.outlook.clients.value + 3


def test_where_many_bought_without_an_ask_on_record_nothing_can_be_planned_from_asks() -> None:
    rows = [row for n in range(40) for row in asked(n, ("bought 5" if n % 2 else "said_no 5",), at=10 + n)]
    goal = Goal.of(clients=3, by=day(300))
    whole = [*rows, *(touch(f"U{number}", "bought", 20 + number) for number in range(6))]
    assert isinstance(make_plan(traced_sales(whole), goal, 0.8, USUAL, 1), Plan)  # 6 of 26
    patchy = [*rows, *(touch(f"U{number}", "bought", 20 + number) for number in range(7))]
    assert make_plan(traced_sales(patchy), goal, 0.8, USUAL, 1) == TooFewConversions(20, 27)


def test_too_few_answers_make_no_plan() -> None:
    rows = [row for number in range(9) for row in asked(number, ("said_no 1",), at=10 + number)]
    rows += [row for number in range(20, 60) for row in asked(number, at=10 + number)]
    goal = Goal.of(clients=3, by=day(300))
    assert make_plan(traced_sales(rows), goal, 0.8, USUAL, 1) == TooFewConversions(9)
    assert make_plan(traced_sales([]), goal, 0.8, USUAL, 1) == TooFewConversions(0)


def test_an_income_needs_values() -> None:
    rows = [row for number in range(30) for row in asked(number, ("bought 1",), at=10 + number)]
    found = make_plan(traced_sales(rows), Goal.of(income=5, by=day(300)), 0.8, USUAL, 1)
    assert found == TooFewConversions(0)


def test_purchases_that_come_to_nothing_in_all_give_no_plan_for_an_income() -> None:
    goal = Goal.of(income=5, by=day(300))
    for ends, value in ((("bought 1",), 0), (("bought 1", "refunded 9"), 100)):
        rows = [row for number in range(30) for row in asked(number, ends, at=10 + number, value=value)]
        found = make_plan(traced_sales(rows), goal, 0.8, USUAL, 1)
        assert found == TooFewConversions(30)
        said = unplanned_words("values", found, goal, "EUR")
        assert said == (
            "The first purchases on record come to nothing in all, so that 0.05 EUR from new clients by "
            f"{day_words(goal.by)} can't be planned."
        )


def test_a_day_that_has_passed_is_refused() -> None:
    with pytest.raises(BadGoal):
        make_plan(steady(), Goal.of(clients=3, by=day(WHOLE)), 0.8, USUAL, 1)


def test_the_same_seed_gives_the_same_plan() -> None:
    goal = Goal.of(clients=3, by=day(WHOLE + 40))
    first, second, other = (make_plan(steady(), goal, 0.8, USUAL, seed) for seed in (1, 1, 2))
    assert first == second
    assert isinstance(first, Plan)
    assert isinstance(other, Plan)
    assert np.array_equal(first.asks.numbers, second.asks.numbers)  # type: ignore[union-attr]
    assert not np.array_equal(first.asks.numbers, other.asks.numbers)
    assert isinstance(first.asks.chance, Estimate)


def test_odds_never_fall_as_asks_are_added() -> None:
    needed = plan_of(steady(), clients=5).asks
    odds = [needed.odds(number) for number in range(200)]
    assert odds == sorted(odds)
    assert odds[0] == needed.already


def test_a_day_tells_nothing_to_plan_from() -> None:
    rows = [
        touch(f"C{n}", kind, place / 10)
        for n in range(60)
        for place, kind in enumerate(("liked", "called", "asked", "bought")[: 3 + n % 2])
    ]
    cycles, goal = traced(rows, 0.9, load_funnel("sales-cycle"))[1], Goal.of(clients=3, by=day(60))
    found = lacking(cycles, goal, USUAL)
    assert found is not None
    assert found[0] == "time"
    assert make_plan(cycles, goal, 0.8, USUAL, 1) == found[1]
    assert "less than a week" in unplanned_words(*found, goal, None)
