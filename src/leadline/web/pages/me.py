"""What somebody chooses for themselves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from leadline.engine.errors import LeadlineError
from leadline.web import access, warehouse
from leadline.web.actions.me import LOCALES, prefer, zones
from leadline.web.models import User
from leadline.web.pages.forms import carry_out, show, text
from leadline.web.pages.frame import actor_of, page, user_of


@page("web/people/me.html")
def me(request: HttpRequest) -> HttpResponse:
    """Name, time zone, language and first vocabulary of whoever looks; the way to password and keys."""
    user = user_of(request)
    access.require(user, "see")
    refused: LeadlineError | None = None
    if request.method == "POST":
        done = carry_out(request, {"prefer": _prefer}, "me")
        if isinstance(done, HttpResponse):
            return done
        refused = done
    found = {
        "me": User.objects.select_related("team").get(pk=user.pk),
        "zones": zones(),
        "locales": LOCALES,
        "funnels": warehouse.funnels(),
    }
    return show(request, "web/people/me.html", found, refused)


def _prefer(request: HttpRequest) -> str:
    chosen = {name: text(request, name) for name in ("name", "zone", "locale", "funnel")}
    prefer(actor_of(request), access.find(User.objects.all(), user_of(request).pk), **chosen)
    return "Kept."


urlpatterns = [path("me/", me, name="me")]
