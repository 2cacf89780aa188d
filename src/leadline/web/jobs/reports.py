"""Reports, brought up to date a while after something changed, and once a day since time passes."""

from __future__ import annotations

from time import monotonic
from typing import Any

from leadline.engine.instants import to_datetime
from leadline.web.actions import reports
from leadline.web.actions.acting import enqueue
from leadline.web.actions.mirrors import JOB
from leadline.web.jobs.leases import Lease
from leadline.web.jobs.registry import KINDS, LARGE, comes_round, handles
from leadline.web.models import Job
from leadline.web.warehouse import cases

REST, LONG_REST = 4, 20
"""So many times as long as the reports took, other work goes first while changes keep coming; the longer rest
while an import or a change of many goes on: what it says by halves helps nobody, and slows it."""
LOOK_AGAIN = 15_000_000
"""After so many microseconds it is seen whether that still goes on."""
LONGEST_REST = 3600 * 1_000_000


@comes_round(JOB)
def next_day() -> int | None:
    """When the report that was worked out first is a day old."""
    return reports.next_due()


@handles(JOB)
def materialise(payload: dict[str, Any], now: int, lease: Lease) -> None:
    """Bring mirror and reports up to date; done twice it does no more than once.

    What was read for it is let go of: by the next time it has changed.
    """
    if (left := _rest(now)) > 0:
        enqueue(JOB, {}, now + left, JOB)
        return
    begun = monotonic()
    try:
        reports.materialise_all(now, lease.go_on)
    finally:
        cases.forget()
        took = int((monotonic() - begun) * 1_000_000)
        LAST.update(ended=now + took, took=took)


LAST = {"ended": 0, "took": 0}
"""When this process worked reports out last, and how long that took, in microseconds."""


def _rest(now: int) -> int:
    """For how many microseconds reports are to rest; not where the clock was set far back meanwhile."""
    took, since = LAST["took"], now - LAST["ended"]
    if since < REST * took:
        left = REST * took - since
        return left if left < LONGEST_REST else 0
    long = since < LONG_REST * took and _is_much_going_on(now)
    return min(LONG_REST * took - since, LOOK_AGAIN) if long else 0


def _is_much_going_on(now: int) -> bool:
    """Whether a worker does what is as large as what somebody gave."""
    large = [kind.name for kind in KINDS.values() if kind.beside == LARGE]
    open_ones = Job.objects.filter(kind__in=large, done_at=None, failed_at=None)
    return open_ones.filter(claimed_until__gt=to_datetime(now)).exists()
