"""Spans: links of a path that are judged together, since what lies between them is not on record.

Many write down talks and sales, and no asks. Then nobody can tell who was not asked from who said no, but how
many of those who talked became clients is known all the same: *ask* and *answer* are one span, judged as one
link. Where talks aren't written down either, it begins one link further back, with those who responded.

* *Asks are not recorded* on a path if people became clients there without one on record, and asks are on
  record of fewer than one for `HARDLY` of these. Where the path has fewer clients and asks than the caution
  asks for, all paths together decide, so that a path of which only talks are known is taken for what the
  business is used to. Where no ask is on record at all, one client is enough.
* *Talks are not recorded* where no nurturing is on record at all, nor a meeting that counts as a talk; where
  asks aren't recorded, also by the same rule: hardly a talk for those who bought without one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leadline.engine.cycle.cycles import HARDLY, LINKS, Cycles, Link
from leadline.engine.instants import NEVER

if TYPE_CHECKING:
    from leadline.engine.cycle.firsts import Integers, Mask
    from leadline.engine.estimates import Caution


@dataclass(frozen=True, eq=False)
class Spans:
    """For each path (by its place in `Cycles.paths`; the last: not known) what is not recorded there.

    `asked` and `talked` count those of whom an ask, or a talk, is on record all the same.
    """

    asks_hidden: Mask
    talks_hidden: Mask
    asked: Integers
    talked: Integers

    def until(self, place: int, link: Link) -> Link | None:
        """The last link of the span that begins here; None where the link is judged by itself."""
        if link == "nurture" and self.talks_hidden[place]:
            return "answer" if self.asks_hidden[place] else "ask"
        return (
            "answer" if link == "ask" and self.asks_hidden[place] and not self.talks_hidden[place] else None
        )

    def seen(self, place: int, link: Link) -> int:
        """Of how many what the span from here lacks is on record all the same; 0 where there is no span."""
        until = self.until(place, link)
        if until is None:
            return 0
        talked = int(self.talked[place]) if link == "nurture" else 0
        return talked + (int(self.asked[place]) if until == "answer" else 0)

    def covers(self, place: int, link: Link) -> bool:
        """Whether a link is judged as a part of a span that begins before it."""
        begins = LINKS[: LINKS.index(link)]
        ends = [last for last in (self.until(place, first) for first in begins) if last is not None]
        return any(LINKS.index(last) >= LINKS.index(link) for last in ends)


def find_spans(cycles: Cycles, caution: Caution) -> Spans:
    """Which links of which path are judged together."""
    client, warm = cycles.client_at < NEVER, cycles.warm_at < NEVER
    asked, talked = _by_path(cycles, warm & cycles.asked), _by_path(cycles, cycles.talked)
    asks = _hidden(cycles, "ask", asked, _by_path(cycles, client & ~cycles.asked), caution)
    if "nurture" not in cycles.on_record and not cycles.talked.any():
        return Spans(asks, np.ones_like(asks), asked, talked)
    talks = _hidden(cycles, "nurture", talked, _by_path(cycles, client & ~cycles.talked), caution)
    return Spans(asks, asks & talks, asked, talked)


def _by_path(cycles: Cycles, some: Mask) -> Integers:
    size = len(cycles.paths) + 1
    return np.bincount(cycles.warm_path[some] % size, minlength=size).astype(np.int64)


def _hidden(cycles: Cycles, link: Link, with_it: Integers, without_it: Integers, caution: Caution) -> Mask:
    """For each path whether hardly any are known, beside the clients who came without."""
    enough = max(caution.needed, 1) if link in cycles.on_record else 1
    everywhere = without_it.sum() >= enough and with_it.sum() * HARDLY <= without_it.sum()
    here = (without_it >= enough) & (with_it * HARDLY <= without_it)
    hidden: Mask = np.where(with_it + without_it < enough, everywhere, here)
    return hidden
