"""Whoever wants to write to SQLite comes next after whoever writes.

SQLite lets one write at a time and keeps no line of those who wait: each looks again after a pause, soon of a
tenth of a second. A worker that rests for a moment between two parts of an import has begun the next one by
then, again and again. So whoever begins a transaction looks every few milliseconds, and gets that moment.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

PAUSE = 0.005
"""Seconds between two looks."""
REST = 0.02
"""Seconds for which a long work rests between its parts: whoever waits has looked by then."""
_BEGIN = "BEGIN IMMEDIATE"


def take_turns(connection: BaseDatabaseWrapper, **told: Any) -> None:
    """Have a new connection to SQLite begin its transactions so; single statements wait as SQLite does."""
    if connection.vendor == "sqlite" and _begin not in connection.execute_wrappers:
        connection.execute_wrappers.append(_begin)


@contextmanager
def impatient(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let SQLite fail at once, where it would wait for whoever writes."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    connection.connection.execute("PRAGMA busy_timeout = 0")
    try:
        yield
    finally:
        connection.connection.execute(f"PRAGMA busy_timeout = {round(_patience(connection) * 1000)}")


def _begin(execute: Callable[..., Any], sql: str, *given: Any) -> Any:
    """Carry a statement out; begin a transaction as soon as nobody else writes.

    Raises OperationalError when the usual patience is over.
    """
    if sql != _BEGIN:
        return execute(sql, *given)
    connection = given[-1]["connection"]
    until = time.monotonic() + _patience(connection)
    with impatient(connection):
        while True:
            try:
                return execute(sql, *given)
            except OperationalError as error:
                if not _is_busy(error) or time.monotonic() > until:
                    raise
            time.sleep(PAUSE)


def _is_busy(error: OperationalError) -> bool:
    """Whether it is no more than that somebody else writes."""
    code = getattr(error.__cause__, "sqlite_errorcode", None)
    return code is not None and code & 0xFF == sqlite3.SQLITE_BUSY


def _patience(connection: BaseDatabaseWrapper) -> float:
    """The seconds for which a connection waits."""
    return float(connection.settings_dict.get("OPTIONS", {}).get("timeout", 5))
