"""Reports, brought up to date a while after something changed, and once a day since time passes."""

from __future__ import annotations

from time import monotonic
from typing import Any

from leadline.web.actions import reports
from leadline.web.actions.acting import enqueue
from leadline.web.actions.mirrors import JOB
from leadline.web.jobs.leases import Lease
from leadline.web.jobs.registry import comes_round, handles
from leadline.web.warehouse import cases

REST = 4
"""So many times as long as the reports took, other work goes first while changes keep coming."""
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
    if 0 < RESTED["at"] - now < LONGEST_REST:
        enqueue(JOB, {}, RESTED["at"], JOB)
        return
    begun = monotonic()
    try:
        reports.materialise_all(now, lease.go_on)
    finally:
        cases.forget()
        RESTED["at"] = now + int((1 + REST) * (monotonic() - begun) * 1_000_000)


RESTED = {"at": 0}
"""As of when this process works reports out again."""
