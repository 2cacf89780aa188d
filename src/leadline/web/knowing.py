"""What lists look up: how texts begin, who has what in a field of one's own, and of whom a fact holds."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import FloatField, Q, QuerySet, Value
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast

from leadline.engine.errors import nearest
from leadline.web import warehouse
from leadline.web.errors import Invalid
from leadline.web.models import Field, FieldValue, HeldFact

NO = "no "
"""How the filter begins that wants those of whom a fact does not hold."""
_LAST = "\U0010ffff"


def holding(asked: str, now: int) -> QuerySet[HeldFact]:
    """The times in which a fact (`need`; of `no need`, too) holds, of those in which it does now.

    Raises Invalid for a fact that there is not.
    """
    facts, name = warehouse.kinds().facts, asked.removeprefix(NO)
    if name not in facts:
        raise Invalid(
            "A list was to be filtered by a fact",
            found=f"“{asked}”",
            allowed=", ".join(facts),
            suggestion=nearest(name, facts),
        )
    return HeldFact.objects.filter(name=name, since__lte=now, until__gt=now)


def having(field: Field, value: Any, compared: str = "") -> QuerySet[Any]:
    """The numbers of the contacts who have a value in a field, as it is kept; of a text: who have it there.

    Numbers and days can be `compared` otherwise (`__gte`, `__lte`). Of texts the beginning is looked through,
    and what is longer in the contact itself.
    """
    there = FieldValue.objects.filter(field=field.name)
    if field.type == Field.Type.NUMBER:  # read by the database, as it read what it has
        as_read = Cast(Value(str(value)), FloatField())
        found = there.filter(number__isnull=False, **{f"number{compared}": as_read})
        return found.values_list("contact")
    texts = there.filter(text__isnull=False)
    if field.type == Field.Type.FLAG:
        return texts.filter(text="true" if value else "false").values_list("contact")
    if field.type != Field.Type.TEXT:
        return texts.filter(**{f"text{compared}": value}).values_list("contact")
    longer = there.filter(cut=True).alias(own=KeyTransform(field.name, "contact__fields"))
    return (
        texts.filter(text__icontains=value)
        .values_list("contact")
        .union(longer.filter(own__icontains=value).values_list("contact"), all=True)
    )


def begins(column: str, text: str) -> Q:
    """The condition that a column in small letters begins with a text, whatever its capitals."""
    found = Q()
    for spelled in spellings(text):
        found |= (
            Q(**{f"{column}__gte": spelled, f"{column}__lt": spelled + _LAST})
            if connection.vendor == "sqlite"
            else Q(**{f"{column}__startswith": spelled})
        )
    return found


def spellings(text: str) -> list[str]:
    """How a text may stand in a column in small letters.

    The small letters of SQLite, and of PostgreSQL in the locale C, are those of ASCII: other letters are
    looked for as they may have been typed.
    """
    return list(dict.fromkeys((text.lower(), *map(_small, (text, text.title(), text.upper())))))


def _small(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)
