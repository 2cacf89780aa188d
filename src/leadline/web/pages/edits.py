"""Changes of many records that the worker makes: how far each is, what came of it, and undoing it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from leadline.web import access
from leadline.web.actions import edits as acts
from leadline.web.models import Edit, Field, Team, User
from leadline.web.pages.frame import actor_of, page, user_of
from leadline.web.pages.going import see

SHOWN = 50
WHAT = {"contact": ("contact", "contacts"), "company": ("company", "companies")}


@require_GET
@page("web/edits/list.html")
def list_edits(request: HttpRequest) -> dict[str, Any]:
    """The changes of many so far, the newest first: one's own, and for owners everybody's."""
    access.require(user_of(request), "change")
    return {"edits": [_told(one) for one in acts.edits_of(user_of(request)).order_by("-pk")[:SHOWN]]}


@require_GET
@page("web/edits/edit.html")
def show_edit(request: HttpRequest, number: int) -> dict[str, Any]:
    """One of them: how far it is, or what came of it."""
    return _told(_find(request, number))


@require_GET
@page("web/edits/progress.html")
def show_progress(request: HttpRequest, number: int) -> dict[str, Any] | HttpResponse:
    """How far it is: a part that asks for itself until there is a result."""
    edit = _find(request, number)
    if edit.state not in {Edit.State.RUNNING, Edit.State.UNDOING} and request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return _told(edit)


@require_POST
@page("web/error.html")
def undo_edit(request: HttpRequest, number: int) -> HttpResponse:
    """Undo all of it."""
    acts.start_undo(actor_of(request), _find(request, number))
    return see("edit", number)


def _find(request: HttpRequest, number: int) -> Edit:
    access.require(user_of(request), "change")
    return acts.find(user_of(request), number)


def _told(edit: Edit) -> dict[str, Any]:
    one, several = WHAT[edit.of]
    return {
        "edit": edit,
        "one": one,
        "several": several,
        "said": _said(edit),
        "same": edit.done - edit.changed,
        "left": max(edit.total - edit.done, 0),
    }


def _said(edit: Edit) -> str:
    """What is done with each, in words."""
    change = edit.change
    if change["do"] == "tags":
        parts = [
            f"{verb} the tags “{change[name]}”" for name, verb in (("add", "add"), ("remove", "remove"))
            if change[name].strip()
        ]  # fmt: skip
        return " and ".join(parts).capitalize()
    if change["do"] == "field":
        field = Field.objects.filter(of=edit.of, name=change["field"]).first() or change["field"]
        return f"Fill in {field}: {change['value'] if change['value'] not in ('', None) else 'not known'}"
    if change["do"] == "team":
        return f"Move to the team {Team.objects.filter(pk=change['team'] or 0).first() or 'none'}"
    return f"Give to {User.objects.filter(pk=change['owner'] or 0).first() or 'nobody'}"


urlpatterns = [
    path("edits/", list_edits, name="edits"),
    path("edits/<int:number>/", show_edit, name="edit"),
    path("edits/<int:number>/progress/", show_progress, name="edit-progress"),
    path("edits/<int:number>/undo/", undo_edit, name="edit-undo"),
]
