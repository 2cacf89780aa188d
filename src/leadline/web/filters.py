"""Lists of contacts and companies, filtered: what was asked for, and the rows that it means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import and_
from typing import Any, NamedTuple, TypeVar

from django.db import connection
from django.db.models import Case, Count, Exists, Model, OuterRef, Q, QuerySet, When
from django.db.models.fields.json import KeyTransform

from leadline.engine.funnel import Funnel
from leadline.web import access, spans, warehouse
from leadline.web.actions.fields import read_fields
from leadline.web.among import one_of
from leadline.web.errors import Invalid
from leadline.web.knowing import (
    NO,
    begins,
    found_by,
    having,
    holding,
    in_stage,
    marks,
    placed,
    standing,
    strangers,
    waiting,
)
from leadline.web.listing import COUNTED, SAMPLE, TOLD, Sought
from leadline.web.models import Address, Company, Contact, Field, Standing, User
from leadline.web.models.people import Role
from leadline.web.together import ERASED

NAMES = (
    "q", "funnel", "stage", "path", "owner", "team", "tag", "company", "after", "before", "open",
    "fact", "title", *spans.MADE, *spans.SINCE, *spans.AMOUNT, "currency", *spans.PEOPLE,
)  # fmt: skip
"""What can be filtered by; `field.NAME` filters by a field of one's own, `field.NAME.from` and
`field.NAME.to` by a number or a day, from one and up to one. Of companies alone `people_from` and `people_to`
are asked; `funnel` and `currency` say what others mean, and filter nothing by themselves."""
PLAIN = frozenset({"funnel", "owner", "team", "currency"})
"""What says how the others are meant, or whose contacts are wanted."""
OWN = "field."
SIDES = {"": "", "from": "__gte", "to": "__lte"}
MOST = 200
FEW, LISTED = 20_000, 4000
"""So many contacts are told from others by their numbers alone, while a list is gone through in its order; so
many are looked up and put in order sooner than that."""
M = TypeVar("M", bound=Model)


class Condition(NamedTuple):
    """What contacts are narrowed by, by how many it means.

    A list of numbers to look up; numbers of whom each row has to be one; or what each row is asked, where
    such rows are many: then there is another condition, which means some of them, by a list (`among`).
    `records` are those of which each who is meant has one, with whose the contact is.
    """

    listed: frozenset[int] | None = None
    numbers: tuple[QuerySet[Any], ...] = ()
    asked: Q = Q()
    among: Condition | None = None
    records: QuerySet[Any] | None = None

    def __and__(self, more: Condition) -> Condition:
        """Both of them."""
        there = [one for one in (self.listed, more.listed) if one is not None]
        some, other = (more.among, self) if self.among is None else (self.among, more)
        return Condition(
            frozenset.intersection(*there) if there else None,
            self.numbers + more.numbers,
            self.asked & more.asked,
            some and some & other._replace(among=None),
        )

    def on(self, rows: QuerySet[M]) -> QuerySet[M]:
        """Those among some records that are meant."""
        rows = rows if self.listed is None else rows.filter(one_of(self.listed))
        for numbers in self.numbers:
            rows = rows.filter(pk__in=numbers)
        return rows.filter(self.asked)


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
        _, kept, stage = self._stage(warehouse.funnels(), usual)
        rows, meant = self._narrow(rows, user, now, (kept, stage))
        rows = meant.on(rows.filter(**self.keepers(user)))
        if stage is None:
            return rows
        return rows.filter(standing(kept, stage) if stage else strangers(kept))

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
        return [rows.filter(named), found.on(rows.filter(~named))]

    def _of_companies(self, rows: QuerySet[Company], user: User) -> QuerySet[Company]:
        rows = rows.filter(**self.keepers(user))
        if there := spans.made(self.given, user.zone):
            rows = _looked_up(Company.objects.filter(there).values_list("pk"), there).on(rows)
        rows, own = _by_own_fields(rows, self.own(), "company")
        return self._peopled(user).on(rows.filter(*(condition for _, condition in own)))

    def _peopled(self, user: User) -> Condition:
        """The companies of which somebody sees so many people; those without as many are left out soon."""
        there = access.asked_of_each(user, Contact.objects.filter(company=OuterRef("pk"))).order_by()
        least, most = (
            spans.whole_of(name, self.get(name)) if self.get(name) else None for name in spans.PEOPLE
        )
        found = Condition()
        if most is not None:
            found &= Condition(asked=~Q(Exists(there[most : most + 1])))
        if least:
            found &= Condition(asked=Q(Exists(there[least - 1 : least])))
            counted = Contact.objects.all() if user.role == Role.OWNER else access.contacts(user)
            among = counted.filter(company__isnull=False).order_by().values("company")
            large = among.annotate(people=Count("pk")).filter(people__gte=least)
            found &= _looked_up(large.values_list("company"), Q())
        return found

    def sought(self, user: User, now: int, usual: str = "", order: str = "last") -> Sought:
        """Those meant whom somebody sees, in parts of which each is quickly put in order (`listing.turn`).

        The order by stage leaves strangers out.
        """
        funnels, known = warehouse.funnels(), self.keepers(user)
        slug, kept, stage = self._stage(funnels, usual)
        plain, meant = self._narrow(Contact.objects.all(), user, now, (kept, stage))
        by_stage = bool(slug) and (stage is not None or order == "stage")
        stages = range(1, len(funnels[slug].stages) + 1) if by_stage and stage is None else (stage or 0,)
        if by_stage and order == "name" and meant.listed is None:  # a stage has no order of names
            meant &= _in_stage_by_number(kept, stages[0])

        def few(some: Condition) -> Sought:
            rows, where = placed(plain, kept, stages) if by_stage else (plain, Q())
            there = access.few(user, rows, sorted(some.listed or ()), known)
            parts = [(one, these & where) for one, these in there]
            return Sought(
                parts, few=True, placed=by_stage, rows=plain, asked=some.asked, numbers=some.numbers
            )

        if meant.listed is not None:
            return few(meant)
        some = meant.among
        counted, most = self._counted(user, meant.records, kept, stage, by_stage=by_stage)
        found = Sought([], rows=plain, asked=meant.asked, numbers=meant.numbers, counted=counted, most=most)
        found = replace(found, sample=None if some is None else lambda: few(some))
        if not by_stage or order == "name":
            return replace(found, parts=access.parts(user, plain, Q(), known=known))
        rows, where = in_stage(plain, kept, stage)
        where &= spans.since(self.given, user.zone, now, "here__") if order == "stage" else Q()
        staged = access.parts(user, rows, where, "here__", known)
        untouched = access.parts(user, plain, Q(last_touch_at=None), known=known) if stage == 0 else []
        looked = "here__entered_at" if stage is None else "here__last_touch_at"
        return replace(found, parts=staged, staged=True, untouched=untouched, looked=looked)

    def _counted(
        self, user: User, records: QuerySet[Any] | None, kept: str, stage: int | None, *, by_stage: bool
    ) -> tuple[list[QuerySet[Any]], int]:
        """The records by which those meant are counted, circle by circle, if one filter alone narrows.

        And up to how many: far, where standings say whom a stage means, or who stands in any.
        """
        names, stands = self.given.keys() - PLAIN, Standing.objects.filter(funnel=kept)
        most = COUNTED
        if by_stage and stage != 0 and names <= {"stage"}:
            records, most = stands.filter(stage=stage) if stage else stands.filter(stage__gt=0), TOLD
        elif records is not None and by_stage:
            records = records.filter(Exists(stands.filter(stage__gt=0, contact=OuterRef("contact"))))
        if records is None or len(names) > 1:
            return [], most
        merged = Contact.objects.filter(pk=OuterRef("contact"), merged_into__isnull=False)  # keep their tags
        there = records.filter(~Exists(merged)).exclude(contact__in=ERASED)
        return [there.filter(circle) for circle in access.circles(user, known=self.keepers(user))], most

    def _stage(self, funnels: warehouse.Funnels, usual: str) -> tuple[str, str, int | None]:
        """The vocabulary, what it is kept as, and the number of the stage that was asked for, if any was."""
        if not (slug := self.funnel(funnels, usual)):
            return "", "", None
        stage = funnels[slug].stage_number(self.get("stage")) if self.get("stage") else None
        return slug, funnels.kept_as[slug], stage

    def _narrow(
        self, rows: QuerySet[Contact], user: User, now: int, place: tuple[str, int | None]
    ) -> tuple[QuerySet[Contact], Condition]:
        """Rows by path and days, with the values of own fields; and what else they are narrowed by.

        In a stage, of which no index has the path, whoever came by it is looked up, or asked by a case.
        """
        rows, own = _by_own_fields(self._touched(rows, user), self.own())
        found = [_looked_up(*one) for one in own]
        if self.get("path"):
            there = Q(path="" if self.get("path") == "none" else self.get("path"))
            if place[1] is None:
                rows = rows.filter(there)
            else:
                of_each = Q(Case(When(there, then=True), default=False))
                found.append(_looked_up(Contact.objects.filter(there).values_list("pk"), of_each))
        if self.get("q"):
            found.append(_found(self.get("q")))
        if self.get("company"):
            there = Q(company=_number("company", self.get("company"), user))
            found.append(_looked_up(Contact.objects.filter(there).values_list("pk"), there))
        if self.get("tag"):
            found.append(_marked(marks(self.get("tag")), access.circles(user, known=self.keepers(user))))
        if self.get("open"):
            steps = waiting(self.get("open"), now)
            found.append(_with_records(steps)._replace(records=steps))
        if self.get("fact"):
            found.append(_of_fact(self.get("fact"), now))
        found += self._spanned(user, now, place)
        return rows, reduce(and_, found) if found else Condition()

    def _spanned(self, user: User, now: int, place: tuple[str, int | None]) -> list[Condition]:
        """By their job title, and by spans of days and amounts."""
        found = []
        if self.get("title"):
            there = Q(job_title__icontains=self.get("title"))
            found.append(_looked_up(spans.titled(self.get("title")), there))
        if there := spans.made(self.given, user.zone):
            found.append(_looked_up(Contact.objects.filter(there).order_by().values_list("pk"), there))
        if self.any_of(spans.SINCE):
            (kept, stage), began = place, spans.since(self.given, user.zone, now)
            there = Q(stage__gt=0) if stage is None else Q(stage=stage)
            found.append(_with_records(Standing.objects.filter(there, began, funnel=kept)))
        if self.any_of(spans.AMOUNT):
            asks = spans.asked_for(self.given, user)
            each = spans.waiting_of_each(asks).filter(contact=OuterRef("pk"))
            found.append(_looked_up(spans.waiting(asks).values_list("contact_id"), Q(Exists(each))))
        return found

    def any_of(self, names: Iterable[str]) -> bool:
        """Whether one of some filters was asked for."""
        return any(name in self.given for name in names)

    def keepers(self, user: User) -> access.Keepers:
        """Whose they are, where that was asked for."""
        return {name: _number(name, self.get(name), user) for name in ("owner", "team") if self.get(name)}

    def _touched(self, rows: QuerySet[Contact], user: User) -> QuerySet[Contact]:
        """Those last touched on a day or later, and before a day, as whoever looks is shown these days."""
        if self.get("after"):
            rows = rows.filter(spans.from_day("last_touch_at", self.get("after"), user.zone))
        if self.get("before"):
            rows = rows.filter(spans.until_day("last_touch_at", self.get("before"), user.zone))
        return rows


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


def _marked(marks: QuerySet[Any], circles: Sequence[Q]) -> Condition:
    """Those marked so, of the circles whose contacts are wanted: a mark carries whose its contact is.

    PostgreSQL takes longer to look somebody up than to go by, so that in circles fewer are looked up.
    """
    first, *more = (marks.filter(one).values_list("contact_id") for one in circles or [Q(pk=None)])
    numbers = first.union(*more, all=True) if more else first
    asked = Q(Exists(marks.filter(contact=OuterRef("pk"))))
    most = SAMPLE if connection.vendor == "postgresql" and circles != [Q()] else LISTED
    return _looked_up(numbers, asked, most)._replace(records=marks)


def _looked_up(numbers: QuerySet[Any], asked: Q, most: int | None = None) -> Condition:
    """Those of some numbers, while they are few (`most`, or LISTED); else what each row is asked instead."""
    most = LISTED if most is None else min(most, LISTED)
    found = [row[0] for row in numbers[: max(most + 1, SAMPLE)]]
    if len(found) <= most:
        return Condition(frozenset(found))
    if numbers[FEW : FEW + 1]:
        return Condition(asked=asked, among=Condition(frozenset(found[:SAMPLE])))
    return Condition(numbers=(numbers[:FEW],))


def _in_stage_by_number(kept: str, stage: int) -> Condition:
    """Those in a stage, whatever the order."""
    there = Standing.objects.filter(funnel=kept, stage=stage)
    if stage:
        return _with_records(there)
    untouched = Contact.objects.filter(last_touch_at=None).values_list("pk")
    return _looked_up(there.values_list("contact_id").union(untouched, all=True), strangers(kept))


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


def _of_fact(asked: str, now: int) -> Condition:
    """Those of whom a fact holds now (`need`), or does not (`no need`)."""
    times = holding(asked, now)
    if not asked.startswith(NO):
        return _with_records(times)
    return Condition(asked=~Q(Exists(times.filter(contact=OuterRef("pk")))))


def _by_own_fields(
    rows: QuerySet[M], asked: Mapping[str, str], of: str = "contact"
) -> tuple[QuerySet[M], list[tuple[QuerySet[Any], Q]]]:
    """Rows with the values of one's own fields; of each that was asked for, who has it, and the condition.

    A text has what was asked for somewhere; numbers and days are it, or from it on, or up to it.
    """
    fields = {field.name: field for field in Field.objects.filter(of=of)} if asked else {}
    found = []
    for place, (wanted, value) in enumerate(asked.items()):
        name, _, side = wanted.partition(".")
        [kept] = read_fields(of, {name: value}).values()
        compared = _compared(fields[name], side)
        rows = rows.alias(**{f"own{place}": KeyTransform(name, "fields")})
        found.append((having(fields[name], kept, compared), Q(**{f"own{place}{compared}": kept})))
    return rows, found


def _compared(field: Field, side: str) -> str:
    """How the values of a field are compared with the one that was asked for."""
    if side not in SIDES or (side and field.type not in (Field.Type.NUMBER, Field.Type.DATE)):
        raise Invalid(
            "A list was to be filtered by a field",
            found=f"“{side[:40]}” of it",
            allowed="from and to, of a number or a day",
        )
    return "__icontains" if field.type == Field.Type.TEXT else SIDES[side]
