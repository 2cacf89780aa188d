"""Long lists, a page at a time: each page begins where the last one ended, however long the list is."""

from __future__ import annotations

import base64
import binascii
import heapq
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, FilteredRelation, Q, QuerySet

from leadline.engine.wording import counted
from leadline.web.models import Contact

SIZE = 50
COUNTED = 10_000
"""So many are counted; of more it is said that they are more."""


@dataclass(frozen=True)
class Order:
    """An order of contacts: by a column, and by number among those for whom it is the same."""

    label: str
    column: str
    falling: bool
    type: type[int | str] = int


ORDERS = {
    "last": Order("Last touch", "last_touch_at", falling=True),
    "name": Order("Name", "name_small", falling=False, type=str),
    "stage": Order("Stage entered", "here__entered_at", falling=True),
}


@dataclass(frozen=True)
class Listed:
    """One page of contacts, and where the next one begins (empty: nowhere)."""

    rows: list[Contact]
    next: str


def turn(rows: QuerySet[Contact], order: str, cursor: str = "", size: int = SIZE) -> Listed:
    """The page of contacts that begins after a cursor, in an order of ORDERS other than `stage`."""
    by = ORDERS[order]
    after = _read(cursor, by.type)
    found: list[Contact] = []
    if not (after and after[0] is None):
        found = list(_page(rows.filter(**{f"{by.column}__isnull": False}), by, after, size + 1))
    if len(found) <= size:  # those without a value come last
        silent = rows.filter(**{f"{by.column}__isnull": True}).order_by("-pk")
        if after and after[0] is None:
            silent = silent.filter(pk__lt=after[1])
        found += list(silent[: size + 1 - len(found)])
    return _listed(found, lambda one: getattr(one, by.column), size)


def turn_by_stage(
    rows: QuerySet[Contact], slug: str, stages: Iterable[int], cursor: str = "", size: int = SIZE
) -> Listed:
    """The page of contacts, those first who entered their stage last; each stage from its own index."""
    by, after = ORDERS["stage"], _read(cursor, int)
    parts = []
    for stage in stages:
        standing = FilteredRelation("standings", condition=Q(standings__funnel=slug))
        here = rows.annotate(here=standing).filter(here__stage=stage)
        here = here.annotate(entered_at=F("here__entered_at"))
        parts.append(list(_page(here, by, after, size + 1)))
    merged = heapq.merge(*parts, key=lambda one: (-_entered(one), -one.pk))
    found = list(merged)[: size + 1]
    return _listed(found, _entered, size)


def _entered(one: Any) -> int:
    return int(one.entered_at)


def count(rows: QuerySet[Any]) -> int:
    """How many there are, COUNTED + 1 at most."""
    return len(rows.order_by().values_list("pk", flat=True)[: COUNTED + 1])


def count_words(number: int) -> str:
    """A count as it is said: “12 contacts”, “more than 10,000 contacts”."""
    if number > COUNTED:
        return f"more than {COUNTED:,} contacts"
    return counted(number, "contact")


def _page(rows: QuerySet[Contact], by: Order, after: list[Any] | None, size: int) -> QuerySet[Contact]:
    sign, side = ("-", "lt") if by.falling else ("", "gt")
    if after:
        value, number = after
        rows = rows.filter(**{f"{by.column}__{side}e": value}).filter(
            Q(**{f"{by.column}__{side}": value}) | Q(**{by.column: value, f"pk__{side}": number})
        )
    return rows.order_by(f"{sign}{by.column}", f"{sign}pk")[:size]


def _listed(found: list[Contact], value_of: Callable[[Any], Any], size: int) -> Listed:
    last = found[size - 1] if len(found) > size else None
    return Listed(found[:size], _write(value_of(last), last.pk) if last else "")


def _write(value: Any, number: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([value, number]).encode()).decode()


def _read(cursor: str, kind: type[int | str]) -> list[Any] | None:
    """Where the last page ended; None for the first page, and for a cursor that nobody wrote."""
    try:
        value, number = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        return None
    whole = isinstance(number, int) and abs(number) < 2**63
    big = isinstance(value, int) and abs(value) >= 2**63
    fits = isinstance(value, (kind, type(None))) and not big and "\x00" not in str(value)
    return [value, number] if whole and fits else None
