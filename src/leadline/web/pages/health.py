"""What machines ask for: is it alive, and how is it doing."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
