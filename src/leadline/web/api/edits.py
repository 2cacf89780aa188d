"""Changes of many records that the worker makes: how far each is, and undoing it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from leadline.web.actions import edits as acts
from leadline.web.api.door import actor_of, scoped, user_of
from leadline.web.api.parts import Cursor, Limit, Part, newest
from leadline.web.api.shapes import Identity, Nothing
from leadline.web.models import Edit

router = Router(tags=["contacts"])


class EditTold(Schema):
    """A change of many: what is done with each, and how far it is.

    Of `total` records `done` were looked at, and `changed` became others. While it is undone, `done` counts
    what was given back or left alone, and `left` what was left alone.
    """

    id: int
    state: str
    of: str
    change: dict[str, Any]
    given: dict[str, Any]
    total: int
    done: int
    changed: int
    left: int
    error: str
    made_at: datetime
    made_by: str | None


@router.get("/edits", response=Part[EditTold], summary="List changes of many")
@scoped("contacts:read")
def list_edits(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """One's own, the newest first; an owner's token tells of everybody's."""
    return newest(acts.edits_of(user_of(request)), cursor, limit, told_edit)


@router.get("/edits/{many}", response=EditTold, summary="See a change of many")
@scoped("contacts:read")
def get_edit(request: HttpRequest, many: Identity) -> dict[str, Any]:
    """How far it is, or what came of it."""
    return told_edit(acts.find(user_of(request), many))


@router.post("/edits/{many}/undo", response={202: EditTold}, summary="Undo a change of many")
@scoped("contacts:write", "change")
def undo_edit(request: HttpRequest, many: Identity, given: Nothing | None = None) -> Status[dict[str, Any]]:
    """The worker gives all records back what was changed, unless it was changed again since."""
    acts.start_undo(actor_of(request), acts.find(user_of(request), many))
    return Status(202, told_edit(acts.find(user_of(request), many)))


def told_edit(edit: Edit) -> dict[str, Any]:
    """A change of many as the API tells of it."""
    names = set(EditTold.model_fields) - {"id", "made_by"}
    who = edit.made_by.email if edit.made_by else None
    return {name: getattr(edit, name) for name in names} | {"id": edit.pk, "made_by": who}
