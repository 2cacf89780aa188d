"""Touches read from the database, a row at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Max, Min, QuerySet
from django.db.models.functions import Mod

from leadline.engine.touches import Touches
from leadline.web.models import Contact, Touch
from leadline.web.warehouse.definitions import kinds

_COLUMNS = (
    "path", "channel", "campaign", "content", "offer", "currency", "actor", "note", "origin",
)  # fmt: skip
_FIELDS = ("id", "contact_id", "kind", "happened_at", "value", "n", "machine", *_COLUMNS)


def touches_of(contacts: Iterable[int]) -> Touches:
    """What happened with some contacts, whatever was taken back left out."""
    return read(Touch.objects.filter(contact__in=list(contacts)))


def every_touch() -> Touches:
    """Everything that happened, with whomever."""
    return read(Touch.objects.all())


def some_touches(most: int = 100_000) -> tuple[Touches, int]:
    """Everything that happened with about so many touches' worth of contacts, evenly chosen.

    Answers also with how many contacts stand for each that was chosen: 1 where that is everybody.
    """
    ids = Touch.objects.aggregate(first=Min("id"), last=Max("id"))
    touches = 0 if ids["last"] is None else ids["last"] - ids["first"] + 1
    each = -(-touches // most) or 1
    if each == 1:
        return every_touch(), 1
    chosen = Contact.objects.annotate(part=Mod("pk", each)).filter(part=0)
    return touches_of(chosen.values_list("pk", flat=True)), each


def read(rows: QuerySet[Touch]) -> Touches:
    """Rows of the database as the engine's touches; contacts and touches are told by their numbers."""
    in_force = rows.filter(in_force=True, retracts=None).values(*_FIELDS)
    return Touches.of((_row(row) for row in in_force.iterator(chunk_size=5000)), kinds())


def _row(row: dict[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in row.items() if value not in (None, "")}
    return found | {"contact": found.pop("contact_id", None)}
