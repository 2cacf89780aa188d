"""Spells: how long people waited at each step, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leadline.engine.funnel import load_funnel
from leadline.engine.instants import DAY
from leadline.engine.plan import spells
from tests.makers import log
from tests.traced import traced

if TYPE_CHECKING:
    from leadline.engine.cycle.cycles import Cycles
    from leadline.engine.plan.spells import Spells

ROWS = [
    *log("Ann", "liked 0", "called 3", "asked 5", "said_no 9", "asked 30", "said_yes 33"),
    *log("Ben", "liked 1", "called 2", "asked 6"),
    *log("Cem", "liked 1", "called 8"),
    *log("Dot", "liked 2", "called 4", "opted_out 7"),
    *log("Eve", "liked 2", "called 5", "bought 6"),
    *log("Fay", "liked 2", "asked 7", "said_not_now 8"),
    *log("Gil", "liked 3", "called 6", "lost 9"),
    *log("Hal", "liked 3", "called 4", "asked 5", "asked 15", "said_no 16", "opted_out 16"),
    *log("Ida", "liked 39"),
]
"""Touches of nine people up to day 40."""


def lives() -> Cycles:
    return traced(ROWS, 40, load_funnel("sales-cycle"))[1]


def told(cycles: Cycles, some: Spells) -> list[tuple[str, float, str]]:
    """Whose, how many days, how it ended (“still”: it has not)."""
    ways = ("still", *some.ways)
    return [
        (str(cycles.subjects[who])[0], days / DAY, ways[way])
        for who, days, way in zip(
            some.contact.tolist(), some.duration.tolist(), some.outcome.tolist(), strict=True
        )
    ]


def test_leads_go_on_to_a_conversation_or_straight_to_the_ask() -> None:
    cycles = lives()
    assert told(cycles, spells.leads(cycles)) == [
        ("A", 3, "warm"),
        ("B", 1, "warm"),
        ("C", 7, "warm"),
        ("D", 2, "warm"),
        ("E", 3, "warm"),
        ("F", 5, "asked"),
        ("G", 3, "warm"),
        ("H", 1, "warm"),
        ("I", 1, "still"),
    ]


def test_the_ready_are_asked_or_go_away_by_leaving_buying_or_declining() -> None:
    cycles = lives()
    ready = spells.ready(cycles)
    assert told(cycles, ready) == [
        ("A", 2, "asked"),
        ("B", 4, "asked"),
        ("C", 32, "still"),
        ("D", 3, "away"),
        ("E", 1, "away"),
        ("G", 3, "away"),
        ("H", 1, "asked"),
    ]
    assert [cycles.subjects[who] for who in ready.still] == ["Cem"]
    assert ready.ended("asked") == 3
    assert (ready.ages / DAY).tolist() == [32]


def test_a_talk_on_the_day_of_the_ask_is_a_talk() -> None:
    cycles = traced([*log("Ann", "called 3", "asked 3"), *log("Ben", "asked 3"), *log("Cem", "called 3")], 9)[
        1
    ]
    some = spells.ready(cycles)
    assert [cycles.subjects[who] for who in some.contact] == ["Ann", "Cem"]
    assert (some.ended("asked"), some.ended("away")) == (1, 0)


def test_from_the_first_ask_to_the_client_lie_all_further_asks() -> None:
    cycles = lives()
    assert told(cycles, spells.newly_asked(cycles)) == [
        ("A", 28, "client"),
        ("B", 34, "still"),
        ("F", 33, "still"),
        ("H", 11, "away"),
    ]


def test_each_ask_waits_until_something_comes_of_it() -> None:
    cycles = lives()
    assert sorted(told(cycles, spells.waiting(cycles))) == [
        ("A", 3, "client"),
        ("A", 4, "refused"),
        ("B", 34, "still"),
        ("F", 1, "refused"),
        ("H", 1, "refused"),
        ("H", 10, "again"),
    ]


def test_later_asks_lead_to_a_client_too() -> None:
    cycles = lives()
    assert sorted(told(cycles, spells.waiting(cycles, later=True))) == [("A", 3, "client"), ("H", 1, "away")]


def test_after_a_no_comes_another_ask_or_nothing() -> None:
    cycles = lives()
    assert sorted(told(cycles, spells.refused(cycles))) == [
        ("A", 21, "again"),
        ("F", 32, "still"),
        ("H", 0, "away"),
    ]


def test_who_bought_unasked_is_told_apart() -> None:
    cycles = lives()
    assert [name for name, so in zip(cycles.subjects, spells.unasked(cycles), strict=True) if so] == ["Eve"]


def test_an_empty_log_has_no_spells() -> None:
    cycles = traced([], 1, load_funnel("sales-cycle"))[1]
    for find in (spells.leads, spells.ready, spells.newly_asked, spells.waiting, spells.refused):
        assert len(find(cycles)) == 0
