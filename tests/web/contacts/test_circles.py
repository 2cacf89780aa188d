"""Lists fetched circle by circle hold whom somebody sees, each once, whatever they are filtered by."""

from __future__ import annotations

import pytest
from django.db import connection

from leadline.web import access, listing, warehouse
from leadline.web.actions import touches
from leadline.web.filters import Filters
from leadline.web.models import Contact, Team, Touch
from leadline.web.models.people import Role
from tests.rows import kept
from tests.web.conftest import NOW
from tests.web.contacts.conftest import SEEN

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@kept
def everybody(crew, actor, funnels) -> list[Contact]:
    """One of every owner and team, one of them untouched; the others met."""
    owners, teams = [None, *(crew[role] for role in (*SEEN, "stranger"))], [None, *Team.objects.all()]
    made = [
        Contact.objects.create(name=f"Nr {place}", owner=owner, team=team)
        for place, (owner, team) in enumerate((owner, team) for owner in owners for team in teams)
    ]
    for one in made[1:]:
        touches.record(actor, one, "met", NOW, path="networking")
    return made


def sees(user, one: Contact) -> bool:
    """The table of `access`, row by row."""
    if user.role == Role.OWNER or one.owner_id == user.pk:
        return True
    if user.role == Role.MANAGER and one.owner_id is None and one.team_id is None:
        return True
    shares = user.role == Role.MANAGER or (user.team is not None and user.team.shares)
    return shares and user.team_id is not None and one.team_id == user.team_id


@pytest.mark.parametrize("role", [*SEEN, "stranger"])
@pytest.mark.parametrize("sharing", [False, True])
@pytest.mark.parametrize("more", [False, True])
def test_of_each_owner_and_team_the_list_has_those_whom_somebody_sees_once(
    role, sharing, more, crew, team, everybody
):
    team.shares = sharing
    team.save()
    user = type(crew[role]).objects.get(pk=crew[role].pk)
    named = {"none": None, **{str(one.pk): one.pk for one in [*map(crew.__getitem__, SEEN), crew.stranger]}}
    teams = {"none": None, **{str(one.pk): one.pk for one in Team.objects.all()}}
    for owner in ["", "me", *named]:
        for of_team in ["", *teams]:
            asked = {"owner": owner, "team": of_team, "funnel": "sales-cycle"}
            if more:
                asked["stage"] = stages_of(everybody[1])
            filters = Filters.of(asked)
            wanted = {
                one.pk
                for one in (everybody[1:] if more else everybody)
                if sees(user, one)
                and (not owner or one.owner_id == (user.pk if owner == "me" else named[owner]))
                and (not of_team or one.team_id == teams[of_team])
            }
            for order in ("last", "name", "stage") if more else ("last", "name"):
                sought = filters.sought(user, NOW, order=order)
                found = listing.turn(sought, order).numbers
                assert sorted(found) == sorted(wanted), (asked, order)
                assert listing.count(sought) == (len(wanted), True)
            assert set(filters.apply(Contact.objects.all(), user, NOW).values_list("pk", flat=True)) >= wanted


@pytest.mark.parametrize("role", [*SEEN, "stranger"])
def test_a_few_are_looked_up_by_their_numbers_and_by_nobodys(role, crew, everybody):
    user = crew[role]
    numbers = [one.pk for one in everybody]
    found = listing.fetch(access.looked_up(user), numbers)
    assert [one.pk for one in found] == [one.pk for one in everybody if sees(user, one)]
    if connection.vendor == "sqlite":  # PostgreSQL goes by how many rows there are
        plan = access.looked_up(user).filter(pk__in=numbers).explain()
        assert "USING INTEGER PRIMARY KEY" in plan
        assert "owner_id" not in plan


def stages_of(one: Contact) -> str:
    """The name of the stage in which somebody who was met stands."""
    here = one.standings.get(funnel="sales-cycle")
    return warehouse.funnels()["sales-cycle"].stage_names[here.stage]


def test_a_stage_in_the_order_of_names_is_the_same_page_by_page(crew, everybody, monkeypatch):
    stage = stages_of(everybody[1])
    wanted = [one.pk for one in sorted(everybody[1:], key=lambda one: (one.name.lower(), one.pk))]
    for few in (2000, 3):  # looked up and put in order; gone through in the order of names
        monkeypatch.setattr("leadline.web.filters.FEW", few)
        monkeypatch.setattr("leadline.web.filters.LISTED", few)
        sought = Filters.of({"stage": stage, "funnel": "sales-cycle"}).sought(crew.owner, NOW, order="name")
        found, cursor = [], ""
        while True:
            some = listing.turn(sought, "name", cursor, 4)
            found += some.numbers
            if not (cursor := some.next):
                break
        assert found == wanted


@pytest.mark.one_database  # PostgreSQL goes by how many rows there are
def test_the_touches_of_some_people_are_found_by_these_people():
    plan = Touch.objects.filter(contact__in=range(12), in_force=True, retracts=None).explain()
    assert "touch_contact_time" in plan
