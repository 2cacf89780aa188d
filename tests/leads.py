"""Leads of a path, and how many of them get through each link: businesses whose leak is known."""

from __future__ import annotations

import math

from tests.makers import touch


def below(number: int, share: float) -> bool:
    """Whether a person belongs to a part of all; the part is spread evenly."""
    return (number * 0.6180339887) % 1 < share


def path(
    name: str,
    leads: int = 200,
    *,
    nurtured: float = 1.0,
    warm: float = 0.4,
    asked: float = 0.6,
    yes: float = 0.5,
    leave: float = 0.0,
    stop: float = math.inf,
    value: int | None = 50_000,
) -> list[dict[str, object]]:
    """Three hundred days of leads of a path, and how many of them get through each link.

    They talk after 20 days, are asked after 10 more and buy 15 days later; who leaves does so after 5 days.
    From the day `stop` on nobody is asked.
    """
    rows, talked, put = [], 0, 0
    money = {} if value is None else {"value": value, "currency": "EUR"}
    for k in range(leads):
        who, at = f"{name}-{k}", 300 * k / leads
        rows.append(touch(who, "liked", at, path=name))
        if below(k, nurtured):
            rows.append(touch(who, "mailed", at + 1, path=name))
        if below(k, leave):
            rows.append(touch(who, "unsubscribed", at + 5, path=name))
        elif below(k, leave + (1 - leave) * warm):
            rows.append(touch(who, "called", at + 20, path=name))
            talked += 1
            if below(talked, asked) and at + 30 < stop:
                rows.append(touch(who, "asked", at + 30, path=name))
                put += 1
                if below(put, yes):
                    rows.append(touch(who, "bought", at + 45, path=name, **money))
    return rows
