"""New people week by week, and how new those on the way are: counted by hand."""

from __future__ import annotations

import pytest

from leadline.engine.estimates import USUAL, Quantity
from leadline.engine.horizon.newcomers import Newcomers, freshness, newcomers
from leadline.engine.horizon.pace import pace
from leadline.engine.horizon.stages import judge
from leadline.engine.instants import MONTH
from leadline.engine.plan.goals import Goal
from tests.makers import touch
from tests.traced import sales, steady_way, traced


def found(rows, until):
    history, cycles = traced(rows, until)
    return newcomers(cycles, pace(history, cycles, None, USUAL), USUAL)


def likes(*days):
    return [touch(f"c{n}", "liked", at) for n, at in enumerate(days)]


def test_new_people_are_counted_by_week_back_from_the_last_day():
    assert found(likes(0, 0.1, 1, 2, 8, 20.5, 27.9), 28.05).weeks == (3, 1, 1, 1)


def test_quiet_weeks_are_those_since_the_last_new_person():
    quiet = found(likes(*range(30)), 30 + 28.5)
    assert quiet.quiet == 4
    assert quiet.sentences("", "contact")[0] == "Nobody new has come for 4 weeks."


def test_somebody_known_is_nobody_new():
    rows = [*likes(*range(30)), *[touch("c1", "liked", 30 + at) for at in range(28)]]
    assert found(rows, 58.5).quiet == 4


def test_the_last_three_months_are_told_a_month():
    assert found(likes(*range(200)), 199.5).monthly.value == pytest.approx(365 / 12)


def test_as_many_new_people_are_needed_as_the_share_that_buys_asks_for():
    history, cycles = traced(steady_way(2), 1000)
    goal = Goal(by=cycles.as_of + round(12 * MONTH), clients=72)
    needed = newcomers(cycles, pace(history, cycles, goal, USUAL), USUAL)
    # six clients a month, and 15 % of all become one, nearly all of those within a year
    assert needed.needed.low <= 40 <= needed.needed.high
    assert needed.verdict == "enough"


def test_twice_as_many_clients_take_more_than_come():
    history, cycles = traced(steady_way(2), 1000)
    goal = Goal(by=cycles.as_of + round(12 * MONTH), clients=144)
    short = newcomers(cycles, pace(history, cycles, goal, USUAL), USUAL)
    assert short.verdict == "short"
    assert short.sentences("for the goal", "contact")[1].startswith("That is too few: ")


def test_fresh_is_who_was_met_lately():
    fresh = freshness(*traced(likes(0, 100, 200, 380, 395, 415, 425, 440, 470, 499), 500))
    assert (fresh.people, fresh.new, fresh.recent, fresh.still) == (8, 2, 5, 2)
    assert (fresh.people_before, fresh.recent_before) == (4, 2)  # on day 410, when 0 stands still
    assert fresh.sentence("contact") == (
        "Of 8 contacts on the way, 5 are new: first met in the last three months (three months ago 2 of 4); "
        "2 more have come no further for over a year."
    )


def test_who_got_on_lately_does_not_stand_still():
    rows = [touch("a", "liked", 0), touch("a", "called", 450), touch("b", "liked", 3)]
    fresh = freshness(*traced(rows, 500))
    assert (fresh.people, fresh.recent, fresh.still) == (1, 0, 1)


def test_clients_and_those_who_left_are_not_on_the_way():
    rows = [*likes(1, 2, 3), touch("c0", "opted_out", 5), *sales({"c1": [(9.0, 100)]})]
    assert freshness(*traced(rows, 20)).people == 1


def test_a_new_log_has_no_trend():
    assert freshness(*traced(likes(*range(100)), 440)).recent_before is None
    assert freshness(*traced(likes(*range(100)), 460)).recent_before is not None


def test_of_nobody_it_is_never_said_that_it_is_what_it_takes():
    needed, none = Quantity(0.5, 0.01, 9), Quantity(0, 0, 1.2)
    assert judge(none, needed, 0.95) == "unknown"
    assert judge(none, Quantity(5, 2, 9), 0.95) == "short"
    quiet = Newcomers((3, 0, 0, 0), none, needed, judge(none, needed, 0.95))
    assert quiet.sentences("to stay", "contact") == [
        "Nobody new has come for 3 weeks.",
        "It takes 0.5 (between 0.01 and 9) new contacts a month to stay.",
    ]


def test_after_some_quiet_weeks_the_last_three_months_are_weighed():
    quiet = Newcomers((9, 9, 0, 0), Quantity(6, 4, 9), Quantity(7, 5, 10), "enough")
    assert quiet.sentences("to stay", "contact")[1] == (
        "Over the last three months 6 a month came, which is about what it takes: "
        "7 (between 5 and 10) new contacts a month to stay."
    )
