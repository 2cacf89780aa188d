"""Demand against capacity: whether more people want to become clients than can be taken on.

With D new clients a month, room for C < D and a price raised by the share x, the share y of those who want to
buy may say no before a place stays empty, and before the income is less than it is at today's price:

    y = 1 − C/D    and    y = 1 − C / (D (1 + x))

Arithmetic, and no forecast of how many would say no.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leadline.engine.errors import LeadlineError
from leadline.engine.horizon.ranges import range_words
from leadline.engine.wording import numbered, percent, quantity_words

if TYPE_CHECKING:
    from leadline.engine.estimates import Quantity
    from leadline.engine.horizon.pace import Pace

RISES = (0.1, 0.2, 0.3)
"""By how much the price is raised in the table."""


class BadCapacity(LeadlineError):
    """A capacity that there is none of: it is a number above 0 of new clients a month."""

    code, exit_code = "bad-capacity", 3


@dataclass(frozen=True)
class Demand:
    """New clients a month, as they came in the last year, and how many can be taken on.

    Who was turned away, put off or never asked is not among them: demand is at least this.
    """

    monthly: Quantity
    capacity: float

    @property
    def spare(self) -> float:
        """The share that may say no before a place stays empty; 0 where there is room for all."""
        return max(1 - self.capacity / self.monthly.value, 0.0) if self.monthly.value else 0.0

    def rows(self) -> list[dict[str, Any]]:
        """For some higher prices, the share that may say no before the income is less than today's."""
        if not self.spare:
            return []
        demand = self.monthly.value
        return [{"price_up": x, "may_say_no": 1 - self.capacity / (demand * (1 + x))} for x in RISES]

    def sentences(self) -> list[str]:
        """Whether demand exceeds capacity, and what that means for the price."""
        monthly = range_words(self.monthly)
        come = f"{numbered(monthly, 'new client')} a month {'comes' if monthly == '1' else 'come'}"
        come += f", and you can take on {quantity_words(self.capacity)}"
        if self.monthly.low > self.capacity:
            rise = self.rows()[1]
            costs = f"with prices {percent(rise['price_up'])} higher {percent(rise['may_say_no'])} could"
            room = (
                f"{percent(self.spare)} of those who buy could say no before a place stays empty, and {costs}"
            )
            return [
                f"Demand exceeds what you can deliver: {come}.",
                f"There is room to raise prices: {room} before you earn less.",
                "That is arithmetic; how many would say no, only trying tells.",
            ]
        if self.monthly.high < self.capacity:
            free = self.capacity - self.monthly.value
            return [f"There is room for {numbered(quantity_words(free), 'more new client')} a month: {come}."]
        return [f"Demand is about what you can deliver: {come}."]


def check_capacity(capacity: float | None) -> None:
    """Raises BadCapacity for what is no number of new clients a month above 0; None is no limit."""
    if capacity is not None and not 0 < capacity < float("inf"):
        raise BadCapacity(
            "A capacity was given", found=f"{capacity:g}", allowed="new clients a month, a number above 0"
        )


def demand(pace: Pace, capacity: float | None) -> Demand | None:
    """Demand against a capacity in new clients a month; None without one. Raises BadCapacity."""
    check_capacity(capacity)
    return None if capacity is None else Demand(pace.monthly, capacity)
