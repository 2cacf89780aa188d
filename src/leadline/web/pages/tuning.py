"""Settings: funnels, kinds, paths, offers, profile, webhooks."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
