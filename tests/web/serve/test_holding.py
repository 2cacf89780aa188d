"""A process of several threads holds the file of its database: its log is not removed under it."""

from __future__ import annotations

import subprocess
import sys
import time

OPEN_AND_CLOSE = """
import sqlite3
import django
django.setup()
from django.db import connection
from leadline.web.environment import home
from leadline.web.jobs.worker import Worker
{first}
for _ in range(3):
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM web_contact").fetchall()
    connection.close()
print((home() / "leadline.sqlite3-wal").exists())
"""

WRITE_MUCH = """
from django.db import connection
from leadline.web.environment import home
from leadline.web.jobs.worker import Worker
Worker()
log = home() / "leadline.sqlite3-wal"
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE much (held)")
    cursor.execute("INSERT INTO much VALUES (zeroblob(80000000))")
    print(log.stat().st_size > 80_000_000)
    cursor.execute("INSERT INTO much VALUES (1)")
    print(log.stat().st_size <= 64 * 2**20)
"""

WRITE_SOME = """
from django.db import connection
from leadline.web.environment import home
file = home() / "leadline.sqlite3"
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE much (held)")
    cursor.execute("INSERT INTO much VALUES (zeroblob(20000000))")
print((home() / "leadline.sqlite3-wal").stat().st_size > 20_000_000)
"""


def open_and_close(ready, first=""):
    """In a process that clears up at its end what it holds, as none does that is forked."""
    told = [sys.executable, "-c", OPEN_AND_CLOSE.format(first=first)]
    return subprocess.run(told, env=ready.env, capture_output=True, text=True, check=True).stdout.strip()


def test_a_worker_holds_the_database_open_between_two_looks_at_the_jobs(ready):
    assert open_and_close(ready) == "False", "the last one removes the log"
    assert open_and_close(ready, "Worker()") == "True"
    assert not (ready.home / "leadline.sqlite3-wal").exists(), "it ended"


def test_a_server_holds_the_database_open_between_two_requests(ready):
    ready.start("serve", "--port", ready.port, "--no-worker")
    ready.until_it_answers()
    for _ in range(3):
        assert ready.get("/accounts/login/")[0] == 200
        assert ready.sql("SELECT count(*) FROM web_contact") == [(0,)]  # and closes it
        assert (ready.home / "leadline.sqlite3-wal").exists()


def test_the_worker_copies_what_others_wrote_from_the_log_into_the_file(ready):
    ready.start("worker")
    end = time.monotonic() + 60
    while not (ready.home / "worker.json").exists():
        assert time.monotonic() < end
        time.sleep(0.1)
    assert ready.python(WRITE_SOME).strip() == "True"
    while (ready.home / "leadline.sqlite3").stat().st_size < 20_000_000:
        assert time.monotonic() < end
        time.sleep(0.1)
    assert (ready.home / "leadline.sqlite3-wal").exists(), "nobody ended"


def test_a_log_that_grew_by_much_work_becomes_small_again(ready):
    assert ready.python(WRITE_MUCH).split() == ["True", "True"]
