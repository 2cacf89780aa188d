"""Plans that were dropped: a text that whoever dropped one holds puts it back as it was, for a day."""

from __future__ import annotations

import json
from datetime import timedelta

from django.core import serializers, signing
from django.db.models import Model

from leadline.web.actions import plans
from leadline.web.actions.acting import Actor
from leadline.web.errors import Invalid
from leadline.web.models import Audience, Capacity, Goal, PathCost

SALT, KEPT = "plan", timedelta(days=1)


def text_of(record: Model) -> str:
    """The text that puts a record back; signed, so that nothing else is put there."""
    plain = json.dumps(serializers.serialize("python", [record]), default=str)  # hours to the microsecond
    return signing.dumps(plain, salt=SALT, compress=True)


def put_back(actor: Actor, text: str) -> None:
    """Put back what was dropped. Raises Invalid for a text that is too old, Conflict where it is there."""
    try:
        told = signing.loads(text, salt=SALT, max_age=KEPT)
    except signing.BadSignature:
        raise Invalid("Something was to be put back", found="a text that is too old, or not ours") from None
    record = next(serializers.deserialize("json", told)).object
    if isinstance(record, Capacity):
        plans.set_capacity(actor, record.since, record.clients_a_month)
    elif isinstance(record, Audience):
        plans.count_audience(actor, record.path, record.kind, record.day, record.n, record.content)
    elif isinstance(record, Goal | PathCost):
        plans.restore(actor, record)
