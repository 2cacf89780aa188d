"""Attempts: who stood before each link of the cycle, on which path, and whether they got through.

| link | who stands before it | who gets through | on which path |
|---|---|---|---|
| generate | who was reached by name, and audiences | who responded | where they came from |
| nurture | who responded, and was not ready to talk at once | who talked with us | where nurturing began |
| ask | who talked with us | who was asked | where they talked |
| answer | who was asked, by an ask on record | who became a client | where they were first asked |
| renew | clients whose term came to its end | who bought again | that of the term's last touch |

Ready at once: talked within a week of their response, with no touch of nurturing before. Who took their
leave before they got through is counted apart: that is a choice of theirs, and no leak.

Links that are judged together (`spans`) have those before them who stand before the first, and through them
who gets through the last. Before the ask stands then only of whom a talk is on record, and before nurturing
whoever responded earlier than that, ready or not: others would be those who got through, and no one else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from leadline.engine.instants import DAY, NEVER
from leadline.engine.survival import HAPPENED, OTHERWISE, WAITING

if TYPE_CHECKING:
    from leadline.engine.cycle.cycles import Cycles, Link
    from leadline.engine.cycle.firsts import Codes, Integers

AT_ONCE = 7 * DAY
"""Who talks with us so soon after the response, and heard nothing in between, was ready at once."""


@dataclass(frozen=True, eq=False)
class Attempts:
    """One entry for each that stood before a link, in any order.

    `path` is a place in `Cycles.paths`, -1 where it is not known; `start` the instant at which they came to
    stand there; `duration` microseconds until it ended (or `as_of`), `followed` until `as_of`; `outcome`
    WAITING, HAPPENED or OTHERWISE (took their leave).
    """

    contact: Codes
    path: Codes
    start: Integers
    duration: Integers
    followed: Integers
    outcome: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.contact)

    def take(self, rows: npt.NDArray[Any]) -> Attempts:
        """Some of the attempts."""
        return Attempts(**{one.name: getattr(self, one.name)[rows] for one in fields(self)})


def attempts(cycles: Cycles, link: Link, until: Link | None = None) -> Attempts:
    """Everybody who stood before a link and is known by name; `audience` counts the others.

    With `until` ("ask" or "answer") the links from here to that one are taken as one.
    """
    return _ATTEMPTS[link](cycles) if until is None else _span(cycles, link, until)


def audience(cycles: Cycles) -> tuple[Integers, Integers]:
    """For each path how many unknown people were reached, and how many contacts came out of them.

    The latter came forward by themselves: nothing is on record before their response.
    """
    paths = len(cycles.paths)
    known = cycles.audience.path >= 0
    reached = np.zeros(paths, dtype=np.int64)
    np.add.at(reached, cycles.audience.path[known], cycles.audience.n[known])
    came = (cycles.reached_at == cycles.responded_at) & (cycles.responded_at < NEVER) & (cycles.path >= 0)
    return reached, np.bincount(cycles.path[came], minlength=paths).astype(np.int64)


def _reached(cycles: Cycles) -> Attempts:
    return _waits(cycles, cycles.reached_at < cycles.responded_at, cycles.path, "reached_at", "responded_at")


def _responded(cycles: Cycles) -> Attempts:
    responded_at, talked_at = cycles.responded_at, cycles.warm_at
    soon = np.minimum(responded_at, NEVER - AT_ONCE) + AT_ONCE
    ready = (talked_at <= soon) & (cycles.nurtured_at >= talked_at)
    return _waits(cycles, ~ready, cycles.nurture_path, "responded_at", "warm_at")


def _talked(cycles: Cycles) -> Attempts:
    everybody = np.ones(len(cycles), dtype=bool)
    return _waits(cycles, everybody, cycles.warm_path, "warm_at", "asked_at")


def _asked(cycles: Cycles) -> Attempts:
    return _waits(cycles, cycles.asked, cycles.ask_path, "asked_at", "client_at")


def _span(cycles: Cycles, link: Link, until: Link) -> Attempts:
    end = "client_at" if until == "answer" else "asked_at"
    if link == "ask":
        return _waits(cycles, cycles.talked, cycles.warm_path, "warm_at", end)
    earlier = cycles.responded_at < getattr(cycles, end)
    return _waits(cycles, earlier, cycles.nurture_path, "responded_at", end)


def _ended(cycles: Cycles) -> Attempts:
    terms = cycles.renewals
    outcome = np.where(terms.renewed, HAPPENED, OTHERWISE).astype(np.uint8)
    since, settled_at = terms.since, terms.settled_at
    return Attempts(terms.contact, terms.path, since, settled_at - since, cycles.as_of - since, outcome)


def _waits(cycles: Cycles, chosen: npt.NDArray[np.bool_], path: Codes, start: str, end: str) -> Attempts:
    started, ended = getattr(cycles, start), getattr(cycles, end)
    who = np.flatnonzero(chosen & (started < NEVER)).astype(np.int32)
    begin, through, left = started[who], ended[who], np.maximum(cycles.left_at[who], started[who])
    outcome = np.select([through < NEVER, left < NEVER], [HAPPENED, OTHERWISE], WAITING).astype(np.uint8)
    until = np.where(through < NEVER, through, np.minimum(left, cycles.as_of))
    return Attempts(who, path[who], begin, until - begin, cycles.as_of - begin, outcome)


_ATTEMPTS: dict[Link, Callable[[Cycles], Attempts]] = {
    "generate": _reached,
    "nurture": _responded,
    "ask": _talked,
    "answer": _asked,
    "renew": _ended,
}
