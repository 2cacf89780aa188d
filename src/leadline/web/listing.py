"""Long lists, a page at a time: each page begins where the last one ended, however long the list is."""

from __future__ import annotations

import base64
import binascii
import heapq
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from leadline.engine.wording import counted
from leadline.web.models import Contact

M = TypeVar("M", bound=Model)
Key = tuple[Any, int]
"""Where a row stands in an order: its value, and its number among those of the same value."""
SIZE = 50
COUNTED = 10_000
"""So many are counted; of more it is said that they are more."""


@dataclass(frozen=True)
class Order:
    """An order of contacts: by a column, and by number among those for whom it is the same.

    `staged` is the column where each row stands in a stage (`filters.in_stage`), whose index has that order.
    """

    label: str
    column: str
    staged: str
    falling: bool
    type: type[int | str] = int


ORDERS = {
    "last": Order("Last touch", "last_touch_at", "here__last_touch_at", falling=True),
    "name": Order("Name", "name_small", "name_small", falling=False, type=str),
    "stage": Order("Stage entered", "", "here__entered_at", falling=True),
}


@dataclass(frozen=True)
class Listed:
    """The numbers of one page of contacts, and where the next page begins (empty: nowhere)."""

    numbers: list[int]
    next: str


def turn(
    parts: Iterable[QuerySet[Contact]],
    order: str,
    cursor: str = "",
    size: int = SIZE,
    *,
    staged: bool = False,
) -> Listed:
    """The page of contacts that begins after a cursor, in an order of ORDERS.

    Nobody is in two parts; each has that order by an index of its own. The rows have no more than a number.
    """
    by, parts = ORDERS[order], list(parts)
    column, number = (by.staged, "here__contact_id") if staged else (by.column, "pk")
    after = _read(cursor, by.type)
    found: list[Key] = []
    if not (after and after[0] is None):
        known = [part.filter(**{f"{column}__isnull": False}) for part in parts]
        keys = [_after(part, column, number, by, after).values_list(column, number) for part in known]
        found = merge(keys, tuple, size + 1, falling=by.falling)
    if len(found) <= size and not staged:  # those without a value come last
        silent = [part.filter(**{f"{column}__isnull": True}) for part in parts]
        if after and after[0] is None:
            silent = [part.filter(pk__lt=after[1]) for part in silent]
        keys = [part.order_by("-pk").values_list(column, "pk") for part in silent]
        found += merge(keys, lambda one: one[1], size + 1 - len(found), falling=True)
    last = found[size - 1] if len(found) > size else None
    return Listed([number for _, number in found[:size]], _write(*last) if last else "")


def merge(
    parts: Iterable[QuerySet[Any]], key: Callable[[Any], Any], size: int, *, falling: bool
) -> list[Any]:
    """The first rows of all parts, each of which is in the order of the key already."""
    rows = [list(part[:size]) for part in parts]
    return list(heapq.merge(*rows, key=key, reverse=falling))[:size]


def fetch(rows: QuerySet[M], numbers: Iterable[int]) -> list[M]:
    """The records of these numbers, in their order."""
    found = rows.in_bulk(list(numbers))
    return [found[number] for number in numbers if number in found]


def _after(
    rows: QuerySet[Contact], column: str, number: str, by: Order, after: list[Any] | None
) -> QuerySet[Contact]:
    sign, side = ("-", "lt") if by.falling else ("", "gt")
    if after:
        value, last = after
        rows = rows.filter(**{f"{column}__{side}e": value}).filter(
            Q(**{f"{column}__{side}": value}) | Q(**{column: value, f"{number}__{side}": last})
        )
    return rows.order_by(f"{sign}{column}", f"{sign}{number}")


def count(parts: Iterable[QuerySet[Any]]) -> int:
    """How many there are in all parts, COUNTED + 1 at most."""
    found = 0
    for part in parts:
        found += len(part.order_by().values_list("pk", flat=True)[: COUNTED + 1 - found])
        if found > COUNTED:
            break
    return found


def count_words(number: int) -> str:
    """A count as it is said: “12 contacts”, “more than 10,000 contacts”."""
    if number > COUNTED:
        return f"more than {COUNTED:,} contacts"
    return counted(number, "contact")


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
