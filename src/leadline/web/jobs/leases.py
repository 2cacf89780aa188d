"""Claims on jobs: one worker at a time, for a while; whose claim ran out has no say any more."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from threading import Event

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q, QuerySet

from leadline.engine.instants import to_datetime
from leadline.web.models import Job

SECOND = 1_000_000
FIRST_WAIT, LONGEST_WAIT = 5, 3600
"""Seconds until a job that failed is tried again: twice as long each time, with chance, up to an hour."""
_chance = random.SystemRandom()


class LeaseLost(Exception):
    """The claim ran out, and another worker may have taken the job: nothing more may be written for it."""


class HandedBack(Exception):
    """The worker is to end: the job goes back as it is, and whoever takes it up next goes on with it."""


@dataclass(frozen=True)
class Lease:
    """A claim on one job, told from every other claim on it by `turn`, the number of the attempt."""

    job: int
    kind: str
    turn: int
    seconds: int
    clock: Callable[[], int]
    stopping: Event = field(default_factory=Event)

    def hold(self) -> None:
        """Make the claim last; inside a transaction no other worker can take the job until it ends.

        Raises LeaseLost where another has it.
        """
        until = to_datetime(self.clock() + self.seconds * SECOND)
        if not self._mine().update(claimed_until=until):
            raise LeaseLost(f"{self.kind} {self.job}")

    def go_on(self) -> None:
        """As `hold`, between two parts of a job that can be left there: raises HandedBack if it is to be."""
        if self.stopping.is_set():
            raise HandedBack(f"{self.kind} {self.job}")
        self.hold()

    def finish(self) -> None:
        """The job is done. Nothing happens where another worker has it by now."""
        self._mine().update(done_at=to_datetime(self.clock()), claimed_until=None, last_error="")

    def hand_back(self) -> None:
        """Somebody else may take it at once; this was no attempt."""
        self._free(attempts=F("attempts") - 1)

    def try_again(self, error: str) -> None:
        """It failed, and is tried again later."""
        due = self.clock() + int(waiting(self.turn, _chance.random()) * SECOND)
        self._free(due_at=to_datetime(due), last_error=error)

    def give_up(self, error: str) -> None:
        """It failed for good."""
        self._mine().update(failed_at=to_datetime(self.clock()), claimed_until=None, last_error=error)

    def _mine(self) -> QuerySet[Job]:
        return Job.objects.filter(
            pk=self.job, attempts=self.turn, done_at=None, failed_at=None, claimed_until__isnull=False
        )

    def _free(self, **columns: object) -> None:
        """Let it wait again; where one with the same key waits already, that one does the work."""
        try:
            with transaction.atomic():
                self._mine().update(claimed_until=None, **columns)
        except IntegrityError:
            self._mine().update(done_at=to_datetime(self.clock()), claimed_until=None)


def waiting(turn: int, chance: float) -> float:
    """Seconds until the next attempt after attempt number `turn`; `chance` (0 to 1) spreads them by half."""
    return float(min(FIRST_WAIT * 2 ** min(turn - 1, 20), LONGEST_WAIT)) * (0.5 + chance)


def claim(
    kinds: Collection[str], seconds: Callable[[str], int], clock: Callable[[], int], stopping: Event
) -> tuple[Lease, dict[str, object]] | None:
    """The job that has waited longest, claimed, and its payload; None where nothing is due."""
    now = clock()
    due = _due(kinds, now, max(map(seconds, kinds), default=0))
    if not Job.objects.filter(due).exists():  # without asking for the right to write
        return None
    with transaction.atomic():
        rows = Job.objects.filter(due).order_by("due_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        job = rows.first()
        if job is None:
            return None
        lease = Lease(job.pk, job.kind, job.attempts + 1, seconds(job.kind), clock, stopping)
        until = to_datetime(now + lease.seconds * SECOND)
        taken = Job.objects.filter(due, pk=job.pk, attempts=job.attempts)
        if not taken.update(attempts=lease.turn, claimed_until=until):
            return None
    return lease, job.payload


def _due(kinds: Collection[str], now: int, longest: int) -> Q:
    """What is due and free. A claim that is longer than any can be was made before the clock was set back."""
    at, never = to_datetime(now), to_datetime(now + 2 * longest * SECOND)
    free = Q(claimed_until=None) | Q(claimed_until__lte=at) | Q(claimed_until__gt=never)
    return Q(kind__in=list(kinds), done_at=None, failed_at=None, due_at__lte=at) & free
