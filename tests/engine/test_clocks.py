"""Whose days are meant: around midnight, by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from leadline.engine.arrivals import _design, fit_arrivals
from leadline.engine.clocks import (
    begin_of,
    days_of,
    end_of,
    last_of,
    placed,
    shown,
    shown_at,
    span_of,
    to_local,
    zone,
)
from leadline.engine.dimensions import periods
from leadline.engine.errors import LeadlineError
from leadline.engine.instants import DAY, to_instant
from leadline.engine.outlook import month_ends, period_words
from leadline.engine.plan.goals import Goal
from leadline.engine.plan.tallies import _monday, _week
from leadline.engine.wording import day_words

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
LATE = to_instant("2026-03-31T22:30:00+00:00")
"""Half past midnight on 1 April in Berlin, and half past six in the evening of 31 March in New York."""


def test_an_instant_is_told_by_the_day_where_one_is() -> None:
    assert day_words(LATE) == "31 March 2026"
    with days_of(BERLIN):
        assert day_words(LATE) == "1 April 2026"
        assert to_local(LATE).isoformat() == "2026-04-01T00:30:00+02:00"
    with days_of(NEW_YORK):
        assert day_words(LATE) == "31 March 2026"
        assert day_words(to_instant("2026-04-01T03:59:00+00:00")) == "31 March 2026"
        assert day_words(to_instant("2026-04-01T04:01:00+00:00")) == "1 April 2026"
    assert zone() == "UTC"


def test_a_midnight_of_utc_is_the_day_that_a_file_knows() -> None:
    for place in (BERLIN, NEW_YORK, "Pacific/Kiritimati"):
        with days_of(place):
            assert day_words(to_instant("2026-04-01")) == "1 April 2026"
            assert shown_at(to_instant("2026-04-01")) == to_instant("2026-04-01")


def test_days_begin_and_end_with_the_clocks_also_when_these_are_changed() -> None:
    with days_of(BERLIN):  # on 29 March 2026 two o'clock is three
        assert begin_of(date(2026, 3, 29)) == to_instant("2026-03-28T23:00:00+00:00")
        assert end_of(date(2026, 3, 29)) == to_instant("2026-03-29T22:00:00+00:00") - 1
    assert begin_of(date(2026, 3, 29)) == to_instant("2026-03-29")
    assert end_of(date(2026, 3, 29)) == to_instant("2026-03-30") - 1


def test_a_bare_date_means_its_day_where_one_is_and_an_instant_itself() -> None:
    begins = {"UTC": "2026-03-31T00:00Z", BERLIN: "2026-03-30T22:00Z", NEW_YORK: "2026-03-31T04:00Z"}
    ends = {"UTC": "2026-04-01T00:00Z", BERLIN: "2026-03-31T22:00Z", NEW_YORK: "2026-04-01T04:00Z"}
    for place, begin in begins.items():
        with days_of(place):
            for day in ("2026-03-31", date(2026, 3, 31)):
                assert span_of(day) == (to_instant(begin), to_instant(ends[place]) - 1)
                assert last_of(day) == to_instant(ends[place]) - 1
            for instant in (LATE, "2026-03-31T22:30:00", "2026-04-01T00:30:00+02:00"):
                assert span_of(instant) == (LATE, LATE)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "yesterday"])
def test_a_day_that_is_none_or_too_far_is_one_clear_sentence(day: str) -> None:
    for place in ("UTC", "Pacific/Kiritimati", NEW_YORK):
        with days_of(place), pytest.raises(LeadlineError, match="was asked for"):
            last_of(day)


def test_a_day_of_which_the_hour_is_unknown_stands_at_its_midnight_there() -> None:
    hours = [LATE, to_instant("2026-04-01"), to_instant("2026-01-01"), to_instant("2026-04-01T00:00:01Z")]
    at = np.array(hours)
    assert placed(at).tolist() == hours
    with days_of(NEW_YORK):  # four hours behind in April, five in January
        found = [LATE, to_instant("2026-04-01T04:00Z"), to_instant("2026-01-01T05:00Z"), hours[3]]
        assert placed(at).tolist() == found
        assert at.tolist() == hours
        assert day_words(found[1]) == "1 April 2026"
        assert end_of(date(2026, 3, 31)) < found[1] <= end_of(date(2026, 4, 1))
    with days_of(BERLIN):
        assert placed(at)[1:3].tolist() == [
            to_instant("2026-03-31T22:00Z"), to_instant("2025-12-31T23:00Z"),
        ]  # fmt: skip
        assert placed(at[:0]).tolist() == []


def test_the_season_of_arrivals_is_by_the_months_where_one_is() -> None:
    # the middle of the last day before 13:30 on 1 April in Berlin is 01:30 on 1 April there, and March in UTC
    as_of = to_instant("2026-04-01T11:30Z")

    def share_of_april() -> float:
        return float(_design(np.arange(1), 1, as_of, seasonal=True)[0, -12:][3])

    assert share_of_april() == 0
    with days_of(BERLIN):
        assert share_of_april() == pytest.approx(1 / 7)
    as_of = to_instant("2026-04-01T15:00Z")  # twelve hours before it is 03:00 in UTC, and 23:00 in New York
    assert share_of_april() == pytest.approx(1 / 7)
    with days_of(NEW_YORK):
        assert share_of_april() == 0


def test_what_was_fitted_in_one_zone_is_drawn_by_its_months_wherever_it_is_drawn() -> None:
    weeks = np.random.default_rng(3).poisson(20, 120)
    with days_of("Pacific/Kiritimati"):
        fitted = fit_arrivals(weeks, to_instant("2026-04-01T11:30Z"))
        there = fitted.draw(np.random.default_rng(1), 5, 52)
    assert fitted.zone == "Pacific/Kiritimati"
    assert np.array_equal(there, fitted.draw(np.random.default_rng(1), 5, 52))


def test_weeks_months_and_years_are_cut_at_local_midnight() -> None:
    # 22:59 and 23:01 UTC on Sunday 4 January are 23:59 on Sunday and 00:01 on Monday in Berlin
    at = np.array([to_instant(f"2026-01-04T{time}:00+00:00") for time in ("22:59", "23:01")])
    assert _monday(_week(int(at[0]))) == _monday(_week(int(at[1]))) == "2025-12-29"
    with days_of(BERLIN):
        assert (shown(at) - at).tolist() == [DAY // 24, DAY // 24]
        assert [_monday(_week(one)) for one in at.tolist()] == ["2025-12-29", "2026-01-05"]
        assert [name for name, _ in periods(at, "week")] == ["2026-W01", "2026-W02"]
    year = np.array([to_instant("2025-12-31T23:30:00+00:00")])
    assert periods(year, "year")[0][0] == "2025"
    with days_of(BERLIN):
        assert [periods(year, period)[0][0] for period in ("year", "quarter", "month")] == [
            "2026", "2026-Q1", "2026-01",
        ]  # fmt: skip


def test_months_ahead_end_at_the_hour_of_the_clocks() -> None:
    with days_of(BERLIN):
        ends = month_ends(LATE, 2)  # from 00:30 on 1 April
        assert [to_local(end).isoformat() for end in ends] == [
            "2026-04-01T00:30:00+02:00", "2026-05-01T00:30:00+02:00", "2026-06-01T00:30:00+02:00",
        ]  # fmt: skip
        winter = month_ends(to_instant("2026-10-15T10:00:00+00:00"), 1)[1]
        assert to_local(winter).isoformat() == "2026-11-15T12:00:00+01:00"
        march = end_of(date(2026, 3, 31))
        assert period_words(march, month_ends(march, 1)[1]) == "April 2026"


def test_a_goal_ends_with_its_day_and_so_many_days_are_left() -> None:
    assert Goal.of(clients=1, by="2026-04-03").days_from(LATE) == 3
    with days_of(BERLIN):
        goal = Goal.of(clients=1, by="2026-04-03")
        assert goal.by == to_instant("2026-04-03T22:00:00+00:00") - 1
        assert goal.days_from(LATE) == 2
        assert Goal.of(clients=1, by=date(2026, 4, 3)) == goal


def test_a_zone_there_is_not_is_one_clear_sentence() -> None:
    with pytest.raises(LeadlineError, match="Did you mean “Europe/Berlin”"), days_of("Europe/Berlyn"):
        pass
