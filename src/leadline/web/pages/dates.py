"""Days and hours of somebody's own zone."""

from __future__ import annotations

from datetime import date, datetime, time

from leadline.engine.clocks import days_of, from_local, is_zone, to_local
from leadline.engine.instants import DAY, to_datetime, to_instant
from leadline.web.actions.checks import known_day
from leadline.web.errors import Invalid
from leadline.web.templatetags import words


def day_said(instant: int | None, zone: str) -> str:
    """The day of an instant as whoever looks writes it: “2 Mar 2026”; an empty text for none."""
    if instant is None:
        return ""
    with days_of(_known(zone)):
        return words.day(instant)


def time_said(instant: int, zone: str) -> str:
    """The day and the hour, “2 Mar 2026, 09:30”; the day alone where no hour is known (midnight)."""
    if _here(instant, zone).time() == time():
        return day_said(instant, zone)
    with days_of(_known(zone)):
        return words.moment(instant)


def field_value(instant: int, zone: str) -> str:
    """An instant as a `datetime-local` field has it."""
    return f"{_here(instant, zone):%Y-%m-%dT%H:%M}"


def read_time(text: str, zone: str, now: int, field: str = "day") -> int:
    """The instant that a field of day and hour, or of a day, says; nothing is now, and today is now too.

    Any other day, without an hour or at its midnight, is the midnight of UTC that stands for it.
    """
    text = text.strip()
    if not text:
        return now
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise _no_day(text, "as 2026-03-31", field) from None
    if len(text) == 10 and at.date() == _here(now, zone).date():
        return now
    known_day(at.date(), field)
    with days_of(_known(zone)):
        instant = from_local(at)
        shown = to_local(instant)
    if at.tzinfo is None and shown.replace(tzinfo=None, fold=0, microsecond=at.microsecond) != at:
        found = f"{at:%H:%M}, which the clocks left out on that day, as they were put forward"
        raise Invalid("A time was asked for", found=found, allowed=f"{shown:%H:%M} instead", field=field)
    return now if now < instant < now + 60_000_000 else instant


def read_day(text: str, field: str = "day") -> date | None:
    """The day that a field says, or none."""
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise _no_day(text, "as 2026-03-31", field) from None
    return known_day(day, field)


def _here(instant: int, zone: str) -> datetime:
    with days_of(_known(zone)):
        return to_local(instant)


def _known(zone: str) -> str:
    return zone if is_zone(zone) else "UTC"


def instant_of(at: datetime) -> int:
    """The instant of a time that the database keeps."""
    return to_instant(at)


def days_ago(now: int, days: int) -> datetime:
    """The time some days before now."""
    return to_datetime(now - days * DAY)


def _no_day(text: str, allowed: str, field: str) -> Invalid:
    return Invalid("A day was asked for", found=f"“{text[:40]}”", allowed=allowed, field=field)
