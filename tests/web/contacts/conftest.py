"""People of every role, and a contact with a life, for the tests of this room."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.urls import reverse

from leadline.engine.instants import DAY
from leadline.web.actions import touches
from leadline.web.models import Contact, Team, User
from leadline.web.pages import frame
from tests.rows import kept
from tests.web.conftest import NOW

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ROLES = ["owner", "manager", "member", "reader", "stranger"]
EACH_ROLE = [pytest.param(role, marks=[] if role == "member" else pytest.mark.one_database) for role in ROLES]
"""Who may what hangs on no database; that it understands what each page asks, a member finds out."""

SEEN = [role for role in ROLES if role != "stranger"]
CHANGE = ["owner", "manager", "member"]


def get(client, page, /, *given, **query):
    return client.get(reverse(page, args=given), query)


def post(client, page, /, *given, **form):
    return client.post(reverse(page, args=given), form)


@dataclass
class Crew:
    """One of each role; manager, member and reader are of one team."""

    owner: User
    manager: User
    member: User
    reader: User
    stranger: User

    def __getitem__(self, role: str) -> User:
        return getattr(self, role)


@kept
def crew(owner: User, member: User, team: Team) -> Crew:
    """The stranger is a member of another team."""
    make, other = User.objects.create_user, Team.objects.create(name="South")
    return Crew(
        owner=owner,
        member=member,
        manager=make("mia@example.org", None, role="manager", name="Mia", team=team),
        reader=make("rob@example.org", None, role="reader", name="Rob", team=team),
        stranger=make("sam@example.org", None, role="member", name="Sam", team=other),
    )


@kept
def shared(team: Team) -> Team:
    """The team shares its contacts, so that all its roles see them."""
    team.shares = True
    team.save()
    return team


@kept
def lively(funnels, actor, member, shared) -> Contact:
    """Ben's contact, of the team North, with four touches."""
    one = Contact.objects.create(name="Eero Cooper", owner=member, team=shared)
    touches.record(actor, one, "met", NOW - 40 * DAY, path="networking")
    touches.record(actor, one, "downloaded", NOW - 30 * DAY, content="A guide", path="content")
    touches.record(actor, one, "replied", NOW - 20 * DAY)
    touches.record(actor, one, "told_need", NOW - 10 * DAY, note="Their site is slow")
    one.refresh_from_db()
    return one


@pytest.fixture
def signed_in(client, crew):
    """The test client, signed in with a role."""

    def sign_in(role: str):
        client.force_login(crew[role], backend=BACKEND)
        return client

    return sign_in


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(frame, "now", lambda: NOW)
    for room in ("contacts", "contact_page", "timeline", "contact_changes", "companies"):
        monkeypatch.setattr(f"leadline.web.pages.{room}.now", lambda: NOW, raising=False)


def filtered(client, **query) -> list[str]:
    page = get(client, "contacts", **query)
    assert page.status_code == 200, page.content.decode()[:500]
    return [contact.name for contact, _ in page.context["rows"]]
