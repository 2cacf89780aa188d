"""Numbers, shares and times as people say them."""

from __future__ import annotations

import pytest

from leadline.engine.estimates import Duration, Estimate, TooEarly, TooFewConversions
from leadline.engine.instants import DAY, to_instant
from leadline.engine.wording import (
    called,
    counted,
    day_words,
    duration_words,
    listed,
    number_words,
    numbered,
    percent,
    plural,
    quantity_words,
    share_words,
    time_words,
    why_unsaid,
)


def test_one_is_singular_and_none_and_many_are_plural():
    assert [counted(n, "contact") for n in (0, 1, 2, 1204)] == [
        "no contacts",
        "1 contact",
        "2 contacts",
        "1,204 contacts",
    ]
    assert [plural(noun) for noun in ("company", "day", "deal", "person", "touch")] == [
        "companies", "days", "deals", "people", "touches",
    ]  # fmt: skip
    assert [number_words(n) for n in (0, 1, 1_000_000)] == ["none", "1", "1,000,000"]


@pytest.mark.parametrize(
    ("estimate", "words"),
    [
        ((0.24, 0.21, 0.27), "24 % (between 21 and 27)"),
        ((0.2189, 0.2103, 0.2281), "21.9 % (between 21.0 and 22.8)"),
        ((0.50001, 0.4999, 0.5001), "50.00 % (between 49.99 and 50.01)"),
        ((0.0, 0.0, 0.28), "0 % (between 0 and 28)"),
        ((0.0, 0.0, 0.012), "0 % (between 0 and 1.2)"),
        ((1.0, 0.72, 1.0), "100 % (between 72 and 100)"),
        ((0.003, 0.0001, 0.02), "0.3 % (between 0.0 and 2.0)"),
    ],
)
def test_a_share_is_told_as_exactly_as_it_is_known(estimate, words):
    assert share_words(Estimate(*estimate)) == words


def test_little_is_not_rounded_to_nothing_nor_most_to_all():
    assert [percent(value) for value in (0, 0.004, 0.006, 0.994, 0.996, 1)] == [
        "0 %", "under 1 %", "1 %", "99 %", "over 99 %", "100 %",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "at once"), (1 / 24 / 60, "1 minute"), (0.02, "29 minutes"), (1 / 24, "1 hour"),
        (0.5, "12 hours"), (1, "1 day"), (2, "2 days"), (20, "20 days"), (27, "27 days"), (28, "4 weeks"),
        (70, "10 weeks"), (92, "3 months"), (365, "12 months"), (730.5, "2 years"), (1000, "2.7 years"),
    ],
)  # fmt: skip
def test_a_time_is_told_in_the_unit_in_which_one_says_it(days, words):
    assert time_words(round(days * DAY)) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ((63, 56, 70), "within 9 weeks (between 8 and 10 weeks)"),
        ((63, 20, 95), "within 9 weeks (between 20 days and 3 months)"),
        ((63, 1, 2), "within 9 weeks (between 1 and 2 days)"),
        ((63, 56, None), "within 9 weeks (at least 8 weeks)"),
        ((63, 63, None), "within 9 weeks (or longer)"),
        ((63, 62, 64), "within 9 weeks"),
        ((0, 0, 3), "at once (up to 3 days)"),
        ((None, None, None), "not yet"),
    ],
)
def test_a_time_with_its_interval(days, words):
    assert duration_words(Duration(*(None if d is None else d * DAY for d in days))) == words


def test_a_silence_says_why():
    assert (
        why_unsaid(TooFewConversions(7, 10), "contact") == "too few to say (7 contacts, at least 10 needed)"
    )
    early = why_unsaid(TooEarly(1, 10), "deal")
    assert early == "too early to say (1 deal began so long ago, at least 10 needed)"


def test_lists_and_days():
    assert [listed(["a", "b", "c"][:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert listed(["a", "b"], last="or") == "a or b"
    assert listed(["a", "b", "c"], most=3) == "a, b and c"
    assert listed([str(n) for n in range(1_500)], most=2) == "0, 1 and 1,498 more"
    assert day_words(to_instant("2017-12-01")) == "1 December 2017"


def test_a_name_of_one_word_stands_bare_and_any_other_in_quotation_marks():
    assert [called(name) for name in ("email", "word-of-mouth", "spring_sale", "Café")] == [
        "email", "word-of-mouth", "spring_sale", "Café",
    ]  # fmt: skip
    assert [called(name) for name in ("spring sale", "a", "2026", "e.g.", "")] == [
        "“spring sale”", "“a”", "“2026”", "“e.g.”", "“”",
    ]  # fmt: skip
    assert [called(name, opens=True) for name in ("email", "spring sale")] == ["Email", "“spring sale”"]


def test_a_number_in_words_has_its_noun():
    assert numbered("1", "new client") == "1 new client"
    assert numbered("0.9", "new client") == "0.9 new clients"
    assert numbered("1 (between 0.4 and 2.3)", "new client") == "1 (between 0.4 and 2.3) new clients"
    assert counted(3, "new person") == "3 new people"


def test_parts_that_sum_to_the_whole_are_all_of_it():
    assert percent(sum([0.1] * 10)) == "100 %"
    assert percent(0.3 - 0.1 - 0.2) == "0 %"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0"), (1204.6, "1,205"), (12.3, "12"), (9.97, "10"), (3.04, "3"), (3.06, "3.1"), (0.25, "0.2"),
        (0.06, "0.1"), (0.034, "0.03"), (0.0099, "0.01"), (0.0034, "0.003"), (0.0004, "under 0.001"),
    ],
)  # fmt: skip
def test_a_quantity_is_never_rounded_to_nothing(number: float, said: str) -> None:
    assert quantity_words(number) == said
