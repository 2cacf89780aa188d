"""Links: how each path does at each link of the cycle, in figures alone; reports judge them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from leadline.engine.attempts import Attempts, attempts, audience
from leadline.engine.cycles import LINKS, Cycles, Link
from leadline.engine.instants import NEVER
from leadline.engine.rates import Rate, count, measure
from leadline.engine.survival import HAPPENED, WAITING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.engine.estimates import Caution
    from leadline.engine.firsts import Mask

NOT_KNOWN = "path not known"
"""What the path is called of those of whom none is on record, where others have one."""


@dataclass(frozen=True, eq=False)
class LinkFigures:
    """One link of one path.

    `place` is the path's place in `Cycles.paths` (-1: not known). `rate` says how many got through; None
    where that can't be known, since nobody counted whom the path reaches (`came` tells who came out of it).
    `done`: for how many the link was done at all: nurtured, asked, asked to renew; for generate and answer
    who got through. `idle`: still waiting, with nothing done. `open_cycle`: they were reached without names.
    """

    place: int
    path: str
    link: Link
    some: Attempts
    rate: Rate | None
    came: int
    done: int
    idle: int
    open_cycle: bool = False


def measure_links(cycles: Cycles, caution: Caution) -> list[LinkFigures]:
    """Every path at every link, path by path; paths of which nothing is on record are left out."""
    found = []
    everybody = {link: attempts(cycles, link) for link in LINKS}
    done = {link: _done(cycles, link, some) for link, some in everybody.items()}
    for place, name in _paths(cycles):
        for link in LINKS:
            mine = np.flatnonzero(everybody[link].path == place)
            figures = _figures(place, name, link, everybody[link].take(mine), done[link][mine], caution)
            found.append(_with_audience(cycles, figures, caution) if link == "generate" else figures)
    seen = {one.place for one in found if len(one.some) or one.came}
    return [one for one in found if one.place in seen or one.place >= 0]


def _paths(cycles: Cycles) -> Iterator[tuple[int, str]]:
    used = np.zeros(len(cycles.paths) + 1, dtype=bool)  # the last place is for -1
    for codes in (cycles.path, cycles.nurture_path, cycles.warm_path, cycles.ask_path, cycles.audience.path):
        used[codes] = True
    used[:-1] |= cycles.touched.any(axis=1)
    yield from ((place, name) for place, name in enumerate(cycles.paths) if used[place])
    if used[-1]:
        yield -1, NOT_KNOWN if used[:-1].any() else "all"


def _figures(place: int, name: str, link: Link, some: Attempts, done: Mask, caution: Caution) -> LinkFigures:
    idle = int(np.count_nonzero((some.outcome == WAITING) & ~done))
    if link == "renew":
        rate = count(int((some.outcome == HAPPENED).sum()), len(some), caution)
    else:
        rate = measure(some, caution)
    return LinkFigures(place, name, link, some, rate, rate.through, int(done.sum()), idle)


def _done(cycles: Cycles, link: Link, some: Attempts) -> Mask:
    """For whom the link was done: they were nurtured, asked, asked again; else whether they got through."""
    if link == "nurture":
        return cycles.nurtured_at[some.contact] < NEVER
    if link == "ask":
        return cycles.asked[some.contact]
    if link == "renew":
        return cycles.renewals.asked
    got_through: Mask = some.outcome == HAPPENED
    return got_through


def _with_audience(cycles: Cycles, figures: LinkFigures, caution: Caution) -> LinkFigures:
    """Generation: where most came forward by themselves, the audience is what was reached, if it is known."""
    reached, came = (int(some[figures.place]) if figures.place >= 0 else 0 for some in audience(cycles))
    named = len(figures.some)
    responded = came + figures.came
    if named > came and not reached:
        return replace(figures, came=responded)
    if not reached:
        return replace(figures, rate=None, came=responded, done=responded, open_cycle=True)
    rate = count(responded, max(reached + (named if named > came else 0), responded), caution)
    return replace(figures, rate=rate, came=responded, done=responded, open_cycle=True)
