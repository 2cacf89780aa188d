"""A process of several threads holds its SQLite file open from its start to its end.

SQLite keeps others from removing its log by locks of the process on the file, and POSIX drops all of these as
soon as the process closes the file once, whoever locked it. SQLite puts such a closing off while one of its
connections has a lock; but a thread that opens a connection between that look and the closing is left without
one (SQLite 3.40, `unixClose`). Another process then takes itself for the last, removes the log under it, and
the database is damaged. While one connection is open all the time, nothing is ever closed.

What is written stands in the log first. Whoever finds a long log after their own write copies it into the
file, and waits for the disk meanwhile; the worker does so every other second, so that nobody else has to.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from threading import Lock

from django.db import connection

_HELD: dict[str, sqlite3.Connection] = {}
_ONE = Lock()


def hold_open() -> None:
    """Keep the database open until the process ends; to be called before its threads are begun."""
    file = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or not Path(file).is_file():
        return
    with _ONE:
        if file not in _HELD:
            held = sqlite3.connect(file, check_same_thread=False)
            held.execute("PRAGMA journal_mode=WAL")
            held.execute("SELECT count(*) FROM sqlite_master").fetchall()  # from which on it has its lock
            _HELD[file] = held


def copy_log() -> None:
    """Copy the log into the database that is held open, as far as nobody reads it: none waits for that."""
    for held in list(_HELD.values()):
        held.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
