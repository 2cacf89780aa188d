"""What can go wrong in the application, and the one table that says how each error leaves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from leadline.engine.errors import LeadlineError


class Forbidden(LeadlineError):
    """Their role doesn't allow it."""

    code = "forbidden"


class NotFound(LeadlineError):
    """There is no such record, or it isn't theirs to see."""

    code = "not-found"


class Refused(LeadlineError):
    """What was given isn't taken; `field` names the field of a form that it is about, if it is about one."""

    def __init__(self, asked: str, *, field: str = "", **told: Any) -> None:
        super().__init__(asked, **told)
        self.field = field


class Invalid(Refused):
    """What was given can't be recorded."""

    code = "invalid"


class Conflict(Refused):
    """Somebody else changed it first, or it has been done already."""

    code = "conflict"


class Busy(LeadlineError):
    """Not now: too many requests, or the database is at work."""

    code = "busy"


class TooMany(Busy):
    """More requests than a token may make in a minute."""

    code = "too-many"


@dataclass(frozen=True)
class Leaving:
    """How an error leaves: the HTTP status, and whether it is worth another try."""

    status: int
    again: bool = False


TABLE: dict[type[LeadlineError], Leaving] = {
    Forbidden: Leaving(403),
    NotFound: Leaving(404),
    Conflict: Leaving(409),
    Invalid: Leaving(422),
    TooMany: Leaving(429, again=True),
    Busy: Leaving(503, again=True),
    LeadlineError: Leaving(422),
}


def leaving(error: LeadlineError) -> Leaving:
    """How this error leaves: by the nearest class of the table."""
    return next(TABLE[kind] for kind in type(error).__mro__ if kind in TABLE)
