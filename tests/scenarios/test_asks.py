"""Statements S1 and S6: asks are counted and planned from a goal, and without one there was no sale."""

from __future__ import annotations

from typing import Any

from leadline.engine.estimates import Estimate
from leadline.engine.funnel import load_funnel
from leadline.engine.plan.goals import Goal
from leadline.engine.plan.plans import Plan
from leadline.engine.reports.asks import Asks, asks
from tests.makers import day, log, touch
from tests.traced import traced

POSTS = [
    touch(f"Reader {number}", kind, number) for number in range(20) for kind in ("liked", "sent_content")
]


def told(rows: list[dict[str, object]], until: float, **how: Any) -> Asks:
    return asks(traced(rows, until, load_funnel("sales-cycle"))[1], **how)


def coach(weeks: int) -> list[dict[str, object]]:
    """Every week three conversations, two asks, and of every third ask a client a week later."""
    rows = []
    for number in range(2 * weeks):
        at, end = 4 + 3.5 * number, "said_no" if number % 3 else "said_yes"
        rows += log(
            f"Guest {number}", f"met {at - 3}", f"had_meeting {at - 1}", f"asked {at}", f"{end} {at + 7}"
        )
        if number % 2:
            rows += log(f"Friend {number}", f"met {at - 3}", f"had_meeting {at - 1}")
    return rows


def test_s1_direct_asks_are_counted_by_the_week_and_a_post_is_none() -> None:
    result = told([*coach(20), *POSTS], 4 + 7 * 20)
    assert result.total.asks == 40
    assert result.total.per_week == 2
    assert [week.asks for week in result.weeks[:20]] == [2] * 20


def test_s1_whoever_makes_no_ask_is_told_so_first() -> None:
    assert (
        told(POSTS, 30)
        .sentences()[0]
        .startswith("No ask is on record. Without a direct ask there is no sale")
    )


def test_s1_asks_are_planned_from_a_goal_with_odds() -> None:
    result = told(coach(40), 4 + 7 * 41, goal=Goal.of(clients=3, by=day(4 + 7 * 50)))
    assert isinstance(result.plan, Plan)
    needed = result.plan.asks
    assert needed.enough is not None
    assert 9 < needed.enough < 25  # one in three says yes: nine on average, more to be sure
    assert needed.odds(needed.enough) >= 0.8
    assert needed.odds(9) < 0.7
    assert f"Ask {needed.enough} contacts" in result.sentences()[0]
    assert "80 % odds of 3 new clients" in result.sentences()[0]


def test_s1_the_plan_says_how_many_conversations_and_leads_stand_before_the_asks() -> None:
    plan = told(coach(40), 4 + 7 * 41, goal=Goal.of(clients=9, by=day(4 + 7 * 60))).plan
    assert isinstance(plan, Plan)
    steps = {row["step"]: row for row in plan.rows()}
    assert list(steps) == ["ask", "conversation", "lead"]
    assert steps["ask"]["chance"] > steps["conversation"]["chance"]


def test_s1_people_who_are_ready_and_were_never_asked_are_named() -> None:
    result = told(coach(20), 4 + 7 * 20)
    assert {one.contact.split()[0] for one in result.ready} == {"Friend"}
    assert len(result.ready) == 20
    assert isinstance(result.asked, Estimate)
    assert result.asked.value == 40 / 60


def test_s6_a_sale_without_an_ask_on_record_is_counted_and_said() -> None:
    rows = [*coach(20), *log("Walk-in", "visited 50", "bought 50")]
    result = told(rows, 4 + 7 * 22)
    assert (result.unasked, result.clients) == (1, 15)
    assert "Of 15 clients, 1 bought without an ask on record." in result.sentences()


def test_s6_a_no_goes_back_to_nurturing_and_the_second_ask_is_followed() -> None:
    rows = coach(20)
    for number in (1, 2, 4):
        at = 60 + number
        rows += log(
            f"Guest {number}",
            f"sent_content {at}",
            f"asked {at + 20}",
            f"said_{'yes' if number < 4 else 'no'} {at + 22}",
        )
    result = told(rows, 4 + 7 * 22)
    assert (result.again.refused, result.again.asked, result.again.yes) == (27, 3, 2)
    assert (
        "After 27 answers of no or not now came 3 further asks; 2 of these led to a yes."
        in result.sentences()
    )


def test_s6_who_moves_on_is_not_waited_for_and_not_called_ready() -> None:
    rows = [
        *coach(20),
        *log("Gone", "had_meeting 50", "asked 52", "went_elsewhere 60"),
        *log("Off", "called 50", "unsubscribed 51"),
    ]
    result = told(rows, 4 + 7 * 22)
    assert {"Gone", "Off"}.isdisjoint({one.contact for one in (*result.ready, *result.waiting)})
