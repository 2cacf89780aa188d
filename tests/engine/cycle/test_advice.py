"""Advice: what is said of figures, word for word."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from leadline.engine.cycle.advice import Past, name_leak, say_figures, say_remedy, say_usual
from leadline.engine.cycle.attempts import Attempts
from leadline.engine.cycle.links import NO_PATHS, NOT_KNOWN, LinkFigures
from leadline.engine.cycle.rates import count
from leadline.engine.estimates import USUAL, Estimate
from leadline.engine.instants import DAY

LEVEL = Estimate(0.552, 0.4, 0.7)


def figures(link: str, stood: int, through: int, done: int = 0, path: str = "web", **more) -> LinkFigures:
    nobody = np.zeros(more.pop("named", stood), dtype=np.int64)
    some = Attempts(nobody, nobody, nobody, nobody, nobody, nobody)
    place = -1 if path in {NO_PATHS, NOT_KNOWN} else 0
    rate = count(through, stood, USUAL)
    return LinkFigures(place, path, link, some, rate, through, done, more.pop("idle", 0), **more)


MISSING = partial(say_figures, status="missing", unit="contact")
WEAK = partial(say_figures, status="weak", unit="contact")


@pytest.mark.parametrize(
    ("link", "missing", "weak"),
    [
        ("generate", "web: nobody comes forward", "web: too few of those who were reached responded"),
        ("nurture", "web: nobody is nurtured", "web: too few of those who responded got as far as a talk"),
        ("ask", "web: nobody is asked", "web: too few of those who talked with you were asked"),
        ("answer", "web: nobody says yes", "web: too few of those who were asked became clients"),
        (
            "renew",
            "web: nobody is asked to renew",
            "web: too few of the terms that came to their end were renewed",
        ),
    ],
)
def test_a_leak_has_a_name(link, missing, weak):
    assert name_leak(figures(link, 90, 4), "missing") == missing
    assert name_leak(figures(link, 90, 4), "weak") == weak


def test_where_no_path_is_known_a_leak_is_named_without_one():
    assert name_leak(figures("ask", 90, 4, path=NO_PATHS), "missing") == "nobody is asked"
    assert name_leak(figures("ask", 90, 4, path=NOT_KNOWN), "missing") == "path not known: nobody is asked"


def test_asks_on_other_paths_and_sales_without_any_are_told():
    assert MISSING(figures("ask", 94, 11, elsewhere=11)) == (
        "Of 94 contacts who talked with you, none were asked there, 11 elsewhere."
    )
    assert MISSING(figures("ask", 94, 13, elsewhere=11)) == (
        "Of 94 contacts who talked with you, none were asked there, 11 elsewhere; "
        "2 bought without an ask on record."
    )
    assert MISSING(figures("ask", 94, 0)) == "Of 94 contacts who talked with you, none were asked there."
    assert WEAK(figures("ask", 94, 5, 5)) == "Of 94 contacts who talked with you, 5 were asked."
    assert WEAK(figures("ask", 94, 3, 1, elsewhere=2)) == (
        "Of 94 contacts who talked with you, 1 was asked there, 2 elsewhere."
    )
    assert MISSING(figures("ask", 94, 0, path=NO_PATHS)) == (
        "Of 94 contacts who talked with you, none were asked."
    )


def test_what_came_about_all_the_same_is_told():
    assert MISSING(figures("nurture", 40, 1)) == (
        "Of 40 contacts who responded and weren't ready at once, none were nurtured; "
        "1 got as far as a talk all the same."
    )
    assert MISSING(figures("nurture", 40, 0)) == (
        "Of 40 contacts who responded and weren't ready at once, none were nurtured."
    )
    assert MISSING(figures("renew", 30, 12)) == (
        "Of 30 terms that came to their end, none were asked for before; 12 were renewed all the same."
    )
    assert WEAK(figures("renew", 1, 1, 1)) == "Of 1 term that came to its end, 1 was renewed."


def test_what_is_counted_is_called_by_its_name():
    assert say_figures(figures("answer", 1, 0), "missing", "company") == (
        "Of 1 company who was asked, none became clients."
    )
    assert say_figures(figures("answer", 20, 1), "weak", "deal") == (
        "Of 20 deals that were asked, 1 became a client."
    )
    assert WEAK(figures("generate", 5_000, 3, open_cycle=True, named=0)) == (
        "Of 5,000 people who were reached, 3 responded."
    )


def test_what_is_not_counted_but_worked_out_is_told_so():
    assert MISSING(figures("nurture", 40, 0, named=12)).startswith("Of about 40 contacts who ")


def test_what_one_would_expect_is_said_of_what_is_expected():
    assert say_usual(figures("answer", 20, 1), "weak", LEVEL, None) == (
        "By your other paths, one would expect 55 %."
    )
    assert say_usual(figures("nurture", 20, 1), "missing", LEVEL, None) == (
        "By your other paths, one would expect 55 % to get as far as a talk."
    )
    assert say_usual(figures("ask", 20, 1), "missing", None, None) == ""


def test_the_past_is_held_against_the_present():
    past = Past(12 * DAY, Estimate(0.0, 0.0, 0.06), LEVEL, np.zeros(3))
    one = figures("ask", 20, 1)
    assert name_leak(one, "weak", past) == (
        "web: of those who talked with you, fewer were asked lately than before"
    )
    assert say_usual(one, "weak", LEVEL, past) == (
        "Of the latest, 0 % (between 0 and 6) were asked within 12 days; "
        "before, it was 55 % (between 40 and 70)."
    )


def test_the_remedy_begins_with_those_who_still_wait():
    assert say_remedy(figures("ask", 94, 0, idle=83)) == (
        "83 of them still wait: put an offer before them, with a price and a day."
    )
    assert say_remedy(figures("ask", 94, 0, idle=94)).startswith("All of them still wait: ")
    assert say_remedy(figures("ask", 94, 0, idle=1)).startswith("1 of them still waits: ")
    assert say_remedy(figures("ask", 1, 0, idle=1)).startswith("1 of them still waits: ")
    assert say_remedy(figures("ask", 94, 0)) == "Put an offer before them, with a price and a day."
    assert say_remedy(figures("nurture", 94, 0, idle=60)).startswith(
        "60 of them have heard nothing yet: send "
    )


@pytest.mark.parametrize("link", ["generate", "nurture", "ask", "answer", "renew"])
def test_there_is_something_to_do_about_every_link(link):
    said = say_remedy(figures(link, 50, 2))
    assert said[0].isupper()
    assert said.endswith(".")
    assert said.count(".") == 1
