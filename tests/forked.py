"""Processes that need import nothing: they are forked from one that has imported all there is.

A command of the application spends most of its time on imports, and tests type hundreds of them. Whoever
forks has set the application up, for a folder that nobody uses; what is forked forgets those settings, and
from there on is as `python -m leadline` is: environment, folder, outputs and end are its own.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import multiprocessing
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from functools import cache
from multiprocessing.connection import wait
from pathlib import Path

import django
from django.conf import empty, settings
from django.core.cache import caches
from django.db import connections
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).parents[1]
SETTINGS = "leadline.web.settings"
IMPORTED = (
    *("altair", "leadline.audit", "leadline.cli", "leadline.web.actions.demo.loading", "leadline.web.doctor"),
    *("leadline.web.jobs.worker", "leadline.web.urls", "openpyxl", "rich.progress", "rich.table"),
)
"""With what they import themselves, what commands need."""
LONGEST = 2**20
"""Bytes of what is asked for: words or code, and the environment."""


class Forked:
    """A process that was forked, as `subprocess.Popen` gives one that was started.

    `said` are the words of a command, or the code that is run in its place.
    """

    def __init__(self, said, env, folder, stdout, stderr):
        asked = json.dumps({"said": said, "env": env, "folder": str(folder)}).encode()
        ours, theirs = os.pipe()
        try:
            socket.send_fds(_forking(), [asked], [stdout, stderr, theirs])
        finally:
            os.close(theirs)
        self._told = os.fdopen(ours, encoding="ascii")
        self.pid = int(self._told.readline())
        self.returncode = None

    def poll(self):
        if self.returncode is None and select.select([self._told], [], [], 0)[0]:
            self.returncode = int(self._told.readline())
            self._told.close()
        return self.returncode

    def wait(self, timeout=None):
        if self.returncode is None:
            select.select([self._told], [], [], timeout)
            if self.poll() is None:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout)
        return self.returncode

    def send_signal(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)


def run(said, env, folder, within):
    """How a process ended within so many seconds, and what it printed."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = Forked(said, env, folder, out.fileno(), err.fileno())
        try:
            code = process.wait(within)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            raise
        for file in (out, err):
            file.seek(0)
        return subprocess.CompletedProcess(said, code, out.read(), err.read())


@cache
def _forking():
    """A socket to the process that forks, which is there as long as this one is."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    home = tempfile.TemporaryDirectory()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.forked", str(theirs.fileno())],
        env=os.environ | {"LEADLINE_HOME": home.name, "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": SETTINGS},
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        pass_fds=[theirs.fileno()],
        start_new_session=True,
    )
    theirs.close()

    def end():
        ours.close()
        process.wait()
        home.cleanup()

    atexit.register(end)
    return ours


def fork(asked):
    """Fork for whoever asks, for as long as they can, and tell them how each one ended."""
    running = {}
    while True:
        for one in wait([asked, *running]):
            if one is asked:
                said, files, _, _ = socket.recv_fds(asked, LONGEST, 3)
                if not said:
                    return
                *outputs, told = files
                process = multiprocessing.Process(
                    target=act, args=(outputs, *json.loads(said).values()), daemon=True
                )
                process.start()
                running[process.sentinel] = process, told
                os.write(told, f"{process.pid}\n".encode())
                close(*outputs)
            else:
                process, told = running.pop(one)
                process.join()
                with suppress(BrokenPipeError):  # nobody waits for it any more
                    os.write(told, f"{process.exitcode}\n".encode())
                close(told)


def act(outputs, said, env, folder):
    """Be as a process that was started for this alone; its memory is not cleared up at its end."""
    for place, file in enumerate(outputs, start=1):
        os.dup2(file, place)
    close(*outputs)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    sys.path[0:1] = ["", *filter(None, env.get("PYTHONPATH", "").split(os.pathsep))]
    forget_settings()
    try:
        if isinstance(said, str):
            exec(said, {"__name__": "__main__"})
        else:
            sys.argv[1:] = said
            runpy.run_module("leadline", run_name="__main__", alter_sys=True)
    finally:
        if "settings" in vars(connections):  # or nothing was asked of any database
            connections.close_all()


def forget_settings():
    """Whoever reads a setting from here on reads the environment; apps and models hang on none of it."""
    del sys.modules[SETTINGS]
    settings._wrapped = empty  # noqa: SLF001 - as Django's own tests do
    for handler in (caches, connections):
        vars(handler).clear()
        handler.__init__()


def close(*files):
    for one in files:
        os.close(one)


def import_all():
    """Import what commands need, what does jobs, and what brings tables to where they are to be."""
    django.setup()
    from leadline.web.jobs import registry
    from leadline.web.serving.warming import fetch_fold

    registry.load()
    fetch_fold()
    MigrationLoader(None)
    for name in IMPORTED:
        importlib.import_module(name)


def main():
    """Import all, and fork."""
    import_all()
    gc.freeze()  # or what is forked copies all of it, by looking it through for garbage
    multiprocessing.set_start_method("fork")
    fork(socket.socket(fileno=int(sys.argv[1])))
    gc.unfreeze()


if __name__ == "__main__":
    main()
