"""Touches: what happened."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from leadline.engine.instants import to_datetime, to_instant
from leadline.web import access
from leadline.web.actions import corrections, touch_batches
from leadline.web.actions import touches as acts
from leadline.web.api.door import actor_of, has_scope, scoped, user_of
from leadline.web.api.parts import Cursor, Limit, Part, listed
from leadline.web.api.shapes import (
    COUNTED,
    Amount,
    Asked,
    Currency,
    Given,
    Id,
    Identity,
    Instant,
    Long,
    Short,
    Text,
    Word,
    example,
)
from leadline.web.errors import Invalid
from leadline.web.models import Touch, User
from leadline.web.models.people import Role
from leadline.web.warehouse.zones import from_instant

router = Router(tags=["touches"])
PLAIN = (
    "id", "kind", "path", "channel", "campaign", "content", "offer", "deal", "value", "currency", "n",
    "actor", "note", "origin", "in_force",
)  # fmt: skip


class TouchGiven(Given):
    """Something that happened with whom `contact`, or else `contact_key`, or else `email` says.

    Somebody new gets all of `contact_key`, `email` and `name` that is there.
    A touch with a `key` is recorded once, however often it is sent.
    """

    model_config = example(
        email="eero@example.org",
        name="Eero Cooper",
        kind="downloaded",
        happened_at="2026-03-02T09:30:00+01:00",
        path="website",
        content="Workbook",
        key="form-4711",
    )
    contact: Id | None = None
    contact_key: Text | None = None
    email: Annotated[str, Field(min_length=3, max_length=300, pattern="@")] | None = None
    name: Short | None = Field(default=None, description="For somebody new.")
    kind: Annotated[str, Field(min_length=1, max_length=60)]
    happened_at: Instant | None = Field(default=None, description="Now, unless said.")
    path: Word | None = None
    channel: Word | None = None
    campaign: Annotated[str, Field(max_length=120)] | None = None
    content: Short | None = None
    offer: Annotated[str, Field(max_length=120)] | None = None
    deal: Annotated[str, Field(max_length=160)] | None = Field(
        default=None,
        description="Of which of several deals an ask or an answer is, as your program calls it.",
    )
    value: Amount | None = None
    currency: Currency | None = None
    note: Long | None = None
    key: Annotated[str, Field(min_length=1, max_length=60)] | None = None


class TouchesGiven(Given):
    """Many touches, all of them or none."""

    model_config = example(touches=[{"email": "eero@example.org", "kind": "replied", "key": "mail-17"}])
    touches: Annotated[list[TouchGiven], Field(min_length=1, max_length=1000)]


class CorrectionGiven(Given):
    """What really happened; what isn't named was right."""

    model_config = example(kind="met", happened_at="2026-03-01T10:00:00+01:00")
    kind: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    happened_at: Instant | None = None
    path: Word = ""
    channel: Word = ""
    campaign: Annotated[str, Field(max_length=120)] = ""
    content: Short = ""
    offer: Annotated[str, Field(max_length=120)] = ""
    deal: Annotated[str, Field(max_length=160)] | None = None
    value: Amount | None = None
    currency: Currency | None = None
    note: Long = ""


class TouchesAsked(Asked):
    """Which touches: those for which all of this holds."""

    contact: Id | None = None
    kind: Short | None = None
    path: Short | None = None
    origin: Word | None = Field(default=None, description="The record that it stands for, as ask:12.")
    since: Instant | None = Field(default=None, description=f"Happened then or later. {COUNTED}")
    until: Instant | None = Field(default=None, description="Happened before, likewise.")


class TouchTold(Schema):
    """Something that happened. `retracts` names the touch that this one takes back."""

    id: int
    contact: int | None
    kind: str
    happened_at: datetime
    recorded_at: datetime
    path: str
    channel: str
    campaign: str
    content: str
    offer: str
    deal: str | None
    value: int | None
    currency: str
    n: int | None
    actor: str
    note: str
    origin: str
    in_force: bool
    retracts: int | None


class Recorded(Schema):
    """One row: which touch it is, of whom, and whether it was known before."""

    id: int
    contact: int | None
    known: bool


class RecordsTold(Schema):
    """The rows in the order in which they were sent."""

    touches: list[Recorded]


@router.get("/touches", response=Part[TouchTold], summary="List touches")
@scoped("touches:read")
def list_touches(
    request: HttpRequest, asked: Query[TouchesAsked], cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Of those whom the token's user sees, in the order of recording. What was taken back is there too."""
    return listed(_theirs(user_of(request)).filter(_asked(asked)), cursor, limit, told)


@router.post("/touches", response={201: TouchTold, 200: TouchTold}, summary="Record a touch")
@scoped("touches:write", "change")
def record_touch(request: HttpRequest, given: TouchGiven) -> Status[dict[str, Any]]:
    """201, or 200 for one that is known by its `key`.

    An `email` that nobody has makes a contact, if the token has the scope `contacts:write`; else it is 404.
    """
    make = has_scope(request, "contacts:write")
    done = touch_batches.record_touch(actor_of(request), _row(given), make_contacts=make)
    touch = access.find(_theirs(user_of(request)), done["id"])
    return Status(200 if done["known"] else 201, told(touch))


@router.post("/touches/bulk", response=RecordsTold, summary="Record many touches")
@scoped("touches:write", "change")
def record_touches(request: HttpRequest, given: TouchesGiven) -> dict[str, Any]:
    """Up to 1,000 at a time, all of them or none."""
    rows, make = [_row(one) for one in given.touches], has_scope(request, "contacts:write")
    return {"touches": touch_batches.record_touches(actor_of(request), rows, make_contacts=make)}


@router.get("/touches/{touch}", response=TouchTold, summary="See a touch")
@scoped("touches:read")
def get_touch(request: HttpRequest, touch: Identity) -> dict[str, Any]:
    """404 for one of somebody whom the token's user doesn't see."""
    return told(access.find(_theirs(user_of(request)), touch))


@router.post("/touches/{touch}/retract", response={201: TouchTold}, summary="Take a touch back")
@scoped("touches:write", "change")
def retract_touch(request: HttpRequest, touch: Identity) -> Status[dict[str, Any]]:
    """Answers with the retraction, which can be taken back too. 409 where it has been done already.

    One that stands for another record (an ask, a purchase) is taken back by taking that back.
    """
    record = access.find(_theirs(user_of(request)), touch)
    return Status(201, told(acts.retract(actor_of(request), record)))


@router.post("/touches/{touch}/correct", response={201: TouchTold}, summary="Correct a touch")
@scoped("touches:write", "change")
def correct_touch(request: HttpRequest, touch: Identity, given: CorrectionGiven) -> Status[dict[str, Any]]:
    """Takes it back and records what really happened. Both stay; the answer is the new one."""
    said = given.named()
    at, kind = said.pop("happened_at", None), said.pop("kind", None)
    if "value" in said and said["value"] is not None and not said.get("currency"):
        raise Invalid("A touch has a value", found="no currency", allowed="its three letters, as EUR")
    said |= {"currency": said.get("currency") or ""} if "value" in said else {}
    record = access.find(_theirs(user_of(request)), touch)
    instant = to_instant(at) if at else None
    return Status(201, told(corrections.correct(actor_of(request), record, kind, instant, **said)))


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
    asked &= access.of_one(Touch, by.contact) if by.contact else Q()
    asked &= Q(kind=by.kind) if by.kind else Q()
    asked &= Q(path=by.path) if by.path else Q()
    asked &= Q(origin=by.origin) if by.origin else Q()
    asked &= from_instant("happened_at", to_instant(by.since)) if by.since else Q()
    asked &= ~from_instant("happened_at", to_instant(by.until)) if by.until else Q()
    return asked


def _theirs(user: User) -> QuerySet[Touch]:
    """Touches of contacts that somebody sees; an owner sees those of people without names too."""
    if user.role == Role.OWNER:
        return Touch.objects.filter(Q(contact=None) | Q(contact__erased_at=None))
    return access.of_contacts(user, Touch)


def _row(given: TouchGiven) -> dict[str, Any]:
    row = given.named()
    if row.get("happened_at") is not None:
        row["happened_at"] = to_instant(row["happened_at"])
    return row
