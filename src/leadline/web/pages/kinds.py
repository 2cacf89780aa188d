"""Kinds, paths and fields of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from django.http import HttpRequest, HttpResponse
from django.urls import path

from leadline.engine.kinds import Direction, Kinds, Link
from leadline.web import access
from leadline.web.actions import definitions as acts
from leadline.web.models import Field, KindDefinition, PathDefinition
from leadline.web.pages.forms import Verb, number, record_of, record_or_new, text, work
from leadline.web.pages.frame import actor_of, page, user_of
from leadline.web.templatetags.spoken import spoken

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
    return _tune(request, "kinds", {"keep": _keep_kind, "drop": _drop_kind}, lambda: _told_kinds(request))


@page("web/tuning/paths.html")
def paths(request: HttpRequest) -> HttpResponse:
    """The paths by which business comes, in the order in which they are shown."""
    verbs: dict[str, Verb] = {"keep": _keep_path, "drop": _drop_path}
    return _tune(request, "paths", verbs, lambda: {"paths": PathDefinition.objects.all()})


@page("web/tuning/fields.html")
def fields(request: HttpRequest) -> HttpResponse:
    """Fields of one's own, of contacts and companies."""
    return _tune(request, "fields", {"keep": _keep_field, "drop": _drop_field}, _told_fields)


def _told_kinds(request: HttpRequest) -> dict[str, Any]:
    shipped = Kinds.shipped()
    return {
        "own": acts.own_kinds(),
        "shipped": [
            (words, [(one, DIRECTIONS[one.direction]) for one in shipped.kinds if one.link == link])
            for link, words in LINKS.items()
        ],
        "groups": shipped.groups.values(),
        "links": {name: LINKS[name] for name in get_args(Link)},
        "directions": {name: DIRECTIONS[name] for name in get_args(Direction)},
        "ticked": request.POST.getlist("groups"),
    }


def _told_fields() -> dict[str, Any]:
    rows = [(one, "\n".join(map(str, one.choices))) for one in Field.objects.order_by("of", "label")]
    return {
        "fields": rows,
        "types": Field.Type.choices,
        "of": {"contact": "contacts", "company": "companies"},
    }


def _tune(
    request: HttpRequest, name: str, verbs: dict[str, Verb], tell: Callable[[], dict[str, Any]]
) -> HttpResponse:
    access.require(user_of(request), "define")
    return work(request, f"web/tuning/{name}.html", verbs, f"settings-{name}", tell)


def _keep_kind(request: HttpRequest) -> str:
    said: dict[str, Any] = {name: text(request, name) for name in ("name", "means", "link", "direction")}
    said["groups"] = request.POST.getlist("groups")
    kind = record_or_new(request, KindDefinition.objects.all())
    kept = acts.declare_kind(actor_of(request), kind, **said)
    return f"“{spoken(kept.name)}” can be recorded from now on."


def _drop_kind(request: HttpRequest) -> str:
    kind = record_of(request, KindDefinition.objects.all())
    acts.drop_kind(actor_of(request), kind)
    return f"“{spoken(kind.name)}” is gone."


def _keep_path(request: HttpRequest) -> str:
    path, place = record_or_new(request, PathDefinition.objects.all()), number(request, "position", 0)
    kept = acts.declare_path(actor_of(request), path, text(request, "name"), text(request, "means"), place)
    return f"“{kept}” is on the list."


def _drop_path(request: HttpRequest) -> str:
    path = record_of(request, PathDefinition.objects.all())
    acts.drop_path(actor_of(request), path)
    return f"“{path}” is off the list. Touches that name it keep it."


def _keep_field(request: HttpRequest) -> str:
    field = record_or_new(request, Field.objects.all())
    said: dict[str, Any] = {name: text(request, name) for name in ("of", "name", "label", "type")}
    said["choices"] = [line.strip() for line in text(request, "choices").splitlines() if line.strip()]
    return f"“{acts.declare_field(actor_of(request), field, **said)}” is kept."


def _drop_field(request: HttpRequest) -> str:
    field = record_of(request, Field.objects.all())
    acts.drop_field(actor_of(request), field)
    return f"“{field}” is off the list. What records have under its name stays in them."


urlpatterns = [
    path("settings/kinds/", kinds, name="settings-kinds"),
    path("settings/paths/", paths, name="settings-paths"),
    path("settings/fields/", fields, name="settings-fields"),
]
