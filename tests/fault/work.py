"""What a process of the fault tests does: work in a home with short claims.

Its clock is that of the machine, set forward or back by as many seconds as the file `clock` of the home says.
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from threading import Event

import django


def work(lease: int, rest: float) -> None:
    """Work until told to end, with claims of so many seconds, and rests between two batches of an import."""
    django.setup()
    from django.db import transaction

    from leadline.web.actions.acting import note_change
    from leadline.web.jobs import importing, registry, worker

    registry.load()
    importing.REST = rest or importing.REST

    @registry.handles("test.note", lease=lease, attempts=100)
    def note(payload, now, lease):
        actor = worker_actor(now)
        note_change(actor, "begun", f"note:{payload['n']}", {}, {"at": time.time_ns(), "pid": os.getpid()})
        time.sleep(payload["seconds"])
        with transaction.atomic():  # what may be done once only is done with the claim, and with its end
            lease.hold()
            note_change(actor, "done", f"note:{payload['n']}", {}, {"at": time.time_ns(), "pid": os.getpid()})
            lease.finish()

    for name, kind in registry.KINDS.items():
        registry.KINDS[name] = replace(kind, lease=lease, attempts=100)
    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    worker.work_until(stopping, 0.05, clock)


def clock() -> int:
    """The instant, by a clock that is set now and then."""
    try:
        ahead = int((Path(os.environ["LEADLINE_HOME"]) / "clock").read_text() or 0)
    except FileNotFoundError:
        ahead = 0
    return time.time_ns() // 1000 + ahead * 1_000_000


def worker_actor(now):
    from leadline.web.actions.acting import Actor

    return Actor(None, "the worker", now)
