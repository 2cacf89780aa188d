"""Balance: what is said, in which order, and of how little."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engine import charts
from leadline.engine.cycle.cycles import trace_cycles
from leadline.engine.dimensions import BadDimension
from leadline.engine.estimates import Caution, TooFewConversions
from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.instants import DAY
from leadline.engine.outlook import Tried
from leadline.engine.plan.goals import Goal
from leadline.engine.process import estimate_process
from leadline.engine.reports.balance import balance
from leadline.engine.simulate import load_business, simulate
from leadline.engine.touches import Touches
from tests.makers import day, touch
from tests.traced import WAY, sales, steady_way, traced


def told(rows, until, **how):
    return balance(*traced(rows, until), **how)


def goal(days, clients):
    return Goal(by=round(day(0).timestamp() * 1e6) + round(days * DAY), clients=clients)


def everything(found):
    """Whatever a report shows, so that nothing is left untried."""
    drawn = [chart.data.values for chart in (found.chart(), found.replacement_chart())]
    return json.dumps([found.rows(), found.sentences(), drawn], allow_nan=False)


def test_an_empty_stage_is_said_first():
    rows = [row for row in steady_way(1, days=400) if row["happened_at"] < day(400)]
    rows += [touch(row["contact"], "opted_out", 399) for row in rows if row["kind"] == "called"]
    found = told(rows, 400, goal=goal(760, 60))
    assert found.sentences()[0].startswith("“prospect” is empty: nobody is in the works")
    assert found.rows()[1]["verdict"] == "empty"


def test_who_was_a_client_before_is_told_apart_from_those_on_the_way():
    """They bought, ended it, and were called again: no clients to be won for the first time."""
    back = [("bought", 10), ("churned", 500), ("called", 998)]
    rows = [touch(who, kind, at) for who in ("x1", "x2") for kind, at in back]
    before, found = (told([*steady_way(2), *more], 1000).rows()[1] for more in ([], rows))
    assert (before["again"], found["again"]) == (0, 2)
    assert before["people"] == found["people"]
    said = told([*steady_way(2), *rows], 1000, goal=goal(1365, 60)).sentences()
    assert any(f"{found['live']} contacts (besides 2 former clients), " in sentence for sentence in said)
    alone = told([*rows, touch("x3", "liked", 999)], 1000).sentences()
    assert any("nobody is in the works but 2 former clients" in sentence for sentence in alone)


def test_a_thin_stage_comes_next_with_what_it_takes():
    found = told(steady_way(2), 1000, goal=goal(1365, 144))
    first = found.sentences()[0]
    assert first.startswith("“lead” is thin: ")
    assert "it takes about" in first
    assert first.endswith("for the goal.")


def test_a_stage_that_everybody_skips_is_no_hole():
    found = told([row for row in steady_way(2) if row["kind"] != "called"], 1000, goal=goal(1365, 50))
    assert [row["verdict"] for row in found.rows()][1] == "unused"
    assert "Nobody was ever in “prospect”; clients came without." in found.sentences()[1:]


def test_a_base_that_holds_what_it_takes_is_called_balanced():
    found = told(steady_way(2), 1000, goal=goal(1365, 60))
    balanced, pace, *_ = found.sentences()
    assert balanced == "The base is balanced: no stage is empty, and none holds too few."
    assert pace.startswith("The goal takes 5 new clients a month; ")


def test_what_is_beyond_the_edge_of_the_chart_is_said_there():
    """A goal of a client a year takes less than a third of those who are there in every stage."""
    chart = told(steady_way(2), 1000, goal=goal(1365, 1)).chart()
    drawn = chart.data.values
    assert {row["value"] for row in drawn} == {3.0}
    assert all(row["label"].endswith(" times as many)") for row in drawn)
    assert "More than 300 % is drawn at the edge." in json.dumps(chart.to_dict())
    near = told(steady_way(2), 1000, goal=goal(1365, 60)).chart()
    assert not any("times as many" in row["label"] for row in near.data.values)
    assert "drawn at the edge" not in json.dumps(near.to_dict())


def test_one_large_client_comes_before_what_is_well():
    rows = [*steady_way(2), touch("c1", "bought", 990, value=900_000, currency="EUR")]
    rows += [touch("c2", "bought", 991, value=100_000, currency="EUR")]
    said = told(rows, 1000, goal=goal(1365, 60)).sentences()
    risk = next(n for n, sentence in enumerate(said) if sentence.startswith("One client, c1, brought 90 %"))
    assert risk < said.index("The base is balanced: no stage is empty, and none holds too few.")


def test_rows_are_plain_data():
    row = told(steady_way(2), 1000, goal=goal(1365, 72)).rows()[0]
    assert row["stage"] == "lead"
    assert row["owner"] == "marketing"
    assert row["needed_low"] < row["needed"] < row["needed_high"]
    assert row["needed_unsaid"] is None
    assert row["horizon_days"] == 365


def test_a_stage_after_the_clients_is_none_on_the_way():
    history, cycles = traced(steady_way(2, days=300), 300, load_funnel("sales-cycle"))
    assert [row["stage"] for row in balance(history, cycles).rows()] == ["knows of you", "nurtured", "asked"]


def test_cycles_of_others_are_refused():
    with pytest.raises(BadDimension):
        balance(traced([touch("a", "liked", 1)], 5)[0], traced([], 5)[1])


def test_a_demand_above_capacity_is_room_for_a_higher_price():
    said = told(steady_way(2), 1000, monthly_capacity=3).sentences()
    assert any(sentence.startswith("There is room to raise prices: ") for sentence in said)
    assert told(steady_way(2), 1000).demand is None


ONE_PATH = [touch(f"c{n}", "liked", 0, path="social") for n in range(30)]
ODD = {
    "nobody": [],
    "one": [touch("a", "liked", 1)],
    "two": [touch("a", "liked", 1), *sales({"b": [(2.0, 100)]})],
    "one path, one day": ONE_PATH,
    "all lost": [*ONE_PATH, *(touch(f"c{n}", "opted_out", 3) for n in range(30))],
    "all censored": ONE_PATH[:12],
    "all clients at once": sales({f"c{n}": [(0.0, 100)] for n in range(30)}),
    "all lost as clients": [
        *sales({f"c{n}": [(0.0, 100)] for n in range(30)}),
        *(touch(f"c{n}", "churned", 9) for n in range(30)),
    ],
    "only an audience": [{"kind": "posted", "happened_at": day(1), "n": 400}],
    "on the last day": [touch(f"c{n}", "liked", 400) for n in range(30)],
}


@pytest.mark.parametrize("until", [0, 400])
@pytest.mark.parametrize("rows", ODD.values(), ids=ODD)
def test_odd_logs_get_a_sentence(rows, until):
    rows = [row for row in rows if row["happened_at"] <= day(until)]
    touches = Touches.of(rows)
    history = derive(touches, WAY, as_of=day(until))
    cycles = trace_cycles(touches, history)
    for caution in (Caution(), Caution(needed=1)):
        for aim in (None, goal(until + 90, 3), Goal(goal(until + 90, 3).by, income=5_000)):
            found = balance(history, cycles, goal=aim, monthly_capacity=2, caution=caution)
            assert found.sentences()
            json.dumps([found.rows(), found.sentences()], allow_nan=False)
    everything(found)


def test_nobody_is_told_so():
    assert told([], 5).sentences() == ["There is nobody on record yet, so there is nothing to weigh."]


moves = st.lists(
    st.tuples(
        st.integers(0, 8),
        st.sampled_from(["liked", "called", "bought", "opted_out", "churned"]),
        st.integers(0, 500),
    ),
    max_size=40,
)


@settings(max_examples=40, deadline=None)
@given(moves)
def test_nothing_is_ever_nan_and_what_is_said_is_in_range(happened):
    rows = [
        touch(f"c{who}", kind, float(at), **({"value": 100, "currency": "EUR"} if kind == "bought" else {}))
        for who, kind, at in happened
    ]
    found = told(rows, 500, caution=Caution(needed=2), monthly_capacity=1.5)
    json.dumps([found.rows(), found.sentences()], allow_nan=False)
    for stage in found.stages:
        assert stage.live <= stage.people
        if not isinstance(stage.needed, TooFewConversions):
            assert 0 <= stage.needed.low <= stage.needed.value <= stage.needed.high < math.inf
    assert found.freshness.new <= found.freshness.recent <= found.freshness.people
    assert sum(stage.people for stage in found.stages) == found.freshness.people + found.freshness.still
    if found.concentration:
        rests = found.concentration
        assert 0 < rests.largest <= rests.top <= 1 + 1e-9
        assert 1 - 1e-9 <= rests.equal_clients <= rests.clients + 1e-9


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 100))
def test_somebody_who_never_moves_makes_no_stage_need_fewer(seed):
    rows = steady_way(seed, days=300)
    more = [*rows, *(touch(f"idle{n}", "liked", 10.0 * n) for n in range(20))]
    aim = goal(500, 20)
    before, after = (told(some, 300, goal=aim, caution=Caution(needed=2)) for some in (rows, more))
    lead, fuller = before.stages[0].needed, after.stages[0].needed
    if not isinstance(lead, TooFewConversions):
        assert fuller.value > lead.value


@pytest.mark.parametrize("name", ["coach", "blogger"])
def test_a_whole_business_is_told_in_full(name):
    touches = simulate(load_business(name), seed=7).touches
    history = derive(touches, load_funnel("sales-cycle"))
    cycles, process = trace_cycles(touches, history), estimate_process(history, touches)
    found = balance(history, cycles, process, draws=60)
    everything(found)
    assert all("<desc" in charts.svg(chart) for chart in (found.chart(), found.replacement_chart()))
    assert any(sentence.startswith("If all clients left today") for sentence in found.sentences())
    again = balance(history, cycles, process, draws=60)
    assert again.sentences() == found.sentences()


def test_a_time_that_rests_on_a_forecast_that_fails_is_not_said():
    found = replace(told(steady_way(1, days=400), 400), replacement=Tried(9, 500.0, 50.0, 60.0, 1000))
    said = "If all clients left today, nobody can say when their income would be back: "
    assert f"{said}that rests on a forecast, which your new clients don't follow." in found.sentences()
    assert said[:40] in json.dumps(found.replacement_chart().to_dict())


def test_clients_who_may_have_left_without_a_word_are_told_with_the_number_of_clients():
    paid = {f"old{n}": [(10.0 * n, 100)] for n in range(12)} | {f"new{n}": [(500.0, 100)] for n in range(12)}
    said = " ".join(told(sales(paid), 510).sentences())
    assert "12 of today's 24 clients bought nothing for over a year and are still counted" in said
    assert "still counted" not in " ".join(told(sales(paid), 300).sentences())


def test_where_the_record_of_clients_begins_late_the_pace_is_of_that_time():
    # a lead a day, a client after ten or sixty days; on record is who became one, or was open, since day 150
    ends = {at: at + (10 if at % 2 else 60) for at in range(300)}
    kept = {at: end for at, end in ends.items() if end >= 150}
    rows = [touch(f"c{at}", "liked", at + 0.2) for at in kept]
    rows += [touch(f"c{at}", "bought", end + 0.2) for at, end in kept.items() if end < 300]
    touches = Touches.of(rows)
    history = derive(touches, WAY, as_of=day(300))
    cycles, process = trace_cycles(touches, history), estimate_process(history, touches)
    assert process.course.late
    months = (300 - 146) / (365 / 12)  # whole weeks
    found = balance(history, cycles, process)
    assert found.pace.months == pytest.approx(months, rel=0.01)
    assert found.pace.new_clients == sum(end < 300 for end in kept.values())


def test_where_people_are_first_seen_when_they_buy_nobody_is_said_to_be_missing_or_enough():
    found = told(sales({f"c{n}": [(20.0 * n, 100)] for n in range(30)}), 590)
    said = found.sentences()
    assert said[0] == (
        "Whether enough is on the way can't be told: nobody is on record before the first purchase (nobody "
        "was ever in “lead” or “prospect”). Record who asks, writes, visits or talks with you."
    )
    for word in ("balanced", "on the way to", "clients came without", "is empty"):
        assert not any(word in sentence for sentence in said)
    assert any("new clients a month came in the last year" in sentence for sentence in said)
    everything(found)


def test_a_base_to_which_nobody_comes_any_more_is_not_called_balanced():
    rows = [row for row in steady_way(2) if row["happened_at"] < day(985)]
    said = told(rows, 1000).sentences()
    assert said[0] == "Nobody new has come for 2 weeks."
    assert not any("balanced" in sentence for sentence in said)


def test_one_new_client_a_month_is_one_client():
    said = told(sales({"a": [(1.0, 100)]}), 20).sentences()
    assert any(sentence.startswith("1 new client came in the last month: ") for sentence in said)


def test_of_a_few_days_no_time_is_said_in_which_the_income_would_be_back():
    history, cycles = traced(sales({f"c{n}": [(1.0, 100)] for n in range(30)}), 9)
    process = estimate_process(history, Touches.of(sales({f"c{n}": [(1.0, 100)] for n in range(30)})))
    said = balance(history, cycles, process).sentences()
    weeks = "(1 whole week on record, at least 8 needed)"
    assert f"How long the income would take to replace is too early to say {weeks}." in said


def test_a_day_tells_nothing_of_the_months_to_come():
    kinds = ("liked", "called", "asked", "bought")
    rows = [
        touch(f"C{n}", kind, place / 10, **({"value": 100, "currency": "EUR"} if kind == "bought" else {}))
        for n in range(60)
        for place, kind in enumerate(kinds[: 1 + n % 4])
    ]
    history, cycles = traced(rows, 0.9)
    found = balance(history, cycles, estimate_process(history, Touches.of(rows)))
    said = " ".join(found.sentences())
    assert said.startswith("The record covers less than a week")
    assert "a month" not in said
    assert "If all clients left" not in said
    assert not found.replacement or found.replacement.needed == 8
