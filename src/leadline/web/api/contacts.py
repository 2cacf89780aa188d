"""Contacts, and where they stand."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Status

from leadline.engine.explain import why, why_not
from leadline.engine.funnel import Funnel
from leadline.engine.instants import to_datetime, to_instant
from leadline.web import access, warehouse
from leadline.web.actions import upserts
from leadline.web.api.door import actor_of, once_of, scoped, user_of
from leadline.web.api.parts import Cursor, Limit, part
from leadline.web.api.shapes import (
    ContactGiven,
    ContactsAsked,
    ContactsGiven,
    ContactsTold,
    ContactTold,
    Identity,
    Instant,
    StageTold,
    UpsertsTold,
)
from leadline.web.errors import NotFound
from leadline.web.models import Contact

router = Router(tags=["contacts"])
Word = Annotated[str | None, Query(default=None, max_length=200)]


@router.get("", response=ContactsTold, summary="List contacts")
@scoped("contacts:read")
def list_contacts(
    request: HttpRequest, asked: Query[ContactsAsked], cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Whom the token's user sees, by their number. `stage` needs a `funnel`."""
    funnels = warehouse.funnels()
    found = access.contacts(user_of(request)).filter(_asked(asked))
    if asked.funnel or asked.stage:
        found = _in_stage(found, funnels, asked.funnel, asked.stage)
    records, following = part(_with_all(found), cursor, limit)
    return {"contacts": [told(contact, funnels) for contact in records], "next": following}


@router.post("", response={201: ContactTold}, summary="Make a contact")
@scoped("contacts:write", "change")
def create_contact(request: HttpRequest, given: ContactGiven) -> Status[dict[str, Any]]:
    """Makes a contact, which belongs to the token's user. 409 where its `key` is taken."""
    contact = upserts.create_contact(actor_of(request), given.dict(exclude_unset=True))
    return Status(201, _fresh(request, contact.pk))


@router.post("/bulk", response=UpsertsTold, summary="Make or change many contacts")
@scoped("contacts:write", "change")
def upsert_contacts(request: HttpRequest, given: ContactsGiven) -> dict[str, Any]:
    """Up to 1,000 at a time, all of them or none. With an `Idempotency-Key` the same request is done once."""
    rows = [one.dict(exclude_unset=True) for one in given.contacts]
    return {"contacts": upserts.upsert_contacts(actor_of(request), rows, once_of(request, rows))}


@router.get("/{contact}", response=ContactTold, summary="See a contact")
@scoped("contacts:read")
def get_contact(request: HttpRequest, contact: Identity) -> dict[str, Any]:
    """404 for somebody whom the token's user doesn't see."""
    return _fresh(request, contact)


@router.patch("/{contact}", response=ContactTold, summary="Change a contact")
@scoped("contacts:write", "change")
def change_contact(request: HttpRequest, contact: Identity, given: ContactGiven) -> dict[str, Any]:
    """Changes what is named, and leaves the rest."""
    record = access.find(access.contacts(user_of(request)), contact)
    upserts.change_contact(actor_of(request), record, given.dict(exclude_unset=True))
    return _fresh(request, contact)


@router.get("/{contact}/stages", response=list[StageTold], summary="See where a contact stands, and why")
@scoped("contacts:read")
def stages(
    request: HttpRequest,
    contact: Identity,
    funnel: Word = None,
    as_of: Annotated[Instant | None, Query(default=None)] = None,
) -> list[dict[str, Any]]:
    """In each funnel in force, or in one: the stage with its evidence, and what is missing further on."""
    record = access.find(access.contacts(user_of(request)), contact)
    at = to_instant(as_of) if as_of else actor_of(request).now
    wanted = one_funnel(funnel) if funnel else warehouse.funnels()
    return [_stage(record, slug, vocabulary, at) for slug, vocabulary in wanted.items()]


def one_funnel(slug: str) -> dict[str, Funnel]:
    """The funnel of that slug, alone. Raises NotFound."""
    known = warehouse.funnels()
    if slug not in known:
        raise NotFound(f"The funnel “{slug}” was asked for", allowed=", ".join(known) or "none is in force")
    return {slug: known[slug]}


def told(contact: Contact, funnels: dict[str, Funnel]) -> dict[str, Any]:
    """A contact as the API tells of them."""
    standings = {one.funnel: one.stage for one in contact.standings.all()}
    return {
        "id": contact.pk,
        "key": contact.key,
        "name": contact.name,
        "company": contact.company_id,
        "company_name": contact.company.name if contact.company else None,
        "job_title": contact.job_title,
        "owner": contact.owner.email if contact.owner else None,
        "addresses": list(contact.addresses.all()),
        "tags": sorted(tag.name for tag in contact.tags.all()),
        "fields": contact.fields,
        "path": contact.path,
        "stages": {slug: one.stage_names[standings.get(slug, 0)] for slug, one in funnels.items()},
        "last_touch_at": None if contact.last_touch_at is None else to_datetime(contact.last_touch_at),
        "created_at": contact.created_at,
    }


def _fresh(request: HttpRequest, number: int) -> dict[str, Any]:
    found = access.find(_with_all(access.contacts(user_of(request))), number)
    return told(found, warehouse.funnels())


def _with_all(found: QuerySet[Contact]) -> QuerySet[Contact]:
    return found.select_related("company", "owner").prefetch_related("addresses", "tags", "standings")


def _asked(by: ContactsAsked) -> Q:
    asked = Q()
    asked &= Q(name__icontains=by.q) if by.q else Q()
    asked &= Q(key=by.key) if by.key else Q()
    asked &= Q(addresses__sort="email", addresses__value=by.email.lower()) if by.email else Q()
    asked &= Q(tags__name=by.tag) if by.tag else Q()
    asked &= Q(path=by.path) if by.path else Q()
    asked &= Q(owner__email=by.owner.lower()) if by.owner else Q()
    asked &= Q(company=by.company) if by.company else Q()
    return asked


def _in_stage(
    found: QuerySet[Contact], funnels: dict[str, Funnel], slug: str | None, stage: str | None
) -> QuerySet[Contact]:
    if not slug or not stage:
        raise NotFound("Those in a stage were asked for", found="half of it", allowed="both funnel and stage")
    names = one_funnel(slug)[slug].stage_names
    if stage not in names:
        raise NotFound(f"The stage “{stage}” was asked for", allowed=", ".join(names))
    number = names.index(stage)
    if number == 0:
        return found.exclude(standings__funnel=slug)
    return found.filter(standings__funnel=slug, standings__stage=number)


def _stage(contact: Contact, slug: str, funnel: Funnel, at: int) -> dict[str, Any]:
    touches = warehouse.touches_of([contact.pk])
    if not len(touches) or int(touches.happened_at.min()) > at:
        stranger: dict[str, Any] = {"stage": funnel.stage_names[0], "step": None, "since": None}
        return stranger | {"funnel": slug, "why": [], "why_not": [], "phrases": [], "history": []}
    called = replace(touches, contact=replace(touches.contact, labels=[str(contact)]))
    reason = why(called, funnel, str(contact), at)
    gaps = why_not(called, funnel, str(contact), at)
    return reason.as_dict() | {
        "funnel": slug,
        "why": reason.sentences(),
        "why_not": [gap.as_dict() | {"sentences": gap.sentences()} for gap in gaps],
    }
