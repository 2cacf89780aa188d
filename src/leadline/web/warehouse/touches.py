"""Touches read from the database, a row at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter

import numpy as np
import numpy.typing as npt
from django.db.models import Max, Min, QuerySet
from django.db.models.functions import Mod

from leadline.engine.touches import MISSING, Column, Touches
from leadline.web.among import one_of
from leadline.web.models import Contact, Touch
from leadline.web.warehouse.definitions import kinds
from leadline.web.warehouse.zones import placed_at_home

COLUMNS = (
    "path", "channel", "campaign", "content", "offer", "deal", "currency", "actor", "note", "origin",
)  # fmt: skip
"""The columns of text that a touch has in the database."""
_NUMBERS = ("id", "contact_id", "kind", "happened_at", "value", "n", "machine")


def touches_of(
    contacts: Iterable[int], columns: Sequence[str] = COLUMNS, same: Mapping[int, int] | None = None
) -> Touches:
    """What happened with some contacts, and whoever was merged into them; not what was taken back.

    `same` says who was merged into whom, if that is known already.
    """
    numbers = list(contacts)
    same = merged(numbers) if same is None else same
    return read(Touch.objects.filter(one_of([*numbers, *same], "contact")), same, columns)


def every_touch(zone: str | None = None) -> Touches:
    """Everything that happened, with whomever; `zone` is where days begin, None: where the team is."""
    return read(Touch.objects.all(), zone=zone, many=True)


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
    rows = rows if into is None else rows.filter(one_of(into, "merged_into"))
    return {number: kept for number, kept in rows.values_list("pk", "merged_into") if kept is not None}


def survivors(contacts: Iterable[int]) -> list[int]:
    """The contacts themselves, or whom they were merged into."""
    rows = Contact.objects.filter(one_of(contacts)).values_list("pk", "merged_into")
    return sorted({kept or number for number, kept in rows})


def read(
    rows: QuerySet[Touch],
    same: Mapping[int, int] | None = None,
    columns: Sequence[str] = COLUMNS,
    zone: str | None = None,
    *,
    many: bool = False,
) -> Touches:
    """Rows of the database as the engine's touches; contacts and touches are told by their numbers.

    `same` says who was merged into whom, if that is known already: the touches of both are of one contact.
    Whole days begin where the team is (`zones`), or in a zone. Of `many` the database is asked part by part,
    which takes longer for few.
    """
    same = merged() if same is None else same
    known = kinds()
    in_force = rows.filter(in_force=True, retracts=None).values_list(*_NUMBERS, *columns)
    told = sorted(in_force.iterator(chunk_size=5000) if many else in_force, key=itemgetter(0))
    if not told:
        return Touches.of((), known)
    ids, contact, kind, at, value, n, machine, *texts = zip(*told, strict=True)
    codes = {name: known.code(name) for name in set(kind)}
    return Touches(
        kinds=known,
        contact=Column.of([same.get(number, number) for number in contact] if same else contact),
        kind=np.array([codes[name] for name in kind], dtype=np.uint16),
        happened_at=placed_at_home(np.array(at, dtype=np.int64), zone),
        columns={
            name: Column.of([text or None for text in text_of])
            for name, text_of in zip(columns, texts, strict=True)
            if any(text_of)
        },
        value=_amounts(value),
        n=_amounts(n),
        id=Column.of(ids),
        machine=np.array(machine, dtype=bool),
    )


def _amounts(values: Sequence[int | None]) -> npt.NDArray[np.int64] | None:
    if all(value is None for value in values):
        return None
    return np.array([MISSING if value is None else value for value in values], dtype=np.int64)
