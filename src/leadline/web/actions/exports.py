"""Everything that somebody may see, table by table: which columns each has, and its rows in small pieces."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Model, QuerySet

from leadline.engine.currencies import decimals_of
from leadline.engine.importers.sorts.tags import join_cell
from leadline.engine.instants import to_datetime
from leadline.web import access, warehouse
from leadline.web.actions.acting import Actor, action, note_change
from leadline.web.actions.own_keys import own_key
from leadline.web.models import (
    Address,
    Ask,
    Audience,
    Capacity,
    Contact,
    Contract,
    Field,
    FunnelVersion,
    Goal,
    KindDefinition,
    Note,
    Offer,
    PathCost,
    PathDefinition,
    Profile,
    Purchase,
    Standing,
    Task,
    Touch,
    User,
)

BATCH = 2000
Cells = tuple[Any, ...]
Columns = tuple[tuple[str, str], ...]
"""Of each column its header, and what its cells are: text, number, money, instant, day or truth."""
KEY = (("contact_id", "text"),)
CONTACTS: Columns = (
    *KEY, ("name", "text"), ("email", "text"), ("phone", "text"), ("address", "text"), ("social", "text"),
    ("company", "text"), ("owner", "text"), ("team", "text"), ("job title", "text"), ("tags", "text"),
)  # fmt: skip
"""The columns of contacts; those of one's own fields follow."""
COMPANIES: Columns = (
    ("company_id", "number"), ("name", "text"), ("domain", "text"), ("owner", "text"), ("fields", "text"),
)  # fmt: skip
_TEXTS = ("path", "channel", "campaign", "content", "offer", "deal")
TOUCHES: Columns = (
    ("touch_id", "number"), *KEY, ("kind", "text"), ("happened_at", "instant"),
    *((text, "text") for text in _TEXTS), ("value", "money"), ("currency", "text"), ("actor", "text"),
    ("note", "text"),
)  # fmt: skip
FIELDS: Columns = (
    ("of", "text"), ("name", "text"), ("label", "text"), ("type", "text"), ("choices", "json"),
)  # fmt: skip
"""These four are understood where they are taken in again (`own_tables`)."""


@dataclass(frozen=True)
class Dataset:
    """One table of an export: its name, what it holds, its columns, and its rows."""

    name: str
    means: str
    columns: Columns
    rows: Callable[[], Iterator[Cells]]


@action
def note_export(actor: Actor, form: str, names: Sequence[str]) -> None:
    """Write down who took what out."""
    note_change(actor, "export", "export", {}, {"form": form, "tables": list(names)})


def datasets(user: User) -> list[Dataset]:
    """Every table, with the rows that somebody may see."""
    touches = access.of_contacts(user, Touch)
    known = touches.filter(contact__isnull=False)
    lived = known.filter(in_force=True, retracts=None)
    shown = "The rows that are in force, by people"
    found = [
        _contacts(user),
        _companies(user),
        _touches("touches", f"What happened. {shown}.", lived.filter(machine=False)),
        _touches("touches_of_machines", "Touches that were made by machines.", lived.filter(machine=True)),
        _touches(
            "touches_taken_back", "Touches that were taken back.", known.filter(in_force=False, retracts=None)
        ),
        _standings(user),
        *_sales(user),
        *_work(user),
        *_plans(),
        *_declared(),
    ]
    return [*found, *_audiences(touches)] if user.role == "owner" else found


def _contacts(user: User) -> Dataset:
    own = list(Field.objects.filter(of="contact").order_by("id"))
    fields = _headers([name for name, _ in CONTACTS], [one.label for one in own])

    def rows() -> Iterator[Cells]:
        people = (
            access.contacts(user)
            .select_related("company", "owner", "team")
            .prefetch_related("tags", "addresses")
        )
        for one in _pieces(people):
            yield (*_person(one), *(one.fields.get(field.name) for field in own))

    columns = CONTACTS + tuple((name, "text") for name in fields)
    return Dataset("contacts", "People, with their addresses and fields.", columns, rows)


def _headers(taken: Sequence[str], labels: Sequence[str]) -> list[str]:
    """What columns of one's own are called, so that no two of a table are called alike, whatever the case."""
    known, found = {name.casefold() for name in taken}, []
    for label in labels:
        told = [label, f"{label} (field)", *(f"{label} (field {n})" for n in range(2, len(labels) + 2))]
        found.append(next(name for name in told if name.casefold() not in known))
        known.add(found[-1].casefold())
    return found


def _person(one: Contact) -> Cells:
    addresses: dict[str, list[str]] = {}
    for address in one.addresses.all():
        addresses.setdefault(address.sort, []).append(address.value)
    sorts = (Address.Sort.EMAIL, Address.Sort.PHONE, Address.Sort.POSTAL, Address.Sort.SOCIAL)
    return (
        one.key or own_key(one.pk, one.created_at),
        one.name,
        *(join_cell(addresses.get(sort.value, []), ";") for sort in sorts),
        one.company.name if one.company else None,
        one.owner.email if one.owner else None,
        one.team.name if one.team else None,
        one.job_title,
        join_cell(sorted(tag.name for tag in one.tags.all()), ","),
    )


def _companies(user: User) -> Dataset:
    found = access.every_company(user)
    names = ("id", "name", "domain", "owner__email", "fields")

    def rows() -> Iterator[Cells]:
        for *cells, fields in _values(found, names):
            yield (*cells, json.dumps(fields, ensure_ascii=False) if fields else None)

    return Dataset("companies", "Organisations.", COMPANIES, rows)


def _touches(name: str, means: str, found: QuerySet[Touch]) -> Dataset:
    columns = ("kind", "happened_at", *_TEXTS, "value", "currency", "actor", "note")
    return _simple(name, means, TOUCHES, found, columns)


def _audiences(touches: QuerySet[Touch]) -> list[Dataset]:
    columns: Columns = (
        ("day", "instant"), ("kind", "text"), ("path", "text"), ("people", "number"), ("content", "text"),
    )  # fmt: skip
    nobodys = touches.filter(contact=None, in_force=True, retracts=None)
    counted: Columns = (("day", "day"), *columns[1:])
    return [
        Dataset(
            "audience_touches",
            "Touches of people without names.",
            columns,
            lambda: _values(nobodys, ("happened_at", "kind", "path", "n", "content")),
        ),
        Dataset(
            "audiences",
            "How many people without names were reached.",
            counted,
            lambda: _values(Audience.objects.all(), ("day", "kind", "path", "n", "content")),
        ),
    ]


def _standings(user: User) -> Dataset:
    funnels = warehouse.funnels()
    names = {funnels.kept_as[slug]: (slug, funnel.stage_names) for slug, funnel in funnels.items()}
    columns: Columns = (
        *KEY,
        ("funnel", "text"),
        ("stage", "text"),
        ("since", "instant"),
        ("until", "instant"),
    )
    found = access.of_contacts(user, Standing).filter(funnel__in=names)

    def rows() -> Iterator[Cells]:
        for *whose, kept, stage, entered_at, changes_at in _values(
            found, (*_WHOSE, "funnel", "stage", "entered_at", "changes_at")
        ):
            slug, stages = names[kept]
            yield (_called(*whose), slug, stages[stage], entered_at, changes_at)

    return Dataset("standings", "Where everybody stands, in each vocabulary.", columns, rows)


def _sales(user: User) -> list[Dataset]:
    money: Columns = (("value", "money"), ("currency", "text"))
    asks: Columns = (
        ("ask_id", "number"), *KEY, ("key", "text"), ("title", "text"), ("offer", "text"), ("path", "text"),
        ("channel", "text"), ("asked_at", "instant"), ("answer", "text"), ("answered_at", "instant"),
        ("reason", "text"), ("expected_on", "day"), ("ask_again_on", "day"), ("owner", "text"), *money,
    )  # fmt: skip
    ask = (
        "key", "title", "offer__name", "path", "channel", "asked_at", "answer", "answered_at", "reason",
        "expected_on", "ask_again_on", "owner__email", "amount", "currency",
    )  # fmt: skip
    bought: Columns = (("purchase_id", "number"), *KEY, ("offer", "text"), ("bought_at", "instant"), *money)
    contracts: Columns = (
        ("contract_id", "number"), *KEY, ("offer", "text"), ("starts_on", "day"), ("renews_on", "day"),
        ("ended_on", "day"), ("ended_why", "text"), *money,
    )  # fmt: skip
    contract = ("offer__name", "starts_on", "renews_on", "ended_on", "ended_why", "value", "currency")
    purchase = ("offer__name", "bought_at", "value", "currency")
    return [
        _simple("asks", "Direct offers, and what came of them.", asks, access.of_contacts(user, Ask), ask),
        _simple("purchases", "What was bought.", bought, access.of_contacts(user, Purchase), purchase),
        _simple("contracts", "What clients have.", contracts, access.of_contacts(user, Contract), contract),
    ]


def _work(user: User) -> list[Dataset]:
    tasks: Columns = (
        ("task_id", "number"), *KEY, ("title", "text"), ("due_on", "day"), ("done_at", "instant"),
        ("owner", "text"),
    )  # fmt: skip
    notes: Columns = (
        ("note_id", "number"),
        *KEY,
        ("written_at", "instant"),
        ("author", "text"),
        ("text", "text"),
    )
    task, note = ("title", "due_on", "done_at", "owner__email"), ("written_at", "author__email", "text")
    own = Task.objects.filter(access.visible(user), contact=None)
    return [
        _simple("tasks", "What is to be done about somebody.", tasks, access.of_contacts(user, Task), task),
        _simple("tasks_of_nobody", "What else is to be done.", tasks, own, task),
        _simple("notes", "What is worth remembering.", notes, access.of_contacts(user, Note), note),
    ]


def _plans() -> list[Dataset]:
    """What is sold, aimed at, possible and spent: everybody's."""
    offers: Columns = (
        ("name", "text"), ("means", "text"), ("term_days", "number"), ("takes", "text"), ("active", "truth"),
        ("price", "money"), ("currency", "text"),
    )  # fmt: skip
    goals: Columns = (
        ("by", "day"), ("set_at", "instant"), ("clients", "number"), ("income", "money"),
        ("currency", "text"),
    )  # fmt: skip
    limits: Columns = (("since", "day"), ("clients_a_month", "text"))
    costs: Columns = (
        ("path", "text"), ("campaign", "text"), ("since", "day"), ("until", "day"), ("amount", "money"),
        ("currency", "text"),
    )  # fmt: skip
    return [
        _plain("offers", "What is sold.", offers, Offer),
        _plain("goals", "So many clients, or so much income, by a day.", goals, Goal),
        _plain("capacities", "How many new clients a month can be taken on.", limits, Capacity),
        _plain("costs", "What paths cost.", costs, PathCost),
    ]


def _declared() -> list[Dataset]:
    """What the team's words mean: everybody's."""
    kinds: Columns = (
        ("name", "text"), ("means", "text"), ("link", "text"), ("direction", "text"), ("groups", "json"),
    )  # fmt: skip
    paths: Columns = (("name", "text"), ("means", "text"))
    profiles: Columns = (("name", "text"), ("active", "truth"), ("rules", "json"))
    funnels: Columns = (
        ("slug", "text"), ("number", "number"), ("published_at", "instant"), ("in_force", "truth"),
        ("toml", "text"),
    )  # fmt: skip
    return [
        _plain("own_fields", "Your own fields of contacts and companies.", FIELDS, Field),
        _plain("own_kinds", "Your own kinds of touches.", kinds, KindDefinition),
        _plain("own_paths", "Your own paths.", paths, PathDefinition),
        _plain("profiles", "The ideal customer.", profiles, Profile),
        _plain("funnels", "Every version of every funnel, as TOML.", funnels, FunnelVersion),
    ]


def _plain(name: str, means: str, columns: Columns, model: type[Model]) -> Dataset:
    """A table of all records of a model; an amount is followed by its currency."""
    names, sorts = zip(*columns, strict=True)

    def rows() -> Iterator[Cells]:
        for row in _values(model._default_manager.all(), names):
            yield tuple(_cell(row, place, sort) for place, sort in enumerate(sorts))

    return Dataset(
        name, means, tuple((one, "text" if sort == "json" else sort) for one, sort in columns), rows
    )


def _cell(row: Cells, place: int, sort: str) -> Any:
    if sort == "money":
        return _major(row[place], row[place + 1])
    if sort == "json":
        return json.dumps(row[place], ensure_ascii=False)
    return row[place]


_OF_ONE = ("", "__key", "__created_at")
_WHOSE = tuple(f"contact{way}{name}" for way in ("", "__merged_into") for name in _OF_ONE)


def _called(
    number: int | None,
    key: str | None,
    made_at: datetime | None,
    kept: int | None,
    kept_key: str | None,
    kept_made_at: datetime | None,
) -> str | None:
    """What exports call a contact, or whom it was merged into; None: nobody."""
    if kept is not None:
        number, key, made_at = kept, kept_key, kept_made_at
    return key or (own_key(number, made_at) if number is not None and made_at is not None else None)


def _simple(name: str, means: str, columns: Columns, found: QuerySet[Any], names: tuple[str, ...]) -> Dataset:
    """A table whose rows hang on contacts: its number, the contact's key, then plain columns."""
    place = next((place for place, (_, sort) in enumerate(columns) if sort == "money"), None)

    def rows() -> Iterator[Cells]:
        for number, *told in _values(found, ("id", *_WHOSE, *names)):
            row = [number, _called(*told[: len(_WHOSE)]), *told[len(_WHOSE) :]]
            if place is not None:
                row[place] = _major(row[place], row[place + 1])
            yield tuple(row)

    return Dataset(name, means, columns, rows)


def _major(minor: int | None, currency: str) -> Decimal | None:
    """An amount in whole units of its currency, as people write it."""
    return None if minor is None else Decimal(minor).scaleb(-decimals_of(currency or None))


def _pieces(found: QuerySet[Any]) -> Iterator[Any]:
    """All rows by number, some at a time: no query stays open while somebody's download goes slowly."""
    after = 0
    while rows := list(found.filter(pk__gt=after).order_by("pk")[:BATCH]):
        yield from rows
        after = rows[-1].pk


def _values(found: QuerySet[Any], names: Sequence[str]) -> Iterator[Any]:
    after = 0
    while rows := list(found.filter(pk__gt=after).order_by("pk").values_list("pk", *names)[:BATCH]):
        yield from (row[1:] for row in rows)
        after = rows[-1][0]


def plain(cell: Any, sort: str) -> Any:
    """A cell as text, number, truth or None: instants and days in ISO form."""
    if cell is None or cell == "":
        return None
    if sort == "instant":
        at = to_datetime(cell) if isinstance(cell, int) else cell
        return at.isoformat().replace("+00:00", "Z")
    if isinstance(cell, (datetime, date)):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return str(cell)
    return cell
