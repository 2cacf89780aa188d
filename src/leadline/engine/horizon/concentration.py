"""Concentration: on how few clients the income rests.

With pᵢ the share of client i in the income of the last year (or since the log begins), the concentration is
Σ pᵢ² and its inverse the number of clients of equal size that would be as concentrated (O. C. Herfindahl;
M. A. Adelman, Review of Economics and Statistics 51 (1969) 99–101).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.engine.horizon.pace import income_of
from leadline.engine.horizon.ranges import period_words, year_of
from leadline.engine.money import money_words
from leadline.engine.wording import percent, quantity_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.engine.cycle.cycles import Cycles
    from leadline.engine.touches import Column

RISKY = 1 / 3
"""From this share of the income on, one client is a risk that is said first."""
_TOP = 3


@dataclass(frozen=True)
class Concentration:
    """Of `income` (minor units of `currency`) in so many `months`: who paid it.

    `clients` paid; `largest` and `top` are the shares of the largest one, whose name is `who`, and of the
    three largest; `equal_clients` is how many of equal size would be as concentrated.
    """

    income: int
    currency: str
    months: float
    clients: int
    who: Any
    largest: float
    top: float
    equal_clients: float

    @property
    def risky(self) -> bool:
        """Whether much rests on one."""
        return self.largest >= RISKY

    def sentence(self) -> str:
        """Which share of the income came from how few."""
        income = f"the income of {period_words(self.months)} ({money_words(self.income, self.currency)})"
        if self.clients == 1:
            return f"All of {income} came from one client, {self.who}."
        if self.risky:
            said = f"One client, {self.who}, brought {percent(self.largest)} of {income}"
        else:
            said = f"The largest client, {self.who}, brought {percent(self.largest)} of {income}"
        if self.clients > _TOP:
            said += f", the three largest {percent(self.top)}"
        paid = f"{self.clients:,} paid"
        equal = quantity_words(self.equal_clients)
        return f"{said}; {paid}, and it is as if there were {equal} of equal size."


def concentration(cycles: Cycles, clients: Column | None = None) -> Concentration | None:
    """Who paid the income of the last year; None where there was none.

    `clients` says of each subject which client it belongs to, where subjects are deals; those of whom that
    isn't known stand for themselves.
    """
    begin, months = year_of(cycles.since, cycles.as_of)
    paid, names = income_of(cycles, begin, cycles.as_of), cycles.subjects
    if clients is not None:
        paid, names = _by_client(paid, names, clients)
    total = float(paid.sum())
    if not total:
        return None
    who = int(paid.argmax())
    share = np.sort(paid[paid > 0])[::-1] / total
    return Concentration(
        income=int(total),
        currency=cycles.currency or "",
        months=months,
        clients=len(share),
        who=names[who],
        largest=float(share[0]),
        top=float(share[:_TOP].sum()),
        equal_clients=float(1 / (share @ share)),
    )


def _by_client(paid: Any, subjects: Sequence[Any], clients: Column) -> tuple[Any, list[Any]]:
    """What each client paid with all of its deals, and who that is."""
    alone = np.flatnonzero(clients.codes < 0)
    place = clients.codes.astype(np.int64)
    place[alone] = len(clients.labels) + np.arange(len(alone))
    names = [*clients.labels, *(subjects[number] for number in alone.tolist())]
    return np.bincount(place, paid, minlength=len(names)), names
