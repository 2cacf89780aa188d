"""Instants: int64 microseconds since 1970-01-01 UTC inside, datetimes outside."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from leadline.engine.errors import LeadlineError

DAY = 86_400_000_000
"""Microseconds in a day."""
WEEK = 7 * DAY
"""Microseconds in a week."""
YEAR = 365 * DAY
"""Microseconds in a year: whole days, so that the last year of a log that knows only days has 365 of them."""
MONTH = YEAR // 12
"""Microseconds in a month: a twelfth of a year."""

NEVER = int(np.iinfo(np.int64).max)
"""The instant that doesn't come: the `left_at` of a stage in which somebody still is."""

Moment = datetime | date | str | int
"""What the public functions take as an instant; a naive datetime or text is UTC, an int is microseconds."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_instant(moment: Moment) -> int:
    """Microseconds since 1970-01-01 UTC; a bare date is its midnight. Raises as `read_moment` does."""
    told = read_moment(moment)
    if isinstance(told, int):
        return told
    if not isinstance(told, datetime):
        told = datetime.combine(told, time())
    return _microseconds(told if told.tzinfo else told.replace(tzinfo=UTC))


def read_moment(moment: Moment) -> datetime | date | int:
    """What a text in ISO form says; all else as it is.

    Raises LeadlineError for what is neither a date nor an instant, nor a text that says one.
    """
    if isinstance(moment, (int, np.integer)):
        return int(moment)
    if isinstance(moment, str):
        moment = _read(moment)
    if not isinstance(moment, date):
        raise _bad_moment(moment)
    return moment


def to_datetime(instant: int) -> datetime:
    """The aware UTC datetime of an instant."""
    return _EPOCH + timedelta(microseconds=int(instant))


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _read(text: str) -> datetime | date:
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        raise _bad_moment(text) from None


def _bad_moment(found: object) -> LeadlineError:
    return LeadlineError(
        "A date was asked for", found=f"“{found}”", allowed="2026-03-31 or 2026-03-31T14:30:00+02:00"
    )
