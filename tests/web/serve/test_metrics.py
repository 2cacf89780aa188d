"""The figures of the server: for this machine, or with a token."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from leadline.web.models import Job, Token
from leadline.web.tokens import digest_of

pytestmark = pytest.mark.django_db


def bearer(owner, *scopes):
    Token.objects.create(user=owner, name="t", digest=digest_of("ll_x"), hint="x", scopes=list(scopes))
    return {"Authorization": "Bearer ll_x"}


def test_this_machine_sees_them_and_strangers_do_not(client):
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.7").status_code == 403


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_what_comes_through_a_proxy_is_not_from_this_machine(client, header):
    assert client.get("/metrics", headers={header: "203.0.113.7"}).status_code == 403


def test_a_token_with_the_scope_sees_them_from_anywhere(client, owner):
    headers = bearer(owner, "metrics:read")
    assert client.get("/metrics", headers=headers, REMOTE_ADDR="203.0.113.7").status_code == 200


def test_a_token_without_the_scope_does_not(client, owner):
    headers = bearer(owner, "contacts:read")
    assert client.get("/metrics", headers=headers, REMOTE_ADDR="203.0.113.7").status_code == 403


def test_jobs_are_counted_by_what_became_of_them(client):
    now = timezone.now()
    Job.objects.create(kind="a", due_at=now - timedelta(hours=1))
    Job.objects.create(kind="b", due_at=now + timedelta(hours=1))
    Job.objects.create(kind="c", due_at=now, claimed_until=now + timedelta(minutes=1))
    Job.objects.create(kind="d", due_at=now, failed_at=now)
    Job.objects.create(kind="e", due_at=now, done_at=now)
    told = client.get("/metrics").content.decode()
    assert "leadline_jobs_waiting 2.0" in told
    assert "leadline_jobs_failed 1.0" in told
    age = float(told.partition("\nleadline_jobs_oldest_seconds ")[2].split()[0])
    assert 3600 <= age < 3700


def test_health_is_open_to_everybody(client):
    assert client.get("/health", REMOTE_ADDR="203.0.113.7").json()["status"] == "ok"
    assert client.post("/health").status_code == 405
