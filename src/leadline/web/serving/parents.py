"""Nobody outlives the process that started them."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

PARENT = "LEADLINE_PARENT"
"""The number of the process that everybody else belongs to, in the environment of those it starts."""
EVERY = 0.5
LEAVE_TIME = 30.0
"""Seconds that whoever is asked to end has for what it is at."""


def watch_parent(leave: Callable[[], None]) -> None:
    """Call `leave` once the process that started this one is gone, and LEAVE_TIME later end in any case.

    A process that was killed can't say so to those it started, so they look; one that is gone before they
    first do is gone all the same. Where none is named, nobody looks.
    """
    parent = os.environ.pop(PARENT, None)  # it is of this process alone, and not of those that it starts
    if parent is not None:
        threading.Thread(target=_wait_for, args=(int(parent), leave), daemon=True).start()


def _wait_for(parent: int, leave: Callable[[], None]) -> None:
    pause = threading.Event()
    while os.getppid() == parent:
        pause.wait(EVERY)
    leave()
    pause.wait(LEAVE_TIME)
    os.kill(os.getpid(), signal.SIGKILL)
