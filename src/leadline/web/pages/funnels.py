"""Funnels as definitions: written, checked while typing, compared, tried out, put in force."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any, get_args

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from leadline.engine.errors import BadFunnel, LeadlineError
from leadline.engine.funnel import (
    Funnel,
    Owner,
    Role,
    dump_funnel,
    load_funnel,
    parse_funnel,
    shipped_funnels,
)
from leadline.engine.what_if import WhatIf, what_if
from leadline.web import access, warehouse
from leadline.web.actions import funnels as acts
from leadline.web.errors import NotFound
from leadline.web.models import FunnelVersion
from leadline.web.pages.forms import Verb, number, text, work
from leadline.web.pages.frame import actor_of, now, page, user_of

_SHOWN = 5
"""How many of those who would move are named."""


@page("web/tuning/funnels.html")
def funnels(request: HttpRequest) -> HttpResponse:
    """The vocabularies: those in force, those that aren't, and those that come with Leadline."""
    access.require(user_of(request), "define")
    verbs: dict[str, Verb] = {"adopt": _adopt, "begin": _begin, "retire": _retire}
    return work(request, "web/tuning/funnels.html", verbs, "settings-funnels", _told_funnels)


def _told_funnels() -> dict[str, Any]:
    versions = list(FunnelVersion.objects.order_by("slug", "-number"))
    slugs = list(dict.fromkeys(version.slug for version in versions))
    rows = [_summary([one for one in versions if one.slug == slug]) for slug in slugs]
    return {
        "rows": sorted(rows, key=lambda row: not row["in_force"]),
        "sources": [(name, name) for name in shipped_funnels()],
        "shipped": [load_funnel(name) for name in shipped_funnels() if name not in slugs],
    }


@page("web/tuning/funnel.html")
def funnel(request: HttpRequest, slug: str) -> HttpResponse:
    """One vocabulary, as text and as a form; what is kept is a draft until it is put in force."""
    access.require(user_of(request), "define")
    versions = _versions(slug)
    verbs: dict[str, Verb] = {
        "save": lambda request: _save(request, slug),
        "form": lambda request: _save_form(request, slug),
    }
    back = reverse("settings-funnel", args=[slug])
    return work(request, "web/tuning/funnel.html", verbs, back, lambda: _told_funnel(request, slug, versions))


def _told_funnel(request: HttpRequest, slug: str, versions: list[FunnelVersion]) -> dict[str, Any]:
    newest = versions[0]
    typed = request.POST.get("text", newest.toml)
    declared = parse_funnel(newest.toml)
    return {
        "slug": slug,
        "roles": get_args(Role),
        "owners": ("", *get_args(Owner)),
        "newest": newest,
        "versions": versions,
        "text": typed,
        "declared": declared,
        "rows": list(_typed(request)) if "stages" in request.POST else _declared(declared),
        "said": _said(typed),
    }


@require_POST
@page("web/tuning/checked.html")
def check_funnel(request: HttpRequest) -> dict[str, Any]:
    """What is wrong with a text, or with stages in the form, while they are typed; or what they declare."""
    access.require(user_of(request), "define")
    try:
        typed = _reshaped(request) if "stages" in request.POST else request.POST.get("text", "")
    except LeadlineError as error:
        return {"said": {"error": error}}
    return {"said": _said(typed)}


@page("web/tuning/version.html")
def version(request: HttpRequest, slug: str, of: int) -> HttpResponse:
    """One version beside the one in force: what differs; and here it is put in force."""
    access.require(user_of(request), "define")
    shown = _version(slug, of)
    verbs: dict[str, Verb] = {"publish": lambda request: _publish(request, shown)}
    return work(request, "web/tuning/version.html", verbs, "settings-funnels", lambda: _told_version(shown))


def _told_version(shown: FunnelVersion) -> dict[str, Any]:
    in_force = FunnelVersion.objects.filter(slug=shown.slug, in_force=True).first()
    other = in_force if in_force and in_force.pk != shown.pk else _before(shown)
    return {
        "version": shown,
        "instead_of": acts.number_in_force(shown.slug),
        "declared": parse_funnel(shown.toml),
        "in_force": in_force,
        "other": other,
        "lines": list(_diff(other.toml, shown.toml)) if other else [],
    }


@page("web/tuning/what_if.html")
def what_if_published(request: HttpRequest, slug: str, of: int) -> dict[str, Any]:
    """Who would stand elsewhere if a version were put in force now, and how the figures change."""
    access.require(user_of(request), "define")
    shown = _version(slug, of)
    new, lookup = acts.check(shown.toml)
    touches, each = warehouse.some_touches()
    old = warehouse.funnels().get(slug)
    found = what_if(touches, old or new, new, now())
    return {
        "version": shown,
        "first": old is None,
        "each": each,
        "sentence": found.sentences()[0],
        "moves": _moves(request, found),
        "rows": found.rows(),
        "steps": [report.sentences() for report in found.steps()],
        "never": lookup.never_reached(),
        "everybody": len(found.new.subjects),
    }


def _adopt(request: HttpRequest) -> str:
    made = acts.adopt(actor_of(request), text(request, "name"))
    return _publish(request, made)


def _begin(request: HttpRequest) -> HttpResponse:
    """Begin an own vocabulary from one that comes with Leadline."""
    source, slug = text(request, "source"), text(request, "slug").strip()
    if source not in shipped_funnels():
        raise NotFound(f"The funnel “{source[:80]}” was asked for", found="none of that name")
    acts.begin(actor_of(request), slug, dump_funnel(load_funnel(source)))
    return redirect("settings-funnel", slug)


def _retire(request: HttpRequest) -> str:
    slug = text(request, "slug")
    acts.retire(actor_of(request), slug)
    return f"“{slug}” is out of force. Its versions stay."


def _save(request: HttpRequest, slug: str) -> str:
    over = text(request, "over", acts.LONGEST)
    kept = acts.save_draft(actor_of(request), slug, request.POST.get("text", ""), over)
    return f"Kept as version {kept.number}. It counts nowhere until you put it in force."


def _save_form(request: HttpRequest, slug: str) -> str:
    kept = acts.save_draft(actor_of(request), slug, _reshaped(request), _over(request))
    return f"Kept as version {kept.number}. It counts nowhere until you put it in force."


def _reshaped(request: HttpRequest) -> str:
    """The text with the stages as they stand in the form."""
    return acts.reshape(_over(request), sorted(_rows(request), key=lambda row: row["place"]))


def _over(request: HttpRequest) -> str:
    return text(request, "over", acts.LONGEST).replace("\r\n", "\n")


def _rows(request: HttpRequest) -> Iterator[dict[str, Any]]:
    """The stages as they stand in the form, without those that were ticked off or have no name."""
    for place in range(min(number(request, "stages"), 254) + 1):
        flat = ["when", "how"] if f"when-{place}" in request.POST else []
        names = ["name", "means", "role", "owner", *flat]
        row: dict[str, Any] = {name: text(request, f"{name}-{place}", 1000).strip() for name in names}
        row |= {"was": number(request, f"was-{place}", 0), "place": number(request, f"place-{place}", 999)}
        if row["name"] and f"drop-{place}" not in request.POST:
            yield row


def _publish(request: HttpRequest, shown: FunnelVersion) -> str:
    instead_of = number(request, "instead_of") if "instead_of" in request.POST else None
    done = acts.publish(actor_of(request), shown, instead_of)
    if done.in_force:
        return f"“{done.slug}” {done.number} is in force."
    coming = f"Version {done.number} of “{done.slug}” comes into force"
    return f"{coming} as soon as everybody’s stage has been worked out."


def _declared(funnel: Funnel) -> list[dict[str, Any]]:
    """Each stage as the form has it, and a blank one; `when` is None where its conditions nest."""
    rows: list[dict[str, Any]] = []
    for was, stage in enumerate(funnel.stages, 1):
        lines, how = acts.phrases_of(stage) or (None, "")
        when = None if lines is None else "\n".join(lines)
        names = {name: getattr(stage, name) or "" for name in ("name", "means", "role", "owner")}
        rows.append(names | {"was": was, "place": was, "when": when, "how": how})
    return [*rows, {"when": ""}]


def _typed(request: HttpRequest) -> Iterator[dict[str, Any]]:
    """The same as it was typed into the form, whatever that is."""
    last = min(number(request, "stages"), 254)
    for place in range(last + 1):
        names = ("name", "means", "role", "owner", "was", "place", "when", "how", "drop")
        yield {name: request.POST.get(f"{name}-{place}") for name in names}


def _said(toml: str) -> dict[str, Any]:
    try:
        declared, lookup = acts.check(toml)
    except BadFunnel as error:
        return {"error": error}
    return {"funnel": declared, "atoms": len(lookup.atoms), "never": lookup.never_reached()}


def _moves(request: HttpRequest, found: WhatIf) -> list[dict[str, Any]]:
    moves = [(names, who) for names, who in found.moves().items()][:12]
    named = {pk for _, who in moves for pk in who[:_SHOWN]}
    people = {one.pk: one for one in access.contacts(user_of(request)).filter(pk__in=named)}
    return [
        {
            "old": old,
            "new": new,
            "count": len(who),
            "some": [people[pk] for pk in who[:_SHOWN] if pk in people],
            "more": max(len(who) - _SHOWN, 0),
        }
        for (old, new), who in moves
    ]


def _diff(old: str, new: str) -> Iterator[tuple[str, str]]:
    """The lines that differ, some of those around them, each with what it is."""
    sorts = {"+": "come", "-": "gone", "@": "place", " ": "same"}
    for line in list(difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=3))[2:]:
        yield sorts[line[0]], line


def _summary(versions: list[FunnelVersion]) -> dict[str, Any]:
    in_force = next((one for one in versions if one.in_force), None)
    coming = next((one for one in versions if one.coming), None)
    newest = versions[0]
    return {
        "slug": newest.slug,
        "funnel": parse_funnel((in_force or newest).toml),
        "in_force": in_force,
        "coming": coming,
        "draft": newest if newest.published_at is None else None,
        "newest": newest,
    }


def _versions(slug: str) -> list[FunnelVersion]:
    found = list(FunnelVersion.objects.filter(slug=slug).select_related("made_by").order_by("-number"))
    if not found:
        raise NotFound(f"The funnel “{slug}” was asked for", found="none of that name")
    return found


def _version(slug: str, of: int) -> FunnelVersion:
    found = FunnelVersion.objects.filter(slug=slug, number=of).first()
    if found is None:
        raise NotFound(f"Version {of} of the funnel “{slug}” was asked for", found="none")
    return found


def _before(shown: FunnelVersion) -> FunnelVersion | None:
    earlier = FunnelVersion.objects.filter(slug=shown.slug, number__lt=shown.number)
    return earlier.order_by("-number").first()


urlpatterns = [
    path("settings/funnels/", funnels, name="settings-funnels"),
    path("settings/check-funnel/", check_funnel, name="settings-funnel-check"),
    path("settings/funnels/<slug:slug>/", funnel, name="settings-funnel"),
    path("settings/funnels/<slug:slug>/<int:of>/", version, name="settings-funnel-version"),
    path("settings/funnels/<slug:slug>/<int:of>/what-if/", what_if_published, name="settings-funnel-what-if"),
]
