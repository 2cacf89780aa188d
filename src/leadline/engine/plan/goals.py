"""A goal: so many new clients, or so much income, by a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from leadline.engine.clocks import end_of, shown_at
from leadline.engine.errors import LeadlineError
from leadline.engine.instants import DAY, Moment, to_instant
from leadline.engine.wording import day_words

LATEST = 10 * 366
"""The most days ahead that a goal may lie: what is known of the past says nothing of a time beyond."""

GREATEST = 10**15
"""The greatest number that can be a goal."""


class BadGoal(LeadlineError):
    """A goal that can't be planned for: not one number above 0, or a day that has passed or is far away."""

    code, exit_code = "bad-goal", 3


@dataclass(frozen=True)
class Goal:
    """New clients, or income in minor units of money, from `as_of` up to and with the instant `by`.

    One of the two is given and is a whole number above 0. Raises BadGoal.
    """

    by: int
    clients: int | None = None
    income: int | None = None

    def __post_init__(self) -> None:
        given = [number for number in (self.clients, self.income) if number is not None]
        if len(given) != 1 or not 0 < given[0] <= GREATEST or given[0] % 1 != 0:
            raise BadGoal(
                "A goal is a number of new clients, or an income",
                found=f"clients {self.clients}, income {self.income}",
                allowed=f"one of the two, a whole number above 0 (income in minor units) up to {GREATEST:,}",
            )

    @staticmethod
    def of(*, clients: int | None = None, income: int | None = None, by: Moment) -> Goal:
        """The goal of so many new clients or so much income by a moment; a bare date means its end.

        Raises BadGoal, and LeadlineError for what is no date.
        """
        return Goal(_end(by), clients, income)

    @property
    def target(self) -> int:
        """The number to be reached: clients, or minor units of money."""
        return self.clients or self.income or 0

    def days_from(self, as_of: int) -> int:
        """How many whole days (`clocks`) are left after that of an instant, up to and with the goal's own.

        The day of `as_of` counts as over, whatever its hour: many files know only the day. Raises BadGoal
        where no day is left, or more than LATEST.
        """
        days = shown_at(self.by) // DAY - shown_at(as_of) // DAY
        if 0 < days <= LATEST:
            return days
        raise BadGoal(
            "A goal needs at least one whole day that is still to come",
            found=f"a goal for {_day(self.by)}, where everything is counted as of {_day(as_of)}",
            allowed=f"a day after {_day(as_of)}, at most 10 years later",
        )


def _end(by: Moment) -> int:
    """The instant that is meant, the last one of a bare date."""
    if isinstance(by, str) and len(by) == len("2026-03-31"):
        to_instant(by)  # says what is wrong with it
        by = date.fromisoformat(by)
    return end_of(by) if isinstance(by, date) and not isinstance(by, datetime) else to_instant(by)


def _day(instant: int) -> str:
    try:
        return day_words(instant)
    except OverflowError:
        return "a day that no calendar has"
