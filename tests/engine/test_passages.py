"""Who began a passage, how long it took and how it ended: every edge, one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.engine.errors import UnknownName
from leadline.engine.instants import DAY
from leadline.engine.passages import BadPassage, passages
from leadline.engine.survival import HAPPENED, OTHERWISE, WAITING
from tests.histories import history, instant


def only(moves, from_stage="lead", to_stage="client"):
    """The one passage of a contact as (start day, days, outcome, skipped, returned), or None."""
    found = passages(history({"ann": moves}), from_stage, to_stage)
    if not len(found):
        return None
    start, days = (found.start[0] - instant(0)) / DAY, found.duration[0] / DAY
    return start, days, int(found.outcome[0]), bool(found.skipped[0]), bool(found.returned[0])


def test_from_one_stage_to_the_next():
    assert only("lead 2, client 12.5") == (2, 10.5, HAPPENED, False, False)


def test_who_has_not_arrived_is_in_play_until_as_of():
    assert only("lead 2, prospect 5") == (2, 98, WAITING, False, False)


def test_who_left_first_has_left():
    assert only("lead 2, prospect 5, gone 9") == (2, 7, OTHERWISE, False, False)


def test_who_left_and_came_back_has_left_and_is_told_apart():
    assert only("lead 2, gone 9, lead 20, client 30") == (2, 7, OTHERWISE, False, True)


def test_who_left_after_arriving_has_arrived():
    assert only("lead 2, client 12, gone 13") == (2, 10, HAPPENED, False, False)


def test_a_leaving_before_the_beginning_does_not_count():
    assert only("gone 0, lead 2, client 12") == (2, 10, HAPPENED, False, False)


def test_to_skip_a_stage_in_between_is_to_have_passed_it():
    assert only("lead 2, client 12", "lead", "prospect") == (2, 10, HAPPENED, False, False)


def test_who_skipped_the_first_stage_has_passed_both_at_once():
    assert only("client 12") == (12, 0, HAPPENED, True, False)
    assert only("prospect 12", "lead", "prospect") == (12, 0, HAPPENED, True, False)


def test_who_stood_further_on_before_the_first_stage_has_skipped_it():
    assert only("client 3, lead 20, client 30") == (3, 0, HAPPENED, True, False)


def test_who_enters_a_stage_in_between_has_begun():
    assert only("prospect 4, client 9") == (4, 5, HAPPENED, False, False)


def test_to_fall_back_and_to_fall_silent_ends_nothing():
    assert only("lead 2, prospect 5, lead 9, stranger 20, lead 30, client 42") == (
        2,
        40,
        HAPPENED,
        False,
        False,
    )


def test_who_enters_again_counts_once_from_the_first_time():
    assert only("lead 2, stranger 5, lead 50") == (2, 98, WAITING, False, False)


def test_who_never_began_is_not_there():
    assert only("") is None
    assert only("gone 3") is None
    assert only("lead 3", "prospect", "client") is None


def test_to_begin_in_the_last_instant_is_to_wait_for_no_time():
    assert only("lead 100") == (100, 0, WAITING, False, False)


@pytest.mark.parametrize(
    ("begin", "end"),
    [("client", "lead"), ("lead", "lead"), ("lead", "gone"), ("stranger", "lead"), ("gone", "gone")],
)
def test_what_is_no_way_forward_is_refused_with_what_would_be(begin, end):
    with pytest.raises(BadPassage, match="lead, prospect, client"):
        passages(history({}), begin, end)


def test_an_unknown_stage_is_refused_with_the_nearest():
    with pytest.raises(UnknownName, match="prospect"):
        passages(history({}), "lead", "prospekt")


STAGES = ["stranger", "lead", "prospect", "client", "gone"]
moves = st.lists(st.tuples(st.sampled_from(STAGES), st.integers(1, 30)), max_size=6).map(
    lambda steps: ", ".join(
        f"{stage} {sum(days for _, days in steps[: place + 1]) - 1}" for place, (stage, _) in enumerate(steps)
    )
)


def by_loop(text, begin, end):
    """The same by walking through the moves of one contact."""
    start = arrived = left = None
    for stage, day in (
        (stage, int(day)) for stage, day in (move.split() for move in text.split(", ") if move)
    ):
        if stage == "gone":
            left = day if start is not None and left is None else left
            continue
        start = day if start is None and STAGES.index(stage) >= STAGES.index(begin) else start
        arrived = day if arrived is None and STAGES.index(stage) >= STAGES.index(end) else arrived
    if start is None:
        return None
    if arrived is not None and (left is None or arrived < left):
        return start, arrived - start, HAPPENED, arrived == start, False
    if left is not None:
        return start, left - start, OTHERWISE, False, arrived is not None
    return start, 180 - start, WAITING, False, False


@given(
    st.lists(moves, max_size=6),
    st.sampled_from([("lead", "prospect"), ("lead", "client"), ("prospect", "client")]),
)
def test_many_contacts_are_as_each_by_itself(texts, way):
    found = passages(history({str(number): text for number, text in enumerate(texts)}, as_of=180), *way)
    expected = {number: by_loop(text, *way) for number, text in enumerate(texts)}
    assert {
        int(c): ((s - instant(0)) // DAY, d // DAY, int(o), bool(skipped), bool(returned))
        for c, s, d, o, skipped, returned in zip(
            found.contact,
            found.start,
            found.duration,
            found.outcome,
            found.skipped,
            found.returned,
            strict=True,
        )
    } == {number: one for number, one in expected.items() if one}


def test_a_funnel_of_leavings_only_has_no_passage():
    with pytest.raises(BadPassage, match="none, since all its stages are ways of leaving"):
        passages(history({"a": "gone 3"}, roles={"gone": "left"}), "gone", "gone")
