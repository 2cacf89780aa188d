"""A home of its own with a database in a file, and workers that are real processes."""

from __future__ import annotations

import os
import signal
import sqlite3
import time

import pytest

from tests import forked
from tests.fault.business import Business, Receiver
from tests.web.postgresql import installed


class Home:
    """A folder with a database, whose processes are all ended when the test is."""

    def __init__(self, path):
        self.path = path
        self.workers = []
        self.env = os.environ | {
            "LEADLINE_HOME": str(path),
            "DJANGO_SETTINGS_MODULE": "leadline.web.settings",
            "NUMBA_NUM_THREADS": "1",
        }
        self.env.pop("DATABASE_URL", None)

    def run(self, code):
        """A process that is waited for; what it prints."""
        done = forked.run(f"import django; django.setup()\n{code}", self.env, self.path, 600)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, lease=2, rest=0):
        """A worker, whose claims last so many seconds, and which rests so long between batches."""
        with (self.path / "worker.log").open("a") as log:
            code = f"from tests.fault.work import work; work({lease}, {rest})"
            worker = forked.Forked(code, self.env, self.path, log.fileno(), log.fileno())
        self.workers.append(worker)
        return worker

    def ask(self, query, *given):
        """Rows of the database."""
        with sqlite3.connect(self.path / "leadline.sqlite3", timeout=20) as connection:
            found = connection.execute(query, given).fetchall()
        connection.close()
        return found

    def wait(self, query, wanted, seconds=120):
        """Until a query has one answer."""
        end = time.monotonic() + seconds
        while self.ask(query)[0][0] != wanted:
            assert time.monotonic() < end, (self.ask(query), (self.path / "worker.log").read_text()[-2000:])
            time.sleep(0.05)


@pytest.fixture
def home(tmp_path, templates):
    templates.tables(tmp_path)
    place = Home(tmp_path)
    yield place
    for worker in place.workers:
        if worker.poll() is None:
            worker.send_signal(signal.SIGKILL)
        worker.wait()


@pytest.fixture(params=["sqlite", "postgresql"])
def installation(request, tmp_path, templates):
    """An installation whose tables are made, on either database."""
    if request.param == "sqlite":
        made = templates.tables(tmp_path / "home")
    else:
        name = f"fault_{os.getpid()}_{time.monotonic_ns()}"
        made = installed(request.getfixturevalue("server"), tmp_path, name, tables=True)
    yield made
    made.end()


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.end()


@pytest.fixture
def business(installation, receiver):
    """An installation with people in it, and somebody who hears of what happens."""
    made = Business(installation, receiver)
    yield made
    made.stop.set()
    for client in made.clients:
        client.join(120)
