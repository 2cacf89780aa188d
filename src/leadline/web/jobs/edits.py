"""Changes of many records as jobs: a batch at a time; whoever takes over goes on from there."""

from __future__ import annotations

import time
from typing import Any

from leadline.engine.errors import LeadlineError
from leadline.engine.history import fetch_compiled
from leadline.web.actions import edits
from leadline.web.jobs.leases import Lease
from leadline.web.jobs.registry import LARGE, handles
from leadline.web.models import Edit, User
from leadline.web.refusals import plainly
from leadline.web.turns import REST


def _gave_up(payload: dict[str, Any], now: int, error: str) -> None:
    edits.stop(payload["edit"], now, f"It was tried again and again: {error}.")


@handles("edit.run", attempts=5, gave_up=_gave_up, beside=LARGE)
def run_edit(payload: dict[str, Any], now: int, lease: Lease) -> None:
    """Change all records that are meant."""
    number = payload["edit"]
    if not Edit.objects.filter(pk=number, state=edits.State.RUNNING).exists():
        return
    fetch_compiled()
    try:
        edits.count(number, lease.hold)
        while edits.change_some(number, now, lease.hold):
            time.sleep(REST)
            lease.go_on()
        edits.finish(number, now, lease.hold)
    except LeadlineError as error:  # it would be the same another time
        edits.stop(number, now, plainly(error))


@handles("edit.undo", attempts=5, gave_up=_gave_up, beside=LARGE)
def undo_edit(payload: dict[str, Any], now: int, lease: Lease) -> None:
    """Give all records back what was changed of them."""
    number = payload["edit"]
    user = User.objects.select_related("team").filter(pk=payload["user"]).first()
    if user is None or not Edit.objects.filter(pk=number, state=edits.State.UNDOING).exists():
        return
    fetch_compiled()
    try:
        while edits.undo_some(number, user, now, lease.hold):
            time.sleep(REST)
            lease.go_on()
        edits.finish_undo(number, user, now, lease.hold)
    except LeadlineError as error:
        edits.stop(number, now, plainly(error))
