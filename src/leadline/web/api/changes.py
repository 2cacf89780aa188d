"""The record of changes: who changed what, when, what was there before, and after."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from leadline.web import access
from leadline.web.actions.reverting import UNDOABLE, revert, undoable
from leadline.web.api.door import actor_of, check_scope, now, scoped, token_of, user_of
from leadline.web.api.parts import Cursor, Limit, Part, newest
from leadline.web.api.shapes import Asked, Given, Id, Instant, Short, example
from leadline.web.models import AuditEntry, User

router = Router(tags=["changes"])


class ChangesAsked(Asked):
    """Which changes: those for which all of this holds."""

    record: Annotated[str, Field(pattern=r"^[a-z]{1,40}:[\w-]{1,39}$")] | None = Field(
        default=None, description="Of one record, as contact:12."
    )
    who: Id | None = Field(default=None, description="By somebody, by their number.")
    action: Short | None = Field(default=None, description="Of one sort, as contact.changed.")
    since: Instant | None = None


class ChangeTold(Schema):
    """One change; `before` and `after` hold what differs."""

    id: int
    at: datetime
    who: int | None
    by: str
    action: str
    record: str
    before: dict[str, Any]
    after: dict[str, Any]
    undoable: bool = Field(description="Whether it is an edit, which can be undone.")


class UndoGiven(Given):
    """Which edit; with `last`, all of one's own from the one to the other."""

    model_config = example(first=1)
    first: Id
    last: Id | None = None


class UndoneTold(Schema):
    """How many edits were undone, and how many not, since it was changed again."""

    undone: int
    left: int


@router.get("/changes", response=Part[ChangeTold], summary="List changes")
@scoped("changes:read")
def list_changes(
    request: HttpRequest, asked: Query[ChangesAsked], cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """The newest first. Owners see all; others what they changed, and all of a contact or company seen."""
    entries = _seen(user_of(request), asked.record or "")
    entries = entries.filter(who=asked.who) if asked.who else entries
    entries = entries.filter(action=asked.action) if asked.action else entries
    entries = entries.filter(at__gte=asked.since) if asked.since else entries
    return newest(entries, cursor, limit, _told)


@router.post("/changes/undo", response=UndoneTold, summary="Undo edits")
@scoped("contacts:write", "change")
def undo_changes(request: HttpRequest, given: UndoGiven) -> dict[str, int]:
    """What was so before is so again, unless somebody changed it since. Undoing can be undone in turn.

    Of contacts, companies, tags, addresses and, with the scope `touches:write`, notes.
    """
    entries = undoable(user_of(request), given.first, given.last or given.first, now())
    if any(one.action.startswith("note.") for one in entries):
        check_scope(token_of(request), "touches:write")
    undone, left = revert(actor_of(request), entries)
    return {"undone": undone, "left": len(left)}


def _seen(user: User, record: str) -> QuerySet[AuditEntry]:
    entries = AuditEntry.objects.filter(record=record) if record else AuditEntry.objects.all()
    if access.may(user, "govern"):
        return entries
    of, _, number = record.partition(":")
    if number.isascii() and number.isdigit() and len(number) < 19 and of in {"contact", "company"}:
        seen: QuerySet[Any] = access.contacts(user) if of == "contact" else access.companies(user)
        access.find(seen, int(number))
        return entries
    return entries.filter(who=user)


def _told(one: AuditEntry) -> dict[str, Any]:
    same = ("at", "by", "action", "record", "before", "after")
    return {name: getattr(one, name) for name in same} | {
        "id": one.pk,
        "who": one.who_id,
        "undoable": one.action in UNDOABLE,
    }
