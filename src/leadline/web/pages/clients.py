"""Clients: contracts, renewals, lapses, concentration, capacity."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
