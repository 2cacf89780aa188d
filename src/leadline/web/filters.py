"""Lists of contacts, filtered: what was asked for, and the rows that it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTransform

from leadline.engine.funnel import Funnel
from leadline.engine.instants import DAY, to_instant
from leadline.engine.kinds import Kinds
from leadline.web import warehouse
from leadline.web.actions.fields import read_fields
from leadline.web.errors import Invalid
from leadline.web.models import Address, Company, Contact, Field, Standing, Touch, User

NAMES = (
    "q", "funnel", "stage", "path", "owner", "team", "tag", "company", "after", "before", "open",
)  # fmt: skip
"""What can be filtered by; `field.NAME` filters by a field of one's own."""
OWN = "field."
LATELY = 180 * DAY
"""Who talked with us so lately is ready to be asked."""
MOST = 200
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
        funnels = warehouse.funnels()
        slug = self.funnel(funnels, usual)
        if self.get("q"):
            rows = rows.filter(pk__in=found_by(self.get("q")))
        if self.get("path"):
            rows = rows.filter(path="" if self.get("path") == "none" else self.get("path"))
        if self.get("tag"):
            rows = rows.filter(
                pk__in=Contact.tags.through.objects.filter(tag__name=self.get("tag")).values("contact")
            )
        for name in ("owner", "team", "company"):
            rows = _by_number(rows, name, self.get(name), user)
        rows = self._touched(rows, user)
        if slug and self.get("stage"):
            rows = in_stage(rows, slug, funnels[slug].stage_number(self.get("stage")))
        if self.get("open"):
            rows = _waiting(rows, self.get("open"), slug, funnels.get(slug), now)
        return _by_own_fields(rows, self.own())

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
        .values("pk")
        .union(
            Contact.objects.filter(begins("second_name_small", text)).values("pk"),
            addresses.values("contact_id"),
            Contact.objects.filter(company__in=companies).values("pk"),
        )
    )


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


def in_stage(rows: QuerySet[Contact], slug: str, stage: int) -> QuerySet[Contact]:
    """Those who stand in a stage of a funnel; 0 are the strangers, of whom most have no standing at all."""
    here = Standing.objects.filter(funnel=slug, contact=OuterRef("pk"))
    if stage == 0:
        return rows.filter(~Exists(here.filter(stage__gt=0)))
    return rows.filter(standings__funnel=slug, standings__stage=stage)


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


def _by_number(rows: QuerySet[Contact], name: str, value: str, user: User) -> QuerySet[Contact]:
    if not value:
        return rows
    if value == "none":
        return rows.filter(**{name: None})
    if value == "me" and name == "owner":
        return rows.filter(owner=user)
    if not value.isdecimal() or len(value) > 18:
        raise Invalid(
            f"A list was to be filtered by {name}", found=f"“{value}”", allowed="a number, none, or me"
        )
    return rows.filter(**{f"{name}_id": int(value)})


def _waiting(
    rows: QuerySet[Contact], what: str, slug: str, funnel: Funnel | None, now: int
) -> QuerySet[Contact]:
    """Those for whom something is left to do: `ask` (ready, never asked), `follow` (no follow-up)."""
    if what not in ("ask", "follow"):
        raise Invalid("A list was to be filtered by open", found=f"“{what}”", allowed="ask or follow")
    kinds = warehouse.kinds()
    if funnel is not None:
        open_stages = [n for n, stage in enumerate(funnel.stages, start=1) if stage.role == "open"]
        standing = Standing.objects.filter(funnel=slug, stage__in=open_stages, contact=OuterRef("pk"))
        rows = rows.filter(Exists(standing))
    if what == "ask":
        talks = [kind.name for kind in kinds.kinds if kind.direction == "both" and not kind.machine]
        talked = _touched_by(talks).filter(happened_at__gte=now - LATELY, happened_at__lte=now)
        return _never(rows.filter(Exists(talked)), [k.name for k in kinds.kinds if k.link == "ask"])
    came = [kind.name for kind in kinds.kinds if kind.direction != "out" and not kind.machine]
    return _never(rows.filter(Exists(_touched_by(came))), personal(kinds))


def personal(kinds: Kinds) -> list[str]:
    """The kinds by which somebody turned to them personally, or talked with them."""
    return [kinds.kinds[code].name for code in sorted(kinds.named("contacted"))]


def _touched_by(kinds: list[str]) -> QuerySet[Touch]:
    return Touch.objects.filter(
        contact=OuterRef("pk"), in_force=True, retracts=None, machine=False, kind__in=kinds
    )


def _never(rows: QuerySet[Contact], kinds: list[str]) -> QuerySet[Contact]:
    """Those who have no touch of some kinds, whoever was merged into them included."""
    twins = Contact.objects.filter(
        merged_into__isnull=False, touches__in_force=True, touches__retracts=None, touches__kind__in=kinds
    )
    return rows.filter(~Exists(_touched_by(kinds))).exclude(pk__in=twins.values("merged_into"))


def _by_own_fields(rows: QuerySet[Contact], asked: Mapping[str, str]) -> QuerySet[Contact]:
    if not asked:
        return rows
    texts = set(Field.objects.filter(of="contact", type=Field.Type.TEXT).values_list("name", flat=True))
    for place, (name, value) in enumerate(read_fields("contact", asked).items()):
        rows = rows.alias(**{f"own{place}": KeyTransform(name, "fields")})
        rows = rows.filter(**{f"own{place}__icontains" if name in texts else f"own{place}": value})
    return rows
