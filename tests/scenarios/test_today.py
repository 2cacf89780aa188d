"""Statements that hold in the application: leads who wait for a word, and who is worth asking first."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils.timezone import now

from leadline.engine.funnel import dump_funnel, load_funnel
from leadline.engine.instants import DAY, to_instant
from leadline.web.actions import touches
from leadline.web.actions.acting import Actor
from leadline.web.models import Contact, FunnelVersion, User

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def owner() -> User:
    """Whoever works with the shipped funnel of this source."""
    toml = dump_funnel(load_funnel("elevate"))
    FunnelVersion.objects.create(slug="elevate", number=1, toml=toml, in_force=True, published_at=now())
    return User.objects.create_user("ada@example.org", "correct horse battery", role="owner", name="Ada")


def live(owner: User, name: str, *told: tuple[str, int]) -> Contact:
    """Somebody with whom this happened, each so many days ago."""
    at, made = to_instant(now()), Contact.objects.create(name=name, owner=owner)
    for kind, days in told:
        touches.record(Actor.of(owner, at), made, kind, at - days * DAY)
    return made


def listed(client: Client, owner: User, only: str) -> list[str]:
    """Who stands in one section of Today, in its order."""
    client.force_login(owner, BACKEND)
    page = client.get(f"/?only={only}").content.decode()
    return re.findall(r'<a [^>]*href="/contacts/\d+/"[^>]*>([^<]+)</a>', page)


def test_e5_leads_whom_nobody_turned_to_are_listed_until_somebody_does(client: Client, owner: User) -> None:
    live(owner, "Waits Brand", ("downloaded", 3))
    live(owner, "Had Word", ("downloaded", 3), ("messaged", 1))
    live(owner, "Was Mailed", ("downloaded", 3), ("mailed", 1))  # a newsletter goes to everybody
    live(owner, "Never Came", ("listed", 3))
    assert sorted(listed(client, owner, "follow")) == ["Waits Brand", "Was Mailed"]
    at = to_instant(now())
    touches.record(Actor.of(owner, at), Contact.objects.get(name="Waits Brand"), "cold_called", at)
    assert listed(client, owner, "follow") == ["Was Mailed"]


def test_e6_whoever_shows_more_interest_and_sooner_is_to_be_asked_first(client: Client, owner: User) -> None:
    live(owner, "Long Ago", ("called", 70))
    live(owner, "Of Late", ("called", 5))
    live(owner, "With Budget", ("called", 5), ("told_budget", 4))
    live(owner, "Keen Reader", ("called", 5), ("visited", 4), ("visited", 3), ("downloaded", 2))
    assert listed(client, owner, "ask") == ["With Budget", "Keen Reader", "Of Late", "Long Ago"]
