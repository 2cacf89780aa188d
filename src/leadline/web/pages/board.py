"""The board: contacts by stage, deals by what is expected."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
