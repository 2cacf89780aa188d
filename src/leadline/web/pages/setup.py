"""The first start: an owner, a funnel, something to look at."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
