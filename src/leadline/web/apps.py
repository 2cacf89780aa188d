"""The one Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate


class Web(AppConfig):
    """Leadline's pages, API and jobs."""

    name = "leadline.web"
    label = "web"
    verbose_name = "Leadline"

    def ready(self) -> None:
        """Each connection is told how to plan, and after each migration the database keeps what it keeps."""
        from leadline.web.planning import tell_planner
        from leadline.web.warehouse.changes import carry_owners, drop_triggers, watch_touches
        from leadline.web.warehouse.staged import keep_staged
        from leadline.web.warehouse.values import keep_values

        connection_created.connect(tell_planner, dispatch_uid="leadline-tell-planner")
        pre_migrate.connect(drop_triggers, sender=self, dispatch_uid="leadline-drop-triggers")
        post_migrate.connect(carry_owners, sender=self, dispatch_uid="leadline-carry-owners")
        post_migrate.connect(watch_touches, sender=self, dispatch_uid="leadline-watch-touches")
        post_migrate.connect(keep_staged, sender=self, dispatch_uid="leadline-keep-staged")
        post_migrate.connect(keep_values, sender=self, dispatch_uid="leadline-keep-values")
