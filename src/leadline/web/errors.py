"""What can go wrong in the application, and the one table that says how each error leaves it."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpResponse

from leadline.engine.errors import LeadlineError


class Unauthorised(LeadlineError):
    """No token, or one that is over."""

    code = "unauthorised"


class Forbidden(LeadlineError):
    """Their role doesn't allow it."""

    code = "forbidden"


class NotFound(LeadlineError):
    """There is no such record, or it isn't theirs to see."""

    code = "not-found"


class NoSuchMethod(LeadlineError):
    """Nothing at this address is done by this method."""

    code = "no-such-method"


class Refused(LeadlineError):
    """What was given isn't taken; `field` names the field of a form that it is about, if it is about one."""

    def __init__(self, asked: str, *, field: str = "", **told: Any) -> None:
        super().__init__(asked, **told)
        self.field = field


class Invalid(Refused):
    """What was given can't be recorded."""

    code = "invalid"


class TooLarge(Invalid):
    """More at once than is read."""

    code = "too-large"


class Unreadable(Invalid):
    """A body of a sort, or packed in a way, that isn't read."""

    code = "unreadable"


class NoLength(Invalid):
    """A body of which isn't said how long it is."""

    code = "no-length"


class Conflict(Refused):
    """Somebody else changed it first, or it has been done already."""

    code = "conflict"


class Busy(LeadlineError):
    """Not now: too many requests, or the database is at work."""

    code, exit_code = "busy", 8


class TooMany(Busy):
    """More requests than a token may make in a minute."""

    code = "too-many"


class NoRoom(Busy):
    """Nothing can be written: the disk is full, or it fails."""

    code = "no-room"


class Damaged(Busy):
    """The file of the database can't be read."""

    code = "damaged"


@dataclass(frozen=True)
class Leaving:
    """How an error leaves: the HTTP status, and in how many seconds it is worth another try (0: it isn't)."""

    status: int
    wait: int = 0

    def mark(self, response: HttpResponse) -> HttpResponse:
        """The same response, which says when to try again, if that is worth it."""
        if self.wait:
            response["Retry-After"] = str(self.wait)
        return response


TABLE: dict[type[LeadlineError], Leaving] = {
    Unauthorised: Leaving(401),
    Forbidden: Leaving(403),
    NotFound: Leaving(404),
    NoSuchMethod: Leaving(405),
    Conflict: Leaving(409),
    NoLength: Leaving(411),
    TooLarge: Leaving(413),
    Unreadable: Leaving(415),
    Invalid: Leaving(422),
    TooMany: Leaving(429, wait=1),
    NoRoom: Leaving(503, wait=60),
    Damaged: Leaving(503),
    Busy: Leaving(503, wait=1),
    LeadlineError: Leaving(422),
}


def leaving(error: LeadlineError) -> Leaving:
    """How this error leaves: by the nearest class of the table."""
    return next(TABLE[kind] for kind in type(error).__mro__ if kind in TABLE)


@contextmanager
def in_row(number: int) -> Iterator[None]:
    """Have whatever is wrong with a row of many name the row."""
    try:
        yield
    except LeadlineError as error:
        raise type(error)(
            error.asked,
            found=error.found,
            allowed=error.allowed,
            suggestion=error.suggestion,
            where=f"row {number}",
        ) from None


def trouble(error: BaseException | None) -> Busy | None:
    """What is told of a database or a disk that fails under us; None for every other error.

    Whatever was being written is undone by then: an action is written whole, or not at all.
    """
    said = str(error).casefold()
    full = isinstance(error, OSError) and error.errno in _FULL
    if full or (isinstance(error, OperationalError) and any(words in said for words in _NO_ROOM)):
        return NoRoom(
            "Something was to be written",
            found="that the disk is full, or fails; nothing was written",
            allowed="another try, once there is room on the disk of the server",
        )
    if isinstance(error, DatabaseError) and any(words in said for words in _BROKEN):
        return Damaged(
            "The database was to be asked",
            found="that its file is damaged",
            allowed="leadline doctor, which says more; the last backup, restored into another LEADLINE_HOME",
        )
    if isinstance(error, OperationalError) and any(words in said for words in _UNREACHED):
        return Busy(
            "The database was to be asked",
            found="that it can't be reached; nothing was written",
            allowed="another try, after “leadline doctor”, which says why",
        )
    if isinstance(error, (OperationalError, InterfaceError)) and "no such " not in said:
        return Busy(
            "The database was to be asked",
            found="that it is at work, or went away; nothing was written",
            allowed="another try in a moment",
        )
    return None


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_ROOM = ("is full", "disk i/o error", "no space left")
_BROKEN = ("file is not a database", "disk image is malformed")
_UNREACHED = ("connection failed", "connection is bad", "resolve host", "timeout expired", "unable to open")
"""How SQLite and PostgreSQL say it."""
