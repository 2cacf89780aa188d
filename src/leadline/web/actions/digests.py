"""Secrets that are shown once, and of which only a hash is kept."""

from __future__ import annotations

import hashlib
import secrets


def make_secret(prefix: str = "") -> str:
    """A new secret of 256 bits, safe in an address."""
    return prefix + secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """What is kept of a secret: its SHA-256, in hex; nobody can guess 256 bits, however fast."""
    return hashlib.sha256(secret.encode()).hexdigest()
