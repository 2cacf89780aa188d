"""What machines ask for: is it alive, and how is it doing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from leadline.web.models import Job
from leadline.web.pages.metrics import metrics

LATE = timedelta(minutes=10)
"""A job that has waited for so long tells that no worker is at work."""


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Whether database, migrations and worker are well: 200, or 503 where pages can't be answered.

    A worker that stands still leaves the pages alive, so it is told and doesn't change the status.
    """
    found: dict[str, Any] = {"database": "no answer"}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        found["database"] = "ok"
        found["migrations"] = _migrations()
        if found["migrations"] == "ok":
            found["worker"] = _worker()
    except DatabaseError:
        pass
    well = found["database"] == found.get("migrations") == "ok"
    return JsonResponse({"status": "ok" if well else "failing", **found}, status=200 if well else 503)


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    return "missing" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "ok"


def _worker() -> str:
    """By its jobs: late where one is overdue, idle where none was ever done, else ok."""
    waits = Job.objects.filter(done_at=None, failed_at=None, due_at__lt=timezone.now() - LATE)
    if waits.exists():
        return "late"
    return "ok" if Job.objects.exclude(done_at=None).exists() else "idle"


urlpatterns: list[URLPattern] = [
    path("health", health, name="health"),
    path("metrics", metrics, name="metrics"),
]
