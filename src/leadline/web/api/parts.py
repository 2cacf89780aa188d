"""Lists a part at a time: the cursor says after which record the next part begins."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from ninja import Query, Schema
from pydantic import Field

from leadline.web.errors import Invalid

M = TypeVar("M", bound=Model)
T = TypeVar("T")
MOST = 200

Cursor = Annotated[
    str | None,
    Query(default=None, max_length=64, description="`next` of the part before; none for the first."),
]
Limit = Annotated[int, Query(default=50, ge=1, le=MOST, description="How many at most.")]


class Part(Schema, Generic[T]):
    """A part of a list; `next` is the cursor of what follows, null at the end."""

    items: list[T]
    next: str | None = Field(description="The cursor of the following part.", examples=["YWZ0ZXI6NTA"])


def part(records: QuerySet[M], cursor: str | None, limit: int) -> tuple[list[M], str | None]:
    """Records by their number after the cursor, and the cursor of what follows; None at the end."""
    after = _number(cursor) if cursor else 0
    found = list(records.filter(pk__gt=after).order_by("pk")[: limit + 1])
    return found[:limit], _cursor(found[limit - 1].pk) if len(found) > limit else None


def listed(
    records: QuerySet[M],
    cursor: str | None,
    limit: int,
    told: Callable[[M], Any] = lambda record: record,
) -> dict[str, Any]:
    """A part as the API tells of it."""
    found, following = part(records, cursor, limit)
    return {"items": [told(one) for one in found], "next": following}


def newest(
    records: QuerySet[M],
    cursor: str | None,
    limit: int,
    told: Callable[[M], Any] = lambda record: record,
) -> dict[str, Any]:
    """As `listed`, the newest first."""
    records = records.filter(pk__lt=_number(cursor)) if cursor else records
    found = list(records.order_by("-pk")[: limit + 1])
    following = _cursor(found[limit - 1].pk) if len(found) > limit else None
    return {"items": [told(one) for one in found[:limit]], "next": following}


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
