"""The ideal customer: profiles of rules over fields."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path

from leadline.web import access
from leadline.web.actions import profiles as acts
from leadline.web.models import Profile
from leadline.web.pages.forms import Verb, flag, record_of, record_or_new, text, work
from leadline.web.pages.frame import actor_of, page, user_of

SPARE = 3
"""Empty rules below those that there are."""


@page("web/tuning/profiles.html")
def profiles(request: HttpRequest) -> HttpResponse:
    """The profiles, each with its rules; whoever matches one of them fits."""
    access.require(user_of(request), "define")
    verbs: dict[str, Verb] = {"keep": _keep, "drop": _drop}
    return work(request, "web/tuning/profiles.html", verbs, "settings-profiles", lambda: _told(request))


def _told(request: HttpRequest) -> dict[str, Any]:
    """The profiles; of one that was refused the rules as they were typed."""
    typed, about = _typed(request), request.POST.get("record", "")
    profiles = [
        _shown(one, typed if about == str(one.pk) else one.rules) for one in Profile.objects.order_by("name")
    ]
    fresh = _shown(None, [] if about else typed)
    return {"profiles": profiles, "fresh": fresh, "fields": acts.fields(), "tests": acts.TESTS}


def _shown(profile: Profile | None, rules: list[dict[str, str]]) -> dict[str, Any]:
    blank = {"field": "", "test": "is", "value": ""}
    spare = max(SPARE - len(rules), 1) if profile is None else 1
    return {"profile": profile, "rules": rules + [blank] * spare}


def _typed(request: HttpRequest) -> list[dict[str, str]]:
    columns = [request.POST.getlist(name) for name in ("field", "test", "value")]
    rules = zip(*columns, strict=False)
    return [{"field": field, "test": test, "value": value} for field, test, value in rules if field]


def _keep(request: HttpRequest) -> str:
    profile, active = record_or_new(request, Profile.objects.all()), flag(request, "active")
    kept = acts.declare(actor_of(request), profile, text(request, "name"), _typed(request), active=active)
    return f"“{kept}” is kept. Everybody is held against it in a moment."


def _drop(request: HttpRequest) -> str:
    profile = record_of(request, Profile.objects.all())
    acts.drop(actor_of(request), profile)
    return f"“{profile}” is gone. Whoever fitted by it alone no longer does, in a moment."


urlpatterns = [path("settings/profiles/", profiles, name="settings-profiles")]
