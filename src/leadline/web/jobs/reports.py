"""Reports, brought up to date a while after something changed, and once a day since time passes."""

from __future__ import annotations

from typing import Any

from leadline.web.actions import reports
from leadline.web.actions.mirrors import JOB
from leadline.web.jobs.leases import Lease
from leadline.web.jobs.registry import comes_round, handles


@comes_round(JOB)
def next_day() -> int | None:
    """When the report that was worked out first is a day old."""
    return reports.next_due()


@handles(JOB)
def materialise(payload: dict[str, Any], now: int, lease: Lease) -> None:
    """Bring mirror and reports up to date; done twice it does no more than once."""
    reports.materialise_all(now, lease.go_on)
