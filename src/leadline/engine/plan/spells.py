"""Spells: how long people waited at each step of the cycle, how it ended, and who waits now.

Five of them: *leads* (they responded), *ready* (they came to a conversation), *newly asked* (from the first
ask to the client, whatever lies between), *waiting* (from an ask until something comes of it) and *refused*
(from a no or not now). Those who bought without an ask on record are in none of them, other than as leads or
ready people who went away: they come by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from leadline.engine.cycle.asking import NO, NOT_NOW
from leadline.engine.instants import NEVER

if TYPE_CHECKING:
    from leadline.engine.cycle.cycles import Cycles
    from leadline.engine.cycle.firsts import Integers, Mask

STILL = 0
"""The outcome of a spell that lasts."""


PATCHY = 4
"""Asks aren't all written down where more than one client in so many came without one."""


@dataclass(frozen=True, eq=False)
class Spells:
    """Spells of one sort: whose, since when, how long (microseconds), and how each ended.

    `outcome` is STILL, or the number of one of `ways`, which count from 1.
    """

    ways: tuple[str, ...]
    contact: npt.NDArray[np.int64]
    start: Integers
    duration: Integers
    outcome: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.contact)

    def ended(self, way: str) -> int:
        """How many ended by this way."""
        return int((self.outcome == self.ways.index(way) + 1).sum())

    @property
    def ages(self) -> Integers:
        """How long those who are still there have been."""
        found: Integers = self.duration[self.outcome == STILL]
        return found

    @property
    def still(self) -> npt.NDArray[np.int64]:
        """Who is still there."""
        found: npt.NDArray[np.int64] = self.contact[self.outcome == STILL]
        return found


def is_patchy(without_ask: int, clients: int) -> bool:
    """Whether so many clients bought without an ask on record that asks can't all be written down."""
    return without_ask * PATCHY > clients


def unasked(cycles: Cycles) -> Mask:
    """Who became a client without an ask on record."""
    found: Mask = (cycles.client_at < NEVER) & ~cycles.asked
    return found


def leads(cycles: Cycles) -> Spells:
    """From responding to the conversation (`warm`), or straight to an ask (`asked`); else `away`."""
    bought = unasked(cycles)
    direct = _without_conversation(cycles)
    return _spells(
        cycles,
        np.flatnonzero((cycles.responded_at < NEVER) & ~(bought & (cycles.responded_at == cycles.client_at))),
        cycles.responded_at,
        warm=np.where(direct | (bought & (cycles.warm_at == cycles.client_at)), NEVER, cycles.warm_at),
        asked=np.where(direct & cycles.asked, cycles.asked_at, NEVER),
        away=np.minimum(_left(cycles, cycles.responded_at), np.where(bought, cycles.client_at, NEVER)),
    )


def ready(cycles: Cycles) -> Spells:
    """From the conversation to the first ask (`asked`), or `away`, as who said no without an ask."""
    bought = unasked(cycles)
    known = (cycles.warm_at < NEVER) & ~_without_conversation(cycles)
    return _spells(
        cycles,
        np.flatnonzero(known & ~(bought & (cycles.warm_at == cycles.client_at))),
        cycles.warm_at,
        asked=np.where(cycles.asked, cycles.asked_at, NEVER),
        away=np.minimum(_left(cycles, cycles.warm_at), np.where(bought, cycles.client_at, _declined(cycles))),
    )


def newly_asked(cycles: Cycles) -> Spells:
    """From the first ask to the client (`client`), or `away`; further asks lie between."""
    left_at = _left(cycles, cycles.asked_at)
    return _spells(
        cycles, np.flatnonzero(cycles.asked), cycles.asked_at, client=cycles.client_at, away=left_at
    )


def waiting(cycles: Cycles, *, later: bool = False) -> Spells:
    """From each ask of who is no client to what came first: `client`, `refused`, `again` asked, `away`.

    With `later`, only second and further asks, and straight to the client, as `newly_asked`.
    """
    asks = cycles.asks.take(~cycles.asks.renewal)
    who = asks.contact.astype(np.int64)
    client_at = cycles.client_at[who]
    left_at = np.where(cycles.left_at[who] >= asks.asked_at, cycles.left_at[who], NEVER)
    if later:
        rows = np.flatnonzero(asks.number > 1)
        found = _spells(cycles, rows, asks.asked_at, client=client_at, away=left_at)
    else:
        refusal = (asks.answer == NO) | (asks.answer == NOT_NOW)
        refused_at = np.where(refusal, asks.answered_at, NEVER)
        again = _next_ask(who, asks.asked_at)
        everyone = np.arange(len(asks))
        found = _spells(
            cycles, everyone, asks.asked_at, client=client_at, refused=refused_at, again=again, away=left_at
        )
    return Spells(found.ways, who[found.contact], found.start, found.duration, found.outcome)


def refused(cycles: Cycles) -> Spells:
    """From each no or not now to the next ask (`again`), the client (`client`), or `away`."""
    asks = cycles.asks.take(~cycles.asks.renewal)
    who = asks.contact.astype(np.int64)
    refusal = np.flatnonzero((asks.answer == NO) | (asks.answer == NOT_NOW))
    left_at = np.where(cycles.left_at[who] >= asks.answered_at, cycles.left_at[who], NEVER)
    found = _spells(
        cycles,
        refusal,
        asks.answered_at,
        client=cycles.client_at[who],
        again=_next_ask(who, asks.asked_at),
        away=left_at,
    )
    return Spells(found.ways, who[found.contact], found.start, found.duration, found.outcome)


def _spells(cycles: Cycles, rows: npt.NDArray[np.intp], start: Integers, **ends: Integers) -> Spells:
    """The spells of some rows: the first of the ends that comes; of several at once, the one named first."""
    began = start[rows]
    ended, outcome = np.full(len(rows), NEVER), np.zeros(len(rows), dtype=np.uint8)
    for way, instants in enumerate(ends.values(), 1):
        sooner = instants[rows] < ended
        ended, outcome = np.where(sooner, instants[rows], ended), np.where(sooner, way, outcome)
    duration = np.maximum(np.minimum(ended, cycles.as_of) - began, 0)
    return Spells(tuple(ends), rows.astype(np.int64), began, duration, outcome.astype(np.uint8))


def _without_conversation(cycles: Cycles) -> Mask:
    """Who was asked with no talk and no nurturing on record before: ready at the instant of the ask."""
    at_once = cycles.asked & (cycles.warm_at == cycles.asked_at)
    found: Mask = at_once & ~cycles.talked & (cycles.nurtured_at > cycles.asked_at)
    return found


def _declined(cycles: Cycles) -> Integers:
    """When those refused of whom no ask is on record, since they were ready."""
    declined = ~cycles.asked & (cycles.refused_at >= cycles.warm_at)
    refused_at: Integers = np.where(declined, cycles.refused_at, NEVER)
    return refused_at


def _left(cycles: Cycles, since: Integers) -> Integers:
    """When each left for good, not before they began."""
    left_at: Integers = np.where(cycles.left_at >= since, cycles.left_at, NEVER)
    return left_at


def _next_ask(who: npt.NDArray[np.int64], asked_at: Integers) -> Integers:
    """For each ask when the same contact was asked next; NEVER for the last."""
    order = np.lexsort((asked_at, who))
    found = np.full(len(who), NEVER)
    follows = np.flatnonzero(who[order][1:] == who[order][:-1])
    found[order[follows]] = asked_at[order[follows + 1]]
    return found
