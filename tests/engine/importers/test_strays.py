"""One mistyped year moves nothing: it is left out, and said to be."""

from __future__ import annotations

import pytest

from leadline.engine.instants import to_datetime
from tests.exported import is_accounted_for, reasons, take_in, told_of


def log(days, further=()):
    """A log of one call a day from January 2025 on, and further rows as (contact, kind, day)."""
    rows = [f"p{n},called,2025-{1 + n // 28:02}-{1 + n % 28:02}" for n in range(days)]
    return {"log.csv": "\n".join(["contact,kind,happened_at", *rows, *map(",".join, further)]) + "\n"}


def span(found):
    at = found.touches.happened_at
    return to_datetime(int(at.min())).year, to_datetime(int(at.max())).year


@pytest.mark.parametrize(
    ("day", "gap"),
    [
        ("2062-03-01", "37.1 years after"),
        ("1924-10-10", "100.3 years before"),
        ("1900-01-01", "125.1 years before"),
    ],
)
def test_a_year_far_from_all_others_is_left_out_with_its_reason(tmp_path, day, gap):
    found = take_in(tmp_path, log(40, [("p1", "bought", day)]))
    assert span(found) == (2025, 2025)
    ((line, reason),) = reasons(found)
    assert line == 42
    assert f"is {gap} everything else: the year is taken for a mistake" in reason
    assert is_accounted_for(found)


def test_one_on_each_side_is_left_out(tmp_path):
    found = take_in(tmp_path, log(40, [("p1", "bought", "2062-03-01"), ("p2", "bought", "1970-01-01")]))
    assert span(found) == (2025, 2025)
    assert [line for line, _ in reasons(found)] == [42, 43]


@pytest.mark.parametrize(
    "further",
    [
        [("p1", "bought", "2029-12-01")],
        [("p1", "bought", "2016-12-01")],
        [("p1", "bought", "2062-03-01"), ("p2", "bought", "2062-03-02")],
    ],
)
def test_dates_less_far_or_not_so_few_are_used(tmp_path, further):
    found = take_in(tmp_path, log(40, further))
    assert reasons(found) == []


def test_of_few_touches_none_is_a_stray(tmp_path):
    assert reasons(take_in(tmp_path, log(10, [("p1", "bought", "2062-03-01")]))) == []


def test_a_row_that_says_more_is_used_without_the_date(tmp_path):
    rows = [f"p{n}@x.example,2025-01-{1 + n:02},2025-02-{1 + n:02}" for n in range(25)]
    text = "\n".join(["Email,Created,Demo date", *rows, "z@x.example,2025-01-09,2052-02-09"]) + "\n"
    found = take_in(tmp_path, {"contacts.csv": text})
    assert told_of(found, "z@x.example") == [("recorded", "2025-01-09")]
    assert reasons(found) == []
    assert any("In 1 row a date is far away from all others" in note for note in found.notes)
