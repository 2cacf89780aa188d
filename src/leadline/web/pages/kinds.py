"""Kinds, paths and fields of one's own."""

from __future__ import annotations

from typing import Any, get_args

from django.http import HttpRequest, HttpResponse
from django.urls import path

from leadline.engine.errors import LeadlineError
from leadline.engine.kinds import Direction, Kinds, Link
from leadline.web import access
from leadline.web.actions import definitions as acts
from leadline.web.models import Field, KindDefinition, PathDefinition
from leadline.web.pages.forms import Verb, carry_out, number, show, text
from leadline.web.pages.frame import actor_of, page, user_of

LINKS = {
    "generate": "lead generation",
    "nurture": "nurturing",
    "ask": "a direct ask",
    "answer": "an answer",
    "fact": "a fact",
    "exit": "an exit",
}
DIRECTIONS = {"out": "we to them", "in": "they to us", "both": "both ways"}


@page("web/tuning/kinds.html")
def kinds(request: HttpRequest) -> HttpResponse:
    """The kinds of touches: one's own, to be changed, and those that come with Leadline."""
    shipped = Kinds.shipped()
    found = {
        "own": acts.own_kinds(),
        "shipped": shipped.kinds,
        "groups": shipped.groups.values(),
        "links": {name: LINKS[name] for name in get_args(Link)},
        "directions": {name: DIRECTIONS[name] for name in get_args(Direction)},
    }
    return _tune(request, "kinds", {"keep": _keep_kind, "drop": _drop_kind}, found)


@page("web/tuning/paths.html")
def paths(request: HttpRequest) -> HttpResponse:
    """The paths by which business comes, in the order in which they are shown."""
    found = {"paths": PathDefinition.objects.all()}
    return _tune(request, "paths", {"keep": _keep_path, "drop": _drop_path}, found)


@page("web/tuning/fields.html")
def fields(request: HttpRequest) -> HttpResponse:
    """Fields of one's own, of contacts and companies."""
    found = {"fields": Field.objects.order_by("of", "label"), "types": Field.Type.choices}
    return _tune(request, "fields", {"keep": _keep_field, "drop": _drop_field}, found)


def _tune(request: HttpRequest, name: str, verbs: dict[str, Verb], found: dict[str, Any]) -> HttpResponse:
    access.require(user_of(request), "define")
    refused: LeadlineError | None = None
    if request.method == "POST":
        done = carry_out(request, verbs, f"settings-{name}")
        if isinstance(done, HttpResponse):
            return done
        refused = done
    return show(
        request, f"web/tuning/{name}.html", {**found, "chosen": request.POST.getlist("groups")}, refused
    )


def _keep_kind(request: HttpRequest) -> str:
    chosen = number(request, "kind", 0)
    said: dict[str, Any] = {name: text(request, name) for name in ("name", "means", "link", "direction")}
    said["groups"] = request.POST.getlist("groups")
    kind = access.find(KindDefinition.objects.all(), chosen) if chosen else None
    return f"“{acts.declare_kind(actor_of(request), kind, **said)}” can be recorded from now on."


def _drop_kind(request: HttpRequest) -> str:
    kind = access.find(KindDefinition.objects.all(), number(request, "kind"))
    acts.drop_kind(actor_of(request), kind)
    return f"“{kind.name}” is gone."


def _keep_path(request: HttpRequest) -> str:
    chosen = number(request, "path", 0)
    declared = access.find(PathDefinition.objects.all(), chosen) if chosen else None
    place = number(request, "position", 0)
    kept = acts.declare_path(
        actor_of(request), declared, text(request, "name"), text(request, "means"), place
    )
    return f"“{kept}” is on the list."


def _drop_path(request: HttpRequest) -> str:
    declared = access.find(PathDefinition.objects.all(), number(request, "path"))
    acts.drop_path(actor_of(request), declared)
    return f"“{declared}” is off the list. Touches that name it keep it."


def _keep_field(request: HttpRequest) -> str:
    chosen = number(request, "field", 0)
    field = access.find(Field.objects.all(), chosen) if chosen else None
    said: dict[str, Any] = {name: text(request, name) for name in ("of", "name", "label", "type")}
    said["choices"] = [line.strip() for line in text(request, "choices").splitlines() if line.strip()]
    return f"“{acts.declare_field(actor_of(request), field, **said)}” is kept."


def _drop_field(request: HttpRequest) -> str:
    field = access.find(Field.objects.all(), number(request, "field"))
    acts.drop_field(actor_of(request), field)
    return f"“{field}” is off the list. What records have under its name stays in them."


urlpatterns = [
    path("settings/kinds/", kinds, name="settings-kinds"),
    path("settings/paths/", paths, name="settings-paths"),
    path("settings/fields/", fields, name="settings-fields"),
]
