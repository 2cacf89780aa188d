"""The process that does the jobs, and the one that sees to it that there is one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from leadline.web.serving.parents import LEAVE_TIME, watch_parent

SIGN = "worker.json"
"""The file in LEADLINE_HOME by which a worker shows that it lives: its process, and when it last said so."""
SIGN_EVERY = 10.0
SILENT_AFTER = 60.0
"""Seconds without a sign after which a worker counts as gone."""
LONGEST_PAUSE = 30.0


def work(home: Path) -> None:
    """Do jobs until SIGTERM or Ctrl-C, or until the process that started this one is gone."""
    stop = threading.Event()
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, lambda *_: stop.set())
    watch_parent(stop.set)
    signs = threading.Thread(target=_give_signs, args=(home / SIGN, stop), daemon=True)
    signs.start()
    try:
        _run(stop)
    finally:
        stop.set()
        signs.join()
        (home / SIGN).unlink(missing_ok=True)


def last_sign(home: Path) -> float | None:
    """How many seconds ago a worker last showed that it lives; None where none that can be seen works here.

    Less than nothing: it says so of an instant to come, since the clock was set back.
    """
    try:
        return time.time() - float(json.loads((home / SIGN).read_text())["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


class Keeper:
    """Keeps one worker running beside the server, and starts another one where it dies."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="worker-keeper")

    def start(self) -> None:
        """Start the worker, and watch it from a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the worker to end; it has half a minute for the job that it is at."""
        self._stop.set()
        self._thread.join()

    def _keep(self) -> None:
        pause = 1.0
        while not self._stop.is_set():
            began = time.monotonic()
            worker = subprocess.Popen([sys.executable, "-m", "leadline", "worker"])
            self._see_through(worker)
            if self._stop.is_set():
                return
            pause = 1.0 if time.monotonic() - began > SILENT_AFTER else min(2 * pause, LONGEST_PAUSE)
            how = f"by signal {-worker.returncode}" if worker.returncode < 0 else f"with {worker.returncode}"
            sys.stderr.write(f"leadline: the worker ended {how}; another starts in {pause:.0f} seconds.\n")
            self._stop.wait(pause)

    def _see_through(self, worker: subprocess.Popen[bytes]) -> None:
        while worker.poll() is None and not self._stop.wait(0.2):
            pass
        if worker.poll() is not None:
            return
        worker.terminate()
        try:
            worker.wait(LEAVE_TIME)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()


def _run(stop: threading.Event) -> None:
    from leadline.web.jobs.worker import work_until
    from leadline.web.serving.warming import fetch_fold, warm_up_later

    warm_up_later(fetch_fold)  # while it is fetched within a job, nobody can write
    work_until(stop)


def _give_signs(file: Path, stop: threading.Event) -> None:
    while True:
        fresh = file.with_suffix(".new")
        with suppress(OSError):  # on a full disk the jobs go on, and the signs once there is room
            fresh.write_text(json.dumps({"process": os.getpid(), "at": time.time()}))
            fresh.replace(file)
        if stop.wait(SIGN_EVERY):
            return
