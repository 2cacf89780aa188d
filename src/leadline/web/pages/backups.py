"""Backups: made, listed, taken away, removed; put back by hand, since that needs an empty installation."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.views.decorators.http import require_POST

from leadline import __version__
from leadline.web import access
from leadline.web.actions import backups as acts
from leadline.web.pages.forms import Verb, text, work
from leadline.web.pages.frame import actor_of, page, user_of


@page("web/tuning/backups.html")
def backups(request: HttpRequest) -> HttpResponse:
    """The backups that there are, and a button for another one."""
    access.require(user_of(request), "govern")
    verbs: dict[str, Verb] = {"make": _make, "remove": _remove}
    return work(request, "web/tuning/backups.html", verbs, "settings-backups", _told)


@require_POST
@page("web/error.html")
def download(request: HttpRequest, name: str) -> HttpResponseBase:
    """The file of a backup. Taking it away is written down."""
    access.require(user_of(request), "govern")
    file = acts.find(name)
    acts.note_download(actor_of(request), name)
    answer = FileResponse(file.open("rb"), as_attachment=True, filename=name)
    answer["Cache-Control"] = "no-store"
    return answer


def _told() -> dict[str, Any]:
    kept = acts.kept()
    return {"backups": kept, "coming": acts.coming(), "version": __version__, "full": len(kept) >= acts.MOST}


def _make(request: HttpRequest) -> str:
    acts.ask_for(actor_of(request))
    return "The backup is being made. You can go on working."


def _remove(request: HttpRequest) -> str:
    name = text(request, "name", 80)
    acts.remove(actor_of(request), name)
    return f"{name} is removed."


urlpatterns = [
    path("settings/backups/", backups, name="settings-backups"),
    path("settings/backups/<str:name>", download, name="settings-backup"),
]
