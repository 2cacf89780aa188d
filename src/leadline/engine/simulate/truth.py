"""What is true of a simulated business, to hold the answers of reports to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from leadline.engine.instants import NEVER
from leadline.engine.simulate.business import Link
from leadline.engine.simulate.draws import Ints, Mask, Run
from leadline.engine.simulate.journeys import YES, Journeys
from leadline.engine.simulate.recording import Recording


@dataclass(frozen=True)
class LinkTruth:
    """One link of one path: the declared probability, how many tried it, and how many got through in the end.

    generate: those reached who respond. nurture: leads (that didn't skip it) who come to a conversation.
    ask: those in conversation who are asked. answer: first asks answered with yes. renew: terms that ended
    by `as_of` and were renewed.
    `through` counts what comes after `as_of` too, so that it is binomial (tried, declared).
    """

    path: str
    link: Link
    declared: float
    tried: int
    through: int


@dataclass(frozen=True, eq=False)
class Truth:
    """Everybody's journey, everything that happened up to `as_of` and what became of it, and the rates.

    `contact` tells each person's place among the contacts (-1: not one); `right_stage` each contact's rung
    of LADDER, `stale` where somebody typed another one; `merged` names for each contact that is a person's
    second one the first, as `derive` takes it.
    """

    journeys: Journeys
    recording: Recording
    links: tuple[LinkTruth, ...]
    right_stage: Ints
    stale: Mask
    merged: dict[str, str]

    @property
    def contact(self) -> Ints:
        """Each person's place among the contacts, -1 for those who aren't one."""
        return self.recording.contact

    def link(self, path: str, link: Link) -> LinkTruth:
        """The truth of one link of one path."""
        return next(one for one in self.links if (one.path, one.link) == (path, link))


def link_truths(run: Run, journeys: Journeys) -> tuple[LinkTruth, ...]:
    """The declared and the realised rates of every path at every link."""
    lives, asks, ends, occasions = journeys, journeys.asks, journeys.renewals, journeys.occasions
    leads, warm = lives.lead_at < NEVER, lives.warm_at < NEVER
    first, nurtured = asks.number == 1, leads & ~lives.skipped
    renewal_path = lives.ask_path[ends.person]
    paths = run.business.paths

    def count(places: Ints) -> list[int]:
        return np.bincount(places, minlength=len(paths)).tolist()  # type: ignore[no-any-return]

    reached = np.bincount(occasions.path, occasions.reached, len(paths)).astype(np.int64).tolist()
    tried: dict[Link, tuple[list[int], list[int]]] = {
        "generate": (reached, count(lives.path[leads])),
        "nurture": (count(lives.nurture_path[nurtured]), count(lives.nurture_path[nurtured & warm])),
        "ask": (count(lives.ask_path[warm]), count(asks.path[first])),
        "answer": (count(asks.path[first]), count(asks.path[first & (asks.answer == YES)])),
        "renew": (count(renewal_path), count(renewal_path[ends.renewed])),
    }
    return tuple(
        LinkTruth(path.name, link, path.declared(link), before[place], after[place])
        for place, path in enumerate(paths)
        for link, (before, after) in tried.items()
    )
