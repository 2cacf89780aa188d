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
        """Connections are told how to plan and wait; after a migration the database keeps what it keeps."""
        from leadline.web.planning import tell_planner
        from leadline.web.serving.structure import MAKERS
        from leadline.web.turns import take_turns
        from leadline.web.warehouse.changes import drop_triggers

        connection_created.connect(tell_planner, dispatch_uid="leadline-tell-planner")
        connection_created.connect(take_turns, dispatch_uid="leadline-take-turns")
        pre_migrate.connect(drop_triggers, sender=self, dispatch_uid="leadline-drop-triggers")
        for make in MAKERS:
            post_migrate.connect(make, sender=self, dispatch_uid=f"leadline-{make.__name__}")
