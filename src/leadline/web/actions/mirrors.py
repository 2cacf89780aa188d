"""To bring the mirror of the touches up to now."""

from __future__ import annotations

from leadline.web.actions.acting import action, enqueue
from leadline.web.models import MirrorState, TouchChange
from leadline.web.warehouse import mirror

JOB = "reports"
PATIENCE = 10 * 1_000_000
"""So long after a change the worker waits for further ones, before it works out reports anew."""


def note_stale(now: int) -> None:
    """Inside an action that changed touches: let the worker bring reports up to date in a while."""
    enqueue(JOB, {}, now + PATIENCE, JOB)


def refresh(now: int) -> bool:
    """Take into the mirror whatever was recorded or changed; whether there was anything.

    Reading takes as long as there is much new, and holds up nobody; what follows is a moment's transaction.
    """
    with mirror.alone():
        drafted = mirror.draft(now)
        if drafted is not None:
            _adopt(drafted)
    return drafted is not None


@action
def _adopt(drafted: mirror.Draft) -> None:
    MirrorState.objects.update_or_create(pk=1, defaults={"token": drafted.manifest.token})
    for start in range(0, len(drafted.changes), 900):
        TouchChange.objects.filter(pk__in=drafted.changes[start : start + 900]).delete()
    mirror.hold(drafted)  # last: if this transaction fails the mirror still knows the token before
