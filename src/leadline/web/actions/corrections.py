"""To correct what was recorded: the touch is taken back, and what really happened is recorded."""

from __future__ import annotations

from typing import Any

from leadline.web.actions import touches
from leadline.web.actions.acting import Actor, action
from leadline.web.errors import Conflict
from leadline.web.models import Touch

KEPT = (
    "path", "channel", "campaign", "content", "offer", "deal", "value", "currency", "note", "actor",
    "machine",
)  # fmt: skip


@action
def correct(
    actor: Actor, touch: Touch, kind: str | None = None, happened_at: int | None = None, **more: Any
) -> Touch:
    """Put another touch in a touch's place; what isn't said anew stays as it was. Both stay visible.

    Raises Conflict for a touch that has been taken back, or that stands for another record.
    """
    if touch.retracts_id is not None or touch.contact is None:
        raise Conflict(
            "A touch was to be corrected", found="that it is a retraction, or of people without names"
        )
    touches.check_alone(touch, "corrected")
    touches.take_back(actor, touch)
    columns = {name: getattr(touch, name) for name in KEPT} | {"origin": f"touch:{touch.pk}"} | more
    at = touch.happened_at if happened_at is None else happened_at
    written = touches.add(actor, touch.contact, kind or touch.kind, at, **columns)
    touches.settle(actor, [touch.contact.pk])
    return written
