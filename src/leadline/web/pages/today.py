"""Today: whom to ask, what waits, what is due."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path


def today(request: HttpRequest) -> HttpResponse:
    """What is worth doing today."""
    return HttpResponse("today")


urlpatterns: list[URLPattern] = [path("", today, name="today")]
