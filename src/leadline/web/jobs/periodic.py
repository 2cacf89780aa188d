"""Work that comes round by itself: stages that change as time passes, and jobs done long ago."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Min

from leadline.engine.instants import DAY, to_datetime, to_instant
from leadline.web.actions import standings
from leadline.web.jobs.leases import Lease
from leadline.web.jobs.registry import comes_round, handles
from leadline.web.models import Contact, Job, Standing

KEPT = 30 * DAY
"""How long a job that is done is kept."""
BATCH = 500


@comes_round("standings.sweep")
def next_change() -> int | None:
    """When the next stage changes by itself."""
    found: int | None = Standing.objects.aggregate(next=Min("changes_at"))["next"]
    return found


@handles("standings.sweep")
def sweep_standings(payload: dict[str, Any], now: int, lease: Lease) -> None:
    """Write anew where those stand whose stage has changed by itself, a few at a time."""
    while True:
        lease.go_on()
        with transaction.atomic():
            due = Standing.objects.filter(changes_at__lte=now).values("contact_id")[:BATCH]
            list(
                Contact.objects.select_for_update().filter(
                    pk__in=list(due.values_list("contact_id", flat=True))
                )
            )
            if not standings.sweep(now, BATCH):
                return


@comes_round("jobs.prune")
def next_pruning() -> int | None:
    """When the job that was done first has been kept long enough."""
    first = Job.objects.exclude(done_at=None).order_by("id").values_list("done_at", flat=True).first()
    return to_instant(first) + KEPT if first else None


@handles("jobs.prune")
def prune_jobs(payload: dict[str, Any], now: int, lease: Lease) -> None:
    """Forget jobs that were done long ago; those that failed stay until somebody has looked at them."""
    Job.objects.filter(done_at__lte=to_datetime(now - KEPT)).delete()
