"""The one Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Web(AppConfig):
    """Leadline's pages, API and jobs."""

    name = "leadline.web"
    label = "web"
    verbose_name = "Leadline"

    def ready(self) -> None:
        """After each migration the database notes again which touches are changed."""
        from leadline.web.warehouse.changes import watch_touches

        post_migrate.connect(watch_touches, sender=self, dispatch_uid="leadline-watch-touches")
