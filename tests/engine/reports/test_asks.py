"""The report on asks: its sentences, tables and charts, for whole businesses and for next to nothing."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from leadline.engine.cycle.cycles import Cycles, trace_cycles
from leadline.engine.estimates import Estimate, TooFewConversions
from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.instants import DAY
from leadline.engine.plan.goals import BadGoal, Goal
from leadline.engine.plan.plans import Needed, Plan
from leadline.engine.reports.asks import Asks, asks
from leadline.engine.simulate import load_business, simulate
from tests.makers import day, log, touch
from tests.traced import traced


def told(rows: list[dict[str, object]], until: float, **how: Any) -> Asks:
    return asks(traced(rows, until, load_funnel("sales-cycle"))[1], **how)


@cache
def coach() -> tuple[Cycles, Any]:
    simulation = simulate(load_business("coach"), seed=7)
    history = derive(simulation.touches, load_funnel("sales-cycle"), as_of=simulation.as_of)
    return trace_cycles(simulation.touches, history), simulation


def few() -> list[dict[str, object]]:
    """Fourteen people in fourteen weeks: asked on Mondays, every other one says yes three days later."""
    rows = []
    for number in range(14):
        at = 4 + 7 * number  # 5 January 2026 was a Monday
        end = "bought" if number % 2 else "said_no"
        rows += log(f"C{number}", f"liked {at - 3}", f"called {at - 2}", f"asked {at}", f"{end} {at + 3}")
    return rows


LATELY = "in the last 12 weeks 1 and in the last 4 weeks 1"


def test_where_only_some_write_down_asks_that_is_said_first_and_nobody_is_called_never_asked() -> None:
    rows = [row for n in range(20) for row in log(f"A{n}", "called 1", "asked 3", "bought 5")]
    rows += [row for n in range(20) for row in log(f"B{n}", "called 1", "bought 6")]
    rows += [row for n in range(5) for row in log(f"C{n}", "called 9")]
    goal = Goal.of(clients=3, by=day(100))
    said = asks(traced(rows, 40, load_funnel("sales-cycle"))[1], goal=goal).sentences()
    assert said[0] == (
        "Of 40 clients, 20 bought without an ask on record: not all asks are written down, and what is said "
        "here is of those that are."
    )
    known = "an ask is on record of 20 of the 40 clients only"
    assert said[1].endswith(f"can't be planned, as {known}: record each ask, whoever makes it.")
    assert "5 contacts have no ask on record and are still there: ask the latest first." in said
    assert not any("never asked" in one for one in said)


def test_what_was_done_and_what_came_of_it_is_said() -> None:
    said = told(few(), 102).sentences()
    assert said == [
        f"14 asks of 14 contacts since 5 January 2026, 1 a week; {LATELY}.",
        "What came of them: 7 yes and 7 no.",
        "Of the asks older than 3 days, 50 % (between 27 and 73) were answered with yes.",
        "7 answers were no or not now; nobody was asked again.",
        "14 contacts came to a conversation, and 100 % (between 78 and 100) were asked so far.",
    ]


def test_weeks_without_an_ask_and_a_long_silence_are_said() -> None:
    said = told([row for row in few() if row["contact"] not in {"C3", "C4"}], 150).sentences()
    assert "In 8 of 20 whole weeks nobody was asked." in said
    assert "The last ask was on 6 April 2026, 8 weeks ago." in said


def test_who_was_never_asked_is_listed_and_said() -> None:
    result = told([*few(), *log("Zoe", "called 50"), *log("Yan", "called 60", "opted_out 61")], 102)
    assert [(one.contact, one.days) for one in result.ready] == [("Zoe", 52)]
    assert result.talked == 16
    assert isinstance(result.asked, Estimate)
    assert result.asked.value == 14 / 16
    assert result.sentences()[-1] == "1 contact was never asked and is still there: ask the latest first."


def test_the_way_from_the_conversation_to_the_ask_is_told_with_leaving_as_a_competing_end() -> None:
    result = told([*few(), *log("Zoe", "called 50"), *log("Yan", "called 60", "opted_out 61")], 102)
    assert result.to_ask.at(DAY).value == 0
    assert result.to_ask.at(2 * DAY).value == pytest.approx(14 / 16)


def test_what_waits_too_long_is_said() -> None:
    rows = [*few(), *log("Zoe", "asked 50"), *log("Yan", "asked 101")]
    result = told(rows, 102)
    assert [(one.contact, one.overdue) for one in result.waiting] == [("Zoe", True), ("Yan", False)]
    late = "2 asks wait for an answer, 1 of them longer than nine in ten answers took (3 days)"
    assert f"{late}: ask those once more, or let them go." in result.sentences()


def test_asks_without_an_answer_of_who_left_or_bought_are_told_apart() -> None:
    gone = [*log("Xan", "asked 60", "opted_out 61"), *log("Wes", "asked 70")]
    gone += [row | {"deal": "D7"} for row in log("Wes", "asked 71", "bought 80")]  # answers the ask of D7
    result = told([{"deal": None} | row for row in [*few(), *gone]], 102)
    assert (len(result.waiting), result.settled) == (0, 2)
    assert "2 asks of people who left or bought since have no answer on record." in result.sentences()
    gone = log("Xan", "asked 60", "asked 61", "opted_out 62")  # nobody waited for the first any more
    gone += log("Wes", "asked 70", "bought 80")  # which is a yes
    result = told([*few(), *gone, *log("Yan", "asked 101")], 102)
    assert (len(result.waiting), result.settled) == (1, 1)
    assert "With 1 more of people who left or bought since, 2 asks have no answer on record." in (
        result.sentences()
    )


def test_sales_without_an_ask_and_asks_of_clients_are_counted_apart() -> None:
    rows = [*few(), *log("Zoe", "bought 40", "asked_renewal 90", "renewed 95")]
    result = told(rows, 102)
    assert (result.clients, result.unasked) == (8, 1)
    assert result.total.asks == 14
    assert result.renewals.asks == 1
    assert result.sentences()[-2:] == [
        "Of 8 clients, 1 bought without an ask on record.",
        "Clients were asked once more, to renew or buy again: 1 yes.",
    ]


def test_there_is_a_row_for_all_for_each_person_and_for_asks_of_clients() -> None:
    rows = [row | {"actor": "Mira" if row["contact"] in {"C1", "C2"} else "Jon"} for row in few()]
    found = told(rows, 102).rows()
    assert [(row["sort"], row["person"], row["asks"]) for row in found] == [
        ("all", None, 14),
        ("person", "Jon", 12),
        ("person", "Mira", 2),
        ("renewals", None, 0),
    ]
    assert found[0]["yes_share"] == 0.5
    assert found[2]["yes_share_unsaid"] == "too few: 2 of at least 10"
    by_person = "Asks by person, and a week in the last 12 weeks: Jon 12 (0.9) and Mira 2 (0.1)."
    assert by_person in told(rows, 102).sentences()


def test_a_plan_comes_first_and_says_what_it_takes() -> None:
    result = told(few(), 102, goal=Goal.of(clients=3, by=day(150)))
    assert isinstance(result.plan, Plan)
    enough = result.plan.asks.enough
    first, second, third, *_ = result.sentences()
    assert first.startswith(f"Ask {enough} contacts who were never asked (")
    assert " a week, lately 1) for 80 % odds of 3 new clients by " in first
    assert second == "Without a new ask the odds are under 1 %."
    assert third.startswith("At the pace of the last 12 weeks (1 first ask a week) there will be ")
    assert (
        "Nobody is ready who was not asked: all of them have to come from new conversations."
        in result.sentences()
    )


def test_the_chart_shows_the_odds_or_the_weeks() -> None:
    weeks = told(few(), 102).chart().to_dict()
    assert weeks["title"]["text"] == "Asks per week"
    planned = told(few(), 102, goal=Goal.of(clients=3, by=day(150)))
    chart = planned.chart().to_dict()
    assert chart["title"]["text"] == "Odds of 3 new clients by 31 May 2026"


@pytest.mark.parametrize("odds", [0, 1, -1, 2])
def test_odds_lie_between_0_and_1(odds: float) -> None:
    with pytest.raises(BadGoal, match="between 0 and 1"):
        told(few(), 102, goal=Goal.of(clients=3, by=day(150)), odds=odds)


GOALS = [None, Goal.of(clients=2, by=day(160)), Goal.of(income=5000, by=day(160))]
LITTLE = {
    "nothing": [],
    "an audience": [{"kind": "posted", "happened_at": day(1), "n": 99}],
    "one contact": log("Ann", "liked 1"),
    "one ask": log("Ann", "asked 1"),
    "two contacts": [*log("Ann", "asked 1"), *log("Ben", "called 1")],
    "only clients asked": log("Ann", "bought 1", "asked_renewal 50"),
    "all silent": [row for n in range(30) for row in log(f"C{n}", f"asked {n}")],
    "all refused": [row for n in range(30) for row in log(f"C{n}", f"asked {n}", f"said_no {n + 1}")],
    "all left": [row for n in range(30) for row in log(f"C{n}", f"asked {n}", f"opted_out {n + 1}")],
    "all yes in one day": [row for n in range(30) for row in log(f"C{n}", "asked 1", "said_yes 1")],
    "all censored": [row for n in range(30) for row in log(f"C{n}", "called 149", "asked 150")],
    "free of charge": [
        row
        for n in range(30)
        for row in (touch(f"C{n}", "asked", n), touch(f"C{n}", "bought", n, value=0, currency="EUR"))
    ],
}


@pytest.mark.parametrize("goal", GOALS)
@pytest.mark.parametrize("name", LITTLE)
def test_however_little_there_is_it_is_said_in_sentences(name: str, goal: Goal | None) -> None:
    result = told(LITTLE[name], 150, goal=goal)
    said = result.sentences()
    assert said
    assert all(
        sentence.endswith(".") and "nan" not in sentence and "inf " not in sentence for sentence in said
    )
    assert result.rows()
    result.chart().to_dict()


def test_without_answers_it_is_said_what_to_record() -> None:
    result = told(LITTLE["all silent"], 150, goal=Goal.of(clients=2, by=day(160)))
    assert result.plan == TooFewConversions(0)
    advice = "record each ask of a person, and whether they said yes, no or not now"
    found = "Too few asks have an answer on record (0 of at least 10)"
    assert result.sentences()[0] == f"{found} to plan 2 new clients by 10 June 2026: {advice}."


def test_without_values_an_income_is_not_planned() -> None:
    said = told(few(), 102, goal=Goal.of(income=500_000, by=day(150))).sentences()
    assert said[0].startswith(
        "Too few first purchases have a value (0 of at least 10) to plan 5,000 from new "
    )


def test_where_nobody_ever_said_yes_no_number_is_made_up() -> None:
    said = told(LITTLE["all refused"], 150, goal=Goal.of(clients=2, by=day(160))).sentences()
    why = "nobody on record has become a client after an ask"
    assert said[0] == f"What 2 new clients by 10 June 2026 takes can't be said: {why}."


def test_a_day_that_is_too_near_is_said_to_be_too_near() -> None:
    rows = []
    for number in range(60):
        rows += log(f"C{number}", f"called {number}", f"asked {number + 1}", f"bought {number + 41}")
    said = told(rows, 102, goal=Goal.of(clients=9, by=day(112))).sentences()
    why = "the quickest client on record came 6 weeks after the first ask, and 10 days are left"
    assert said[0] == f"9 new clients by 23 April 2026 can't be reached in that time: {why}."
    # from 19 January to 12 April, twelve whole weeks, 43 were asked: 20 · 43 / 12 · 10 / 7 is 102.4
    most = "Asking 103 contacts (the most that is sensible: 20 times as many as of late)"
    assert said[1].startswith(f"{most} would give odds of ")
    # an answer takes 40 days: after six weeks those asked in the first two days have given theirs
    assert said[1].endswith("; going on like that, they would be 80 % by about 25 May 2026.")


def test_a_goal_that_is_too_great_is_said_to_be_so_without_a_number_that_nobody_could_ask() -> None:
    rows = []
    for number in range(60):
        rows += log(f"C{number}", f"called {number}", f"asked {number + 1}", f"bought {number + 3}")
    goal = Goal.of(clients=10**6, by=day(402))
    result = told(rows, 112, goal=goal)
    first, second = result.sentences()[:2]
    assert first == "1,000,000 new clients by 7 February 2027 can't be reached in that time."
    most = "Asking 2,900 contacts (the most that is sensible: 10 a day) would give odds of under 1 %"
    assert second == f"{most}, and going on like that would not give 80 % within ten years."
    (step, *_) = result.lists()["plan"]
    assert (step["enough"], step["even"], step["per_week"], step["most"]) == (None, None, None, 2900)
    points = result.chart().to_dict()["datasets"].values()
    assert max(point["x"] for some in points for point in some if "x" in point) == 2900


def test_the_truth_of_a_simulated_business_is_found_again() -> None:
    cycles, simulation = coach()
    result = asks(cycles, goal=Goal.of(clients=8, by="2026-09-30"))
    lives = simulation.truth.journeys
    made = (lives.asks.asked_at <= simulation.as_of).sum()
    recorded = result.total.asks
    assert 0.85 * made < recorded < made  # some are forgotten
    first = (lives.asks.number == 1) & (lives.asks.asked_at <= simulation.as_of - 30 * DAY)
    share = (lives.asks.answer[first] == 0).mean()
    assert isinstance(result.total.yes_share, Estimate)
    assert result.total.yes_share.low < share < result.total.yes_share.high
    assert isinstance(result.plan, Plan)
    assert isinstance(result.plan.conversations, Needed)
    ready = {one.contact for one in result.ready}
    contact = simulation.truth.contact
    asked = {
        simulation.contacts["id"][who]
        for who in contact[lives.asks.person[lives.asks.asked_at <= simulation.as_of]]
        if who >= 0
    }
    assert len(ready & asked) < 0.15 * len(ready)  # asked, and never recorded


def test_no_more_are_said_to_be_asked_within_a_month_than_were_asked_so_far() -> None:
    # ten were called long ago, of whom five were asked after two days; ten were called today
    rows = [row for n in range(10) for row in log(f"A{n}", f"called {n}", *[f"asked {n + 2}"] * (n % 2))]
    rows += [row for n in range(10) for row in log(f"B{n}", "called 100")]
    said = told(rows, 100).sentences()
    assert any(
        one.startswith("20 contacts came to a conversation, and 25 %") and one.endswith("were asked so far.")
        for one in said
    )
