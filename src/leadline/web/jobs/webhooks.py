"""Events on their way out, one try a job."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings

from leadline.engine.instants import to_datetime
from leadline.web.actions.events import JOB
from leadline.web.actions.webhooks import SECOND, Outcome, note_outcome
from leadline.web.jobs.leases import Lease
from leadline.web.jobs.registry import OUTBOUND, handles
from leadline.web.models import Delivery
from leadline.web.outbound.webhooks import send


@handles(JOB, beside=OUTBOUND)
def deliver(payload: dict[str, Any], now: int, lease: Lease | None = None) -> None:
    """Try to deliver one event. Nothing is raised: the next try is due when its time comes.

    A job that was cut off between the answer and its note is done again, under the same id.
    """
    delivery = Delivery.objects.select_related("webhook").filter(pk=payload["delivery"]).first()
    if delivery is None or delivery.delivered_at is not None or not delivery.webhook.active:
        return
    hook = delivery.webhook
    began = time.monotonic()
    answer = send(
        hook.url,
        hook.secret,
        delivery.key,
        delivery.body,
        to_datetime(now),
        private=settings.ALLOW_PRIVATE_WEBHOOKS,
    )
    took = int((time.monotonic() - began) * SECOND)
    note_outcome(delivery, Outcome(answer.status, answer.error, answer.taken, took), now)
