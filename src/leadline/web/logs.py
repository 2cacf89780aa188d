"""What the log says: never a secret that an address carries."""

from __future__ import annotations

import logging
import re

_SECRET = re.compile(r"(?<=/)(?=[\w:.-]*[A-Z0-9])[\w:.-]{20,}")
"""A part of an address that is long, and no words: of an invitation, a link to sign in, a password reset."""


class Discreet(logging.Filter):
    """Leaves the secrets of addresses out of what is logged; a refused form is logged with its address."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record stays, without secrets."""
        record.msg, record.args = _SECRET.sub("…", record.getMessage()), ()
        return True
