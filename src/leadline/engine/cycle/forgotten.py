"""Forgotten paths: people came by them, and nobody ever wrote to one of them, talked with one or asked one.

A link is judged by those who stand before it, and who is ready at once stands before no nurturing. Where that
is everybody on the other paths, there is nothing that a path of which nobody was ever heard could be compared
with. That nobody turned to these people is a fact all the same, and is told as one.

A path is forgotten if at least as many as the caution asks for came by it `LONG` ago or more and have not
taken their leave, and not one of them was nurtured, talked with, asked, or bought; while of those who came by
other paths as long ago at least `HALF` were, so that such things are written down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.engine.instants import DAY, NEVER

if TYPE_CHECKING:
    from leadline.engine.cycle.cycles import Cycles
    from leadline.engine.estimates import Caution

LONG = 30 * DAY
"""How long ago somebody must have come to be called forgotten."""
HALF = 0.5
"""The share of the people of other paths to whom somebody turned, where such things are written down."""


@dataclass(frozen=True)
class Forgotten:
    """So many `people` who came by a path, to whom nobody ever turned."""

    path: str
    people: int


def forgotten(cycles: Cycles, caution: Caution) -> tuple[Forgotten, ...]:
    """The forgotten paths, the one with most people first."""
    heard = (cycles.nurtured_at < NEVER) | (cycles.warm_at < NEVER)
    came = (cycles.responded_at <= cycles.as_of - LONG) & ((cycles.left_at == NEVER) | heard)
    came &= cycles.path >= 0
    size = len(cycles.paths)
    people, turned = (np.bincount(cycles.path[some], minlength=size) for some in (came, came & heard))
    others, turned_there = people.sum() - people, turned.sum() - turned
    lost = (people >= max(caution.needed, 1)) & (turned == 0) & (others > 0)
    lost &= turned_there >= HALF * others
    found = [Forgotten(cycles.paths[place], int(people[place])) for place in np.flatnonzero(lost)]
    return tuple(sorted(found, key=lambda one: (-one.people, one.path)))
