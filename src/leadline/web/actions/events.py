"""What other programs can hear of: the events, and who wants which."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from leadline.engine.instants import to_datetime
from leadline.web.models import Delivery, Webhook

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


def tell(event: str, told: Sequence[dict[str, Any]], now: int) -> list[Delivery]:
    """Write what is on its way, for each address that wants this event, in the running transaction.

    `told` are the data of several such events.
    """
    if event not in EVENTS or not told:
        return []
    listeners = [one for one in Webhook.objects.filter(active=True) if not one.events or event in one.events]
    about = {"type": event, "timestamp": to_datetime(now).astimezone(UTC).isoformat()}
    return Delivery.objects.bulk_create(
        [
            Delivery(
                webhook=one, event=event, key=f"msg_{secrets.token_hex(16)}", body={**about, "data": data}
            )
            for data in told
            for one in listeners
        ],
        batch_size=500,
    )
