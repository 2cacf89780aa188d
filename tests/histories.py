"""Histories written by hand, so that a report's test shows every move of every contact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leadline.engine.conditions import parse_condition
from leadline.engine.funnel import Funnel, Stage
from leadline.engine.history import History
from leadline.engine.instants import DAY, NEVER, to_instant

if TYPE_CHECKING:
    from collections.abc import Mapping

ROLES = {"lead": "open", "prospect": "open", "client": "client", "gone": "left"}
START = to_instant("2026-01-01")


def instant(day: float) -> int:
    """So many days after the first day of 2026."""
    return START + round(day * DAY)


def history(moves: Mapping[str, str], as_of: float = 100, roles: Mapping[str, str] = ROLES) -> History:
    """The history of contacts who moved as in `{"ann": "lead 0, client 10.5, stranger 20"}` (stage, day)."""
    condition = parse_condition("met")
    funnel = Funnel("made-up", "Made for a test.", tuple(Stage(n, n, condition, r) for n, r in roles.items()))
    rows = [
        (contact, funnel.stage_number(stage), instant(float(day)))
        for contact, text in enumerate(moves.values())
        for stage, day in (move.split() for move in text.split(", ") if move)
    ]
    whose, stages, entered = np.array(rows, dtype=np.int64).reshape(-1, 3).T
    left = np.append(entered[1:], NEVER)[: len(rows)]
    left[np.append(whose[1:] != whose[:-1], True)[: len(rows)]] = NEVER
    return History(
        funnel=funnel,
        subjects=list(moves),
        contact=whose.astype(np.int32),
        stage=stages.astype(np.uint8),
        step=np.zeros(len(rows), np.uint8),
        entered_at=entered,
        left_at=left,
        cause=np.full(len(rows), -1),
        as_of=instant(as_of),
    )


def crowd(*groups: tuple[int, str]) -> dict[str, str]:
    """The moves of so many contacts each: `crowd((3, "lead 0"), (2, "lead 0, client 5"))`."""
    everyone = [moves for number, moves in groups for _ in range(number)]
    return {f"c{number}": moves for number, moves in enumerate(everyone)}


ODD = {
    "nobody": history({}),
    "one who never stood anywhere": history({"ann": ""}),
    "one on the last day": history({"ann": "lead 100"}),
    "two": history({"ann": "lead 0, client 3", "bob": "prospect 1"}),
    "all left at once": history(crowd((12, "gone 0"))),
    "all left": history(crowd((12, "lead 0, gone 5"))),
    "all censored": history(crowd((12, "lead 0"))),
    "all converted in one day": history(crowd((12, "lead 50, client 50.2"))),
    "all skipped": history(crowd((12, "client 0"))),
    "nobody in the first stage": history(crowd((12, "stranger 0"))),
    "one stage": history(crowd((12, "lead 0")), roles={"lead": "open"}),
    "only leavings": history(crowd((12, "gone 0")), roles={"gone": "left"}),
}
"""Histories in which a careless report divides by nothing."""
