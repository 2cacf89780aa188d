"""Velocity, calculated by hand."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engine import charts
from leadline.engine.dimensions import BadDimension
from leadline.engine.estimates import Caution, TooFewConversions
from leadline.engine.instants import DAY, NEVER
from leadline.engine.reports.velocity import velocity
from leadline.engine.touches import Column
from tests.histories import ODD, crowd, history, instant

FOUR = {"a": "lead 0, prospect 10", "b": "lead 0, client 20", "c": "lead 0, gone 30", "d": "lead 60"}
"""Stays in “lead”: 10, 20 and 30 days, and 40 that last still. To “client”: one after 20 days, one left."""


def waits(found):
    return {wait.name: wait for wait in found.waits}


def days(wait):
    quartiles = (wait.quarter, wait.median, wait.three_quarters)
    return tuple(time.value and time.value / DAY for time in quartiles)


def told(moves, **how):
    return waits(velocity(history(moves), **{"caution": Caution(needed=1)} | how))


def test_the_time_in_a_stage_ends_with_every_leaving_and_is_censored_for_who_is_there():
    lead = told(FOUR)["in lead"]
    assert (lead.began, lead.ended, lead.left, lead.waiting) == (4, 3, 0, 1)
    assert days(lead) == (10, 20, 30)


def test_who_is_there_for_a_short_time_says_nothing_of_longer_times():
    # of the two who were seen for 10 days one had gone: half, and not a third of the three
    lead = told({"a": "lead 0, gone 10", "b": "lead 85", "c": "lead 95"})["in lead"]
    assert days(lead) == (10, 10, None)


def test_each_visit_counts():
    lead = told({"a": "lead 0, stranger 4, lead 10, stranger 20"})["in lead"]
    assert (lead.began, lead.ended, days(lead)) == (2, 2, (4, 4, 10))


def test_steps_inside_a_stage_end_nothing():
    moved = history({"a": "lead 0, lead 4, lead 9, client 12"})
    moved.step[:3] = 1, 2, 1
    assert days(waits(velocity(moved, caution=Caution(needed=1)))["in lead"]) == (12, 12, 12)


def test_the_time_to_a_stage_is_of_all_who_began():
    client = told(FOUR)["to client"]
    assert (client.began, client.ended, client.left, client.waiting) == (4, 1, 1, 2)
    assert days(client) == (20, None, None)


def test_leaving_makes_nobody_arrive_sooner():
    # six of ten leave on day 1; of the four others two arrive on day 9: a fifth of all, so no quarter
    client = told(crowd((6, "lead 0, gone 1"), (2, "lead 0, client 9"), (2, "lead 0")))["to client"]
    assert days(client) == (None, None, None)


def test_who_skips_arrives_at_once():
    assert days(told({"a": "client 7", "b": "client 9"})["to client"]) == (0, 0, 0)


def test_the_way_may_be_counted_from_the_first_touch():
    touched = np.array([instant(0), instant(0), instant(50), NEVER])
    found = told({"a": "lead 8", "b": "lead 10, client 30", "c": "gone 50", "d": ""}, first_touch=touched)
    assert (found["to lead"].began, found["to lead"].ended, found["to lead"].left) == (3, 2, 1)
    assert days(found["to lead"]) == (8, 10, None)
    assert days(found["to client"])[0] == 30


def test_quartiles_have_intervals():
    lead = told({str(stay): f"lead 0, gone {stay}" for stay in range(1, 101)}, caution=Caution())["in lead"]
    assert 38 <= lead.median.low / DAY <= 42  # 50 minus 1.96 times 5
    assert 59 <= lead.median.high / DAY <= 62


def test_groups_stand_side_by_side():
    found = told(FOUR, by=Column.of(["web", "ads", "ads", None]))
    assert [name for name in found if name.startswith("in lead")] == [
        "in lead, ads", "in lead, web", "in lead, not known",
    ]  # fmt: skip
    assert days(found["in lead, ads"]) == (20, 20, 30)


def test_too_few_is_data():
    assert waits(velocity(history(FOUR)))["in lead"].median == TooFewConversions(found=4, needed=10)


def test_what_is_not_aligned_is_refused():
    with pytest.raises(BadDimension):
        velocity(history(FOUR), Column.of(["web"]))
    with pytest.raises(BadDimension):
        velocity(history(FOUR), first_touch=np.zeros(1, np.int64))


def test_as_data_a_time_is_in_days_and_not_yet_is_none():
    row = next(
        row for row in velocity(history(FOUR), caution=Caution(needed=1)).rows() if row["measure"] == "to"
    )
    assert row["stage"] == "prospect"
    assert (row["quarter_days"], row["median_days"], row["three_quarters_days"]) == (10, 20, None)
    assert row["unsaid"] is None
    assert velocity(history(FOUR)).rows()[0]["unsaid"] == "too few: 4 of at least 10"


def test_the_sentences_say_it_plainly():
    tens = {f"{name}{number}": moves for name, moves in FOUR.items() for number in range(10)}
    stay, prospects, clients, to_prospect, to_client = velocity(history(tens), unit="deal").sentences()
    assert stay == (
        "Half of 40 stays in “lead” end within 20 days (between 20 days and 4 weeks), "
        "a quarter within 10 days, three quarters within 4 weeks; 10 last still."
    )
    assert prospects == "None of 10 stays in “prospect” has ended yet."
    assert clients == "None of 10 stays in “client” has ended yet."
    assert to_prospect == (
        "Half of 40 deals get from “lead” to “prospect” within 20 days (or longer), "
        "a quarter within 10 days; 10 still on the way; 10 left."
    )
    assert to_client == (
        "Fewer than half of 40 deals have got from “lead” to “client” so far, a quarter within 20 days; "
        "20 still on the way; 10 left."
    )


def test_nobody_is_a_sentence_too():
    assert velocity(history({})).sentences() == [
        "Nobody has reached a stage yet, so there is no time to measure."
    ]


@pytest.mark.parametrize("name", ODD)
def test_odd_histories_give_sentences_plain_rows_and_a_chart(name):
    odd = ODD[name]
    by = Column(np.full(len(odd.subjects), -1, np.int32), [])
    for report in (
        velocity(odd),
        velocity(odd, by),
        velocity(odd, first_touch=np.full(len(odd.subjects), NEVER)),
    ):
        assert report.sentences()
        json.dumps(report.rows(), allow_nan=False)
        assert "NaN" not in charts.svg(report.chart())


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(1, 90), st.booleans()), min_size=1, max_size=30))
def test_quartiles_stand_in_order_and_in_their_intervals(stays):
    moves = {
        str(n): f"lead {100 - stay}" if open_ else f"lead 0, gone {stay}"
        for n, (stay, open_) in enumerate(stays)
    }
    lead = told(moves)["in lead"]
    values = [time.value for time in (lead.quarter, lead.median, lead.three_quarters)]
    reached = [value for value in values if value is not None]
    assert values[: len(reached)] == sorted(reached)
    for time in (lead.quarter, lead.median, lead.three_quarters):
        if time.value is not None:
            assert time.low <= time.value <= (NEVER if time.high is None else time.high)


def test_one_stay_lasts_and_two_last():
    moves = crowd((9, "lead 0, client 5"), (1, "lead 0"))
    assert velocity(history(moves)).sentences()[0].endswith("; 1 lasts still.")
    moves = crowd((9, "lead 0, client 5"), (2, "lead 0"))
    assert velocity(history(moves)).sentences()[0].endswith("; 2 last still.")
