"""After somebody was erased: what the mirror and the file of the database still hold of them goes, too."""

from __future__ import annotations

from typing import Any

from django.db import connection

from leadline.web.actions import mirrors
from leadline.web.actions.erasure import JOB
from leadline.web.errors import Busy
from leadline.web.jobs.leases import Lease
from leadline.web.jobs.registry import handles


@handles(JOB, attempts=20)
def finish_erasure(payload: dict[str, Any], now: int, lease: Lease) -> None:
    """Write the mirror anew where it held them, and empty the log in which SQLite keeps what was there.

    Raises Busy while somebody still reads from that log, so that it is tried again.
    """
    mirrors.refresh(now)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            if cursor.fetchone()[0]:
                raise Busy("The log of the database was to be emptied", found="that somebody reads from it")
