"""Whether others keep the processors busy: then what is measured is the wait for them."""

from __future__ import annotations

import os
import time
from pathlib import Path

CALM = 0.1  # processors that others may keep busy while something is measured
LOOK = 0.5  # seconds


def busy_seconds() -> float:
    """Seconds that the machine's processors have worked, for anybody, since it was started."""
    user, nice, system, _idle, _waiting, irq, soft, stolen, *_ = map(
        int, Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:]
    )
    return (user + nice + system + irq + soft + stolen) / os.sysconf("SC_CLK_TCK")


def wait_for_calm(patience: float) -> None:
    """Return as soon as the processors have nothing to do, after `patience` seconds at the latest."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        before = busy_seconds()
        time.sleep(LOOK)
        if busy_seconds() - before < CALM * LOOK:
            return
