"""What machines are told of an installation."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from leadline.web.models import Job


@pytest.mark.django_db
def test_a_fresh_installation_is_well_and_its_worker_has_done_nothing(client):
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "migrations": "ok", "worker": "idle"}


@pytest.mark.django_db
def test_a_worker_that_stands_still_is_told(client):
    job = Job.objects.create(kind="report", due_at=timezone.now() - timedelta(minutes=11))
    assert client.get("/health").json()["worker"] == "late"
    Job.objects.filter(pk=job.pk).update(done_at=timezone.now())
    assert client.get("/health").json()["worker"] == "ok"


@pytest.mark.django_db
def test_a_table_that_is_missing_is_told_to_whoever_asks(client):
    from django.db.migrations.recorder import MigrationRecorder

    MigrationRecorder.Migration.objects.filter(app="web").order_by("name").last().delete()
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["migrations"]) == (503, "missing")
