"""Who works here: team, invitations, tokens, changes."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
