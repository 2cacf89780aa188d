"""The look that somebody chose, kept in a cookie; for browsers without JavaScript."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from leadline.web.pages.context import THEMES

YEAR = 31_536_000


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Light, dark, or (for anything else) as the device has it; then back to where one was."""
    back = request.POST.get("next", "/")
    here = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    answer = HttpResponse(status=303, headers={"Location": back if here else "/"})
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        answer.set_cookie("theme", theme, max_age=YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    else:
        answer.delete_cookie("theme", samesite="Lax")
    return answer


urlpatterns = [path("theme/", choose, name="theme")]
