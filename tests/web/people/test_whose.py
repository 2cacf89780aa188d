"""By whom a board, a list of asks and of clients can be told apart: everybody whose records one may see."""

from __future__ import annotations

import pytest
from django.urls import reverse

from leadline.web.models import Contact, Team, User
from leadline.web.pages.whose import Whose
from tests.web.importing.test_pages import enter

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def offered(user):
    return [said for _, said in Whose(user).choices]


def user(name, role, team=None, **more):
    return User.objects.create_user(f"{name}@x.org", None, name=name.title(), role=role, team=team, **more)


def test_a_manager_without_a_team_is_offered_nobody_elses(owner):
    assert offered(user("lone", "manager")) == ["Everybody’s", "Mine", "Nobody’s"]
    assert offered(user("lia", "member")) == []


def test_whoever_was_let_go_is_offered_while_they_have_contacts(owner, member, team):
    zoe = user("zoe", "member", team, is_active=False)
    boss = user("mona", "manager", team)
    assert offered(boss) == ["Everybody’s", "Mine", "Ben", "Nobody’s"]
    Contact.objects.create(name="Eero", owner=zoe, team=team)
    assert offered(boss) == ["Everybody’s", "Mine", "Ben", "Zoe (let go)", "Nobody’s"]
    assert offered(owner) == ["Everybody’s", "Mine", "Ben", "Mona", "Zoe (let go)", "Nobody’s"]
    assert offered(member) == []
    Team.objects.update(shares=True)
    member.refresh_from_db()
    assert offered(member) == ["Everybody’s", "Mine", "Mona", "Zoe (let go)"]


def test_moving_somebody_to_a_team_says_that_their_contacts_stay(client, owner, member, team):
    south = Team.objects.create(name="South")
    enter(client, owner)

    def move(team):
        given = {"do": "change", "record": member.pk, "role": "member", "team": team.pk}
        return client.post(reverse("people"), given, follow=True).content.decode()

    assert "Their contacts stay" not in move(south)
    Contact.objects.create(name="Eero", owner=member, team=south)
    assert "Ben is now member in North. Their contacts stay those of South" in move(team)
