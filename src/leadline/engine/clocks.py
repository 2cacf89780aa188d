"""Clocks: whose days are meant. A day, a week and a month begin at midnight, which is not everywhere at once.

    with days_of("Europe/Berlin"):
        report = asks(cycles)
        print(report.sentences())

Whoever asks says so once, around all of it; else days are those of UTC. An instant that is a midnight of UTC
stands for its day, wherever one is: many files know only the day (as `importers.zones`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import numpy.typing as npt

from leadline.engine.errors import LeadlineError, nearest
from leadline.engine.instants import DAY, to_datetime

Integers = npt.NDArray[np.int64]

_ZONE: ContextVar[str] = ContextVar("zone", default="UTC")
_QUARTER = DAY // 96
_MICROSECOND = timedelta(microseconds=1)


def zone() -> str:
    """Whose days are meant now."""
    return _ZONE.get()


@contextmanager
def days_of(place: str) -> Iterator[None]:
    """Days told and counted inside are those of a time zone; raises LeadlineError for one there isn't."""
    known = available_timezones()
    if place not in known:
        raise LeadlineError(
            "A time zone was asked for",
            found=f"“{place}”",
            allowed="one like Europe/Berlin",
            suggestion=nearest(place, sorted(known)),
        )
    token = _ZONE.set(place)
    try:
        yield
    finally:
        _ZONE.reset(token)


def to_local(instant: int) -> datetime:
    """An instant as the clocks show it; a midnight of UTC as the midnight of that day."""
    if instant % DAY == 0:
        return to_datetime(instant).replace(tzinfo=_place())
    return to_datetime(instant).astimezone(_place())


def shown(instants: Integers) -> Integers:
    """What the clocks show at these instants, given as if it were UTC: whole days begin at local midnight."""
    if zone() == "UTC" or not len(instants):
        return instants
    quarters, place = np.unique(instants // _QUARTER, return_inverse=True)
    ahead = np.array([_ahead(int(quarter) * _QUARTER) for quarter in quarters], dtype=np.int64)
    return np.where(instants % DAY == 0, instants, instants + ahead[place])


def shown_at(instant: int) -> int:
    """The same of one instant."""
    return int(shown(np.array([instant], dtype=np.int64))[0])


def begin_of(day: date) -> int:
    """The instant at which a day begins."""
    begins = datetime.combine(day, time(), tzinfo=_place()).astimezone(UTC)
    return (begins - datetime(1970, 1, 1, tzinfo=UTC)) // _MICROSECOND


def end_of(day: date) -> int:
    """The last microsecond of a day."""
    return begin_of(day + timedelta(days=1)) - 1


def _place() -> tzinfo:
    return UTC if zone() == "UTC" else ZoneInfo(zone())


def _ahead(instant: int) -> int:
    """The microseconds that the clocks are ahead of UTC."""
    return (to_datetime(instant).astimezone(_place()).utcoffset() or timedelta()) // _MICROSECOND
