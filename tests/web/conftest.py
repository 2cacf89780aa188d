"""People, contacts and a clock for the tests of the application."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.http.response import HttpResponseBase

import leadline.web.urls  # noqa: F401 - whatever binds the pages' clock has done so before a test stops it
from leadline.engine.funnel import dump_funnel, load_funnel
from leadline.engine.instants import to_instant
from leadline.web.actions.acting import Actor
from leadline.web.models import Contact, FunnelVersion, Team, User
from tests.rows import kept

NOW = to_instant(datetime(2026, 3, 2, 9, 30, tzinfo=UTC))


@kept
def funnels() -> list[str]:
    """Two vocabularies in force."""
    slugs = ["sales-cycle", "voltage"]
    for slug in slugs:
        FunnelVersion.objects.create(
            slug=slug,
            number=1,
            toml=dump_funnel(load_funnel(slug)),
            in_force=True,
            published_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
    return slugs


@kept
def team() -> Team:
    return Team.objects.create(name="North")


@kept
def owner() -> User:
    return User.objects.create_user("ada@example.org", "correct horse battery", role="owner", name="Ada")


@kept
def member(team: Team) -> User:
    return User.objects.create_user(
        "ben@example.org", "correct horse battery", role="member", name="Ben", team=team
    )


@pytest.fixture
def actor(owner: User) -> Actor:
    return Actor.of(owner, NOW)


@kept
def contact(owner: User) -> Contact:
    return Contact.objects.create(name="Eero Cooper", owner=owner)


def let_go(answer: HttpResponseBase) -> None:
    """Read an answer to its end, which closes its file; to close it closes the test's connection as well."""
    if answer.streaming:
        for _ in answer:
            pass
