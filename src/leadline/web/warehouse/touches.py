"""Touches read from the database, a row at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    """What happened with some contacts, and whoever was merged into them; not what was taken back."""
    numbers = list(contacts)
    same = merged(numbers)
    return read(Touch.objects.filter(contact__in=[*numbers, *same]), same)


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
    chosen = Contact.objects.annotate(part=Mod("pk", each)).filter(part=0, merged_into=None)
    return touches_of(chosen.values_list("pk", flat=True)), each


def merged(into: Iterable[int] | None = None) -> dict[int, int]:
    """Who was merged into whom: into some contacts, or into anybody."""
    rows = Contact.objects.filter(merged_into__isnull=False)
    rows = rows if into is None else rows.filter(merged_into__in=list(into))
    return {number: kept for number, kept in rows.values_list("pk", "merged_into") if kept is not None}


def survivors(contacts: Iterable[int]) -> list[int]:
    """The contacts themselves, or whom they were merged into."""
    rows = Contact.objects.filter(pk__in=list(contacts)).values_list("pk", "merged_into")
    return sorted({kept or number for number, kept in rows})


def read(rows: QuerySet[Touch], same: Mapping[int, int] | None = None) -> Touches:
    """Rows of the database as the engine's touches; contacts and touches are told by their numbers.

    `same` says who was merged into whom, if that is known already: the touches of both are of one contact.
    """
    same = merged() if same is None else same
    in_force = rows.filter(in_force=True, retracts=None).values(*_FIELDS)
    return Touches.of((_row(row, same) for row in in_force.iterator(chunk_size=5000)), kinds())


def _row(row: dict[str, Any], same: Mapping[int, int]) -> dict[str, Any]:
    found = {name: value for name, value in row.items() if value not in (None, "")}
    contact = found.pop("contact_id", None)
    return found | {"contact": same.get(contact, contact)}
