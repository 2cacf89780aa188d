"""Tokens: how a program shows for whom it acts, and what it may do."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.http import HttpRequest
from django.utils import timezone

from leadline.web.models import Token

PREFIX = "ll_"
SEEN_EVERY = timedelta(minutes=1)
"""A token that is used all the time is written down as used once a minute."""
SCOPES: dict[str, str] = {
    "contacts:read": "Read contacts and companies, with their stages.",
    "contacts:write": "Make and change contacts and companies.",
    "touches:read": "Read what happened.",
    "touches:write": "Record what happened, and take it back.",
    "asks:read": "Read asks, offers and contracts.",
    "asks:write": "Record asks and their answers, purchases and contracts.",
    "tasks:write": "Make tasks and notes, and tick them off.",
    "reports:read": "Read the reports.",
    "definitions:read": "Read funnels, kinds and paths.",
    "definitions:write": "Change funnels, kinds and paths.",
    "imports:write": "Import files, and undo it.",
    "webhooks:write": "Set up webhooks.",
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
    word, _, secret = request.headers.get("Authorization", "").partition(" ")
    if word.lower() != "bearer" or not secret:
        return None
    found = Token.objects.select_related("user__team").filter(digest=digest_of(secret.strip())).first()
    now = timezone.now()
    if found is None or not found.user.is_active or (found.expires_at and found.expires_at <= now):
        return None
    if found.last_used_at is None or now - found.last_used_at > SEEN_EVERY:
        Token.objects.filter(pk=found.pk).update(last_used_at=now)
    return found if scope is None or scope in found.scopes else None
