"""What somebody chooses for themselves."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path

from leadline.web import access, warehouse
from leadline.web.actions.me import prefer, zones
from leadline.web.locales import choices
from leadline.web.models import User
from leadline.web.pages.forms import text, work
from leadline.web.pages.frame import actor_of, page, user_of
from leadline.web.pages.sales_forms import CURRENCIES


@page("web/people/me.html")
def me(request: HttpRequest) -> HttpResponse:
    """Name, time zone, language and first vocabulary of whoever looks; the way to password and keys."""
    user = user_of(request)
    access.require(user, "see")
    return work(request, "web/people/me.html", {"prefer": _prefer}, "me", lambda: _told(user))


def _told(user: User) -> dict[str, Any]:
    funnels = {slug: funnel.name for slug, funnel in warehouse.funnels().items()}
    told = User.objects.select_related("team").get(pk=user.pk)
    return {
        "me": told,
        "zones": zones(),
        "locales": choices(told.locale),
        "currencies": CURRENCIES,
        "funnels": {"": "The first one of the team", **funnels},
    }


def _prefer(request: HttpRequest) -> str:
    chosen = {name: text(request, name) for name in ("name", "zone", "locale", "currency", "funnel")}
    prefer(actor_of(request), access.find(User.objects.all(), user_of(request).pk), **chosen)
    return "Kept."


urlpatterns = [path("me/", me, name="me")]
