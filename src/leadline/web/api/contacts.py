"""Contacts: who they are, and many of them at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from leadline.engine.funnel import Funnel
from leadline.engine.instants import to_datetime
from leadline.web import access, listing, warehouse
from leadline.web.actions import contacts as acts
from leadline.web.actions import edits, several, upserts
from leadline.web.api.door import actor_of, scoped, user_of
from leadline.web.api.edits import EditTold, told_edit
from leadline.web.api.meant import (
    ContactsAsked,
    SeveralGiven,
    filters_of,
    meant,
    numbers_of,
    own_of,
    turned,
)
from leadline.web.api.parts import Limit, Part, listed
from leadline.web.api.shapes import Given, Id, Identity, Short, Text, example
from leadline.web.errors import Forbidden, Invalid, NotFound, in_row
from leadline.web.models import Contact, Team, User

router = Router(tags=["contacts"])
TagName = Annotated[str, Field(min_length=1, max_length=60, pattern="^[^,]+$")]


class AddressGiven(Given):
    """A way to reach somebody."""

    model_config = example(sort="email", value="eero@example.org", label="work")
    sort: Literal["email", "phone", "postal", "social"]
    value: Annotated[str, Field(min_length=1, max_length=300)]
    label: Annotated[str, Field(max_length=40)] = ""


class ContactGiven(Given):
    """What is known of a contact. What isn't named stays as it is; `addresses` and `tags` replace others.

    For an upsert `key` says who it is, or else the first e-mail address that somebody has.
    """

    model_config = example(
        key="crm-4711",
        name="Eero Cooper",
        company="Cooper Bikes",
        addresses=[{"sort": "email", "value": "eero@example.org"}],
        tags=["workshop"],
    )
    key: Text | None = None
    name: Short | None = None
    job_title: Short | None = None
    company: Short | None = Field(
        default=None, description="Its name; one of that name is made where none is."
    )
    owner: Short | None = Field(default=None, description="The address of somebody who works here.")
    addresses: Annotated[list[AddressGiven], Field(max_length=50)] | None = None
    tags: Annotated[list[TagName], Field(max_length=50)] | None = None
    fields: dict[str, Any] | None = Field(default=None, description="Fields of your own; others stay.")


class ContactsGiven(Given):
    """Many contacts, all of them or none."""

    model_config = example(contacts=[{"key": "crm-4711", "name": "Eero Cooper"}])
    contacts: Annotated[list[ContactGiven], Field(min_length=1, max_length=1000)]


class TagsGiven(SeveralGiven):
    """Which contacts get which tags, and lose which."""

    model_config = example(contacts=[1], add=["workshop"], remove=[])
    add: Annotated[list[TagName], Field(max_length=50)] = Field(default=[])
    remove: Annotated[list[TagName], Field(max_length=50)] = Field(default=[])


class ValueGiven(SeveralGiven):
    """Which contacts get which value in a field of one's own; null: none."""

    model_config = example(contacts=[1], field="fleet", value="small")
    field: Short
    value: str | float | bool | None


class KeepersGiven(SeveralGiven):
    """Whose contacts they are to be: somebody's by their address, or nobody's."""

    model_config = example(contacts=[1], owner="ada@example.org")
    owner: Short | None


class ContactsMoved(SeveralGiven):
    """Of which team contacts are to be; null: of none."""

    model_config = example(contacts=[1], team=2)
    team: Id | None


class AddressTold(Schema):
    """A way to reach somebody."""

    id: int
    sort: str
    value: str
    label: str


class ContactTold(Schema):
    """A contact. `stages` says for each funnel in force where they stand."""

    id: int
    key: str | None
    name: str
    company: int | None
    company_name: str | None
    job_title: str
    owner: str | None
    team: int | None
    addresses: list[AddressTold]
    tags: list[str]
    fields: dict[str, Any]
    path: str = Field(description="By which path they came.")
    stages: dict[str, str] = Field(examples=[{"voltage": "lead"}])
    last_touch_at: datetime | None
    created_at: datetime


class Upserted(Schema):
    """One row of an upsert: which contact it is, and whether it was made."""

    id: int
    made: bool


class UpsertsTold(Schema):
    """The rows in the order in which they were sent."""

    contacts: list[Upserted]


class Changed(Schema):
    """How many contacts were changed."""

    changed: int


CHANGED = {200: Changed, 202: EditTold}


@router.get("/contacts", response=Part[ContactTold], summary="List contacts")
@scoped("contacts:read")
def list_contacts(
    request: HttpRequest,
    asked: Query[ContactsAsked],
    sort: Annotated[Literal["number", "last", "name", "stage"], Query(default="number")] = "number",
    cursor: Annotated[str | None, Query(default=None, max_length=2000)] = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Whom the token's user sees, and for whom all of this holds. `stage` needs a `funnel`.

    `field.size=12` asks for a field of your own. By number nobody is missed or told twice, whatever happens
    between two parts; by the last touch, by name, or by when they entered a stage is how pages list them.
    """
    user, own, funnels = user_of(request), own_of(request), warehouse.funnels()
    if sort == "number":
        rows = with_all(meant(user, asked, own))
        return listed(rows, cursor, limit, lambda contact: told(contact, funnels))
    found = turned(user, asked, own, sort, cursor or "", limit)
    records = listing.fetch(with_all(access.looked_up(user)), found.numbers)
    return {"items": [told(one, funnels) for one in records], "next": found.next or None}


@router.post("/contacts", response={201: ContactTold}, summary="Make a contact")
@scoped("contacts:write", "change")
def create_contact(request: HttpRequest, given: ContactGiven) -> Status[dict[str, Any]]:
    """Makes a contact, which belongs to the token's user. 409 where its `key` is taken."""
    contact = acts.create_contact(actor_of(request), **known_of(given, partial(keeper, user_of(request))))
    return Status(201, fresh(request, contact.pk))


@router.post("/contacts/bulk", response=UpsertsTold, summary="Make or change many contacts")
@scoped("contacts:write", "change")
def upsert_contacts(request: HttpRequest, given: ContactsGiven) -> dict[str, Any]:
    """Up to 1,000 at a time, all of them or none."""
    keepers, rows = cache(partial(keeper, user_of(request))), []
    for number, one in enumerate(given.contacts, start=1):
        with in_row(number):
            rows.append(known_of(one, keepers))
    return {"contacts": upserts.upsert_contacts(actor_of(request), rows)}


@router.post("/contacts/tags", response=CHANGED, summary="Tag many contacts")
@scoped("contacts:write", "change")
def tag_contacts(request: HttpRequest, given: TagsGiven) -> Status[dict[str, Any]]:
    """Puts tags on contacts and takes others off. Whom the token's user doesn't see is left out."""
    tags = {"add": ",".join(given.add), "remove": ",".join(given.remove)}
    return _several(request, given, {"do": "tags", **tags})


@router.post("/contacts/owner", response=CHANGED, summary="Give many contacts to somebody")
@scoped("contacts:write", "change")
def assign_contacts(request: HttpRequest, given: KeepersGiven) -> Status[dict[str, Any]]:
    """Gives contacts to somebody and their team. Whom the token's user doesn't see is left out."""
    owner = keeper(user_of(request), given.owner)
    team = owner.team if owner else user_of(request).team
    return _several(request, given, several.to_owner(owner, team))


@router.post("/contacts/team", response=CHANGED, summary="Move many contacts to a team")
@scoped("contacts:write", "change")
def move_contacts(request: HttpRequest, given: ContactsMoved) -> Status[dict[str, Any]]:
    """Moves contacts to a team; their owners stay. Whom the token's user doesn't see is left out."""
    return _several(request, given, {"do": "team", "team": team_of(user_of(request), given.team)})


@router.post("/contacts/field", response=CHANGED, summary="Fill in a field of many contacts")
@scoped("contacts:write", "change")
def fill_contacts(request: HttpRequest, given: ValueGiven) -> Status[dict[str, Any]]:
    """Gives a field of one's own one value. Whom the token's user doesn't see is left out."""
    return _several(request, given, {"do": "field", "field": given.field, "value": given.value})


def _several(request: HttpRequest, given: SeveralGiven, change: dict[str, Any]) -> Status[dict[str, Any]]:
    """Change contacts at once, or where they are too many have the worker do it."""
    numbers = numbers_of(user_of(request), given)
    if given.where is not None and len(numbers) > several.MOST_AT_ONCE:
        begun = edits.start(actor_of(request), "contact", filters_of(given), change)
        return Status(202, told_edit(begun))
    return Status(200, {"changed": acts.change_contacts(actor_of(request), numbers, change)})


@router.get("/contacts/{contact}", response=ContactTold, summary="See a contact")
@scoped("contacts:read")
def get_contact(request: HttpRequest, contact: Identity) -> dict[str, Any]:
    """404 for somebody whom the token's user doesn't see.

    The number of somebody who was merged stays theirs: the answer, as that of all that is asked for by it,
    is about the contact whom they were merged into, under its own `id`.
    """
    return fresh(request, contact)


@router.patch("/contacts/{contact}", response=ContactTold, summary="Change a contact")
@scoped("contacts:write", "change")
def change_contact(request: HttpRequest, contact: Identity, given: ContactGiven) -> dict[str, Any]:
    """Changes what is named, and leaves the rest."""
    record = contact_of(request, contact)
    acts.edit_contact(actor_of(request), record, **known_of(given, partial(keeper, user_of(request))))
    return fresh(request, contact)


def known_of(given: ContactGiven, keepers: Callable[[str | None], User | None]) -> dict[str, Any]:
    """What was named of a contact, as the actions take it; `keepers` finds who has an address."""
    found = given.named()
    for name in ("name", "job_title", "company"):
        if name in found:
            found[name] = found[name] or ""
    for name in ("addresses", "tags"):
        if name in found:
            found[name] = found[name] or []
    if "owner" in found:
        owner = keepers(found["owner"])
        found |= {"owner": owner} | ({"team": owner.team} if owner else {})
    return found


def keeper(user: User, email: str | None) -> User | None:
    """Who is to have contacts; managers and owners may leave them to nobody."""
    if email is None:
        if not access.may(user, "export"):
            raise Forbidden(
                "Contacts were to belong to nobody", found=f"the role {user.role}", allowed="the role manager"
            )
        return None
    found = User.objects.select_related("team").filter(email=email.lower(), is_active=True).first()
    if found is None:
        raise Invalid(
            "A contact was to have an owner", found=email, allowed="the address of somebody who works here"
        )
    return found


def team_of(user: User, number: int | None) -> int | None:
    """The team of which records are to be; that is for managers and owners. Raises Forbidden, NotFound."""
    if not access.may(user, "export"):
        raise Forbidden(
            "Records were to be of a team", found=f"the role {user.role}", allowed="the role manager"
        )
    return None if number is None else access.find(Team.objects.all(), number).pk


def contact_of(request: HttpRequest, number: int) -> Contact:
    """A contact that the token's user sees, under their number or that of a duplicate. Raises NotFound."""
    return access.find_contact(access.contacts(user_of(request)), number)


def fresh(request: HttpRequest, number: int) -> dict[str, Any]:
    """A contact as it is now."""
    found = access.find_contact(with_all(access.contacts(user_of(request))), number)
    return told(found, warehouse.funnels())


def told(contact: Contact, funnels: warehouse.Funnels) -> dict[str, Any]:
    """A contact as the API tells of them."""
    there = {one.funnel: one.stage for one in contact.standings.all()}
    return {
        "id": contact.pk,
        "key": contact.key,
        "name": contact.name,
        "company": contact.company_id,
        "company_name": contact.company.name if contact.company else None,
        "job_title": contact.job_title,
        "owner": contact.owner.email if contact.owner else None,
        "team": contact.team_id,
        "addresses": list(contact.addresses.all()),
        "tags": sorted(tag.name for tag in contact.tags.all()),
        "fields": contact.fields,
        "path": contact.path,
        "stages": {
            slug: one.stage_names[there.get(funnels.kept_as[slug], 0)] for slug, one in funnels.items()
        },
        "last_touch_at": None if contact.last_touch_at is None else to_datetime(contact.last_touch_at),
        "created_at": contact.created_at,
    }


def one_funnel(slug: str) -> dict[str, Funnel]:
    """The funnel of that slug, alone. Raises NotFound."""
    known = warehouse.funnels()
    if slug not in known:
        raise NotFound(f"The funnel “{slug}” was asked for", allowed=", ".join(known) or "none is in force")
    return {slug: known[slug]}


def with_all(found: QuerySet[Contact]) -> QuerySet[Contact]:
    """The same contacts, with what is told of them."""
    return found.select_related("company", "owner").prefetch_related("addresses", "tags", "standings")
