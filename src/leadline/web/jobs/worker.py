"""The worker: takes up jobs that are due, one after the other, until it is told to end."""

from __future__ import annotations

import logging
import sqlite3
import time
import traceback
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from django.db import DatabaseError, close_old_connections, connection

from leadline.engine.errors import LeadlineError
from leadline.engine.instants import to_datetime
from leadline.web.actions.acting import enqueue
from leadline.web.holding import copy_log, hold_open
from leadline.web.jobs.leases import HandedBack, Lease, LeaseLost, claim
from leadline.web.jobs.registry import BESIDE, KINDS, PERIODIC, Kind, load
from leadline.web.models import Job

log = logging.getLogger("leadline.worker")
PAUSE = 1.0
"""Seconds between two looks at the jobs, while there are none."""
COPIED = 2.0
"""Seconds after which what SQLite has written down is copied into its file again."""
ENDED = "the worker ended in the middle of it, each time"


def now() -> int:
    """The instant, in microseconds UTC: the one clock of the jobs."""
    return time.time_ns() // 1000


class Worker:
    """Does the jobs that are due. Several workers share the work; none does what another is doing.

    `only` names the kinds of jobs that it does; without it, it does all of them.
    """

    def __init__(
        self,
        clock: Callable[[], int] = now,
        stopping: Event | None = None,
        only: Collection[str] | None = None,
    ) -> None:
        self.clock = clock
        self.stopping = stopping or Event()
        load()
        hold_open()
        self.kinds = KINDS.keys() if only is None else only

    def run(self, pause: float = PAUSE) -> None:
        """Work until `stopping` is set; a job that is under way is finished, or handed back if it can be."""
        while not self.stopping.is_set():
            try:
                close_old_connections()
                self.call_round()
                worked = self.work()
            except DatabaseError as error:
                log.warning("the database doesn't answer (%s): tried again", type(error).__name__)
                worked = False
            if not worked:
                self.stopping.wait(pause)
        connection.close()

    def run_dry(self, most: int = 10_000) -> int:
        """Work until nothing is due; how many jobs that took."""
        return next((done for done in range(most) if not self.work()), most)

    def call_round(self) -> None:
        """Ask for the work that comes round by itself, where it is due and nobody has asked yet.

        What was asked for before the clock was set back is asked for as of now.
        """
        for kind in PERIODIC.keys() & self.kinds:
            at, now = PERIODIC[kind](), self.clock()
            if at is None or at > now:
                continue
            asked = Job.objects.filter(kind=kind, done_at=None, failed_at=None)
            if not asked.exists():
                enqueue(kind, {}, now, dedupe_key=kind)
            elif asked.filter(attempts=0, due_at__gt=to_datetime(now)).exists():
                asked.filter(attempts=0).update(due_at=to_datetime(now))

    def work(self) -> bool:
        """Do one job; whether there was one."""
        found = claim(self.kinds, lambda kind: KINDS[kind].lease, self.clock, self.stopping)
        if found is None:
            return False
        lease, payload = found
        kind = KINDS[lease.kind]
        if lease.turn > kind.attempts:
            self._give_up(kind, lease, payload, ENDED)
        else:
            self._do(kind, lease, payload)
        return True

    def _do(self, kind: Kind, lease: Lease, payload: dict[str, Any]) -> None:
        try:
            with _beating(lease, kind.longest):
                kind.do(payload, self.clock(), lease)
        except LeaseLost:
            log.warning("%s %d: the claim ran out, another worker goes on", kind.name, lease.job)
        except HandedBack:
            lease.hand_back()
        except Exception as error:  # noqa: BLE001 - whatever a job dies of, the next one is done
            said = tell(error)
            log.warning("%s %d, attempt %d: %s", kind.name, lease.job, lease.turn, said)
            if lease.turn >= kind.attempts:
                self._give_up(kind, lease, payload, said)
            else:
                lease.try_again(said)
        else:
            lease.finish()

    def _give_up(self, kind: Kind, lease: Lease, payload: dict[str, Any], error: str) -> None:
        log.error("%s %d failed for good: %s", kind.name, lease.job, error)
        if kind.gave_up:
            kind.gave_up(payload, self.clock(), error)
        lease.give_up(error)


def work_until(stopping: Event, pause: float = PAUSE, clock: Callable[[], int] = now) -> None:
    """Do all jobs until `stopping` is set; what is to be done beside the rest in threads of their own.

    What ends one of them ends all, and is raised.
    """
    load()
    hold_open()
    shares = {beside: {kind.name for kind in KINDS.values() if kind.beside == beside} for beside in BESIDE}
    died = list[BaseException]()

    def aside(kinds: Collection[str]) -> None:
        try:
            Worker(clock, stopping, kinds).run(pause)
        except BaseException as error:  # noqa: BLE001 - raised below
            died.append(error)
        finally:
            stopping.set()

    threads = [Thread(target=aside, name=beside, args=(kinds,)) for beside, kinds in shares.items()]
    threads.append(Thread(target=_copy_log, name="log", args=(stopping,)))
    for thread in threads:
        thread.start()
    try:
        Worker(clock, stopping, KINDS.keys() - set().union(*shares.values())).run(pause)
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
    if died:
        raise died[0]


def _copy_log(stopping: Event) -> None:
    """See to it that the log of SQLite stays short, until `stopping` is set."""
    while not stopping.wait(COPIED):
        try:
            copy_log()
        except sqlite3.Error as error:
            log.warning("the log of the database couldn't be copied (%s): tried again", type(error).__name__)


def tell(error: Exception) -> str:
    """What may be kept of an error. Ours are sentences; others can hold secrets: only their place is told."""
    if isinstance(error, LeadlineError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


@contextmanager
def _beating(lease: Lease, longest: int) -> Iterator[None]:
    """Make the claim last while the job is being done, up to `longest` seconds."""
    done = Event()

    def beat() -> None:
        pause, left = lease.seconds / 3, longest / (lease.seconds / 3)
        try:
            while not done.wait(pause) and left > 0:
                left -= 1
                _extend(lease)
        except LeaseLost:
            return
        finally:
            connection.close()

    heart = Thread(target=beat, name=f"lease of job {lease.job}", daemon=True)
    heart.start()
    try:
        yield
    finally:
        done.set()
        heart.join()


def _extend(lease: Lease) -> None:
    try:
        lease.hold()
    except DatabaseError:  # held by a long write; there are two more tries before the claim runs out
        log.info("the claim on job %d couldn't be made to last just now", lease.job)
