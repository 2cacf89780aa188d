"""Contacts, as a list and one by one."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
