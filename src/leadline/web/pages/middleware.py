"""Who looks: nobody who hasn't signed in, unless the page says so; and how they read dates and numbers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from leadline.engine.clocks import days_of
from leadline.web.models import User
from leadline.web.templatetags.words import LOCALE
from leadline.web.warehouse.definitions import asked_once
from leadline.web.warehouse.zones import find_team_zone

MACHINES = ("/api/", "/health", "/metrics", "/static/")
"""What is asked for by machines, and tells strangers nothing."""


class SignedInMiddleware(LoginRequiredMiddleware):
    """Sends strangers to sign in, except from the door itself (accounts) and what machines ask for.

    Where nobody has an account yet, every page leads to the set-up.
    """

    open = (*MACHINES, "/accounts/", "/invitation/", "/setup", "/theme")

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """None lets the request through."""
        if request.path.startswith(MACHINES):
            return None
        if (
            not request.user.is_authenticated
            and request.path != reverse("setup")
            and not User.objects.exists()
        ):
            return redirect("setup")
        if request.path.startswith(self.open):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        """To the door, and afterwards back to where they were: the page whose form or part was asked for."""
        parts = bool(request.headers.get("HX-Request"))
        if not parts and request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        back = HtmxDetails(request).current_url_abs_path if parts else _page_of(request)
        door = f"{reverse('account_login')}?{urlencode({'next': back or '/'})}"
        if not parts:
            return HttpResponseRedirect(door)
        return cast("HttpResponseRedirect", HttpResponseClientRedirect(door))


def _page_of(request: HttpRequest) -> str:
    """The page on which a form was sent, if it is one of ours."""
    page = urlsplit(request.headers.get("Referer", ""))
    query = f"?{page.query}" if page.query else ""
    return f"{page.path}{query}" if page.netloc == request.get_host() else ""


class ReaderMiddleware:
    """Dates and numbers as whoever looks reads them: their zone, their locale.

    Where something is only read, the team's zone, kinds and funnels are asked for once.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, made in their zone and locale, which end with it."""
        user = request.user
        if request.path.startswith(MACHINES) or not isinstance(user, User):
            return self.get_response(request)
        request.user = getattr(user, "_wrapped", user)  # Django's is lazy, and a page asks it a hundred times
        locale = LOCALE.set(user.locale)
        reads = request.method in ("GET", "HEAD")
        once = asked_once() if reads else nullcontext()
        try:
            with timezone.override(ZoneInfo(user.place)), days_of(user.place, find_team_zone), once:
                return self.get_response(request)
        finally:
            LOCALE.reset(locale)
