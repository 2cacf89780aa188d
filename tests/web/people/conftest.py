"""People of every role, and somebody who isn't signed in."""

from __future__ import annotations

import pytest
from django.test import Client

from leadline.web.models import Team, User
from tests.rows import kept

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PASSWORD = "correct horse battery"  # noqa: S105 -- of nobody


@kept
def south() -> Team:
    return Team.objects.create(name="South")


@kept
def manager(team: Team) -> User:
    return User.objects.create_user("cleo@example.org", PASSWORD, role="manager", name="Cleo", team=team)


@kept
def reader(team: Team) -> User:
    return User.objects.create_user("dora@example.org", PASSWORD, role="reader", name="Dora", team=team)


@pytest.fixture
def enter():
    """Sign somebody in: gives the client through which they look."""

    def sign_in(user: User | None) -> Client:
        client = Client()
        if user is not None:
            client.force_login(user, backend=BACKEND)
        return client

    return sign_in
