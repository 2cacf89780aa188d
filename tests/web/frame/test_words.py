"""Instants, money and numbers in the words of whoever looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone

from leadline.engine.clocks import days_of
from leadline.engine.instants import to_instant
from leadline.web.pages.context import Meanings
from leadline.web.templatetags import words
from leadline.web.templatetags.words import LOCALE

LATE = to_instant(datetime(2026, 3, 2, 23, 30, tzinfo=UTC))


@pytest.fixture
def reader() -> Iterator[None]:
    """Somebody in Berlin who reads German dates."""
    token = LOCALE.set("de")
    with days_of("Europe/Berlin"):
        yield
    LOCALE.reset(token)


def test_a_day_is_that_of_the_reader(reader):
    assert words.day(LATE) == "3. März 2026"
    assert words.moment(LATE) == "3. März 2026, 00:30"


def test_without_a_choice_days_are_british_and_utc():
    assert words.day(LATE) == "2 Mar 2026"
    assert words.moment(LATE) == "2 Mar 2026, 23:30"


def test_one_instant_is_another_day_to_each_reader():
    for _ in range(2):
        assert words.day(LATE) == "2 Mar 2026"
        with days_of("Asia/Tokyo"):
            assert words.moment(LATE) == "3 Mar 2026, 08:30"
        token = LOCALE.set("de")
        assert words.moment(LATE) == "2. März 2026, 23:30"
        LOCALE.reset(token)


def test_an_american_reads_the_clock_twice_a_day():
    token = LOCALE.set("en-us")
    assert words.moment(LATE) == "Mar 2, 2026, 11:30\u202fPM"
    LOCALE.reset(token)


def test_a_date_without_a_time_stands_as_it_is(reader):
    assert words.day(date(2026, 3, 2)) == "2. März 2026"


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(days=3), "3 days ago"),
        (timedelta(hours=2), "2 hours ago"),
        (timedelta(seconds=20), "just now"),
        (-timedelta(weeks=5, minutes=1), "in 5 weeks"),
    ],
)
def test_how_long_ago_is_said_in_the_unit_in_which_one_would_say_it(before, said):
    assert words.ago(datetime.now(UTC) - before) == said


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "today"),
        (1, "yesterday"),
        (-1, "tomorrow"),
        (9, "9 days ago"),
        (80, "11 weeks ago"),  # 11 weeks are 77 days
        (635, "21 months ago"),  # of 30.4 days
        (-30, "in 4 weeks"),
    ],
)
def test_dates_are_counted_in_whole_days(days, said):
    assert words.ago(timezone.localdate() - timedelta(days=days)) == said


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [
        (1_000_553_400, "EUR", "10,005,534\u00a0EUR"),
        (9950, "USD", "99.50\u00a0USD"),
        (-9950, "USD", "−99.50\u00a0USD"),
        (1200, "JPY", "1,200\u00a0JPY"),
        (0, "EUR", "0\u00a0EUR"),
    ],
)
def test_money_has_decimals_only_where_it_is_not_whole(minor, currency, said):
    assert words.money(minor, currency) == said


def test_numbers_are_written_as_the_reader_writes_them(reader):
    assert words.money(123_456, "EUR") == "1.234,56\u00a0EUR"
    assert words.number(12_345) == "12.345"
    assert words.number(-12_345) == "−12.345"
    assert words.number(0.5, 1) == "0,5"
    assert words.percent(0.125, 1) == "12,5\u00a0%"


@pytest.mark.parametrize(
    ("locale", "day", "amount"),
    [
        ("de", "2. März 2026", "1.234.567,50\u00a0EUR"),
        ("de-CH", "2. März 2026", "1’234’567.50\u00a0EUR"),
        ("it", "2 mar 2026", "1.234.567,50\u00a0EUR"),
        ("en-in", "2 Mar 2026", "12,34,567.50\u00a0EUR"),
        ("fr", "2 mars 2026", "1\u202f234\u202f567,50\u00a0EUR"),
        ("ja", "2026年3月2日", "1,234,567.50\u00a0EUR"),
        ("ar", "2 مارس 2026", "1,234,567.50\u00a0EUR"),
        ("ar-eg", "2 مارس 2026", "1,234,567.50\u00a0EUR"),  # in digits as in all other words of a page
        ("fa", "2 مارس 2026", "1,234,567.50\u00a0EUR"),
        ("nonsense", "2 Mar 2026", "1,234,567.50\u00a0EUR"),
        ("de/../it", "2 Mar 2026", "1,234,567.50\u00a0EUR"),
    ],
)
def test_every_locale_has_its_own_months_and_grouping(locale, day, amount):
    token = LOCALE.set(locale)
    try:
        assert words.day(date(2026, 3, 2)) == day
        assert words.money(123_456_750, "EUR") == amount
    finally:
        LOCALE.reset(token)


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [
        (1234, "JPY", "1.234\u00a0JPY"),
        (1234, "BHD", "1,234\u00a0BHD"),
        (1_234_500, "BHD", "1.234,500\u00a0BHD"),
    ],
)
def test_each_currency_has_its_own_decimals(reader, minor, currency, said):
    assert words.money(minor, currency) == said


def test_months_and_quantities_are_those_of_the_reader(reader):
    assert words.month(date(2026, 3, 2)) == "Mär"
    assert words.month(date(2026, 3, 2), "long") == "März 2026"
    assert [words.quantity(value) for value in (6, 1.5, 0.25, 1200)] == ["6", "1,5", "0,25", "1.200"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("between 21 % and 24 % of 1,200 EUR", "between 21\u00a0% and 24\u00a0% of 1,200\u00a0EUR"),
        ("12 contacts, 3 EU countries and % of it", "12 contacts, 3 EU countries and % of it"),
    ],
)
def test_no_line_ends_between_a_number_and_its_unit(text, said):
    assert words.said(text) == said
    assert Template("{% load spoken %}{{ text|retold }}").render(Context({"text": text})) == said


def test_figures_of_a_sentence_are_written_as_the_reader_writes_them(reader):
    text = "12,620.5 EUR, 0.89 a month since 22 November 2026, “Web 2.0” and v1.2 brought 1,200."
    assert words.said(text) == (
        "12.620,5\u00a0EUR, 0,89 a month since 22 November 2026, “Web 2.0” and v1.2 brought 1.200."
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-07-31", "31. Juli 2026"),
        ("made on 2026-03-02, 1.5 of 3", "made on 2. März 2026, 1,5 of 3"),
        ("found “2026-03-02”", "found “2026-03-02”"),
        ("2026-02-30 and order 12-2026-03-02", "2026-02-30 and order 12-2026-03-02"),
    ],
)
def test_days_of_a_report_are_written_as_the_reader_writes_them(reader, text, said):
    assert words.said(text) == said


def test_a_share_that_is_not_nothing_is_not_rounded_to_nothing():
    assert words.percent(0.001) == "under 1\u00a0%"
    assert words.percent(0.24) == "24\u00a0%"


@pytest.mark.parametrize(
    "tell", [words.day, words.moment, words.ago, words.when, words.money, words.number, words.percent]
)
def test_nothing_is_said_of_nothing(tell):
    assert tell(None) == ""
    assert tell("") == ""


def test_a_day_and_an_instant_as_long_ago_are_said_alike():
    at = datetime.now(UTC) - timedelta(days=635, hours=1)
    assert words.ago(at) == words.ago(timezone.localdate() - timedelta(days=635)) == "21 months ago"


def test_what_has_quotes_in_it_is_quoted_by_others():
    shown = render("{{ said|quoted }}", said="By the profile “Our <best>”.")
    assert shown == "“By the profile ‘Our &lt;best&gt;’.”"


def test_an_address_breaks_where_one_would_part_it():
    shown = render("{{ address|breakable }}", address="jo.do<x>@a.example")
    assert shown == "jo.do&lt;x&gt;<wbr>@a.example"


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ada Lovelace", "AL"), ("ada@example.org", "a"), ("Ada King Noel", "AN"), ("", "?")],
)
def test_a_face_has_the_initials(name, letters):
    assert words.initials(name) == letters


def test_when_says_the_moment_to_machines_and_to_whoever_points_at_it():
    at = datetime.now(UTC) - timedelta(days=3)
    shown = words.when(at)
    assert f'datetime="{at.isoformat()}"' in shown
    assert ">3 days ago<" in shown


def render(source: str, **told: object) -> str:
    return Template(source).render(Context(told))


@pytest.mark.django_db
def test_a_word_means_what_the_funnel_says(funnels):
    meanings = Meanings("voltage")
    shown = render('{% means "lead" %}', meanings=meanings)
    assert "Responded well to a piece of our marketing" in shown
    assert 'tabindex="0"' in shown
    assert 'role="tooltip"' in shown
    assert meanings.of("client", "sales-cycle") != meanings.of("client", "voltage")


@pytest.mark.django_db
def test_kinds_and_facts_have_a_meaning_too(funnels):
    meanings = Meanings("")
    assert meanings.of("met")
    assert meanings.of("budget")
    assert meanings.of("nothing of the kind") == ""


def test_a_word_without_meaning_stays_a_word_and_is_escaped():
    assert render("{% means word %}", word="<b>") == "&lt;b&gt;"
    assert "&lt;b&gt;" in render("{% means word 'It is <i>.' %}", word="<b>")
    assert "<i>" not in render("{% means word said %}", word="<b>", said="It is <i>.")


def test_a_room_without_an_address_has_no_link():
    assert render('{% link "no-such-room" "Nowhere" %}').strip() == ""
    assert 'href="/"' in render('{% link "today" "Today" %}')


def test_what_can_be_done_only_where_it_has_an_address():
    assert render('{% deed "no-such-room" "Do it" %}') == ""
    assert 'data-do="Look"' in render('{% deed "today" "Look" %}')
