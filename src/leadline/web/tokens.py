"""Tokens: how a program shows for whom it acts, and what it may do."""

from __future__ import annotations

import hashlib
import logging
import secrets
from datetime import datetime, timedelta

from django.db import OperationalError, connection
from django.http import HttpRequest
from django.utils import timezone

from leadline.web.errors import Unauthorised
from leadline.web.models import Token
from leadline.web.turns import impatient

log = logging.getLogger(__name__)
PREFIX = "ll_"
SEEN_EVERY = timedelta(minutes=1)
"""A token that is used all the time is written down as used once a minute."""
TRIED_EVERY = timedelta(seconds=5)
"""Where somebody else writes just then, it is tried again after so long."""
_TRIED: dict[int, datetime] = {}
"""When this process last found that the use of a token couldn't be written down."""
SCOPES: dict[str, str] = {
    "contacts:read": "Read contacts and companies, with their stages, facts and notes.",
    "contacts:write": "Make, change, merge and tag contacts and companies.",
    "contacts:erase": "Erase people for good, as privacy law asks.",
    "touches:read": "Read what happened.",
    "touches:write": "Record what happened, facts and notes, and take it back.",
    "asks:read": "Read asks, offers, purchases and contracts.",
    "asks:write": "Record asks and their answers, purchases and contracts.",
    "tasks:read": "Read what is to be done: today's lists and tasks.",
    "tasks:write": "Make tasks, tick them off, and put off what is to be done.",
    "plans:read": "Read goals, capacity, costs and audiences.",
    "plans:write": "Set goals and capacity, record costs and audiences.",
    "reports:read": "Read the reports.",
    "definitions:read": "Read funnels, kinds, paths, fields and profiles.",
    "definitions:write": "Change funnels, kinds, paths, fields, profiles and offers.",
    "imports:read": "Read what was imported.",
    "imports:write": "Import files, and undo it.",
    "exports:read": "Take everything out that its user sees.",
    "people:read": "Read who works here.",
    "people:write": "Invite people, change their roles and teams, let them go.",
    "own:read": "Read what is its user's own: preferences, tokens, kept views.",
    "own:write": "Change what is its user's own; make tokens that may no more than it may itself.",
    "webhooks:read": "Read webhooks, and what became of each event.",
    "webhooks:write": "Set up webhooks.",
    "changes:read": "Read who changed what.",
    "backups:read": "List backups, and take them away: they hold everything.",
    "backups:write": "Make backups, and remove them.",
    "metrics:read": "Read the figures of the server.",
}
"""What a token may be for. What its user can't see or change, it can't either."""


def make_secret(prefix: str = PREFIX) -> str:
    """A new secret, which is shown once; 256 bits of chance, so a plain hash of it is enough."""
    return prefix + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What is kept of a secret: its SHA-256."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find_token(request: HttpRequest, scope: str | None = None) -> Token | None:
    """The token that a request carries, if it is known, not over, of an active user, and has the scope."""
    found, now = _sent(request), timezone.now()
    if found is None or not found.user.is_active or (found.expires_at and found.expires_at <= now):
        return None
    if _is_over(found.last_used_at, SEEN_EVERY, now) and _is_over(_TRIED.get(found.pk), TRIED_EVERY, now):
        _note_use(found.pk, now)
    return found if scope is None or scope in found.scopes else None


def refusal(request: HttpRequest) -> Unauthorised:
    """Why nobody comes in with a request; whoever has the secret of a token learns that it is over."""
    found = _sent(request)
    if found is None:
        why = "one that nobody knows, or that was taken back" if _secret_of(request) else "none"
    elif found.user.is_active and found.expires_at:
        why = f"one that was good until {found.expires_at:%Y-%m-%d %H:%M} UTC"
    else:
        why = "one of somebody who was let go"
    return Unauthorised("A token is needed", found=why, allowed="the header Authorization: Bearer …")


def _secret_of(request: HttpRequest) -> str:
    word, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if word.lower() == "bearer" else ""


def _sent(request: HttpRequest) -> Token | None:
    """The token that a request carries, in force or not."""
    secret = _secret_of(request)
    known = Token.objects.select_related("user__team").filter(digest=digest_of(secret))
    return known.first() if secret else None


def _is_over(at: datetime | None, span: timedelta, now: datetime) -> bool:
    """Whether so much time has passed since; the clock may have been set back."""
    return at is None or abs(now - at) >= span


def _note_use(token: int, now: datetime) -> None:
    """Write down that a token was used. Where somebody else writes just now, a later request does it."""
    try:
        with impatient(connection):
            Token.objects.filter(pk=token).update(last_used_at=now)
    except OperationalError as error:
        _TRIED[token] = now
        log.debug("The use of a token is noted later: %s", error)
    else:
        _TRIED.pop(token, None)
