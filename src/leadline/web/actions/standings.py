"""Where everybody stands: the cache of what follows from touches, kept equal to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from leadline.engine.funnel import Funnel
from leadline.engine.history import derive
from leadline.engine.instants import DAY, NEVER
from leadline.engine.touches import Touches
from leadline.web import warehouse
from leadline.web.models import Standing

AHEAD = 36_525 * DAY
"""How far ahead it is worked out when a stage will change by itself: no window is longer."""
BATCH = 2000


def restate(contacts: Iterable[int], now: int) -> list[tuple[Standing, int]]:
    """Write anew where some contacts stand in every funnel in force.

    Answers with those whose stage became another one, each with the stage before.
    """
    numbers = sorted(set(contacts))
    touches, funnels = warehouse.touches_of(numbers), warehouse.funnels()
    found = [one for slug, funnel in funnels.items() for one in stand(slug, funnel, touches, now)]
    return _replace(numbers, found)


def stand(slug: str, funnel: Funnel, touches: Touches, now: int) -> list[Standing]:
    """Where everybody in the touches stands in one funnel, and until when; nobody without a stage so far."""
    history = derive(touches, funnel, now + AHEAD)
    here = np.flatnonzero((history.entered_at <= now) & (now < history.left_at))
    numbers = touches.id
    return [
        Standing(
            funnel=slug,
            contact_id=history.subjects[int(history.contact[row])],
            stage=int(history.stage[row]),
            step=int(history.step[row]),
            entered_at=int(history.entered_at[row]),
            changes_at=None if history.left_at[row] == NEVER else int(history.left_at[row]),
            cause_id=numbers[int(history.cause[row])] if numbers and history.cause[row] >= 0 else None,
        )
        for row in here.tolist()
    ]


def sweep(now: int, most: int = BATCH) -> int:
    """Write anew where those stand whose stage has changed by itself; how many they were."""
    due = Standing.objects.filter(changes_at__lte=now).values_list("contact_id", flat=True).distinct()[:most]
    contacts = list(due)
    if contacts:
        restate(contacts, now)
    return len(contacts)


def _replace(contacts: list[int], found: list[Standing]) -> list[tuple[Standing, int]]:
    before = _stages(contacts)
    Standing.objects.filter(contact__in=contacts).delete()
    Standing.objects.bulk_create(found, batch_size=BATCH)
    known = ((one, before.get((one.contact_id, one.funnel), 0)) for one in found)
    return [(one, stage) for one, stage in known if one.stage != stage]


def _stages(contacts: list[int]) -> Mapping[tuple[int, str], int]:
    rows = Standing.objects.filter(contact__in=contacts).values_list("contact_id", "funnel", "stage")
    return {(contact, funnel): stage for contact, funnel, stage in rows}
