"""Days and hours of somebody's own zone."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone

from leadline.engine.instants import DAY, to_datetime, to_instant
from leadline.web.errors import Invalid
from leadline.web.templatetags import words


def day_said(instant: int | None, zone: str) -> str:
    """The day of an instant as whoever looks writes it: “2 Mar 2026”; an empty text for none."""
    if instant is None:
        return ""
    with timezone.override(_zone(zone)):
        return words.day(instant)


def time_said(instant: int, zone: str) -> str:
    """The day and the hour, “2 Mar 2026, 09:30”; the day alone where no hour is known (midnight)."""
    if _here(instant, zone).time() == time():
        return day_said(instant, zone)
    with timezone.override(_zone(zone)):
        return words.moment(instant)


def field_value(instant: int, zone: str) -> str:
    """An instant as a `datetime-local` field has it."""
    return f"{_here(instant, zone):%Y-%m-%dT%H:%M}"


def read_time(text: str, zone: str, now: int, field: str = "day") -> int:
    """The instant that a field of day and hour, or of a day, says; nothing is now, and today is now too."""
    text = text.strip()
    if not text:
        return now
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise _no_day(text, "as 2026-03-31", field) from None
    if len(text) == 10 and at.date() == _here(now, zone).date():
        return now
    try:
        instant = to_instant(at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone)))
    except OverflowError:
        raise _no_day(text, "a day since 1900", field) from None
    return now if now < instant < now + 60_000_000 else instant


def read_day(text: str, field: str = "day") -> date | None:
    """The day that a field says, or none."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise _no_day(text, "as 2026-03-31", field) from None


def _here(instant: int, zone: str) -> datetime:
    return to_datetime(instant).astimezone(_zone(zone))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError):
        return ZoneInfo("UTC")


def instant_of(at: datetime) -> int:
    """The instant of a time that the database keeps."""
    return to_instant(at)


def days_ago(now: int, days: int) -> datetime:
    """The time some days before now."""
    return to_datetime(now - days * DAY)


def _no_day(text: str, allowed: str, field: str) -> Invalid:
    return Invalid("A day was asked for", found=f"“{text[:40]}”", allowed=allowed, field=field)
