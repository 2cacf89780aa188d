"""Who waits before a link of a path."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leadline.engine.survival import HAPPENED, OTHERWISE, WAITING
from leadline.web.warehouse.cases import Case

MOST = 200


@dataclass(frozen=True)
class Waits:
    """Somebody who waits: their number, since when, and how long."""

    contact: int
    since: int
    duration: int


@dataclass(frozen=True)
class Before:
    """How many wait before a link, got through it and left; and the latest of those who wait.

    `unnamed`: most who stood there are not among them, since they were counted without names.
    """

    waiting: int
    through: int
    left: int
    latest: tuple[Waits, ...]
    unnamed: bool = False


def waiting_before(case: Case, path: str, link: str) -> Before:
    """Those before a link of a path; nobody where there is no such link on it."""
    found = next((one for one in case.links if (one.path, one.link) == (path, link)), None)
    if found is None:
        return Before(0, 0, 0, ())
    some = found.some
    waiting = some.take(np.flatnonzero(some.outcome == WAITING))
    latest = waiting.take(np.argsort(-waiting.start, kind="stable")[:MOST])
    columns = (latest.contact.tolist(), latest.start.tolist(), latest.duration.tolist())
    return Before(
        waiting=len(waiting),
        through=int((some.outcome == HAPPENED).sum()),
        left=int((some.outcome == OTHERWISE).sum()),
        latest=tuple(
            Waits(int(case.history.subjects[who]), start, time)
            for who, start, time in zip(*columns, strict=True)
        ),
        unnamed=found.open_cycle,
    )
