"""Whose days are meant: around midnight, by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from leadline.engine.clocks import begin_of, days_of, end_of, shown, shown_at, to_local, zone
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
    assert end_of(date(2026, 3, 29)) == to_instant("2026-03-29", end_of_day=True)


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
