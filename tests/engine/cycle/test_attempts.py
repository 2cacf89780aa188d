"""Attempts: who stood before which link, since when, and how it ended."""

from __future__ import annotations

import pytest

from leadline.engine.cycle.attempts import Attempts, attempts, audience
from leadline.engine.cycle.cycles import LINKS, Cycles
from leadline.engine.instants import DAY, to_instant
from leadline.engine.survival import HAPPENED, OTHERWISE, WAITING
from tests.makers import day, log, touch
from tests.traced import traced

WORDS = {WAITING: "waiting", HAPPENED: "through", OTHERWISE: "left"}


def told(cycles: Cycles, some: Attempts) -> list[tuple[str, float, float, float, str]]:
    """Of each, by name: the day on which it began, the days it took, the days followed, the outcome."""
    first = to_instant(day(0))
    return sorted(
        (cycles.subjects[who], (start - first) / DAY, took / DAY, followed / DAY, WORDS[outcome])
        for who, start, took, followed, outcome in zip(
            some.contact.tolist(),
            some.start.tolist(),
            some.duration.tolist(),
            some.followed.tolist(),
            some.outcome.tolist(),
            strict=True,
        )
    )


def of(
    link: str, *happened: str, until: float = 50, last: str | None = None
) -> list[tuple[str, float, float, float, str]]:
    cycles = traced(log("Ann", *happened), until)[1]
    return told(cycles, attempts(cycles, link, last))


def test_before_generation_stands_who_was_reached_and_had_not_responded():
    assert of("generate", "listed 0", "liked 4") == [("Ann", 0, 4, 50, "through")]
    assert of("generate", "listed 0") == [("Ann", 0, 50, 50, "waiting")]
    assert of("generate", "listed 0", "bounced 3") == [("Ann", 0, 3, 50, "left")]
    assert of("generate", "liked 4") == []


def test_before_nurturing_stands_who_responded_and_was_not_ready_at_once():
    assert of("nurture", "liked 0") == [("Ann", 0, 50, 50, "waiting")]
    assert of("nurture", "liked 0", "called 7") == []
    assert of("nurture", "liked 0", "called 8") == [("Ann", 0, 8, 50, "through")]
    assert of("nurture", "liked 0", "mailed 2", "called 7") == [("Ann", 0, 7, 50, "through")]
    assert of("nurture", "liked 0", "mailed 2", "unsubscribed 3") == [("Ann", 0, 3, 50, "left")]
    assert of("nurture", "called 0") == []
    assert of("nurture", "listed 0") == []


def test_before_the_ask_stands_who_talked_with_us():
    assert of("ask", "called 1") == [("Ann", 1, 49, 50 - 1, "waiting")]
    assert of("ask", "called 1", "asked 6") == [("Ann", 1, 5, 49, "through")]
    assert of("ask", "called 1", "bought 6") == [("Ann", 1, 5, 49, "through")]
    assert of("ask", "called 1", "opted_out 6") == [("Ann", 1, 5, 49, "left")]


def test_before_the_answer_stands_only_whose_ask_is_on_record():
    assert of("answer", "called 1", "asked 6", "bought 9") == [("Ann", 6, 3, 44, "through")]
    assert of("answer", "called 1", "asked 6", "said_no 9") == [("Ann", 6, 44, 44, "waiting")]
    assert of("answer", "called 1", "bought 9") == []
    assert of("answer", "asked 6", "went_elsewhere 10") == [("Ann", 6, 4, 44, "left")]


def test_before_ask_and_answer_together_stands_who_talked_by_the_record():
    assert of("ask", "called 1", "bought 9", last="answer") == [("Ann", 1, 8, 49, "through")]
    assert of("ask", "called 1", last="answer") == [("Ann", 1, 49, 49, "waiting")]
    assert of("ask", "called 1", "asked 3", last="answer") == [("Ann", 1, 49, 49, "waiting")]
    assert of("ask", "called 1", "opted_out 6", last="answer") == [("Ann", 1, 5, 49, "left")]
    assert of("ask", "liked 1", "bought 9", last="answer") == []


def test_before_nurturing_and_what_follows_together_stands_who_responded_before():
    assert of("nurture", "liked 0", "bought 4", last="answer") == [("Ann", 0, 4, 50, "through")]
    assert of("nurture", "liked 0", last="answer") == [("Ann", 0, 50, 50, "waiting")]
    assert of("nurture", "liked 0", "asked 4", last="ask") == [("Ann", 0, 4, 50, "through")]
    assert of("nurture", "liked 0", "asked 4", last="answer") == [("Ann", 0, 50, 50, "waiting")]
    assert of("nurture", "bought 4", last="answer") == []


def test_before_renewal_stands_every_term_that_ended():
    assert of("renew", "bought 0", "bought 20", "churned 45") == [
        ("Ann", 0, 20, 50, "through"),
        ("Ann", 20, 25, 30, "left"),
    ]
    assert of("renew", "bought 0") == []


def test_who_left_and_got_through_all_the_same_got_through():
    assert of("ask", "called 1", "opted_out 6", "asked 9") == [("Ann", 1, 8, 49, "through")]


def test_who_had_left_before_they_came_to_stand_there_left_at_once():
    assert of("ask", "asked 9", "unsubscribed 9", "called 9") == [("Ann", 9, 0, 41, "through")]
    assert of("nurture", "liked 9", "unsubscribed 9") == [("Ann", 9, 0, 41, "left")]


def test_an_audience_is_counted_with_those_who_came_out_of_it():
    rows = [
        {"kind": "posted", "happened_at": day(1), "n": 300, "path": "social"},
        {"kind": "posted", "happened_at": day(2), "n": 200, "path": "social"},
        {"kind": "spoke", "happened_at": day(2), "n": 30},
        touch("Ann", "liked", 3, path="social"),
        touch("Bob", "liked", 3, path="web"),
        touch("Cy", "listed", 1, path="social"),
        touch("Cy", "liked", 3, path="social"),
        touch("Di", "liked", 3),
    ]
    cycles = traced(rows, 50)[1]
    reached, came = (dict(zip(cycles.paths, some.tolist(), strict=True)) for some in audience(cycles))
    assert reached == {"social": 500, "web": 0}
    assert came == {"social": 1, "web": 1}


@pytest.mark.parametrize("link", LINKS)
def test_nobody_stands_before_anything_in_an_empty_log(link):
    assert len(attempts(traced([], 9)[1], link)) == 0
