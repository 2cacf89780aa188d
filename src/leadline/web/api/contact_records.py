"""What belongs to one contact: addresses, stages, facts, notes; to merge, to part, to erase."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from leadline.engine.explain import gaps_after, why
from leadline.engine.funnel import Funnel
from leadline.engine.instants import to_datetime, to_instant
from leadline.engine.touches import Column, Touches
from leadline.web import access, warehouse
from leadline.web.actions import addresses, erasure, facts, merging, moves, notes
from leadline.web.api.contacts import (
    AddressGiven,
    AddressTold,
    ContactTold,
    contact_of,
    fresh,
    one_funnel,
    with_all,
)
from leadline.web.api.contacts import told as contact_told
from leadline.web.api.door import actor_of, as_of_asked, scoped, user_of
from leadline.web.api.parts import Cursor, Limit, Part, listed
from leadline.web.api.shapes import (
    COUNTED,
    WHOLE,
    AsOf,
    Given,
    Id,
    Identity,
    Instant,
    Long,
    Short,
    Word,
    example,
)
from leadline.web.api.touches import TouchTold
from leadline.web.api.touches import told as touch_told
from leadline.web.errors import Invalid
from leadline.web.models import Note

router = Router()
OneFunnel = Annotated[str | None, Query(default=None, max_length=200, description="Its slug; else all.")]
AsOfAsked = Annotated[AsOf | None, Query(default=None, description=f"Now, unless said. {WHOLE}")]


class StageTold(Schema):
    """Where somebody stands in a funnel and why, and what is missing for the stages further on."""

    funnel: str
    stage: str
    step: str | None
    since: datetime | None = Field(description=f"From when it counts. {COUNTED}")
    why: list[str]
    why_not: list[dict[str, Any]]
    phrases: list[dict[str, Any]]
    history: list[dict[str, Any]]


class DuplicateGiven(Given):
    """The other record of the same person."""

    model_config = example(duplicate=2)
    duplicate: Id


class NameGiven(Given):
    """The name of whom to erase, so that nobody is erased by a wrong number."""

    model_config = example(name="Eero Cooper")
    name: Short


class FactGiven(Given):
    """That a fact holds, or not. `kind` chooses among several kinds that say so."""

    model_config = example(fact="budget", holds=True, said_by="Eero", note="10 to 12 thousand")
    fact: Word
    holds: bool = True
    said_by: Annotated[str, Field(max_length=120)] = ""
    happened_at: Instant | None = Field(default=None, description="Now, unless said.")
    note: Long = ""
    kind: Annotated[str, Field(max_length=60)] = ""


class FactTold(Schema):
    """A fact, and how it stands: whether it holds, until when, and the touch that says so last."""

    fact: str
    means: str
    holds: bool
    denied: bool = Field(description="Whether the last word was that it doesn't hold.")
    said_at: datetime | None = Field(description=f"From when it counts. {COUNTED}")
    expires_at: datetime | None
    touch: int | None


class HappenedGiven(Given):
    """Everything that happened with somebody, by the names of the kinds, in this order."""

    model_config = example(kinds=["met", "told_need"])
    kinds: Annotated[list[Annotated[str, Field(max_length=60)]], Field(min_length=1, max_length=moves.MOST)]


class TogetherGiven(Given):
    """One of the touches that were recorded together."""

    model_config = example(touch=1)
    touch: Id


class TakenBack(Schema):
    """How many touches were taken back."""

    taken_back: int


class NoteGiven(Given):
    """A few lines."""

    model_config = example(text="Likes short mails.")
    text: Annotated[str, Field(min_length=1, max_length=20_000)]


class NoteTold(Schema):
    """A few lines about somebody."""

    id: int
    contact: int
    text: str
    author: str | None
    written_at: datetime


@router.get(
    "/contacts/{contact}/stages",
    response=list[StageTold],
    summary="See where a contact stands, and why",
    tags=["contacts"],
)
@scoped("contacts:read")
def stages(
    request: HttpRequest, contact: Identity, funnel: OneFunnel = None, as_of: AsOfAsked = None
) -> list[dict[str, Any]]:
    """In each funnel in force, or in one: the stage with its evidence, and what is missing further on."""
    record, at = contact_of(request, contact), as_of_asked(as_of)
    called = of_one(warehouse.touches_of([record.pk]), str(record))
    wanted = one_funnel(funnel) if funnel else warehouse.funnels()
    return [stage_of(called, slug, one, str(record), at) for slug, one in wanted.items()]


@router.get(
    "/contacts/{contact}/alike",
    response=list[ContactTold],
    summary="See who may be the same person",
    tags=["contacts"],
)
@scoped("contacts:read")
def list_alike(request: HttpRequest, contact: Identity) -> list[dict[str, Any]]:
    """At most ten contacts with an address of theirs, or with the same name."""
    record = contact_of(request, contact)
    found = access.contacts(user_of(request)).filter(pk__in=merging.alike(record)).exclude(pk=record.pk)
    funnels = warehouse.funnels()
    return [contact_told(one, funnels) for one in with_all(found.order_by("pk"))[:10]]


@router.post(
    "/contacts/{contact}/merge", response=ContactTold, summary="Merge two contacts", tags=["contacts"]
)
@scoped("contacts:write", "change")
def merge_contacts(request: HttpRequest, contact: Identity, given: DuplicateGiven) -> dict[str, Any]:
    """Makes two records of one person one. It can be undone."""
    kept, duplicate = contact_of(request, contact), contact_of(request, given.duplicate)
    merging.merge_contacts(actor_of(request), kept, duplicate)
    return fresh(request, contact)


@router.post("/contacts/{contact}/part", response=ContactTold, summary="Undo a merge", tags=["contacts"])
@scoped("contacts:write", "change")
def part_contacts(request: HttpRequest, contact: Identity, given: DuplicateGiven) -> dict[str, Any]:
    """Parts a duplicate from the contact that it was merged into, and answers with the duplicate."""
    duplicate = access.find(contact_of(request, contact).merged.all(), given.duplicate)
    merging.part_contacts(actor_of(request), duplicate)
    return fresh(request, given.duplicate)


@router.post("/contacts/{contact}/erase", response={204: None}, summary="Erase a contact", tags=["contacts"])
@scoped("contacts:erase", "erase")
def erase_contact(request: HttpRequest, contact: Identity, given: NameGiven) -> Status[None]:
    """Erases a person for good; what happened stays, without them. `name` is theirs, to be sure."""
    record = contact_of(request, contact)
    if " ".join(given.name.split()) != " ".join(str(record).split()):
        raise Invalid("A contact was to be erased", found="another name", allowed="the name that they have")
    erasure.erase_contact(actor_of(request), record)
    return Status(204, None)


@router.post(
    "/contacts/{contact}/addresses",
    response={201: AddressTold},
    summary="Add an address",
    tags=["contacts"],
)
@scoped("contacts:write", "change")
def add_address(request: HttpRequest, contact: Identity, given: AddressGiven) -> Status[Any]:
    """409 where they have it already."""
    record = contact_of(request, contact)
    return Status(201, addresses.add_address(actor_of(request), record, given.sort, given.value, given.label))


@router.delete(
    "/contacts/{contact}/addresses/{address}",
    response={204: None},
    summary="Take an address away",
    tags=["contacts"],
)
@scoped("contacts:write", "change")
def remove_address(request: HttpRequest, contact: Identity, address: Identity) -> Status[None]:
    """What it was stays in the record of changes."""
    addresses.remove_address(
        actor_of(request), access.find(contact_of(request, contact).addresses.all(), address)
    )
    return Status(204, None)


@router.post(
    "/contacts/{contact}/happened",
    response={201: list[TouchTold]},
    summary="Record several things that happened",
    tags=["touches"],
)
@scoped("touches:write", "change")
def record_happened(request: HttpRequest, contact: Identity, given: HappenedGiven) -> Status[Any]:
    """All of them now, or none: what a card that is moved on the board stands for."""
    made = moves.happened(actor_of(request), contact_of(request, contact), given.kinds)
    return Status(201, [touch_told(touch) for touch in made])


@router.post(
    "/contacts/{contact}/happened/undo",
    response=TakenBack,
    summary="Take back what was recorded together",
    tags=["touches"],
)
@scoped("touches:write", "change")
def take_back_happened(request: HttpRequest, contact: Identity, given: TogetherGiven) -> dict[str, int]:
    """All that the token's user recorded of them at once, with purchases. 409 where it has been done."""
    record = contact_of(request, contact)
    mine = record.touches.filter(recorded_by=user_of(request), retracts=None)
    at = access.find(mine, given.touch).recorded_at
    return {"taken_back": moves.take_back(actor_of(request), record, at)}


@router.get(
    "/contacts/{contact}/facts",
    response=list[FactTold],
    summary="See what is known of a contact",
    tags=["facts and notes"],
)
@scoped("contacts:read")
def list_facts(request: HttpRequest, contact: Identity, as_of: AsOfAsked = None) -> list[dict[str, Any]]:
    """Every fact that there is, and how it stands."""
    touches = warehouse.touches_of([contact_of(request, contact).pk])
    return [_fact(one) for one in facts.standing(touches, as_of_asked(as_of))]


@router.post(
    "/contacts/{contact}/facts",
    response={201: TouchTold},
    summary="State a fact",
    tags=["facts and notes"],
)
@scoped("touches:write", "change")
def state_fact(request: HttpRequest, contact: Identity, given: FactGiven) -> Status[Any]:
    """Answers with the touch that says so; the fact stands until it is contradicted or expires."""
    said = given.named()
    fact, at = said.pop("fact"), said.pop("happened_at", None)
    made = facts.state_fact(
        actor_of(request),
        contact_of(request, contact),
        fact,
        happened_at=to_instant(at) if at else None,
        **said,
    )
    return Status(201, touch_told(made))


@router.get("/notes", response=Part[NoteTold], summary="List notes", tags=["facts and notes"])
@scoped("contacts:read")
def list_notes(
    request: HttpRequest,
    contact: Annotated[Id | None, Query(default=None)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Of all contacts that the token's user sees, or of one."""
    found = access.of_contacts(user_of(request), Note).select_related("author")
    return listed(found.filter(contact=contact) if contact else found, cursor, limit, _note)


@router.post(
    "/contacts/{contact}/notes", response={201: NoteTold}, summary="Write a note", tags=["facts and notes"]
)
@scoped("touches:write", "change")
def write_note(request: HttpRequest, contact: Identity, given: NoteGiven) -> Status[Any]:
    """A note is no touch: it changes no stage."""
    return Status(201, _note(notes.write_note(actor_of(request), contact_of(request, contact), given.text)))


@router.delete("/notes/{note}", response={204: None}, summary="Take a note away", tags=["facts and notes"])
@scoped("touches:write", "change")
def remove_note(request: HttpRequest, note: Identity) -> Status[None]:
    """What it said stays in the record of changes."""
    found = access.of_contacts(user_of(request), Note).select_related("contact")
    notes.remove_note(actor_of(request), access.find(found, note))
    return Status(204, None)


def of_one(touches: Touches, name: str) -> Touches:
    """Touches of one contact, who is called by a name."""
    return replace(touches, contact=Column.of([name] * len(touches)))


def stage_of(
    touches: Touches, slug: str, funnel: Funnel, name: str, at: int, of: Any = "contact"
) -> dict[str, Any]:
    """Where a subject stands in a funnel, why, and what is missing."""
    if not len(touches) or int(touches.happened_at.min()) > at:
        stranger: dict[str, Any] = {"stage": funnel.stage_names[0], "step": None, "since": None}
        return stranger | {"funnel": slug, "why": [], "why_not": [], "phrases": [], "history": []}
    reason = why(touches, funnel, name, at, of=of)
    return reason.as_dict() | {
        "funnel": slug,
        "why": reason.sentences(),
        "why_not": [gap.as_dict() | {"sentences": gap.sentences()} for gap in gaps_after(reason)],
    }


def _fact(one: facts.Standing) -> dict[str, Any]:
    return {
        "fact": one.name,
        "means": one.means,
        "holds": one.holds,
        "denied": one.denied,
        "said_at": one.said["happened_at"] if one.said else None,
        "expires_at": None if one.expires_at is None else to_datetime(one.expires_at),
        "touch": one.said["id"] if one.said else None,
    }


def _note(note: Note) -> dict[str, Any]:
    return {
        "id": note.pk,
        "contact": note.contact_id,
        "text": note.text,
        "author": note.author.email if note.author else None,
        "written_at": note.written_at,
    }
