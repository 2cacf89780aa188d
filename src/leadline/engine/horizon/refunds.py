"""Refunds: how many of those who became clients got everything back, so that they brought nothing.

They count as clients, since they did become some, and as a client worth 0 in every mean of money. Where they
are many, no other figure shows it: the stages are full, and nothing leaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.engine.horizon.ranges import period_words
from leadline.engine.wording import counted

if TYPE_CHECKING:
    from leadline.engine.cycle.cycles import Cycles

GRAVE, NOTABLE = 1 / 3, 0.05
"""From these shares on it belongs among what is to be said first, and is said at all."""


@dataclass(frozen=True)
class Refunds:
    """Of `clients` so many who were given everything back; `months` since when, None for all on record."""

    clients: int
    repaid: int
    months: float | None = None

    @property
    def grave(self) -> bool:
        """Whether they are so many that the base rests on sand."""
        return self.repaid > 0 and self.repaid >= GRAVE * self.clients

    def sentences(self) -> list[str]:
        """How many they are, where that is worth a word."""
        if not self.repaid or self.repaid < NOTABLE * self.clients:
            return []
        when = "" if self.months is None else f" of {period_words(self.months)}"
        noun = "client" if self.months is None else "new client"
        if self.clients == 1:
            return [f"The one {noun}{when} got everything back."]
        whom = f"All {counted(self.clients, noun)}" if self.repaid == self.clients else None
        whom = whom or f"{self.repaid:,} of {counted(self.clients, noun)}"
        look = " Look at what you sell and to whom, before you look for more of them." if self.grave else ""
        return [f"{whom}{when} got everything back.{look}"]


def refunds(cycles: Cycles, begin: int | None = None, months: float | None = None) -> Refunds:
    """How many of the clients (with `begin`: of those who became one after it) got everything back."""
    won = cycles.client_at <= cycles.as_of
    if begin is not None:
        won &= cycles.client_at > begin
    return Refunds(int(np.count_nonzero(won)), int(np.count_nonzero(won & cycles.repaid)), months)
