"""Dates as people write them, and the order of day and month decided for whole columns."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.engine.errors import AmbiguousDates, UnknownName
from leadline.engine.importers.cells.dates import (
    DateForm,
    decide_file_order,
    decide_order,
    explain_date,
    looks_like_date,
    parse_dates,
    says_date,
)

DAY_FIRST, MONTH_FIRST = DateForm("dmy"), DateForm("mdy")


def read(text, form=DAY_FIRST):
    """The instant of one text as ISO, or None if it is no date."""
    [instant], [ok] = parse_dates([text], form)
    return (datetime(1970, 1, 1) + timedelta(microseconds=int(instant))).isoformat(" ") if ok else None  # noqa: DTZ001


FIFTH = "2024-01-05 00:00:00"


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-05", "2024/01/05", "2024.01.05", "2024-1-5", "20240105", "5/1/2024", "05/01/2024",
        "5.1.2024", "05.01.2024", "5. 1. 2024", "5-1-24", "05/01/24", "5. 1. 2024.", "Jan 5, 2024",
        "January 5, 2024", "jan 5 2024", "5 Jan 2024", "5 JAN 2024", "05-Jan-2024", "5-Jan-24", "5Jan2024",
        "05JAN2024", "5/Jan/2024", "2024-Jan-05", "2024 January 5", "Monday, January 5, 2024",
        "Fri, 5 Jan 2024", "Friday 5 January 2024", "5th January 2024", "January 5th, 2024",
        "5th of January 2024", "Jan. 5, 2024", "Fri 05/01/2024", "5. Januar 2024", "5 janvier 2024",
        "vendredi 5 janvier 2024", "5 gennaio 2024", "5 de enero de 2024", "5 de janeiro de 2024",
        "viernes, 5 de enero de 2024", "Fr., 05.01.2024", "5\u00a0Jan\u00a02024",
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(text):
    assert read(text) == FIFTH


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2024-01-05T10:20:30", "2024-01-05 10:20:30"),
        ("2024-01-05 10:20", "2024-01-05 10:20:00"),
        ("2024-01-05 9:20", "2024-01-05 09:20:00"),
        ("2024-01-05T10:20:30Z", "2024-01-05 10:20:30"),
        ("2024-01-05t10:20:30z", "2024-01-05 10:20:30"),
        ("2024-01-05T10:20:30.5", "2024-01-05 10:20:30.500000"),
        ("2024-01-05T10:20:30,123", "2024-01-05 10:20:30.123000"),
        ("2024-01-05T10:20:30.123456789Z", "2024-01-05 10:20:30.123456"),
        ("2024-01-05T10:20:30+01:00", "2024-01-05 09:20:30"),
        ("2024-01-05 10:20:30 -0530", "2024-01-05 15:50:30"),
        ("2024-01-05T10:20:30+02", "2024-01-05 08:20:30"),
        ("2024-01-05 10:20:30 +0000 UTC", "2024-01-05 10:20:30"),
        ("2024-01-05 00:20:00+01:00", "2024-01-04 23:20:00"),
        ("2024-01-05 10:20 UTC", "2024-01-05 10:20:00"),
        ("2024-01-05 10:20:30 EST", "2024-01-05 15:20:30"),
        ("2024-07-05 10:20:30 CEST", "2024-07-05 08:20:30"),
        ("5/1/2024 3:04 PM", "2024-01-05 15:04:00"),
        ("05/01/2024, 03:04:05 am", "2024-01-05 03:04:05"),
        ("05/01/2024 12:00 AM", "2024-01-05 00:00:00"),
        ("05/01/2024 12:30 PM", "2024-01-05 12:30:00"),
        ("05/01/2024 13:00 PM", "2024-01-05 13:00:00"),
        ("05/01/2024 3:04\u202fp.m.", "2024-01-05 15:04:00"),
        ("2024/01/05 10:11:12 vorm. OEZ", "2024-01-05 08:11:12"),
        ("2024/01/05 3:11:12 nachm. MEZ", "2024-01-05 14:11:12"),
        ("5.1.2024 10:20", "2024-01-05 10:20:00"),
        ("5.1.2024, 10:20:30", "2024-01-05 10:20:30"),
        ("5/1/2024 - 10:20", "2024-01-05 10:20:00"),
        ("Jan 5, 2024 10:30 AM", "2024-01-05 10:30:00"),
        ("January 5, 2024 at 3:15 pm", "2024-01-05 15:15:00"),
        ("lundi 5 janvier 2024 à 10:00", "2024-01-05 10:00:00"),
        ("Fri, 05 Jan 2024 10:00:00 +0100", "2024-01-05 09:00:00"),
        ("Fri Jan 05 2024 10:00:00 GMT+0100 (Central European Standard Time)", "2024-01-05 09:00:00"),
        ("20240105T101112Z", "2024-01-05 10:11:12"),
        ("20240105101112", "2024-01-05 10:11:12"),
    ],
)
def test_a_time_is_read_however_it_is_written(text, instant):
    assert read(text) == instant


@pytest.mark.parametrize(
    "text", ["2024-03", "03/2024", "3/2024", "March 2024", "Mar-24", "Mar 2024", "marzo de 2024", "mars 2024"]
)
def test_a_month_is_its_first_day(text):
    assert read(text) == "2024-03-01 00:00:00"


@pytest.mark.parametrize(
    ("text", "year"),
    [("5/1/00", 2000), ("5/1/68", 2068), ("5/1/69", 1969), ("5-Jan-99", 1999), ("5/1/1969", 1969)],
)
def test_years_of_two_digits_are_1969_to_2068(text, year):
    assert read(text) == f"{year}-01-05 00:00:00"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("31/02/2024", "no such day or time"),
        ("29/02/2023", "no such day or time"),
        ("29/02/1900", "no such day or time"),
        ("2024-13-01", "no such day or time"),
        ("2024-01-00", "no such day or time"),
        ("31 April 2024", "no such day or time"),
        ("2024-01-05 25:00", "no such day or time"),
        ("2024-01-05 10:60", "no such day or time"),
        ("1/13/2024", "not a date in day/month order"),
        ("1/1/1899", "the year is not within 1900 to 2200"),
        ("2201-01-01", "the year is not within 1900 to 2200"),
        ("9999-12-31", "the year is not within 1900 to 2200"),
        ("n/a", "no date: a placeholder"),
        ("0000-00-00", "no date: a placeholder"),
        ("", "no date: a placeholder"),
        ("won", "not a date"),
        ("45296", "not a date"),
        ("Jan 24", "not a date"),
        ("24-Jan", "not a date"),
        ("2024", "not a date"),
        ("1.2.3", "not a date"),
        ("10.0.0.1", "not a date"),
        ("10:30", "not a date"),
        ("May", "not a date"),
        ("around 5/1/2024", "not a date"),
        ("5/1-2024", "not a date"),
        ("+49 30 123456", "not a date"),
        ("x" * 5000, "not a date"),
    ],
)
def test_what_is_no_date_is_not_read_and_says_why(text, reason):
    assert read(text) is None
    assert explain_date(text, DAY_FIRST) == reason


def test_leap_days_are_days():
    assert read("29/02/2024") == "2024-02-29 00:00:00"
    assert read("29/02/2000") == "2000-02-29 00:00:00"


def test_every_day_of_every_year_is_counted_as_numpy_counts():
    days = np.arange("1900-01-01", "2201-01-01", dtype="datetime64[D]")
    instants, ok = parse_dates(days.astype(str).tolist(), DAY_FIRST)
    assert ok.all()
    assert (instants == days.astype("datetime64[us]").astype(np.int64)).all()


MOMENTS = st.datetimes(datetime(1969, 1, 1), datetime(2068, 12, 31))  # noqa: DTZ001
WAYS = [
    ("%Y-%m-%dT%H:%M:%S.%f", "dmy", 1), ("%Y-%m-%d %H:%M:%S", "mdy", 10**6),
    ("%d/%m/%Y %H:%M", "dmy", 60 * 10**6), ("%m/%d/%Y %I:%M:%S %p", "mdy", 10**6),
    ("%d.%m.%y %H:%M:%S", "dmy", 10**6), ("%b %d, %Y", "dmy", 86400 * 10**6),
    ("%A, %d %B %Y %H:%M", "mdy", 60 * 10**6), ("%m-%d-%y", "mdy", 86400 * 10**6),
    ("%Y%m%d", "dmy", 86400 * 10**6),
]  # fmt: skip


@given(st.lists(MOMENTS, min_size=1, max_size=5), st.sampled_from(WAYS))
def test_what_the_standard_library_writes_is_read_back(moments, way):
    pattern, order, unit = way
    instants, ok = parse_dates([moment.strftime(pattern) for moment in moments], DateForm(order))
    exact = [(moment.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) for moment in moments]
    assert ok.all()
    assert instants.tolist() == [part // timedelta(microseconds=1) // unit * unit for part in exact]


def test_a_column_is_in_the_order_in_which_it_is_possible():
    assert decide_order(["3/4/2024", "13/4/2024"]) == DateForm("dmy", decided=True)
    assert decide_order(["3/4/2024", "4/13/2024"]) == DateForm("mdy", decided=True)
    assert decide_order(["3.4.24 10:00", "25.12.24 11:30"]).order == "dmy"
    assert decide_order(["Mon 3/4/2024", "Wed 3/13/2024 1:00 PM"]).order == "mdy"


@pytest.mark.parametrize(
    "labels", [["1/1/2024", "2/2/2024"], ["2024-01-05"], ["5 Jan 2024"], [], ["n/a", ""]]
)
def test_a_column_that_reads_the_same_in_both_orders_needs_no_decision(labels):
    assert decide_order(labels) == DateForm("dmy", decided=False)


def test_a_column_that_could_be_either_asks():
    with pytest.raises(AmbiguousDates) as asked:
        decide_order(["3/4/2024", "5/6/2024 10:00", "1/1/2024"], column="Created", file="deals.csv")
    message = str(asked.value)
    for part in ("deals.csv", "“Created”", "3/4/2024 and 5/6/2024", "--date-order dmy", "--date-order mdy"):
        assert part in message


def test_where_dates_have_dots_the_day_comes_first_unless_they_say_otherwise():
    assert decide_order(["05.10.2026", "06.10.2026"]) == DateForm("dmy", decided=True)
    assert decide_order(["05.10.2026", "10.25.2026"]).order == "mdy"


def test_an_order_that_is_given_answers():
    assert decide_order(["3/4/2024"], "mdy") == DateForm("mdy", decided=True)
    assert read("3/4/2024", MONTH_FIRST) == "2024-03-04 00:00:00"
    assert read("3/4/2024", DAY_FIRST) == "2024-04-03 00:00:00"
    with pytest.raises(UnknownName) as refused:
        decide_order(["3/4/2024"], "ddmy")
    assert refused.value.suggestion == "dmy"


def test_a_few_cells_of_the_other_order_are_mistakes():
    labels = [f"{day}/1/2024" for day in range(13, 32)] + [f"{day}/3/2024" for day in range(13, 32)]
    form = decide_order([*labels, "1/25/2024"])
    assert form.order == "dmy"
    assert parse_dates([*labels, "1/25/2024"], form)[1].tolist() == [True] * 38 + [False]
    assert explain_date("1/25/2024", form) == "not a date in day/month order"


def test_many_cells_of_both_orders_are_an_error_with_one_of_each():
    with pytest.raises(AmbiguousDates) as asked:
        decide_order(["13/4/2024", "4/13/2024", "14/4/2024"], column="Closed", file="deals.csv")
    assert "13/4/2024 and 4/13/2024" in str(asked.value)
    assert "only day first" in str(asked.value)


def test_columns_of_one_file_are_decided_together():
    columns = {"created": ["3/4/2024"], "closed": ["13/4/2024"], "seen": ["2024-01-05"], "same": ["1/1/2024"]}
    forms = decide_file_order(columns)
    assert {name: form.order for name, form in forms.items() if form.decided} == {
        "created": "dmy",
        "closed": "dmy",
    }
    assert list(forms) == list(columns)


def test_a_sibling_with_other_marks_decides_nothing():
    with pytest.raises(AmbiguousDates, match="created"):
        decide_file_order({"created": ["3/4/2024"], "closed": ["13.4.2024"]}, file="deals.csv")


def test_siblings_that_disagree_decide_nothing():
    columns = {"a": ["3/4/2024"], "b": ["13/4/2024"], "c": ["4/13/2024"]}
    with pytest.raises(AmbiguousDates, match="“a”"):
        decide_file_order(columns)
    assert decide_file_order({name: columns[name] for name in "bc"})["c"].order == "mdy"


@pytest.mark.parametrize(
    ("labels", "numbers", "instants"),
    [
        (["45296", "45297.5"], "days", ["2024-01-05 00:00:00", "2024-01-06 12:00:00"]),
        (["1704450600", "1704450600.25"], "seconds", ["2024-01-05 10:30:00", "2024-01-05 10:30:00.250000"]),
        (["1704450600123"], "milliseconds", ["2024-01-05 10:30:00.123000"]),
        (["1704450600123456"], "microseconds", ["2024-01-05 10:30:00.123456"]),
        (["20240105", "20240106"], "", ["2024-01-05 00:00:00", "2024-01-06 00:00:00"]),
        (["45296", "2024-01-06"], "days", ["2024-01-05 00:00:00", "2024-01-06 00:00:00"]),
        (["12345", "99999"], "", [None, None]),
        (["45296", "1704450600"], "", [None, None]),
    ],
)
def test_bare_numbers_are_dates_if_the_whole_column_can_be(labels, numbers, instants):
    form = decide_order(labels)
    assert form.numbers == numbers
    assert [read(label, form) for label in labels] == instants


def test_a_spreadsheets_minute_is_exact():
    moment = date(2024, 1, 5)
    for minute in range(0, 1440, 7):
        serial = f"{(moment - date(1899, 12, 30)).days + minute / 1440:.10f}"
        assert read(serial, DateForm(numbers="days")) == f"2024-01-05 {minute // 60:02}:{minute % 60:02}:00"


def test_the_share_of_dates_leaves_placeholders_out():
    assert looks_like_date(["2024-01-05", "5/13/2024", "13/5/2024", "won", "n/a"]) == 0.75
    assert looks_like_date(["Acme", "Beta"]) == 0
    assert looks_like_date([]) == looks_like_date(["-"]) == 0


def test_bare_numbers_look_like_dates_only_below_a_header_that_says_so():
    assert looks_like_date(["45296", "45297"], "Close Date") == 1
    assert looks_like_date(["45296", "45297"], "ZIP") == 0
    assert looks_like_date(["1704450600000"], "createdAt") == 1
    assert looks_like_date(["12", "14"], "Days since date") == 0


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("Close Date", True), ("createdAt", True), ("hs_timestamp", True), ("closedate", True),
        ("Datum", True), ("hs_lastmodifieddate", True), ("Fecha de cierre", True), ("Closed on", True),
        ("Candidate", False), ("Deal stage", False), ("amount", False), ("Mandate", False), ("", False),
        ("Rating", False),
    ],
)  # fmt: skip
def test_a_header_says_date_by_a_word_of_its_own(header, said):
    assert says_date(header) is said


@pytest.mark.parametrize(
    "text",
    ["14 mei 2026", "do 14 mei 2026", "14 maja 2026", "14. máj 2026", "14. toukokuuta 2026", "14 Mayıs 2026",
     "14 maj 2026", "14 мая 2026", "14 травня 2026", "14 Μαΐου 2026", "14 de maig de 2026",
     "14. května 2026"],
)  # fmt: skip
def test_months_are_read_in_further_languages(text):
    assert read(text) == "2026-05-14 00:00:00"
