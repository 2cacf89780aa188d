"""Groups by a value of each contact, and calendar periods."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.engine.dimensions import BadDimension, check_dimension, parts, periods
from leadline.engine.instants import to_instant
from leadline.engine.touches import Column


def places(found):
    return [(label, at.tolist()) for label, at in found]


def test_the_largest_group_comes_first_and_those_not_known_last():
    column = Column.of([None, "ads", "web", None, "web", None])
    assert places(parts(column)) == [("web", [2, 4]), ("ads", [1]), ("not known", [0, 3, 5])]


def test_groups_of_one_size_stand_in_the_order_of_their_names():
    assert [label for label, _ in parts(Column.of(["b", "c", "a"]))] == ["a", "b", "c"]


def test_of_nobody_there_are_no_groups():
    assert parts(Column.of([])) == []
    assert periods(np.zeros(0, np.int64), "month") == []


def test_a_dimension_must_have_a_value_for_each():
    check_dimension(None, 3)
    with pytest.raises(BadDimension, match="2 values"):
        check_dimension(Column.of(["a", "b"]), 3)


@pytest.mark.parametrize(
    ("period", "labels"),
    [
        ("year", ["1969", "2025", "2026"]),
        ("quarter", ["1969-Q4", "2025-Q4", "2026-Q1"]),
        ("month", ["1969-12", "2025-12", "2026-01", "2026-03"]),
        ("week", ["1970-W01", "2026-W01", "2026-W09"]),
    ],
)
def test_periods_are_those_of_the_calendar(period, labels):
    moments = ["1969-12-31T23:59", "2025-12-31T23:59", "2026-01-01T00:00", "2026-03-01T10:00"]
    found = periods(np.array([to_instant(moment) for moment in moments]), period)
    assert [label for label, _ in found] == labels


@given(st.lists(st.datetimes(datetime(1960, 1, 1), datetime(2090, 1, 1)), max_size=20))  # noqa: DTZ001 - UTC
def test_periods_are_what_the_calendar_of_python_says(moments):
    moments = [moment.replace(tzinfo=UTC) for moment in moments]
    instants = np.array([to_instant(moment) for moment in moments], dtype=np.int64)
    for period, form in (("year", "%Y"), ("month", "%Y-%m"), ("week", "%G-W%V")):
        said = {at: label for label, places in periods(instants, period) for at in places.tolist()}
        assert [said[at] for at in range(len(moments))] == [moment.strftime(form) for moment in moments]


def test_weeks_begin_on_monday():
    monday = datetime(2026, 3, 2, tzinfo=UTC)
    days = np.array([to_instant(monday + timedelta(days=days)) for days in (-1, 0, 6, 7)])
    assert places(periods(days, "week")) == [("2026-W09", [0]), ("2026-W10", [1, 2]), ("2026-W11", [3])]


def test_an_unknown_period_is_refused_with_the_nearest():
    with pytest.raises(BadDimension, match="Did you mean “month”"):
        periods(np.zeros(0, np.int64), "months")
