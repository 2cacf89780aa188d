"""Small businesses from touches written by hand: the history and the cycles of everybody in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leadline.engine.cycle.cycles import Cycles, trace_cycles
from leadline.engine.funnel import Funnel
from leadline.engine.history import History, derive
from leadline.engine.touches import Touches
from tests.makers import day, document, funnel_of, stage, touch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WAY = funnel_of(
    document(
        stage("lead", "liked", owner="marketing"),
        stage("prospect", "called", owner="sales"),
        stage("client", "purchased since ended", role="client"),
        stage("gone", "opted_out", role="left"),
    )
)
"""Three stages to be passed, and one of having left."""


def life(who: str, *steps: str) -> list[dict[str, object]]:
    """Touches of one contact, written as `"asked 3 phone"`: kind, day and, if there is one, path."""
    rows = []
    for text in steps:
        kind, at, *path = text.split()
        rows.append(touch(who, kind, float(at), **({"path": path[0]} if path else {})))
    return rows


def traced(
    rows: Iterable[Mapping[str, object]], until: float, funnel: Funnel = WAY
) -> tuple[History, Cycles]:
    """The history and the cycles of these touches up to a day of 2026."""
    touches = Touches.of(rows)
    history = derive(touches, funnel, as_of=day(until))
    return history, trace_cycles(touches, history)


def sales(paid: Mapping[str, Iterable[tuple[float, int]]]) -> list[dict[str, object]]:
    """Purchases: for each contact the days and the amounts in cents."""
    return [
        touch(who, "bought", at, value=value, currency="EUR")
        for who, payments in paid.items()
        for at, value in payments
    ]


def steady_way(seed: int, days: int = 1000) -> list[dict[str, object]]:
    """Forty people a month, of whom 3 of 10 become prospects after 60 days, half of those clients after 30.

    Times are gamma distributed; who doesn't get on opts out at the end of that time. In the long run 6
    clients a month come of 40 · 60 / 30.4375 leads and 12 · 30 / 30.4375 prospects.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for number, at in enumerate(np.sort(rng.uniform(0, days, rng.poisson(40 * days / 30.4375)))):
        moves, then = [("liked", at)], at + rng.gamma(2, 30)
        on = rng.random() < 0.3
        moves.append(("called" if on else "opted_out", then))
        if on:
            moves.append(("bought" if rng.random() < 0.5 else "opted_out", then + rng.gamma(2, 15)))
        rows += [touch(f"c{number}", kind, when) for kind, when in moves if when < days]
    return rows
