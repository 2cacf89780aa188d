"""One case: touches under a funnel, the history that follows, and what reports need besides.

The history is derived once, a little ahead of now, and any day is read from it: what happens later changes
nothing of what was so by then, so a history that is cut is the one that would be derived as of that day.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.engine.clocks import days_of
from leadline.engine.cycle.cycles import Cycles, trace_cycles
from leadline.engine.cycle.links import LinkFigures, measure_links
from leadline.engine.estimates import USUAL
from leadline.engine.funnel import Funnel
from leadline.engine.history import History, derive
from leadline.engine.instants import DAY, NEVER
from leadline.engine.payments import Payments, payments_of
from leadline.engine.process import Process, estimate_process
from leadline.engine.touches import MISSING, Column, Touches
from leadline.web.warehouse import mirror
from leadline.web.warehouse.definitions import funnels, kinds
from leadline.web.warehouse.touches import every_touch
from leadline.web.warehouse.zones import team_zone

DIMENSIONS = ("path", "channel", "campaign", "content", "offer", "actor")
"""By what touches tell contacts apart: what the first touch that has it says."""
AHEAD = DAY
"""So long a history derived now is good for."""
FEW = 200_000
"""A log of so many touches is read anew whenever it has changed; a longer one when it is RIPE."""
RIPE = 5 * 60 * 1_000_000
MINUTE = 60 * 1_000_000
_MOST_HELD, _MOST_DAYS = 6, 2
ROOM = 12_000_000
"""So many touches the cases that are held have together at most, besides the one that was opened last."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Case:
    """Touches and the history that follows from them under a funnel, up to and with `as_of`.

    Its days are those of `zone`, in which a touch of which only the day is known stands at midnight. What
    else reports need is worked out when it is first asked for.
    """

    touches: Touches
    history: History
    zone: str = "UTC"

    def days(self) -> AbstractContextManager[None]:
        """Days told and counted inside are those of the case."""
        return days_of(self.zone)

    @property
    def funnel(self) -> Funnel:
        """The funnel of the history."""
        return self.history.funnel

    @property
    def as_of(self) -> int:
        """The instant up to which everything counts."""
        return self.history.as_of

    @cached_property
    def staged(self) -> History:
        """The history without the steps inside stages."""
        return self.history.by_stage()

    @cached_property
    def cycles(self) -> Cycles:
        """What became of each contact, link by link."""
        return trace_cycles(self.touches, self.history)

    @cached_property
    def links(self) -> list[LinkFigures]:
        """How each path does at each link of the cycle."""
        return measure_links(self.cycles, USUAL)

    @cached_property
    def process(self) -> Process:
        """How people move from stage to stage."""
        return estimate_process(self.history, self.touches)

    @cached_property
    def payments(self) -> Payments:
        """What was bought, and what is left of it."""
        return payments_of(self.touches, self.touches.contact, self.as_of)

    @cached_property
    def first_at(self) -> npt.NDArray[np.int64]:
        """Since when each contact is known."""
        return self.touches.first_at()

    @cached_property
    def first_values(self) -> npt.NDArray[np.int64] | None:
        """What each contact's first purchase was worth, or MISSING; None where no money is on record."""
        bought = self.cycles.purchases
        if self.cycles.currency is None:
            return None
        found = np.full(len(self.history.subjects), MISSING)
        found[bought.contact[bought.first]] = bought.value[bought.first]
        return found

    def dimension(self, name: str) -> Column | None:
        """What each contact's first touch that has it says of it; None where no touch has."""
        if name not in self.touches.columns:
            return None
        return self.touches.first(name, until=self.cycles.client_at)

    def at(self, instant: int) -> Case:
        """The same case as of an earlier instant; the last few that were asked for are held."""
        found = self._days.get(instant)
        if found is None:
            found = Case(self.touches, cut(self.history, instant), self.zone)
            most = min(_MOST_DAYS, max(ROOM // max(len(self.touches), 1), 1))
            while len(self._days) >= most:
                self._days.pop(next(iter(self._days)), None)
            self._days[instant] = found
        return found

    def lately(self, now: int) -> Case:
        """The case as of now, or as of an instant of the last minute where that is held already.

        No touch of this case is of the time between, since it was read before.
        """
        held = max((one for one in list(self._days) if now - MINUTE < one <= now), default=now)
        return self.at(held)

    @cached_property
    def _days(self) -> dict[int, Case]:
        return {}


def cut(history: History, instant: int) -> History:
    """A history as it would have been derived as of an earlier instant."""
    rows = np.flatnonzero(history.entered_at <= instant)
    left = history.left_at[rows]
    return replace(
        history,
        contact=history.contact[rows],
        stage=history.stage[rows],
        step=history.step[rows],
        entered_at=history.entered_at[rows],
        left_at=np.where(left > instant, NEVER, left),
        cause=history.cause[rows],
        as_of=instant,
    )


def of_some(history: History, wanted: Mask) -> History:
    """The history of some of the subjects alone."""
    rows = np.flatnonzero(wanted[history.contact])
    place = np.cumsum(wanted, dtype=np.int32) - np.int32(1)
    return replace(
        history,
        subjects=[history.subjects[number] for number in np.flatnonzero(wanted).tolist()],
        contact=place[history.contact[rows]],
        stage=history.stage[rows],
        step=history.step[rows],
        entered_at=history.entered_at[rows],
        left_at=history.left_at[rows],
        cause=history.cause[rows],
    )


def of_contacts(touches: Touches, numbers: Collection[int]) -> Touches:
    """The touches of some contacts alone; audiences are nobody's, and left out."""
    labels = np.array(touches.contact.labels, dtype=np.int64)
    wanted = np.append(np.isin(labels, np.fromiter(numbers, np.int64, len(numbers))), False)
    some = touches.take(np.flatnonzero(wanted[touches.contact.codes]))
    codes, there = np.unique(some.contact.codes, return_inverse=True)
    known = [touches.contact.labels[code] for code in codes.tolist()]
    return replace(some, contact=Column(there.astype(np.int32), known))


def log(zone: str) -> tuple[Touches, str]:
    """All touches, from the mirror or else the database, and the mark of the mirror that they are from.

    Those of which only the day is known stand at its midnight in the zone.
    """
    mark, declared, key = mirror.mark(), kinds(), (str(mirror.folder()), zone)
    held = _LOG.get(key)
    if held and mark and held[0] == mark and held[1].kinds.kinds == declared.kinds:
        return held[1], mark
    found = mirror.read_mirror(zone) if mark else None
    touches = every_touch(zone) if found is None else found
    with _LOCK:
        _LOG.clear()
        _LOG[key] = mark if found is not None else "", touches
    return touches, mark if found is not None else ""


def held_case(slug: str, now: int, scope: str, zone: str) -> tuple[Case, str] | None:
    """A case that was opened before and serves still, with its mark; None where one has to be opened."""
    funnel = funnels()[slug]
    held = _HELD.get((str(mirror.folder()), scope, slug))
    if held is None or not held.serves(funnel, now, zone):
        return None
    return held.case, held.mark


def open_case(
    slug: str,
    now: int,
    scope: str = "",
    numbers: Callable[[], Collection[int]] | None = None,
    zone: str | None = None,
) -> tuple[Case, str]:
    """The case of a funnel in force with the days of a zone, and the mark of the mirror it was read from.

    Without a zone it is the team's.

    `scope` names whose contacts are looked at, `numbers` has them; empty: all. A case that was opened before
    serves again while nothing has changed, and of very many touches for a few minutes more. Only one at a
    time is opened, and whoever waited for it has it too. Raises KeyError for a funnel that isn't there.
    """
    zone = zone or team_zone()
    with _OPENING:
        return held_case(slug, now, scope, zone) or _open(slug, now, scope, numbers, zone)


def _open(
    slug: str, now: int, scope: str, numbers: Callable[[], Collection[int]] | None, zone: str
) -> tuple[Case, str]:
    funnel, key = funnels()[slug], (str(mirror.folder()), scope, slug)
    touches, mark = log(zone)
    if numbers is not None:
        touches = of_contacts(touches, numbers())
    opened = _Held(Case(touches, derive(touches, funnel, now + AHEAD), zone), mark, now)
    with _LOCK:
        _HELD.pop(key, None)
        _HELD[key] = opened
        while len(_HELD) > _MOST_HELD or (
            len(_HELD) > 1 and sum(len(one.case.touches) for one in _HELD.values()) > ROOM
        ):
            _HELD.pop(next(iter(_HELD)))
    return opened.case, mark


def forget() -> None:
    """Hold no case any longer."""
    with _LOCK:
        _HELD.clear()
        _LOG.clear()


@dataclass(frozen=True)
class _Held:
    """A case that was opened, from which state of the mirror, and when."""

    case: Case
    mark: str
    opened_at: int

    def serves(self, funnel: Funnel, now: int, zone: str) -> bool:
        """Whether it may be used again."""
        if (self.case.funnel, self.case.zone) != (funnel, zone) or not 0 <= now - self.opened_at < AHEAD:
            return False
        if len(self.case.touches) > FEW and now - self.opened_at < RIPE:
            return True
        return bool(self.mark) and self.mark == mirror.mark() and not mirror.is_behind()


_HELD: dict[tuple[str, str, str], _Held] = {}
_LOG: dict[tuple[str, str], tuple[str, Touches]] = {}
_LOCK, _OPENING = Lock(), Lock()


def values_of(case: Case, told: dict[int, Any]) -> Column:
    """A value for each contact of a case, from what is told of some by their numbers."""
    return Column.of(told.get(number) for number in case.history.subjects)
