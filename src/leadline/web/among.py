"""Records told by their numbers, a few thousand at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL


def one_of(numbers: Iterable[int], column: str = "pk") -> Q:
    """The condition that a record is one of a few thousand, told the database as a whole."""
    told = list(numbers)
    if len(told) < 2:
        return Q(**({column: told[0]} if told else {f"{column}__in": told}))
    return among(as_told(told), column)


def among(told: object, column: str = "pk") -> Q:
    """The condition that a record is one of those told as a whole (`as_told`), now or later (`Place`)."""
    each = (
        "SELECT value FROM json_each(%s)" if connection.vendor == "sqlite" else "SELECT unnest(%s::bigint[])"
    )
    return Q(**{f"{column}__in": RawSQL(each, [told])})  # noqa: S611 - of this file alone


def as_told(numbers: Iterable[int]) -> str:
    """Numbers as the database is told them: a list would be written by the driver number by number."""
    if connection.vendor == "sqlite":
        return json.dumps(list(numbers))
    return f"{{{','.join(map(str, numbers))}}}"
