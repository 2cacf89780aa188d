"""The ideal customer: profiles of rules over fields."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path

from leadline.engine.errors import LeadlineError
from leadline.web import access
from leadline.web.actions import profiles as acts
from leadline.web.models import Profile
from leadline.web.pages.forms import carry_out, flag, number, show, text
from leadline.web.pages.frame import actor_of, page, user_of

SPARE = 3
"""Empty rules below those that there are."""


@page("web/tuning/profiles.html")
def profiles(request: HttpRequest) -> HttpResponse:
    """The profiles, each with its rules; whoever matches one of them fits."""
    access.require(user_of(request), "define")
    refused: LeadlineError | None = None
    if request.method == "POST":
        done = carry_out(request, {"keep": _keep, "drop": _drop}, "settings-profiles")
        if isinstance(done, HttpResponse):
            return done
        refused = done
    fields = acts.fields()
    found = {
        "profiles": [_shown(profile) for profile in Profile.objects.order_by("name")],
        "fresh": _shown(None),
        "fields": fields,
        "tests": acts.TESTS,
    }
    return show(request, "web/tuning/profiles.html", found, refused)


def _shown(profile: Profile | None) -> dict[str, Any]:
    rules = list(profile.rules) if profile else []
    blank = {"field": "", "test": "is", "value": ""}
    return {"profile": profile, "rules": rules + [blank] * (SPARE if profile is None else 1)}


def _keep(request: HttpRequest) -> str:
    chosen = number(request, "profile", 0)
    profile = access.find(Profile.objects.all(), chosen) if chosen else None
    columns = [request.POST.getlist(name) for name in ("field", "test", "value")]
    rules = [
        {"field": field, "test": test, "value": value}
        for field, test, value in zip(*columns, strict=False)
        if field
    ]
    kept = acts.declare(
        actor_of(request), profile, text(request, "name"), rules, active=flag(request, "active")
    )
    return f"“{kept}” is kept. Everybody is held against it in a moment."


def _drop(request: HttpRequest) -> str:
    profile = access.find(Profile.objects.all(), number(request, "profile"))
    acts.drop(actor_of(request), profile)
    return f"“{profile}” is gone. Whoever fitted by it alone no longer does, in a moment."


urlpatterns = [path("settings/profiles/", profiles, name="settings-profiles")]
