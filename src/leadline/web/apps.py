"""The one Django app."""

from __future__ import annotations

from django.apps import AppConfig


class Web(AppConfig):
    """Leadline's pages, API and jobs."""

    name = "leadline.web"
    label = "web"
    verbose_name = "Leadline"
