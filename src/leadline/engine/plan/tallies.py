"""Tallies of asks: how many by whom and in which week, what was answered, who waits, and who is ready.

Asks of people who were a client before are counted apart, as renewals. Weeks are calendar weeks in UTC, from
Monday on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.engine.clocks import shown, shown_at
from leadline.engine.cycle.asking import ANSWERS, NO, NOT_NOW, WAITING, YES, AskLog
from leadline.engine.estimates import Caution, Share, share
from leadline.engine.instants import DAY, NEVER, WEEK, to_datetime
from leadline.engine.plan import spells

if TYPE_CHECKING:
    import numpy.typing as npt

    from leadline.engine.cycle.cycles import Cycles
    from leadline.engine.cycle.firsts import Integers, Mask
    from leadline.engine.plan.spells import Spells

PACE_WEEKS = 12
"""The pace is that of so many whole weeks."""
LATELY = (PACE_WEEKS, 4)
"""How many whole weeks are *lately*."""

_USUAL = 0.9
_TO_MONDAY = 3 * DAY  # 1 January 1970 was a Thursday


@dataclass(frozen=True)
class Tally:
    """Asks of one person (None: of all) or one sort, and what was answered.

    `asks` is the sum of `yes`, `no`, `not_now`, `waiting` and `superseded` (no answer before the next ask of
    the same contact and deal). `per_week` and `lately` are numbers a week: of all whole weeks since the first
    ask on record, and of the last 12 and 4 of them; None before one whole week has gone by. `yes_share` is
    that of the asks made so long ago that nine in ten answers would have come.
    """

    person: str | None
    asks: int
    yes: int
    no: int
    not_now: int
    waiting: int
    superseded: int
    per_week: float | None
    lately: tuple[float | None, ...]
    yes_share: Share

    def fields(self) -> dict[str, Any]:
        """The tally as flat data."""
        names = ("person", "asks", "yes", "no", "not_now", "waiting", "superseded", "per_week")
        row = {name: getattr(self, name) for name in names}
        row |= {f"per_week_last_{n}": rate for n, rate in zip(LATELY, self.lately, strict=True)}
        return row | self.yes_share.fields("yes_share")


@dataclass(frozen=True)
class Week:
    """A calendar week: its Monday (ISO date), asks, asks of clients, and whether it is over."""

    monday: str
    asks: int
    renewals: int
    whole: bool


@dataclass(frozen=True)
class Outstanding:
    """An ask that waits for its answer; `overdue` where nine in ten answers took less time."""

    contact: Any
    asked_at: int
    days: float
    person: str | None
    path: str | None
    number: int
    renewal: bool
    overdue: bool


@dataclass(frozen=True)
class Ready:
    """Somebody who came to a conversation, was never asked, and has neither left nor bought."""

    contact: Any
    since: int
    days: float
    path: str | None


@dataclass(frozen=True)
class Again:
    """Second asks: how many noes or not nows there were, how many were asked again, how many then said yes.

    `share` is that of the further asks made so long ago that nine in ten answers would have come.
    """

    refused: int
    asked: int
    yes: int
    share: Share


def usual_answer(asks: AskLog, caution: Caution) -> int | None:
    """The time (microseconds) in which nine in ten of the answers came; None where they are too few."""
    answered = asks.answer != WAITING
    took = asks.answered_at[answered] - asks.asked_at[answered]
    if len(took) < max(caution.needed, 1):
        return None
    return int(np.quantile(took, _USUAL, method="inverted_cdf"))


def tally(
    asks: AskLog, calendar: Calendar, usual: int | None, caution: Caution, person: str | None = None
) -> Tally:
    """The tally of these asks."""
    yes, no, not_now, waiting = np.bincount(asks.answer, minlength=len(ANSWERS)).tolist()
    superseded = int(asks.superseded.sum())
    ripe = asks.answer[_ripe(asks.answer, calendar.as_of - asks.asked_at, usual)]
    return Tally(
        person=person,
        asks=len(asks),
        yes=yes,
        no=no,
        not_now=not_now,
        waiting=waiting - superseded,
        superseded=superseded,
        per_week=calendar.per_week(asks.asked_at),
        lately=tuple(calendar.per_week(asks.asked_at, weeks) for weeks in LATELY),
        yes_share=share(int((ripe == YES).sum()), len(ripe), caution),
    )


def _ripe(answer: npt.NDArray[np.uint8], age: Integers, usual: int | None) -> Mask:
    """Which asks are so old that nine in ten answers would have come; where that is unknown, the answered."""
    ripe: Mask = answer != WAITING if usual is None else age >= usual
    return ripe


@dataclass(frozen=True)
class Calendar:
    """The weeks from that of the first ask to that of `as_of`, by number.

    `begun` is the first whole one, of which the record has every day, and `last` the last whole one.
    """

    first: int
    begun: int
    last: int
    as_of: int

    @staticmethod
    def of(asks: AskLog, since: int, as_of: int) -> Calendar:
        """The calendar of the asks of a log that begins at `since`."""
        found = Calendar.since(since, as_of)
        first = _week(int(asks.asked_at[0]) if len(asks) else as_of + 1)
        return replace(found, first=first, begun=max(first, found.begun))

    @staticmethod
    def since(first: int, as_of: int) -> Calendar:
        """The calendar of a log that begins at an instant: its first week is whole if that is a Monday."""
        begun = _week(first) + ((shown_at(first) + _TO_MONDAY) % WEEK >= DAY)
        return Calendar(_week(first), begun, _week(as_of + 1) - 1, as_of)

    @property
    def whole(self) -> int:
        """How many whole weeks there are."""
        return max(self.last - self.begun + 1, 0)

    @property
    def lately(self) -> int:
        """Of how many weeks the pace is: the last whole ones; of the running one where none is over."""
        return max(min(PACE_WEEKS, self.whole), 1)

    def per_week(self, at: Integers, weeks: int | None = None) -> float | None:
        """How many of these instants lie in a week, of the last so many whole weeks or of all of them."""
        weeks = min(weeks or self.whole, self.whole)
        if not weeks:
            return None
        week = (shown(at) + _TO_MONDAY) // WEEK
        return int(((week > self.last - weeks) & (week <= self.last)).sum()) / weeks

    def pace(self, at: Integers) -> float:
        """How many of these instants lie in a week, of late."""
        rate = self.per_week(at, PACE_WEEKS)
        return float((shown(at) + _TO_MONDAY >= (self.last + 1) * WEEK).sum()) if rate is None else rate

    def weeks(self, asks: AskLog) -> tuple[Week, ...]:
        """Every week, the running one too."""
        if not len(asks):
            return ()
        place = (shown(asks.asked_at) + _TO_MONDAY) // WEEK - self.first
        n = _week(self.as_of) - self.first + 1
        new, again = (
            np.bincount(place[rows], minlength=n).tolist() for rows in (~asks.renewal, asks.renewal)
        )
        return tuple(
            Week(_monday(week), new[number], again[number], self.begun <= week <= self.last)
            for number, week in enumerate(range(self.first, self.first + n))
        )


def by_person(
    cycles: Cycles, asks: AskLog, calendar: Calendar, usual: int | None, caution: Caution
) -> tuple[Tally, ...]:
    """The tally of everybody who asked, most asks first; none where at most one name is on record."""
    counts = np.bincount(asks.actor + 1, minlength=len(cycles.actors) + 1)
    people = [int(code) - 1 for code in np.argsort(-counts, kind="stable") if counts[code]]
    if not any(code >= 0 for code in people) or len(people) < 2:
        return ()
    return tuple(
        tally(
            asks.take(asks.actor == code),
            calendar,
            usual,
            caution,
            cycles.actors[code] if code >= 0 else "nobody named",
        )
        for code in people
    )


def open_asks(cycles: Cycles) -> AskLog:
    """The asks that wait for an answer, of people who have neither left nor settled it, oldest first.

    Who became a client otherwise has settled an ask of no deal; one of a deal is settled by its own answer.
    """
    asks = cycles.asks
    settled = np.full(len(cycles), -NEVER)
    np.maximum.at(settled, cycles.renewals.contact, cycles.renewals.settled_at)
    who = asks.contact
    left = (cycles.left_at[who] < NEVER) & (cycles.left_at[who] >= asks.asked_at)
    over = np.where(asks.renewal, settled[who] >= asks.asked_at, cycles.client_at[who] < NEVER)
    over &= asks.deal < 0
    return asks.take(unanswered(cycles) & ~left & ~over)


def unanswered(cycles: Cycles) -> Mask:
    """Which asks have no answer on record and were not repeated, whatever became of who was asked."""
    found: Mask = (cycles.asks.answer == WAITING) & ~cycles.asks.superseded
    return found


def outstanding(cycles: Cycles, usual: int | None) -> tuple[Outstanding, ...]:
    """The asks that are open, each with who made it and how long it waits."""
    some = open_asks(cycles)
    waited = cycles.as_of - some.asked_at
    columns = (
        [cycles.subjects[number] for number in some.contact.tolist()],
        some.asked_at.tolist(),
        (waited / DAY).tolist(),
        _names(cycles.actors, some.actor),
        _names(cycles.paths, some.path),
        some.number.tolist(),
        some.renewal.tolist(),
        (waited > (NEVER if usual is None else usual)).tolist(),
    )
    return tuple(Outstanding(*row) for row in zip(*columns, strict=True))


def never_asked(cycles: Cycles, talked: Spells) -> tuple[Ready, ...]:
    """Who is ready and was never asked, the latest conversation first."""
    who = talked.still
    who = who[np.argsort(-cycles.warm_at[who], kind="stable")]
    since = cycles.warm_at[who]
    columns = (
        [cycles.subjects[number] for number in who.tolist()],
        since.tolist(),
        ((cycles.as_of - since) / DAY).tolist(),
        _names(cycles.paths, cycles.warm_path[who]),
    )
    return tuple(Ready(*row) for row in zip(*columns, strict=True))


def second_asks(cycles: Cycles, usual: int | None, caution: Caution) -> Again:
    """What further asks after a no brought: of each no the first ask that was made after it."""
    asks = cycles.asks.take(~cycles.asks.renewal)
    order = np.lexsort((asks.asked_at, asks.contact))
    contact, answer, asked_at = asks.contact[order], asks.answer[order], asks.asked_at[order]
    refused = np.flatnonzero((answer == NO) | (answer == NOT_NOW))
    after = _first_after(contact, asked_at, contact[refused], asks.answered_at[order][refused])
    ripe = after[_ripe(answer[after], cycles.as_of - asked_at[after], usual)]
    return Again(
        refused=len(spells.refused(cycles)),
        asked=len(after),
        yes=int((answer[after] == YES).sum()),
        share=share(int((answer[ripe] == YES).sum()), len(ripe), caution),
    )


def _first_after(
    contact: npt.NDArray[np.int32], asked_at: Integers, who: npt.NDArray[np.int32], since: Integers
) -> npt.NDArray[np.intp]:
    """Which asks, in order of contact and time, are the first of some contacts after an instant each."""
    instants = np.unique(np.concatenate([asked_at, since]))

    def packed(contact: npt.NDArray[np.int32], at: Integers) -> Integers:
        return contact.astype(np.int64) * len(instants) + np.searchsorted(instants, at)

    place = np.searchsorted(packed(contact, asked_at), packed(who, since), side="right")
    there = place < len(contact)
    place = place[there]
    return np.unique(place[contact[place] == who[there]])


def _names(names: tuple[str, ...], codes: npt.NDArray[np.int32]) -> list[str | None]:
    known = (*names, None)  # so that -1 is no name
    return [known[code] for code in codes.tolist()]


def _week(instant: int) -> int:
    return (shown_at(instant) + _TO_MONDAY) // WEEK


def _monday(week: int) -> str:
    return to_datetime(week * WEEK - _TO_MONDAY).date().isoformat()
