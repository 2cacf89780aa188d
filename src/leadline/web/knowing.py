"""What lists look up: how texts begin, who has what in a field of one's own, who stands where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Exists, F, FilteredRelation, FloatField, OuterRef, Q, QuerySet, Value
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import GreaterThan

from leadline.engine.errors import nearest
from leadline.engine.instants import DAY
from leadline.web import warehouse
from leadline.web.errors import Invalid
from leadline.web.models import (
    Address,
    Company,
    Contact,
    Field,
    FieldValue,
    HeldFact,
    Mark,
    NextStep,
    Standing,
    Tag,
)

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


def found_by(text: str) -> QuerySet[Any]:
    """The numbers of the contacts whose name, second name, address or company begins with a text."""
    text = " ".join(text.split())
    companies = Company.objects.filter(begins("name_small", text))
    addresses = Address.objects.filter(begins("value_small", text)).order_by()
    return (
        Contact.objects.filter(begins("name_small", text))
        .values_list("pk")
        .union(
            Contact.objects.filter(begins("second_name_small", text)).values_list("pk"),
            addresses.values_list("contact_id"),
            Contact.objects.filter(company__in=companies).values_list("pk"),
            all=True,
        )
    )


def marks(word: str) -> QuerySet[Mark]:
    """The marks with a tag."""
    return Mark.objects.filter(tag=Tag.objects.filter(name=word).first())


REPLY_DAYS = 60
"""A word that had no reply for so long waits for none."""


def waiting(what: str, now: int) -> QuerySet[NextStep]:
    """The steps that are open: `ask` (talked, never asked), `follow` (no follow-up), `reply` (of late)."""
    if what not in NextStep.Sort.values:
        raise Invalid(
            "A list was to be filtered by open", found=f"“{what}”", allowed=", ".join(NextStep.Sort.values)
        )
    steps = NextStep.objects.filter(sort=what)
    late = what == NextStep.Sort.REPLY
    return steps.filter(since__range=(now - REPLY_DAYS * DAY, now)) if late else steps


def in_stage(rows: QuerySet[Contact], kept: str, stage: int | None) -> tuple[QuerySet[Contact], Q]:
    """Those touched who stand in a stage of the funnel kept so (None: in any), as `here`; and that condition.

    In any is a sum that is asked of each row: the index in the order of `entered_at` has it.
    """
    here = FilteredRelation("standings", condition=Q(standings__funnel=kept))
    where = Q(GreaterThan(F("here__stage") + 0, 0)) if stage is None else Q(here__stage=stage)
    return rows.annotate(here=here), where


def placed(rows: QuerySet[Contact], kept: str, stages: Sequence[int]) -> tuple[QuerySet[Contact], Q]:
    """A few, with where they stand in the funnel kept so, as `here`; and that it is one of the stages."""
    here = FilteredRelation("standings", condition=Q(standings__funnel=kept))
    rows = rows.annotate(here=here).alias(placed=Coalesce("here__stage", 0))
    return rows, Q(placed__in=list(stages))  # 0: in none; no index is gone through for it


def strangers(kept: str) -> Q:
    """The condition on those who stand in no stage of a funnel: in stage 0, or never touched at all."""
    return Q(last_touch_at=None) | standing(kept, 0)


def standing(kept: str, stage: int) -> Q:
    """The condition on those who stand in a stage of a funnel."""
    return Q(Exists(Standing.objects.filter(funnel=kept, stage=stage, contact=OuterRef("pk"))))
