"""How many new clients a month come and how many it takes, worked out by hand."""

from __future__ import annotations

import pytest

from leadline.engine.estimates import USUAL, Caution, Quantity, TooFewConversions
from leadline.engine.horizon.pace import client_spans, pace
from leadline.engine.horizon.ranges import count_per
from leadline.engine.instants import DAY, NEVER
from leadline.engine.plan.goals import BadGoal, Goal
from tests.histories import instant
from tests.makers import document, funnel_of, stage, touch
from tests.traced import sales, traced

EASY = Caution(needed=1)


def test_the_pace_is_of_the_last_year():
    history, cycles = traced(sales({f"c{n}": [(50.0 * n, 100)] for n in range(10)}), 450)
    found = pace(history, cycles, None, USUAL)
    assert found.new_clients == 8  # on the days 100, 150, …; day 85 is a year back
    assert found.months == pytest.approx(12, abs=0.01)
    assert found.monthly.value == pytest.approx(8 / 12)
    assert found.clients == 10


def test_a_young_log_is_divided_by_its_own_months():
    history, cycles = traced(sales({f"c{n}": [(9.0 * n, 100)] for n in range(11)}), 91.3125)
    assert pace(history, cycles, None, USUAL).monthly.value == pytest.approx(11 / 3, rel=0.01)


def test_keeping_the_clients_takes_as_many_as_are_lost():
    # twenty clients for all of the last year, of whom ten end in its middle: 10 endings in 15 years of custom
    rows = sales({f"c{n}": [(0.0, 100)] for n in range(20)})
    rows += [touch(f"c{n}", "churned", 565.0 - 182.5) for n in range(10)]
    found = pace(*traced(rows, 565), None, USUAL)
    assert (found.basis, found.clients) == ("keep", 10)
    assert found.needed.value == pytest.approx(10 / (15 * 365) * 365 / 12 * 10)


def test_who_comes_back_is_not_lost():
    rows = sales({f"c{n}": [(0.0, 100), (500.0, 100)] for n in range(20)})
    rows += [touch(f"c{n}", "churned", 400.0) for n in range(20)]
    assert pace(*traced(rows, 565), None, USUAL).basis == "pace"


def test_without_losses_the_pace_itself_is_what_is_needed():
    found = pace(*traced(sales({f"c{n}": [(300.0 + n, 100)] for n in range(12)}), 400), None, USUAL)
    assert (found.basis, found.needed) == ("pace", found.monthly)


def test_too_few_clients_need_nothing_that_could_be_said():
    assert pace(*traced(sales({"a": [(1.0, 100)]}), 400), None, USUAL).needed == TooFewConversions(0, 10)


def test_a_goal_of_clients_is_spread_over_its_months():
    history, cycles = traced(sales({"a": [(1.0, 100)]}), 400)
    goal = Goal(by=cycles.as_of + 120 * DAY, clients=10)
    assert pace(history, cycles, goal, USUAL).needed == Quantity(*[pytest.approx(10 / (120 / 365 * 12))] * 3)


def test_an_income_is_divided_by_what_a_client_stands_for():
    # four clients, of whom two pay twice: 6 payments of 100.00 by 4 new clients
    paid = {"a": [(10.0, 10_000), (40.0, 10_000)], "b": [(20.0, 10_000), (50.0, 10_000)]}
    history, cycles = traced(sales(paid | {"c": [(30.0, 10_000)], "d": [(60.0, 10_000)]}), 100)
    goal = Goal(by=cycles.as_of + 300 * DAY, income=300_000)
    found = pace(history, cycles, goal, EASY)
    assert found.needed.value == pytest.approx(300_000 / 15_000 / (300 / 365 * 12))
    assert found.needed.low < found.needed.value < found.needed.high


def test_an_income_without_money_on_record_is_too_early_to_say():
    history, cycles = traced([touch(f"c{n}", "bought", n) for n in range(20)], 100)
    goal = Goal(by=cycles.as_of + 30 * DAY, income=300_000)
    assert pace(history, cycles, goal, USUAL).needed == TooFewConversions(0, 10)


def test_a_goal_of_yesterday_is_refused():
    history, cycles = traced(sales({"a": [(1.0, 100)]}), 400)
    with pytest.raises(BadGoal):
        pace(history, cycles, Goal(by=cycles.as_of - 1, clients=10), USUAL)


def test_a_span_of_custom_runs_over_stages_and_purchases():
    rows = [*sales({"a": [(1.0, 100), (5.0, 100)], "b": [(2.0, 100)]}), touch("b", "churned", 9.0)]
    contact, entered, left = client_spans(traced(rows, 30)[0])
    assert contact.tolist() == [0, 1]
    assert entered.tolist() == [instant(1), instant(2)]
    assert left.tolist() == [NEVER, instant(9)]


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0, 3.8415), (10, 5.4319, 18.4096), (100, 82.22, 121.62)]
)
def test_the_interval_of_a_count_is_where_its_score_is_small(count, low, high):
    found = count_per(count, 1, 0.95)
    assert (found.low, found.high) == (pytest.approx(low, abs=0.01), pytest.approx(high, abs=0.01))
    if count:
        for limit in (found.low, found.high):
            assert abs(count - limit) / limit**0.5 == pytest.approx(1.96, abs=1e-3)


def test_where_all_clients_have_left_there_are_none_to_keep():
    rows = sales({f"c{n}": [(0.0, 100)] for n in range(20)})
    found = pace(*traced([*rows, *(touch(f"c{n}", "churned", 50) for n in range(20))], 100), None, USUAL)
    assert (found.basis, found.clients, found.needed) == ("pace", 0, found.monthly)


def test_clients_who_bought_nothing_for_a_year_are_counted_where_only_a_touch_ends_it():
    paid = {"a": [(0.0, 100)], "b": [(0.0, 100), (100.0, 100)], "c": [(10.0, 100)], "d": [(200.0, 100)]}
    rows = [*sales(paid), touch("c", "churned", 300.0)]
    assert pace(*traced(rows, 460), None, USUAL).silent == 1  # only a: day 95 is a year back
    lapsing = funnel_of(document(stage("client", "purchased within 500 days", role="client")))
    assert pace(*traced(rows, 460, lapsing), None, USUAL).silent is None
