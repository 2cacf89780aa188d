"""Lists of contacts and companies, filtered: what was asked for, and the rows that it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Exists, FilteredRelation, Model, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTransform

from leadline.engine.funnel import Funnel
from leadline.engine.instants import to_instant
from leadline.web import access, warehouse
from leadline.web.actions.fields import read_fields
from leadline.web.errors import Invalid
from leadline.web.knowing import by_fact
from leadline.web.models import Address, Company, Contact, Field, NextStep, Standing, Tag, User

NAMES = (
    "q", "funnel", "stage", "path", "owner", "team", "tag", "company", "after", "before", "open",
    "fact",
)  # fmt: skip
"""What can be filtered by; `field.NAME` filters by a field of one's own."""
OWN = "field."
MOST = 200
FEW = 2000
"""So many contacts are looked up and put in order sooner than a list in its order is gone through."""
M = TypeVar("M", bound=Model)
_LAST = "\U0010ffff"


@dataclass(frozen=True)
class Filters:
    """What a list is filtered by, as it was asked for; empty texts filter nothing."""

    given: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def of(asked: Mapping[str, Any]) -> Filters:
        """The filters among the parameters of an address; raises Invalid for a NUL, or a text too long."""
        given = {
            name: str(value).strip()
            for name, value in asked.items()
            if (name in NAMES or name.startswith(OWN)) and str(value).strip()
        }
        for name, value in given.items():
            if "\x00" in value or len(value) > MOST:
                raise Invalid(
                    f"A list was to be filtered by {name}",
                    found="a NUL, or a text too long",
                    allowed=f"at most {MOST} characters",
                )
        return Filters(given)

    def get(self, name: str) -> str:
        """What was asked for by that name, or an empty text."""
        return self.given.get(name, "")

    def funnel(self, funnels: Mapping[str, Funnel], usual: str = "") -> str:
        """The slug of the vocabulary that the list is seen in: the one asked for, the usual, or the first."""
        return next((slug for slug in (self.get("funnel"), usual, *funnels) if slug in funnels), "")

    def own(self) -> dict[str, str]:
        """What was asked of one's own fields."""
        return {n.removeprefix(OWN): value for n, value in self.given.items() if n.startswith(OWN)}

    def apply(self, rows: QuerySet[Contact], user: User, now: int, usual: str = "") -> QuerySet[Contact]:
        """The contacts among `rows` that are meant."""
        rows, where = self._staged(self._narrow(rows, user, now).filter(**self._keepers(user)), usual)
        return rows.filter(where)

    def of_companies(self, rows: QuerySet[Company], user: User) -> QuerySet[Company]:
        """The companies among `rows` that are meant: by name or domain, by whose they are, by own fields."""
        if self.get("q"):
            rows = rows.filter(begins("name_small", self.get("q")) | begins("domain", self.get("q")))
        return _by_own_fields(rows.filter(**self._keepers(user)), self.own(), "company")

    def parts(
        self, user: User, now: int, usual: str = "", order: str = "last"
    ) -> tuple[list[access.Part], bool]:
        """Those meant whom somebody sees, in parts of which each is quickly put in order (`listing.turn`).

        The order by stage leaves strangers out. The second says whether each row stands in a stage (`here`).
        """
        funnels, known = warehouse.funnels(), self._keepers(user)
        slug, rows = self.funnel(funnels, usual), self._narrow(Contact.objects.all(), user, now)
        stage = funnels[slug].stage_number(self.get("stage")) if slug and self.get("stage") else None
        if stage and order == "name":  # a stage has no order of names
            there = _among(rows, Standing.objects.filter(funnel=funnels.kept_as[slug], stage=stage))
            return access.parts(user, there, Q(), known=known), False
        if stage is not None or not (slug and order == "stage"):
            rows, where = self._staged(rows, usual)
            return access.parts(user, rows, where, "here__" if where else "", known), bool(where)
        numbers, kept = range(1, len(funnels[slug].stages) + 1), funnels.kept_as[slug]
        everywhere = (in_stage(rows, kept, one) for one in numbers)
        return [part for staged in everywhere for part in access.parts(user, *staged, "here__", known)], True

    def _narrow(self, rows: QuerySet[Contact], user: User, now: int) -> QuerySet[Contact]:
        """Those meant by everything but the stage."""
        if self.get("q"):
            rows = _found(rows, self.get("q"))
        if self.get("path"):
            rows = rows.filter(path="" if self.get("path") == "none" else self.get("path"))
        if self.get("tag"):
            tag = Tag.objects.filter(name=self.get("tag")).first()
            rows = _among(rows, Contact.tags.through.objects.filter(tag=tag)) if tag else rows.none()
        if self.get("company"):
            rows = rows.filter(company=_number("company", self.get("company"), user))
        rows = self._touched(rows, user)
        if self.get("open"):
            rows = _waiting(rows, self.get("open"))
        if self.get("fact"):
            rows = by_fact(rows, self.get("fact"), now)
        return _by_own_fields(rows, self.own())

    def _keepers(self, user: User) -> access.Keepers:
        """Whose they are, where that was asked for."""
        return {name: _number(name, self.get(name), user) for name in ("owner", "team") if self.get(name)}

    def _staged(self, rows: QuerySet[Contact], usual: str) -> tuple[QuerySet[Contact], Q]:
        """Those in the stage asked for; the condition is empty where there is no standing `here`."""
        funnels = warehouse.funnels()
        slug = self.funnel(funnels, usual)
        if not (slug and self.get("stage")):
            return rows, Q()
        return in_stage(rows, funnels.kept_as[slug], funnels[slug].stage_number(self.get("stage")))

    def _touched(self, rows: QuerySet[Contact], user: User) -> QuerySet[Contact]:
        """Those last touched on a day or later, and before a day (of the zone of whoever looks)."""
        if self.get("after"):
            rows = rows.filter(last_touch_at__gte=start_of(self.get("after"), user.zone))
        if self.get("before"):
            rows = rows.filter(last_touch_at__lt=start_of(self.get("before"), user.zone))
        return rows


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


def _found(rows: QuerySet[Contact], text: str) -> QuerySet[Contact]:
    """Those whom a text finds; where they are many each row is asked whether it is one of them."""
    few = _few(found_by(text))
    if few is not None:
        return rows.filter(pk__in=few)
    text = " ".join(text.split())
    address = Address.objects.filter(begins("value_small", text), contact=OuterRef("pk"))
    company = Company.objects.filter(begins("name_small", text), pk=OuterRef("company"))
    named = begins("name_small", text) | begins("second_name_small", text)
    return rows.filter(named | Exists(address) | Exists(company))


def _few(numbers: QuerySet[Any]) -> list[int] | None:
    """Numbers of contacts where they are few: then it is they that are looked up, and put in order."""
    found = [row[0] for row in numbers[: FEW + 1]]
    return found if len(found) <= FEW else None


def _among(rows: QuerySet[Contact], records: QuerySet[Any]) -> QuerySet[Contact]:
    """Those of whom there are such records; where these are many each row is asked for its own."""
    few = _few(records.values_list("contact_id"))
    return rows.filter(Exists(records.filter(contact=OuterRef("pk"))) if few is None else Q(pk__in=few))


def begins(column: str, text: str) -> Q:
    """The condition that a column in small letters begins with a text, whatever its capitals.

    The small letters of SQLite, and of PostgreSQL in the locale C, are those of ASCII: other letters are
    looked for as they may have been typed.
    """
    found = Q()
    for spelled in dict.fromkeys((text.lower(), _small(text), _small(text.title()), _small(text.upper()))):
        found |= (
            Q(**{f"{column}__gte": spelled, f"{column}__lt": spelled + _LAST})
            if connection.vendor == "sqlite"
            else Q(**{f"{column}__startswith": spelled})
        )
    return found


def in_stage(rows: QuerySet[Contact], kept: str, stage: int) -> tuple[QuerySet[Contact], Q]:
    """Those who stand in a stage of the funnel that is `kept` so, with the condition that says it of `here`.

    0 are the strangers, of whom most have no standing at all: for them there is no condition left.
    """
    if stage == 0:
        others = Standing.objects.filter(funnel=kept, contact=OuterRef("pk"), stage__gt=0)
        return rows.filter(~Exists(others)), Q()
    here = FilteredRelation("standings", condition=Q(standings__funnel=kept))
    return rows.annotate(here=here), Q(here__stage=stage)


def start_of(day: str, zone: str) -> int:
    """The instant at which a day begins in a zone; raises Invalid for what is no day."""
    try:
        return to_instant(datetime.fromisoformat(day[:10]).replace(tzinfo=ZoneInfo(zone)))
    except (ValueError, KeyError, OverflowError):
        raise Invalid("A day was asked for", found=f"“{day}”", allowed="as 2026-03-31") from None


def end_of(day: str, zone: str) -> int:
    """The instant at which the next day begins."""
    return start_of(day, zone) + timedelta(days=1) // timedelta(microseconds=1)


def _small(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def _number(name: str, value: str, user: User) -> int | None:
    if value == "none":
        return None
    if value == "me" and name == "owner":
        return user.pk
    if not value.isdecimal() or len(value) > 18:
        raise Invalid(
            f"A list was to be filtered by {name}", found=f"“{value}”", allowed="a number, none, or me"
        )
    return int(value)


def _waiting(rows: QuerySet[Contact], what: str) -> QuerySet[Contact]:
    """Those with whom a step is open: `ask` (talked, never asked), `follow` (no follow-up), `reply`."""
    if what not in NextStep.Sort.values:
        raise Invalid(
            "A list was to be filtered by open", found=f"“{what}”", allowed=", ".join(NextStep.Sort.values)
        )
    return _among(rows, NextStep.objects.filter(sort=what))


def _by_own_fields(rows: QuerySet[M], asked: Mapping[str, str], of: str = "contact") -> QuerySet[M]:
    if not asked:
        return rows
    texts = set(Field.objects.filter(of=of, type=Field.Type.TEXT).values_list("name", flat=True))
    for place, (name, value) in enumerate(read_fields(of, asked).items()):
        rows = rows.alias(**{f"own{place}": KeyTransform(name, "fields")})
        rows = rows.filter(**{f"own{place}__icontains" if name in texts else f"own{place}": value})
    return rows
