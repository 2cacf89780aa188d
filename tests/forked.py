"""Processes that need import nothing: they are forked from one that has imported all there is.

A command of the application spends most of its time on imports, and tests type hundreds of them. One process
forks for a whole run of the tests (`tests/forking.py`). Whoever asks it imports little, so that a shell can
do it by `bin/leadline`.
"""

from __future__ import annotations

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = ROOT / "tests" / "bin"
"""A folder in which `leadline` is, for whom it comes first on the path of a shell."""
SETTINGS = "leadline.web.settings"
WHERE = "TESTS_FORKING"
"""In the environment of tests, and of what they start: the socket of the process that forks."""
LONGEST = 2**20
"""Bytes of what is asked for: words or code, and the environment."""
MANY = 64
"""Processes that may be asked for at the same time."""


class Forked:
    """A process that was forked, as `subprocess.Popen` gives one that was started.

    `said` are the words of a command, or the code that is run in its place.
    """

    def __init__(self, said, env, folder, stdout, stderr):
        asked = json.dumps({"said": said, "env": env, "folder": str(folder)}).encode()
        self._told = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._told.connect(os.environ[WHERE])
        socket.send_fds(self._told, [asked], [stdout, stderr])
        self.pid = int(self._told.recv(LONGEST))
        self.returncode = None

    def poll(self):
        if self.returncode is None and select.select([self._told], [], [], 0)[0]:
            self.returncode = int(self._told.recv(LONGEST))
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


def begin():
    """Have a process to fork from, for as long as this one is, unless whoever started this one has one."""
    if WHERE in os.environ:
        return
    home = tempfile.TemporaryDirectory()
    nobodys = {"LEADLINE_HOME": home.name, "DATABASE_URL": "", "DJANGO_SETTINGS_MODULE": SETTINGS}
    ours, theirs = os.pipe()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asked:
        asked.bind(where := f"{home.name}/asked")
        asked.listen(MANY)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.forking", str(asked.fileno()), str(theirs)],
            env=os.environ | nobodys,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            pass_fds=[asked.fileno(), theirs],
            start_new_session=True,
        )
    os.close(theirs)
    os.environ[WHERE] = where

    def end():
        os.close(ours)
        process.wait()
        home.cleanup()

    atexit.register(end)
