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
    if connection.vendor == "sqlite":
        return Q(**{f"{column}__in": RawSQL("SELECT value FROM json_each(%s)", [json.dumps(told)])})
    text = f"{{{','.join(map(str, told))}}}"  # a list would be written by the driver number by number
    return Q(**{f"{column}__in": RawSQL("SELECT unnest(%s::bigint[])", [text])})
