"""Links: how each path does at each link of the cycle, in figures alone; reports judge them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from leadline.engine.cycle.attempts import Attempts, attempts, audience
from leadline.engine.cycle.cycles import LINKS, Cycles, Link
from leadline.engine.cycle.rates import Rate, count, measure
from leadline.engine.cycle.spans import find_spans
from leadline.engine.instants import NEVER
from leadline.engine.survival import HAPPENED, WAITING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from leadline.engine.cycle.firsts import Codes, Integers, Mask
    from leadline.engine.estimates import Caution

UNATTENDED = 1 / 3
"""Where so many of the leads of a path heard nothing, they will have gone elsewhere, or been forgotten."""
NOT_KNOWN = "path not known"
"""What the path is called of those of whom none is on record, where others have one."""
NO_PATHS = "all"
"""What it is called where nobody has one."""


@dataclass(frozen=True, eq=False)
class LinkFigures:
    """One link of one path.

    `place` is the path's place in `Cycles.paths` (-1: not known). `rate` says how many got through; None
    where that can't be known, since nobody counted whom the path reaches (`came` tells who came out of it).
    `done`: for how many the link was done on this path: nurtured, asked, asked to renew; for generate and
    answer, who got through. `elsewhere`: how many were asked on another path. `idle`: still waiting, with
    nothing done. `open_cycle`: most were reached without names. `until`: the last of the links that are
    judged together as this one, done for who got through them all; `seen`: of how many the talks or asks
    within the span are on record all the same; `covered`: judged as a part of such a span, so that nobody is
    counted here.
    """

    place: int
    path: str
    link: Link
    some: Attempts
    rate: Rate | None
    came: int
    done: int
    idle: int
    elsewhere: int = 0
    open_cycle: bool = False
    until: Link | None = None
    seen: int = 0
    covered: bool = False

    @property
    def last(self) -> Link:
        """The last of the links that are judged here: the link itself, or that of its span."""
        return self.until or self.link

    @property
    def links(self) -> tuple[Link, ...]:
        """The links that are judged here."""
        return links_between(self.link, self.until)

    @property
    def alone(self) -> bool:
        """Whether no path is on record at all, so that these are all there are."""
        return self.place < 0 and self.path == NO_PATHS


def links_between(link: Link, until: Link | None) -> tuple[Link, ...]:
    """The links of a span, in order; just the link where nothing else is judged with it."""
    return LINKS[LINKS.index(link) : LINKS.index(until or link) + 1]


def measure_links(cycles: Cycles, caution: Caution) -> list[LinkFigures]:
    """Every path at every link, path by path; paths of which nothing is on record are left out.

    Those of whom no path is known come last, if they are enough to say anything, or if nobody has one.
    """
    found = []
    spans = find_spans(cycles, caution)
    crowds: dict[tuple[Link, Link | None], _Crowd] = {}
    reached, came = audience(cycles)
    for place, name in _paths(cycles):
        for link in LINKS:
            step = link, spans.until(place, link)
            crowd = crowds[step] = crowds.get(step) or _Crowd(cycles, *step)
            covered, seen = spans.covers(place, link), spans.seen(place, link)
            figures = crowd.figures(place, name, caution, nobody=covered)
            figures = replace(figures, covered=covered, seen=seen)
            if link == "generate":
                of_path = (int(reached[place]), int(came[place])) if place >= 0 else (0, 0)
                figures = _with_audience(figures, *of_path, caution)
            if step == ("ask", None):
                asked = int(np.count_nonzero(cycles.asked[figures.some.contact]))
                figures = replace(figures, elsewhere=asked - figures.done)
            found.append(figures)
    unknown = [one for one in found if one.place < 0]
    enough = 1 if all(one.alone for one in unknown) else max(caution.needed, 1)
    if max((len(one.some) for one in unknown), default=0) < enough:
        found = found[: len(found) - len(unknown)]  # they come last
    return _find_unattended(cycles, found, caution)


def _by_path(path: Codes, paths: int) -> list[npt.NDArray[np.intp]]:
    """The rows of each path, in their order; the last ones are those of which none is known."""
    order = np.argsort(path, kind="stable")
    ends = np.searchsorted(path[order], np.arange(-1, paths), side="right")
    unknown, *known = np.split(order, ends[:-1])
    return [*known, unknown]


def _paths(cycles: Cycles) -> Iterator[tuple[int, str]]:
    used = np.zeros(len(cycles.paths) + 1, dtype=bool)  # the last place is for -1
    for codes in (cycles.path, cycles.nurture_path, cycles.warm_path, cycles.ask_path, cycles.audience.path):
        used[codes] = True
    used[:-1] |= cycles.touched.any(axis=1)
    yield from ((place, name) for place, name in enumerate(cycles.paths) if used[place])
    if used[-1]:
        yield -1, NOT_KNOWN if used[:-1].any() else NO_PATHS


class _Crowd:
    """Everybody who stood before a link, or a span of them, path by path."""

    def __init__(self, cycles: Cycles, link: Link, until: Link | None) -> None:
        self.link, self.until = link, until
        self.some = attempts(cycles, link, until)
        self.whose = _by_path(self.some.path, len(cycles.paths))
        self.done = _done(cycles, link, self.some) if until is None else self.some.outcome == HAPPENED
        self.time = _usual_time(self.some)

    def figures(self, place: int, name: str, caution: Caution, *, nobody: bool = False) -> LinkFigures:
        """Those of one path; -1 is the last."""
        mine = self.whose[place][:0] if nobody else self.whose[place]
        some, done = self.some.take(mine), self.done[mine]
        idle = int(np.count_nonzero((some.outcome == WAITING) & ~done))
        if self.link == "renew":
            rate = count(int((some.outcome == HAPPENED).sum()), len(some), caution)
        else:
            rate = measure(some, caution, self.time)
        done_for, until = int(done.sum()), self.until
        return LinkFigures(place, name, self.link, some, rate, rate.through, done_for, idle, until=until)


def measure_beside(
    cycles: Cycles, one: LinkFigures, places: Iterable[int], caution: Caution
) -> dict[int, Rate]:
    """The rates of other paths over the span that one is judged by, however they are judged themselves."""
    crowd = _Crowd(cycles, one.link, one.until)
    found = {place: crowd.figures(place, "", caution).rate for place in places}
    return {place: rate for place, rate in found.items() if rate is not None}


def _find_unattended(cycles: Cycles, found: list[LinkFigures], caution: Caution) -> list[LinkFigures]:
    """Leads who heard nothing, counted on the path to which they will have gone and where nobody is nurtured.

    Where people came from other paths to be asked on one, and there hardly anybody was ever nurtured, a lead
    of those paths that heard nothing will have gone there as often as those who were asked did. Only paths
    where a third of the leads or more heard nothing: some always get through without.
    """
    needed = max(caution.needed, 1)
    nurtures = [one for one in found if one.link == "nurture" and one.until is None]
    cells = {(one.place, one.link): one for one in found}
    went = count_moves(cycles.warm_path, cycles.ask_path, cycles.asked, len(cycles.paths))
    silent = {one.place: _silent(cycles, one) for one in nurtures}
    for there in [one.place for one in nurtures if len(one.some) < needed]:
        for here in silent.keys() - {there}:
            moved = round(silent[here] * float(went[here, there] / max(went[here].sum(), 1)))
            if moved:
                cells[here, "nurture"] = _with_more(cells[here, "nurture"], -moved, caution)
                cells[there, "nurture"] = _with_more(cells[there, "nurture"], moved, caution)
    return [cells[one.place, one.link] for one in found]


def count_moves(source: Codes, target: Codes, chosen: Mask, paths: int) -> Integers:
    """How many of the chosen went from each path (row) to each (column); the last of both: not known."""
    cells = (source[chosen].astype(np.int64) % (paths + 1)) * (paths + 1) + target[chosen] % (paths + 1)
    return np.bincount(cells, minlength=(paths + 1) ** 2).reshape(paths + 1, paths + 1)


def _silent(cycles: Cycles, here: LinkFigures) -> int:
    """How many leads of a path heard nothing, where that is more than the few who never need to."""
    some = here.some
    silent = np.count_nonzero((some.outcome != HAPPENED) & (cycles.nurtured_at[some.contact] == NEVER))
    return int(silent) if here.done and silent >= UNATTENDED * len(some) else 0


def _with_more(one: LinkFigures, more: int, caution: Caution) -> LinkFigures:
    """The figures with so many more (or fewer) who heard nothing and did not get through."""
    assert one.rate is not None
    weight = max(one.rate.weight + more, one.rate.passed)
    began, rate = max(one.rate.began + more, one.rate.through), one.rate
    passed = min(round(rate.passed), round(weight))
    said = count(passed, round(weight), caution).share
    stayed = max(rate.stayed + more, rate.passed)
    waiting, ripe = max(rate.waiting + more, 0), max(rate.ripe + more, 0)
    rate = replace(rate, began=began, weight=weight, stayed=stayed, waiting=waiting, ripe=ripe, share=said)
    return replace(one, rate=rate, idle=max(one.idle + more, 0))


def _done(cycles: Cycles, link: Link, some: Attempts) -> Mask:
    """For whom the link was done: they were nurtured, asked, asked again; else whether they got through."""
    if link == "nurture":
        nurtured: Mask = cycles.nurtured_at[some.contact] < NEVER
        return nurtured
    if link == "ask":
        asked_there: Mask = cycles.asked[some.contact] & (cycles.ask_path[some.contact] == some.path)
        return asked_there
    if link == "renew":
        return cycles.renewals.asked
    got_through: Mask = some.outcome == HAPPENED
    return got_through


def _usual_time(everybody: Attempts) -> int | None:
    """The time in which four of five of those who got through had done so, on any path."""
    taken = everybody.duration[everybody.outcome == HAPPENED]
    return int(np.quantile(taken, 0.8)) if len(taken) else None


def _with_audience(figures: LinkFigures, reached: int, came: int, caution: Caution) -> LinkFigures:
    """Generation: where most came forward by themselves, the audience is what was reached, if it is known."""
    named = len(figures.some)
    responded = came + figures.came
    if named > came and not reached:
        return replace(figures, came=responded, done=responded)
    if not reached:
        return replace(figures, rate=None, came=responded, done=responded, open_cycle=True)
    rate = count(responded, max(reached + (named if named > came else 0), responded), caution)
    return replace(figures, rate=rate, came=responded, done=responded, open_cycle=True)
