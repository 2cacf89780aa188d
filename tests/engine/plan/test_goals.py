"""Goals: a number of clients, or an income, by a day."""

from __future__ import annotations

from datetime import date

import pytest

from leadline.engine.errors import LeadlineError
from leadline.engine.instants import to_instant
from leadline.engine.plan.goals import BadGoal, Goal


def test_a_day_means_its_end() -> None:
    goal = Goal.of(clients=3, by="2026-03-31")
    assert goal.by == to_instant("2026-04-01") - 1
    assert goal == Goal.of(clients=3, by=date(2026, 3, 31))
    assert goal.target == 3


def test_income_is_minor_units() -> None:
    assert Goal.of(income=995_000, by="2026-03-31").target == 995_000


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"clients": 3, "income": 5},
        {"clients": 0},
        {"clients": -1},
        {"income": 0},
        {"clients": 2.5},
        {"clients": 10**15 + 1},
        {"clients": float("nan")},
    ],
)
def test_a_goal_is_one_whole_number_above_0(wanted: dict[str, int]) -> None:
    with pytest.raises(BadGoal, match="one of the two"):
        Goal.of(**wanted, by="2026-03-31")


def test_a_text_that_is_no_date_is_refused() -> None:
    with pytest.raises(LeadlineError, match="soon"):
        Goal.of(clients=1, by="soon")


@pytest.mark.parametrize("hour", ["", "T00:00", "T09:30", "T23:59:59.999999"])
def test_whole_days_are_left_after_that_of_as_of(hour: str) -> None:
    goal = Goal.of(clients=3, by="2026-03-31")
    assert goal.days_from(to_instant(f"2026-03-29{hour}")) == 2
    assert goal.days_from(to_instant(f"2026-03-30{hour}")) == 1


@pytest.mark.parametrize("as_of", ["2026-03-31", "2026-03-31T09:30", "2026-04-01", "2010-01-01"])
def test_a_goal_in_the_past_or_far_ahead_can_not_be_planned(as_of: str) -> None:
    with pytest.raises(BadGoal, match="31 March 2026"):
        Goal.of(clients=3, by="2026-03-31").days_from(to_instant(as_of))


def test_a_day_that_no_calendar_has_is_refused_with_a_sentence() -> None:
    with pytest.raises(BadGoal, match="no calendar"):
        Goal(by=2**62, clients=1).days_from(0)
