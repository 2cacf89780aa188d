"""A mirror of its own for each test, and a business to report on."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadline.engine.instants import DAY
from leadline.web.jobs import reports as jobs
from leadline.web.models import Contact, Touch, User
from leadline.web.warehouse import cases
from tests.rows import kept
from tests.web.conftest import NOW


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings) -> Path:
    """Where the mirror is."""
    settings.HOME, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    return tmp_path


def write(contact, kind, days_ago, **more) -> Touch:
    """A touch as it rests in the database."""
    at = NOW - int(days_ago * DAY)
    return Touch.objects.create(contact=contact, kind=kind, happened_at=at, recorded_at=at, **more)


@kept
def business(funnels, owner: User) -> list[Contact]:
    """Sixty people by two paths: of networking everyone is asked, of content nobody is."""
    people = [Contact.objects.create(name=f"Person {number}", owner=owner) for number in range(60)]
    for number, one in enumerate(people):
        path = "networking" if number % 2 else "content"
        start = 300 - 4 * number
        write(one, "met" if number % 2 else "downloaded", start, path=path, channel="event")
        write(one, "replied", start - 3, path=path, channel="email")
        if number % 3 != 0:
            write(one, "called", start - 5, path=path, channel="phone")
        if number % 2:
            write(one, "asked", start - 10, path=path, channel="phone", value=90_000, currency="EUR")
        if number % 4 == 1:
            write(one, "bought", start - 12, path=path, value=90_000, currency="EUR", offer="Course")
    write(None, "read", 20, path="content", n=900)
    return people


@pytest.fixture(autouse=True)
def clock(monkeypatch) -> None:
    """The pages' clock stands at NOW, and nothing is held from the test before."""
    for room in ("funnel", "funnel_people", "leaks"):
        monkeypatch.setattr(f"leadline.web.pages.{room}.now", lambda: NOW)
    monkeypatch.setitem(jobs.LAST, "ended", 0)
    monkeypatch.setitem(jobs.LAST, "took", 0)
    cases.forget()


@pytest.fixture
def enter(client):
    """Signs somebody in."""

    def sign_in(user: User):
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in
