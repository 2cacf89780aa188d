"""Clocks: whose days are meant. A day, a week and a month begin at midnight, which is not everywhere at once.

    with days_of("Europe/Berlin"):
        report = asks(cycles)
        print(report.sentences())

Whoever asks says so once, around all of it; else days are those of UTC. An instant that is a midnight of UTC
stands for its day, wherever one is: many files know only the day (as `importers.zones`). Among touches that
have an hour too, such a day begins at the midnight of the zone (`placed`), or one of them would be counted
with the day before it, or after it.

Whoever looks may be elsewhere than those who count: then `home` is where it is counted. A midnight there
stands for its day too, and is told as that day to everybody. An hour that somebody told and that falls on a
midnight of UTC is kept a microsecond later (`of_hour`), or it would be taken for a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import numpy.typing as npt

from leadline.engine.errors import LeadlineError, UnknownName, nearest
from leadline.engine.instants import DAY, Moment, read_moment, to_datetime, to_instant

Integers = npt.NDArray[np.int64]

_ZONE: ContextVar[str] = ContextVar("zone", default="UTC")
_HOME: ContextVar[str | Callable[[], str]] = ContextVar("home", default="")
_QUARTER = DAY // 96
_SECOND = 1_000_000
_MICROSECOND = timedelta(microseconds=1)
_LAST_YEAR = 9999


def zone() -> str:
    """Whose days are meant now."""
    return _ZONE.get()


def home() -> str:
    """Where it is counted; empty where nobody has said so: then it is the zone."""
    place = _HOME.get()
    return place if isinstance(place, str) else place()


def is_zone(place: str) -> bool:
    """Whether there is a time zone of that name."""
    try:
        ZoneInfo(place)
    except (KeyError, ValueError, OSError):
        return False
    return True


@contextmanager
def days_of(place: str, home: str | Callable[[], str] | None = None) -> Iterator[None]:
    """Days told and counted inside are those of a time zone; raises UnknownName for one there isn't.

    `home` is where those count whose touches are told, or what finds it out for the first who wants to know;
    None: as it was said before.
    """
    if not is_zone(place):
        raise UnknownName(
            "A time zone was asked for",
            found=f"“{place}”",
            allowed="one like Europe/Berlin",
            suggestion=nearest(place, sorted(available_timezones())),
        )
    where = _HOME.get() if home is None else cache(home) if callable(home) else home
    token, counted = _ZONE.set(place), _HOME.set(where)
    try:
        yield
    finally:
        _ZONE.reset(token)
        _HOME.reset(counted)


def to_local(instant: int) -> datetime:
    """An instant as the clocks show it; a midnight of UTC, or at home, as the midnight of that day."""
    if instant % DAY == 0:
        return to_datetime(instant).replace(tzinfo=_place())
    if instant % _SECOND == 0 and (counted := home()) not in ("", zone()):
        day = to_datetime(instant).astimezone(ZoneInfo(counted)).date()
        if _midnight(day, ZoneInfo(counted)) == instant:
            return datetime.combine(day, time(), tzinfo=_place())
    return to_datetime(instant).astimezone(_place())


def of_hour(instant: int) -> int:
    """An instant of which somebody told the hour: it is no midnight of UTC, which stands for a day."""
    return instant if instant % DAY else instant + 1


def from_local(told: datetime) -> int:
    """The instant of a time as the clocks show it, unless it has an offset; a midnight stands for its day.

    Of an hour that clocks show twice it is the first; one that they leave out is counted on from before.
    """
    if told.tzinfo is None and told.time() == time():
        return to_instant(told.date())
    instant = to_instant(told if told.tzinfo else told.replace(tzinfo=_place(), fold=0))
    return instant if told.time() == time() else of_hour(instant)


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


def placed(instants: Integers) -> Integers:
    """Instants of which a midnight of UTC, that stands for its day, is the midnight of that day instead."""
    whole = instants % DAY == 0
    if zone() == "UTC" or not whole.any():
        return instants
    days, place = np.unique(instants[whole], return_inverse=True)
    found = instants.copy()
    found[whole] = np.array([begin_of(to_datetime(day).date()) for day in days.tolist()])[place]
    return found


def begin_of(day: date) -> int:
    """The instant at which a day begins."""
    return _midnight(day, _place())


def end_of(day: date) -> int:
    """The last microsecond of a day."""
    return begin_of(day + timedelta(days=1)) - 1


def span_of(moment: Moment) -> tuple[int, int]:
    """The first and the last instant that are meant: of a bare date those of its day, else that one twice.

    Raises LeadlineError for what is no moment, or a day outside of the years 2 to 9998.
    """
    told = read_moment(moment)
    if isinstance(told, (int, datetime)):
        return to_instant(told), to_instant(told)
    if not 1 < told.year < _LAST_YEAR:
        years = f"a year from 2 to {_LAST_YEAR - 1}"
        raise LeadlineError("A day was asked for", found=f"{told}", allowed=years)
    return begin_of(told), end_of(told)


def last_of(moment: Moment) -> int:
    """The instant up to which, and with it, everything counts: of a bare date the last one of its day."""
    return span_of(moment)[1]


def _midnight(day: date, place: tzinfo) -> int:
    midnight = datetime.combine(day, time(), tzinfo=place)
    return to_instant(day) - (midnight.utcoffset() or timedelta()) // _MICROSECOND


def _place() -> tzinfo:
    return UTC if zone() == "UTC" else ZoneInfo(zone())


def _ahead(instant: int) -> int:
    """The microseconds that the clocks are ahead of UTC."""
    return (to_datetime(instant).astimezone(_place()).utcoffset() or timedelta()) // _MICROSECOND
