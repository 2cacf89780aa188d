"""Nobody outlives the process that started them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

PARENT = "LEADLINE_PARENT"
"""The number of the process that everybody else belongs to, in the environment of those it starts."""
EVERY = 1.0


def watch_parent(leave: Callable[[], None]) -> None:
    """Call `leave` once the process that started this one is gone; where none is named, never.

    A process that was killed can't say so to those it started, so they look.
    """
    parent = os.environ.get(PARENT)
    if parent is not None and int(parent) == os.getppid():
        threading.Thread(target=_wait_for, args=(int(parent), leave), daemon=True).start()


def _wait_for(parent: int, leave: Callable[[], None]) -> None:
    pause = threading.Event()
    while os.getppid() == parent:
        pause.wait(EVERY)
    leave()
