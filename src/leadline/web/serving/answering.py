"""What each process that answers requests runs."""

from __future__ import annotations

import os
import signal
from typing import Any

from django.db.backends.signals import connection_created

from leadline.web.holding import hold_open
from leadline.web.serving.parents import watch_parent
from leadline.web.serving.warming import REPORTS, start_answers, warm_up_later
from leadline.web.wsgi import application

__all__ = ["application"]

CACHE = 16_000
"""Kilobytes of SQLite's file that a thread keeps with its connection; the system keeps what it read, too."""


def _keep_little(connection: Any, **_: object) -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size=-{CACHE}")


connection_created.connect(_keep_little)
hold_open()
watch_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))
warm_up_later(*REPORTS, start_answers)
