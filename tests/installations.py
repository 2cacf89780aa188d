"""Installations in folders of their own, worked on by real processes.

What many begin with is made once in a run of the tests, and copied.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from tempfile import mkdtemp
from urllib.request import HTTPCookieProcessor, build_opener

from tests import forked

STARTS_WITHIN = 90.0
ENDS_WITHIN = 600.0


MAKE_UP = """
import time
from leadline.web.actions.acting import Actor
from leadline.web.actions.demo.loading import load_demo, made_up
now = time.time_ns() // 1000
load_demo(Actor(None, "a test", now), made_up(now))
"""


class Installation:
    """A folder, and the commands that are typed for it."""

    def __init__(self, home):
        self.home, self.port, self.started = home, _free_port(), []
        self.forget_cookies()
        self.env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("LEADLINE_", "DATABASE"))
        }
        self.env |= {
            "LEADLINE_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "leadline.web.settings",
            "COLUMNS": "200",
            # most are started for a few requests, and stopped: to warm up costs more than the rest of a test
            "LEADLINE_COLD": "1",
        }

    def run(self, *words, **more):
        return forked.run([*map(str, words)], self.env | more, self.home.parent, ENDS_WITHIN)

    def python(self, code, **more):
        begin = "import django; django.setup()\n"
        done = forked.run(begin + code, self.env | more, self.home.parent, ENDS_WITHIN)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *words):
        log = self._log()
        output = log.fileno()
        process = forked.Forked([*map(str, words)], self.env, self.home.parent, output, output)
        self.started.append((process, log))
        return process

    def start_afresh(self, *words):
        """As a user starts it: with all that it imports by itself."""
        log = self._log()
        process = subprocess.Popen(
            [sys.executable, "-m", "leadline", *map(str, words)],
            env=self.env,
            cwd=self.home.parent,
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.started.append((process, log))
        return process

    def _log(self):
        return (self.home.parent / f"log-{len(self.started)}").open("w+")

    def sql(self, statement):
        with closing(sqlite3.connect(self.home / "leadline.sqlite3")) as database, database:
            return database.execute(statement).fetchall()

    def forget_cookies(self):
        self.browser = build_opener(HTTPCookieProcessor())

    def get(self, path):
        with self.browser.open(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode(), answer.url

    def until_it_answers(self):
        def answers():
            try:
                return self.get("/health")[0] == 200
            except OSError:
                return False

        wait_for(answers, self.printed)

    def printed(self):
        for _, log in self.started:
            log.flush()
        return "\n".join(Path(log.name).read_text() for _, log in self.started)

    def members(self, process):
        """Who belongs to a process that was started: everybody of its session, by `/proc`."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                words = (folder / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
            if int(fields[3]) == process.pid and fields[0] != "Z":
                found.append((int(folder.name), words))
        return found

    def end(self):
        for process, log in self.started:
            for number, _ in self.members(process):
                os.kill(number, signal.SIGKILL)
            process.wait(10)
            log.close()


def wait_for(holds, told=lambda: "", seconds=STARTS_WITHIN):
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, told()
        time.sleep(0.1)


def _free_port():
    with closing(socket.socket()) as tried:
        tried.bind(("127.0.0.1", 0))
        return tried.getsockname()[1]


class Templates:
    """Homes to begin with: each is made by whoever needs it first, for every process that runs tests."""

    def __init__(self, folder):
        self._folder = folder

    def tables(self, home):
        """Fill a home with the tables of an installation that holds nothing."""
        return self._copied("tables", home, self._make_tables)

    def business(self, home):
        """Fill a home with the made-up business."""
        return self._copied("business", home, self._make_up)

    def _make_tables(self, home):
        done = Installation(home).run("migrate")
        assert done.returncode == 0, done.stderr

    def _make_up(self, home):
        self.tables(home).python(MAKE_UP)

    def _copied(self, name, home, make):
        with (self._folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            made = self._folder / name
            if not made.exists():
                fresh = Path(mkdtemp(dir=self._folder))
                make(fresh)
                fresh.rename(made)
        shutil.copytree(made, home, dirs_exist_ok=True)
        return Installation(home)


def folder_of_all(tmp_path_factory):
    """A folder that every process of a run of the tests has in common."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
