"""Tallies: asks by week and by person, answers, who waits, and who is ready."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.engine.cycle.cycles import Cycles
from leadline.engine.estimates import USUAL, Caution, Estimate, TooFewConversions
from leadline.engine.funnel import load_funnel
from leadline.engine.instants import DAY
from leadline.engine.plan import spells, tallies
from leadline.engine.plan.tallies import Calendar, Tally
from tests.makers import log, touch
from tests.traced import traced

BOLD = Caution(needed=2)

ROWS = [
    touch("Ann", "asked", 5, actor="Mira"),
    touch("Ann", "said_yes", 7),
    touch("Ben", "asked", 5.5, actor="Mira"),
    touch("Ben", "said_no", 8.5),
    touch("Ben", "asked", 26, actor="Jon", path="email"),
    touch("Cem", "asked", 12, actor="Jon"),
    touch("Cem", "asked", 13, actor="Jon"),
    touch("Cem", "said_not_now", 17),
    touch("Ann", "asked_renewal", 30, actor="Mira"),
    touch("Dot", "proposed", 32),
    *log("Eve", "liked 1", "called 20"),
    *log("Fay", "liked 1", "called 22", "opted_out 24"),
]
"""Asks from Tuesday, 6 January 2026, up to Tuesday, 3 February."""


def lives(until: float = 33) -> Cycles:
    return traced(ROWS, until, load_funnel("sales-cycle"))[1]


def tally_of(cycles: Cycles, caution: Caution = BOLD) -> Tally:
    made = cycles.asks.take(~cycles.asks.renewal)
    calendar = Calendar.of(cycles.asks, cycles.since, cycles.as_of)
    return tallies.tally(made, calendar, tallies.usual_answer(made, caution), caution)


def test_asks_and_answers_are_counted() -> None:
    total = tally_of(lives())
    assert (total.asks, total.yes, total.no, total.not_now, total.waiting, total.superseded) == (
        6,
        1,
        1,
        1,
        2,
        1,
    )


def test_weeks_begin_on_monday_and_a_week_that_runs_is_not_whole() -> None:
    cycles = lives()
    weeks = Calendar.of(cycles.asks, cycles.since, cycles.as_of).weeks(cycles.asks)
    assert [(week.monday, week.asks, week.renewals, week.whole) for week in weeks] == [
        ("2026-01-05", 2, 0, True),
        ("2026-01-12", 2, 0, True),
        ("2026-01-19", 0, 0, True),
        ("2026-01-26", 1, 1, True),
        ("2026-02-02", 1, 0, False),
    ]


def test_a_rate_is_of_whole_weeks() -> None:
    total = tally_of(lives())
    assert total.per_week == 5 / 4
    assert total.lately == (5 / 4, 5 / 4)
    assert tally_of(lives(until=10)).per_week is None


def test_a_week_is_whole_with_its_last_instant() -> None:
    asks = lives().asks
    sunday = 11 * DAY + int(np.datetime64("2026-01-01", "us").astype(int))
    assert Calendar.of(asks, 0, sunday - 1).whole == 1
    assert Calendar.of(asks, 0, sunday - 2).whole == 0


def test_a_week_in_which_the_record_begins_is_not_whole() -> None:
    asks = lives().asks  # the first on Monday, 5 January 2026
    monday = int(np.datetime64("2026-01-05", "us").astype(int))
    assert Calendar.of(asks, monday, monday + 14 * DAY).whole == 2
    assert Calendar.of(asks, monday + 2 * DAY, monday + 14 * DAY).whole == 1
    assert Calendar.of(asks, monday - 30 * DAY, monday + 14 * DAY).whole == 2
    weeks = Calendar.of(asks, monday + 2 * DAY, monday + 14 * DAY).weeks(
        asks.take(asks.asked_at < monday + 14 * DAY)
    )
    assert [week.whole for week in weeks] == [False, True, False]


def test_the_usual_time_is_that_of_nine_in_ten_answers() -> None:
    rows = [row for n in range(20) for row in log(f"C{n}", "asked 0", f"said_no {n + 1}")]
    cycles = traced(rows, 40, load_funnel("sales-cycle"))[1]
    assert tallies.usual_answer(cycles.asks, USUAL) == 18 * DAY
    assert tallies.usual_answer(lives().asks, USUAL) is None


def test_the_share_of_yes_leaves_out_asks_that_merely_wait() -> None:
    share = tally_of(lives()).yes_share  # answers took 2, 3 and 4 days: the ask of day 32 is too new
    assert isinstance(share, Estimate)
    assert share.value == 1 / 5
    assert isinstance(tally_of(lives(), USUAL).yes_share, TooFewConversions)


def test_people_who_ask_are_told_apart_most_asks_first() -> None:
    cycles = lives()
    made = cycles.asks.take(~cycles.asks.renewal)
    calendar = Calendar.of(cycles.asks, cycles.since, cycles.as_of)
    people = tallies.by_person(cycles, made, calendar, None, USUAL)
    assert [(one.person, one.asks, one.yes) for one in people] == [
        ("Jon", 3, 0),
        ("Mira", 2, 1),
        ("nobody named", 1, 0),
    ]
    assert sum(one.asks for one in people) == len(made)
    mine = made.take(made.actor == 0)
    assert tallies.by_person(cycles, mine, calendar, None, USUAL) == ()


def test_what_waits_is_listed_oldest_first() -> None:
    waits = tallies.outstanding(lives(), usual=5 * DAY)
    assert [
        (one.contact, one.days, one.person, one.path, one.number, one.renewal, one.overdue) for one in waits
    ] == [
        ("Ben", 7, "Jon", "email", 2, False, True),
        ("Ann", 3, "Mira", None, 2, True, False),
        ("Dot", 1, None, None, 1, False, False),
    ]


@pytest.mark.parametrize("end", ["opted_out", "went_elsewhere", "bought", "said_no"])
def test_an_ask_does_not_wait_for_those_who_left_answered_or_bought(end: str) -> None:
    cycles = traced(log("Ann", "called 0", "asked 1", f"{end} 3"), 9, load_funnel("sales-cycle"))[1]
    assert tallies.outstanding(cycles, None) == ()


def test_an_ask_to_renew_does_not_wait_once_the_custom_has_ended() -> None:
    rows = log("Ann", "bought 1", "asked_renewal 90", "lapsed 99")
    assert tallies.outstanding(traced(rows, 120, load_funnel("sales-cycle"))[1], None) == ()
    assert len(tallies.outstanding(traced(rows, 95, load_funnel("sales-cycle"))[1], None)) == 1


def test_the_ready_are_those_who_talked_were_never_asked_and_stayed() -> None:
    rows = [*ROWS, *log("Gus", "liked 2", "had_meeting 27")]
    cycles = traced(rows, 33, load_funnel("sales-cycle"))[1]
    ready = tallies.never_asked(cycles, spells.ready(cycles))
    assert [(one.contact, one.days) for one in ready] == [("Gus", 6), ("Eve", 13)]


def test_second_asks_after_a_no_are_followed() -> None:
    rows = [*ROWS, touch("Cem", "asked", 25), touch("Cem", "said_yes", 26)]
    cycles = traced(rows, 33, load_funnel("sales-cycle"))[1]
    again = tallies.second_asks(cycles, 4 * DAY, BOLD)
    assert (again.refused, again.asked, again.yes) == (2, 2, 1)
    assert isinstance(again.share, Estimate)
    assert again.share.value == 1 / 2
