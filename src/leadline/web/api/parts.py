"""Lists a part at a time: the cursor says after which record the next part begins."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, TypeVar

from django.db.models import Model, QuerySet
from ninja import Query

from leadline.web.errors import Invalid

M = TypeVar("M", bound=Model)
MOST = 200

Cursor = Annotated[
    str | None,
    Query(default=None, max_length=64, description="`next` of the part before; none for the first."),
]
Limit = Annotated[int, Query(default=50, ge=1, le=MOST, description="How many at most.")]
Number = Annotated[int, "a number of a record"]


def part(records: QuerySet[M], cursor: str | None, limit: int) -> tuple[list[M], str | None]:
    """Records by their number after the cursor, and the cursor of what follows; None at the end."""
    after = _number(cursor) if cursor else 0
    found = list(records.filter(pk__gt=after).order_by("pk")[: limit + 1])
    return found[:limit], _cursor(found[limit - 1].pk) if len(found) > limit else None


def _cursor(number: Any) -> str:
    return base64.urlsafe_b64encode(f"after:{number}".encode()).decode().rstrip("=")


def _number(cursor: str) -> int:
    try:
        word, _, number = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(":")
        if word == "after" and number.isascii() and number.isdigit() and len(number) < 19:
            return int(number)
    except (binascii.Error, ValueError):
        pass
    raise Invalid(
        "A part of a list was asked for", found="a cursor of something else", allowed="`next` as it was given"
    )
