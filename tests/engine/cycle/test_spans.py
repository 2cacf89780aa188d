"""Spans: which links of a path are judged together, as what lies between them is not on record."""

from __future__ import annotations

import pytest

from leadline.engine.cycle.spans import find_spans
from leadline.engine.estimates import USUAL
from tests.traced import life, traced

TALK, ASK, SALE = "called 0", "asked 5", "bought 9"


def many(n: int, path: str, *steps: str) -> list[dict[str, object]]:
    """So many people to whom the same happened, all of it on one path."""
    who = f"{path} {' '.join(steps)}"
    return [
        row for number in range(n) for row in life(f"{who} {number}", *(f"{step} {path}" for step in steps))
    ]


def spans(*parts: list[dict[str, object]]) -> dict[str, tuple[str | None, str | None]]:
    """Of each path by which link the spans end that begin with nurture and with ask."""
    cycles = traced([row for part in parts for row in part], 100)[1]
    found = find_spans(cycles, USUAL)
    return {
        name: (found.until(place, "nurture"), found.until(place, "ask"))
        for place, name in enumerate(cycles.paths)
    }


def test_where_no_ask_is_on_record_ask_and_answer_are_one():
    assert spans(many(1, "web", TALK, SALE), many(30, "radio", TALK)) == {
        "web": (None, "answer"),
        "radio": (None, "answer"),
    }


def test_where_nobody_bought_either_nothing_says_that_asks_are_not_recorded():
    assert spans(many(30, "web", TALK)) == {"web": (None, None)}


def test_each_path_is_taken_for_what_it_has():
    asked, silent = many(20, "web", TALK, ASK), many(10, "fair", TALK, SALE)
    sold = many(20, "web", TALK, ASK, SALE)
    assert spans(asked, sold, silent) == {"web": (None, None), "fair": (None, "answer")}


def test_a_few_sales_without_an_ask_are_gaps_of_a_record_that_has_asks():
    """Nine are fewer than it takes to say anything: all paths decide, with 40 asks beside 9 sales."""
    rows = many(40, "web", TALK, ASK, SALE), many(9, "fair", TALK, SALE)
    assert spans(*rows) == {"web": (None, None), "fair": (None, None)}


@pytest.mark.parametrize(("asked", "until"), [(2, "answer"), (3, None)])
def test_an_ask_for_each_ten_sales_without_one_is_hardly_any(asked, until):
    assert spans(many(asked, "web", TALK, ASK), many(20, "web", TALK, SALE)) == {"web": (None, until)}


def test_where_no_talk_is_on_record_the_span_begins_with_the_response():
    assert spans(many(30, "web", "liked 0", ASK, SALE)) == {"web": ("ask", None)}
    assert spans(many(30, "web", "liked 0", SALE)) == {"web": ("answer", None)}


def test_mails_are_no_talks():
    shop = many(30, "shop", "liked 0", "mailed 2", SALE)
    assert spans(shop, many(30, "desk", TALK, SALE)) == {"shop": ("answer", None), "desk": (None, "answer")}


def test_what_a_span_covers_is_what_comes_after_its_beginning():
    cycles = traced(many(30, "web", "liked 0", SALE), 100)[1]
    found = find_spans(cycles, USUAL)
    links = ("generate", "nurture", "ask", "answer", "renew")
    assert [link for link in links if found.covers(0, link)] == ["ask", "answer"]
