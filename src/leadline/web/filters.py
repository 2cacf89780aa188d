"""Lists of contacts and companies, filtered: what was asked for, and the rows that it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar
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
from leadline.web.listing import Sought
from leadline.web.models import Address, Company, Contact, Field, NextStep, Standing, Tag, User

NAMES = (
    "q", "funnel", "stage", "path", "owner", "team", "tag", "company", "after", "before", "open",
    "fact",
)  # fmt: skip
"""What can be filtered by; `field.NAME` filters by a field of one's own, `field.NAME.from` and
`field.NAME.to` by a number or a day, from one and up to one."""
OWN = "field."
SIDES = {"": "", "from": "gte", "to": "lte"}
MOST = 200
FEW, LISTED = 20_000, 2000
"""So many contacts are looked up and put in order sooner than a list in its order is gone through; so many
of these by their numbers, more by what finds them."""
M = TypeVar("M", bound=Model)
_LAST = "\U0010ffff"


class Condition(NamedTuple):
    """What contacts are narrowed by: looked up at once, or asked of each row (those `among` such numbers)."""

    span: Q = Q()
    asked: Q = Q()
    among: QuerySet[Any] | None = None


class Narrowed(NamedTuple):
    """Contacts, what looks up those that are meant among them, and what each row is asked besides."""

    rows: QuerySet[Contact]
    span: Q = Q()
    asked: Q = Q()
    among: QuerySet[Any] | None = None

    def with_(self, more: Condition) -> Narrowed:
        """The same, narrowed once more."""
        among = more.among if self.among is None else self.among
        return Narrowed(self.rows, self.span & more.span, self.asked & more.asked, among)


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
        funnels, narrowed = warehouse.funnels(), self._narrow(rows, user, now)
        kept, stage = self._stage(funnels, usual)[1:]
        rows = narrowed.rows.filter(narrowed.span, narrowed.asked, **self.keepers(user))
        if stage is None:
            return rows
        return rows.filter(_standing(kept, stage) if stage else _strangers(kept))

    def of_companies(self, rows: QuerySet[Company], user: User) -> QuerySet[Company]:
        """The companies among `rows` that are meant: by name or domain, by whose they are, by own fields."""
        if self.get("q"):
            rows = rows.filter(begins("name_small", self.get("q")) | begins("domain", self.get("q")))
        return self._of_companies(rows, user)

    def parts_of_companies(self, rows: QuerySet[Company], user: User) -> list[QuerySet[Company]]:
        """The same in parts, each quickly put in the order of names: found by name, and by domain alone."""
        rows = self._of_companies(rows, user)
        if not self.get("q"):
            return [rows]
        named, at = begins("name_small", self.get("q")), begins("domain", self.get("q"))
        there = Company.objects.filter(at)
        found = _looked_up(there.values_list("pk"), Q(Exists(there.filter(pk=OuterRef("pk")))))
        return [rows.filter(named), rows.filter(~named, found.span, found.asked)]

    def _of_companies(self, rows: QuerySet[Company], user: User) -> QuerySet[Company]:
        rows, own = _by_own_fields(rows.filter(**self.keepers(user)), self.own(), "company")
        return rows.filter(own)

    def sought(self, user: User, now: int, usual: str = "", order: str = "last") -> Sought:
        """Those meant whom somebody sees, in parts of which each is quickly put in order (`listing.turn`).

        The order by stage leaves strangers out.
        """
        funnels, known = warehouse.funnels(), self.keepers(user)
        narrowed = self._narrow(Contact.objects.all(), user, now)
        slug, kept, stage = self._stage(funnels, usual)
        if stage is not None and order == "name":  # a stage has no order of names
            narrowed = narrowed.with_(_in_stage_by_number(kept, stage))
        plain = narrowed.rows.filter(narrowed.span)
        found = Sought([], rows=narrowed.rows, asked=narrowed.asked, among=narrowed.among)
        if not slug or (stage is None and order != "stage") or order == "name":
            return replace(found, parts=access.parts(user, plain, Q(), known=known))
        stages = range(1, len(funnels[slug].stages) + 1) if stage is None else (stage,)
        everywhere = (_in_stage(plain, kept, one) for one in stages)
        staged = [part for here in everywhere for part in access.parts(user, *here, "here__", known)]
        untouched = access.parts(user, plain, Q(last_touch_at=None), known=known) if stage == 0 else []
        return replace(found, parts=staged, staged=True, untouched=untouched)

    def _stage(self, funnels: warehouse.Funnels, usual: str) -> tuple[str, str, int | None]:
        """The vocabulary, what it is kept as, and the number of the stage that was asked for, if any was."""
        if not (slug := self.funnel(funnels, usual)):
            return "", "", None
        stage = funnels[slug].stage_number(self.get("stage")) if self.get("stage") else None
        return slug, funnels.kept_as[slug], stage

    def _narrow(self, rows: QuerySet[Contact], user: User, now: int) -> Narrowed:
        """Those meant by everything but the stage."""
        if self.get("path"):
            rows = rows.filter(path="" if self.get("path") == "none" else self.get("path"))
        rows, own = _by_own_fields(self._touched(rows, user), self.own())
        found = Narrowed(rows, asked=own)
        if self.get("q"):
            found = found.with_(_found(self.get("q")))
        if self.get("company"):
            there = Q(company=_number("company", self.get("company"), user))
            found = found.with_(_looked_up(Contact.objects.filter(there).values_list("pk"), there))
        if self.get("tag"):
            tag = Tag.objects.filter(name=self.get("tag")).first()
            found = found.with_(_with_records(Contact.tags.through.objects.filter(tag=tag)))
        if self.get("open"):
            found = found.with_(_waiting(self.get("open")))
        if self.get("fact"):
            found = found.with_(Condition(asked=by_fact(self.get("fact"), now)))
        return found

    def keepers(self, user: User) -> access.Keepers:
        """Whose they are, where that was asked for."""
        return {name: _number(name, self.get(name), user) for name in ("owner", "team") if self.get(name)}

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


def _found(text: str) -> Condition:
    """Those whom a text finds."""
    text = " ".join(text.split())
    address = Address.objects.filter(begins("value_small", text), contact=OuterRef("pk"))
    company = Company.objects.filter(begins("name_small", text), pk=OuterRef("company"))
    named = begins("name_small", text) | begins("second_name_small", text)
    return _looked_up(found_by(text), named | Exists(address) | Exists(company))


def _with_records(records: QuerySet[Any]) -> Condition:
    """Those of whom there are such records."""
    return _looked_up(records.values_list("contact_id"), Q(Exists(records.filter(contact=OuterRef("pk")))))


def _looked_up(numbers: QuerySet[Any], asked: Q) -> Condition:
    """Those of some numbers, while these are few; where they are many, what each row is asked instead."""
    found = [row[0] for row in numbers[: LISTED + 1]]
    if len(found) <= LISTED:
        return Condition(span=Q(pk__in=found))
    if numbers[: FEW + 1].count() <= FEW:
        return Condition(span=Q(pk__in=numbers[:FEW]))
    return Condition(asked=asked, among=numbers)


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


def _in_stage(rows: QuerySet[Contact], kept: str, stage: int) -> tuple[QuerySet[Contact], Q]:
    """Those touched who stand in a stage of the funnel kept so, as `here`, and the condition for it."""
    here = FilteredRelation("standings", condition=Q(standings__funnel=kept))
    return rows.annotate(here=here), Q(here__stage=stage)


def _strangers(kept: str) -> Q:
    """The condition on those who stand in no stage of a funnel: in stage 0, or never touched at all."""
    return Q(last_touch_at=None) | _standing(kept, 0)


def _standing(kept: str, stage: int) -> Q:
    return Q(Exists(Standing.objects.filter(funnel=kept, stage=stage, contact=OuterRef("pk"))))


def _in_stage_by_number(kept: str, stage: int) -> Condition:
    """Those in a stage, whatever the order."""
    there = Standing.objects.filter(funnel=kept, stage=stage)
    if stage:
        return _with_records(there)
    untouched = Contact.objects.filter(last_touch_at=None).values_list("pk")
    return _looked_up(there.values_list("contact_id").union(untouched, all=True), _strangers(kept))


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


def _waiting(what: str) -> Condition:
    """Those with whom a step is open: `ask` (talked, never asked), `follow` (no follow-up), `reply`."""
    if what not in NextStep.Sort.values:
        raise Invalid(
            "A list was to be filtered by open", found=f"“{what}”", allowed=", ".join(NextStep.Sort.values)
        )
    return _with_records(NextStep.objects.filter(sort=what))


def _by_own_fields(rows: QuerySet[M], asked: Mapping[str, str], of: str = "contact") -> tuple[QuerySet[M], Q]:
    """Rows with the values of one's own fields, and the condition that these are as asked."""
    condition = Q()
    if not asked:
        return rows, condition
    types = dict(Field.objects.filter(of=of).values_list("name", "type"))
    for place, (wanted, value) in enumerate(asked.items()):
        name, _, side = wanted.partition(".")
        [kept] = read_fields(of, {name: value}).values()
        rows = rows.alias(**{f"own{place}": KeyTransform(name, "fields")})
        condition &= Q(**{f"own{place}{_asked_so(types[name], side)}": kept})
    return rows, condition


def _asked_so(kind: str, side: str) -> str:
    """How a field of a type is compared: texts by a part, numbers and days also from and up to one."""
    if side not in SIDES or (side and kind not in (Field.Type.NUMBER, Field.Type.DATE)):
        raise Invalid(
            "A list was to be filtered by a field",
            found=f"“{side[:40]}” of it",
            allowed="from and to, of a number or a day",
        )
    if side:
        return f"__{SIDES[side]}"
    return "__icontains" if kind == Field.Type.TEXT else ""
