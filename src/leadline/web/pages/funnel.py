"""The funnel: stages with people and money, on any day."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
