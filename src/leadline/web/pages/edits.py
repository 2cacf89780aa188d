"""Changes of many records that the worker makes: how far each is, what came of it, and undoing it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from leadline.engine.wording import counted
from leadline.web import access
from leadline.web.actions import edits as acts
from leadline.web.models import Edit, Field, Team, User
from leadline.web.pages.frame import actor_of, page, user_of
from leadline.web.pages.going import see
from leadline.web.templatetags.words import said

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
        "waits": acts.is_waiting(edit),
        "one": one,
        "several": several,
        "said": edit_words(edit),
        "same": edit.done - edit.changed,
        "left": max(edit.total - edit.done, 0),
    }


def edit_words(edit: Edit) -> str:
    """What is done, or was, and with how many: “Give contacts to Ada”, “Gave 271 contacts to Ada”."""
    change, (one, several), past = edit.change, WHAT[edit.of], edit.state != Edit.State.RUNNING
    those = said(counted(edit.changed, one)) if past else several
    if change["do"] == "tags":
        return _tagging(change, those, past=past)
    if change["do"] == "field":
        field = Field.objects.filter(of=edit.of, name=change["field"]).first() or change["field"]
        value = change["value"] if change["value"] not in ("", None) else "not known"
        return f"{'Filled' if past else 'Fill'} in {field} of {those}: {value}"
    if change["do"] == "team":
        team = Team.objects.filter(pk=change["team"] or 0).first()
        return f"{'Moved' if past else 'Move'} {those} to {f'the team {team}' if team else 'no team'}"
    owner = User.objects.filter(pk=change["owner"] or 0).first() or "nobody"
    return f"{'Gave' if past else 'Give'} {those} to {owner}"


def _tagging(change: dict[str, Any], those: str, *, past: bool) -> str:
    """Tags put on, taken off, or both."""
    added, removed = (f"the tags “{change[name]}”" * bool(change[name].strip()) for name in ("add", "remove"))
    put, took = ("Added", "Removed") if past else ("Add", "Remove")
    if added and removed:
        return f"{put} {added} to {those} and {took.lower()} {removed}"
    return f"{put} {added} to {those}" if added else f"{took} {removed} from {those}"


urlpatterns = [
    path("edits/", list_edits, name="edits"),
    path("edits/<int:number>/", show_edit, name="edit"),
    path("edits/<int:number>/progress/", show_progress, name="edit-progress"),
    path("edits/<int:number>/undo/", undo_edit, name="edit-undo"),
]
