"""Touches: what happened."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Status

from leadline.engine.instants import to_datetime, to_instant
from leadline.web import access
from leadline.web.actions import touch_batches
from leadline.web.actions import touches as actions
from leadline.web.api.door import actor_of, has_scope, once_of, scoped, user_of
from leadline.web.api.parts import Cursor, Limit, part
from leadline.web.api.shapes import (
    Identity,
    RecordsTold,
    TouchesAsked,
    TouchesGiven,
    TouchesTold,
    TouchGiven,
    TouchTold,
)
from leadline.web.models import Touch, User
from leadline.web.models.people import Role

router = Router(tags=["touches"])
PLAIN = (
    "id", "kind", "path", "channel", "campaign", "content", "offer", "value", "currency", "n", "actor",
    "note", "origin", "in_force",
)  # fmt: skip


@router.get("", response=TouchesTold, summary="List touches")
@scoped("touches:read")
def list_touches(
    request: HttpRequest, asked: Query[TouchesAsked], cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Of those whom the token's user sees, in the order of recording. What was taken back is there too."""
    found = _theirs(user_of(request)).filter(_asked(asked))
    records, following = part(found, cursor, limit)
    return {"touches": [told(touch) for touch in records], "next": following}


@router.post("", response={201: TouchTold, 200: TouchTold}, summary="Record a touch")
@scoped("touches:write", "change")
def record_touch(request: HttpRequest, given: TouchGiven) -> Status[dict[str, Any]]:
    """201, or 200 for one that is known by its `key`.

    An `email` that nobody has makes a contact, if the token has the scope `contacts:write`; else it is 404.
    """
    done = _record(request, [given])[0]
    touch = access.find(_theirs(user_of(request)), done["id"])
    return Status(200 if done["known"] else 201, told(touch))


@router.post("/bulk", response=RecordsTold, summary="Record many touches")
@scoped("touches:write", "change")
def record_touches(request: HttpRequest, given: TouchesGiven) -> dict[str, Any]:
    """Up to 1,000 at a time, all of them or none. With an `Idempotency-Key` the same request is done once."""
    return {"touches": _record(request, given.touches)}


@router.get("/{touch}", response=TouchTold, summary="See a touch")
@scoped("touches:read")
def get_touch(request: HttpRequest, touch: Identity) -> dict[str, Any]:
    """404 for one of somebody whom the token's user doesn't see."""
    return told(access.find(_theirs(user_of(request)), touch))


@router.post("/{touch}/retract", response={201: TouchTold}, summary="Take a touch back")
@scoped("touches:write", "change")
def retract_touch(request: HttpRequest, touch: Identity) -> Status[dict[str, Any]]:
    """Answers with the retraction, which can be taken back too. 409 where it has been done already."""
    record = access.find(_theirs(user_of(request)), touch)
    return Status(201, told(actions.retract(actor_of(request), record)))


def told(touch: Touch) -> dict[str, Any]:
    """A touch as the API tells of it."""
    return {name: getattr(touch, name) for name in PLAIN} | {
        "contact": touch.contact_id,
        "retracts": touch.retracts_id,
        "happened_at": to_datetime(touch.happened_at),
        "recorded_at": to_datetime(touch.recorded_at),
    }


def _asked(by: TouchesAsked) -> Q:
    asked = Q()
    asked &= Q(contact=by.contact) if by.contact else Q()
    asked &= Q(kind=by.kind) if by.kind else Q()
    asked &= Q(path=by.path) if by.path else Q()
    asked &= Q(happened_at__gte=to_instant(by.since)) if by.since else Q()
    asked &= Q(happened_at__lt=to_instant(by.until)) if by.until else Q()
    return asked


def _theirs(user: User) -> QuerySet[Touch]:
    """Touches of contacts that somebody sees; an owner sees those of people without names too."""
    if user.role == Role.OWNER:
        return Touch.objects.filter(Q(contact=None) | Q(contact__erased_at=None))
    return access.of_contacts(user, Touch)


def _record(request: HttpRequest, given: list[TouchGiven]) -> list[dict[str, Any]]:
    rows = [one.dict(exclude_unset=True) for one in given]
    once = once_of(request, rows)
    for row in rows:
        if row.get("happened_at") is not None:
            row["happened_at"] = to_instant(row["happened_at"])
    make = has_scope(request, "contacts:write")
    return touch_batches.record_touches(actor_of(request), rows, once, make_contacts=make)
