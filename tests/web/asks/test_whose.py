"""Whose cards and asks are shown: everybody's whom one sees, one's own, one person's."""

from __future__ import annotations

import pytest

from leadline.web.actions import asks, touches
from leadline.web.actions.asks import Terms
from leadline.web.models import Contact, Team, User
from leadline.web.pages import frame
from tests.web.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.both]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def crew(funnels, owner, member, team, actor, monkeypatch):
    """Ben and the manager of the North, Sam of the South: each asked somebody, who may be nobody's."""
    for room in ("board", "asks"):
        monkeypatch.setattr(f"leadline.web.pages.{room}.now", lambda: NOW)
    monkeypatch.setattr(frame, "now", lambda: NOW)
    make, south = User.objects.create_user, Team.objects.create(name="South")
    mia = make("mia@example.org", None, role="manager", name="Mia", team=team)
    sam = make("sam@example.org", None, role="member", name="Sam", team=south)
    for name, one in {"Bens": member, "Mias": mia, "Sams": sam, "Nobodys": None}.items():
        contact = Contact.objects.create(name=name, owner=one, team=one.team if one else None)
        touches.record(actor, contact, "met", NOW - 86_400_000_000)
        asks.make(actor, contact, Terms(amount=len(name) * 100, currency="EUR"))
    return {"owner": owner, "manager": mia, "member": member, "sam": sam}


def board(client, by="stage", **asked):
    """Who stands on the board, and the sum of its money."""
    page = client.get("/board/", {"by": by, "funnel": "sales-cycle", **asked})
    assert page.status_code == 200
    columns = page.context["columns"]
    names = sorted(card.contact.name for column in columns for card in column.cards)
    assert sum(column.count for column in columns) == len(names)
    return names, sum(amount for column in columns for amount, _ in column.sums)


def listed(client, **asked):
    return sorted(one.contact.name for one in client.get("/asks/", asked).context["asks"])


@pytest.mark.parametrize("by", ["stage", "month", "answer"])
def test_the_board_shows_one_persons_cards_with_their_sums(client, crew, by):
    client.force_login(crew["owner"], backend=BACKEND)
    assert board(client, by) == (["Bens", "Mias", "Nobodys", "Sams"], 1900)
    assert board(client, by, owner=crew["sam"].pk) == (["Sams"], 400)
    assert board(client, by, owner="none") == (["Nobodys"], 700)
    assert board(client, by, owner="me") == ([], 0)
    client.force_login(crew["manager"], backend=BACKEND)
    assert board(client, by) == (["Bens", "Mias", "Nobodys"], 1500)
    assert board(client, by, owner="me") == (["Mias"], 400)
    assert board(client, by, owner=crew["member"].pk) == (["Bens"], 400)
    assert board(client, by, owner=crew["sam"].pk) == ([], 0)


def test_the_number_of_a_stage_opens_the_list_of_those_who_stand_there(client, crew):
    client.force_login(crew["owner"], backend=BACKEND)
    for asked in ({}, {"owner": crew["sam"].pk}):
        columns = client.get("/board/", {"funnel": "sales-cycle", **asked}).context["columns"]
        for column in columns:
            there = [contact.name for contact, _ in client.get(column.people).context["rows"]]
            assert sorted(there) == sorted(card.contact.name for card in column.cards)
        assert sum(column.count for column in columns) == (1 if asked else 4)


@pytest.mark.parametrize("by", ["stage", "month", "answer"])
@pytest.mark.parametrize("shares", [False, True])
def test_who_looks_after_somebody_alike_sees_their_own_board(client, crew, team, by, shares):
    """What is put together for one member or manager is put to use for the next."""
    Team.objects.update(shares=shares)
    theirs = {"member": ["Bens", "Mias"] if shares else ["Bens"], "sam": ["Sams"]}
    for name in ("member", "sam", "member"):
        client.force_login(crew[name], backend=BACKEND)
        assert board(client, by)[0] == theirs[name]
        own = {"member": "Bens", "sam": "Sams"}[name]
        for asked in ("me", str(crew[name].pk), f"0{crew[name].pk}"):
            assert board(client, by, owner=asked) == ([own], len(own) * 100)
    other = User.objects.create_user("max@example.org", None, role="manager", team=crew["sam"].team)
    for manager, names in ((crew["manager"], ["Bens", "Mias", "Nobodys"]), (other, ["Nobodys", "Sams"])):
        client.force_login(manager, backend=BACKEND)
        assert board(client, by)[0] == names


@pytest.mark.parametrize("by", ["stage", "month", "answer"])
@pytest.mark.parametrize("asked", ["sam", "none", "0", "999999999999999999"])
def test_of_whom_one_does_not_see_there_is_nothing(client, crew, by, asked):
    client.force_login(crew["member"], backend=BACKEND)
    owner = crew["sam"].pk if asked == "sam" else asked
    assert board(client, by, owner=owner) == ([], 0)
    assert listed(client, owner=owner) == []
    assert board(client, by) == board(client, by, owner="me") == (["Bens"], 400)


def test_so_does_the_list_of_asks(client, crew):
    client.force_login(crew["manager"], backend=BACKEND)
    assert listed(client) == ["Bens", "Mias", "Nobodys"]
    assert listed(client, owner=crew["member"].pk) == ["Bens"]
    assert listed(client, owner=crew["sam"].pk) == []
    assert client.get("/asks/?owner=x").status_code == 422
    assert client.get("/board/?owner=x").status_code == 422


def test_the_choice_is_offered_to_whoever_sees_more_than_their_own_and_is_kept(client, crew, team):
    client.force_login(crew["member"], backend=BACKEND)
    assert 'id="whose"' not in client.get("/board/").content.decode()
    client.force_login(crew["manager"], backend=BACKEND)
    page = client.get(f"/board/?by=month&owner={crew['member'].pk}").content.decode()
    assert f'<option value="{crew["member"].pk}" selected>Ben</option>' in page
    assert "Sam" not in page
    assert f'href="?by=answer&amp;funnel=sales-cycle&amp;owner={crew["member"].pk}"' in page
    team.shares = True
    team.save()
    client.force_login(crew["member"], backend=BACKEND)
    assert 'id="whose"' in client.get("/asks/").content.decode()
