"""What other programs can hear of: the events, and who wants which."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC
from typing import Any

from django.db import connection
from django.utils import timezone

from leadline.engine.instants import to_datetime
from leadline.web.actions.rows import insert, reserve
from leadline.web.models import Delivery, Webhook

JOB = "webhook.deliver"
"""What the job is called that delivers an event."""
EVENTS = {
    "contact.made": "Somebody became known.",
    "contact.changed": "Something about a contact was changed.",
    "contact.tagged": "A contact was marked with words.",
    "contact.merged": "Two contacts turned out to be one person.",
    "contact.erased": "A contact was erased.",
    "company.made": "A company became known.",
    "company.changed": "Something about a company was changed.",
    "touch.recorded": "Something that happened with a contact was recorded.",
    "touch.retracted": "Something that was recorded was taken back.",
    "stage.changed": "A contact came to another stage.",
    "ask.made": "A contact was asked.",
    "ask.answered": "An ask was answered.",
    "ask.changed": "Something about an ask was changed.",
    "ask.withdrawn": "An ask was withdrawn.",
    "purchase.recorded": "Something was bought.",
    "contract.made": "A contract began.",
    "contract.renewed": "A contract was renewed.",
    "contract.ended": "A contract ended.",
    "task.added": "There is something to do.",
    "task.done": "Something was done.",
    "note.written": "A note was written.",
}
"""Every event by its name. A change that is noted under one of these names is told of."""


def tell(told: Iterable[tuple[str, dict[str, Any]]], now: int) -> list[dict[str, int]]:
    """Write what is on its way, to each address that wants it, in the running transaction; the jobs of it.

    `told` are events in their order, each with its data; what is noted under another name is told to nobody.
    """
    events = [(event, data) for event, data in told if event in EVENTS]
    listeners = list(Webhook.objects.filter(active=True)) if events else []
    at = to_datetime(now).astimezone(UTC).isoformat()
    ways = [
        (one.pk, event, {"type": event, "timestamp": at, "data": data})
        for event, data in events
        for one in listeners
        if not one.events or event in one.events
    ]
    numbers = reserve(Delivery, len(ways))
    kept_at = connection.ops.adapt_datetimefield_value(timezone.now())
    as_json = connection.ops.adapt_json_value
    rows = (
        (number, hook, event, f"msg_{secrets.token_hex(16)}", as_json(body, None), kept_at, 0, "")
        for number, (hook, event, body) in zip(numbers, ways, strict=True)
    )
    columns = ("id", "webhook_id", "event", "key", "body", "made_at", "attempts", "last_error")
    insert(Delivery, columns, rows)
    return [job_of(number, hook) for number, (hook, _, _) in zip(numbers, ways, strict=True)]


def job_of(delivery: int, webhook: int) -> dict[str, int]:
    """What a job is told that delivers an event; by its address, all that is on the way there is found."""
    return {"delivery": delivery, "webhook": webhook}
