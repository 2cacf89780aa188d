"""Whose imported contacts are, and what is kept of their fields by the types that these have."""

from __future__ import annotations

import pytest

from leadline.web import access
from leadline.web.models import AuditEntry, Contact, Field, Team, User
from tests.web.importing.conftest import take_in, undo

pytestmark = pytest.mark.django_db
PEOPLE = """contact id,name,email,owner
a1,Ann Abel,ann@x.org,Rita
a2,Bob Bell,bob@x.org,sam@example.org
a3,Cem Cora,cem@x.org,Somebody Else
"""
SIZED = """contact id,name,email,size,birthday,tier,partner,colour
a1,Ann Abel,ann@x.org,"1,200",2026-03-01 10:15,GOLD,TRUE,red
a2,Bob Bell,bob@x.org,12.5,2026-02-03,silver,0,
a3,Cem Cora,cem@x.org,about 50,soon,tin,perhaps,blue
"""
TYPED = {
    "size": (Field.Type.NUMBER, []),
    "birthday": (Field.Type.DATE, []),
    "tier": (Field.Type.CHOICE, ["gold", "silver"]),
    "partner": (Field.Type.FLAG, []),
}


@pytest.fixture
def teams(db):
    """Rita of the West and Sam of the East."""
    west, east = (Team.objects.create(name=name) for name in ("West", "East"))
    make = User.objects.create_user
    rita = make("rita@example.org", None, role="member", name="Rita", team=west)
    sam = make("sam@example.org", None, role="member", name="Sam", team=east)
    return rita, sam


def test_who_is_somebodys_is_of_their_team_whoever_imports(funnels, owner, teams):
    rita, sam = teams
    take_in(owner, {"people.csv": PEOPLE})
    kept = {one.key: (one.owner, one.team) for one in Contact.objects.select_related("owner", "team")}
    assert kept == {"a1": (rita, rita.team), "a2": (sam, sam.team), "a3": (None, None)}
    boss = User.objects.create_user("mona@example.org", None, role="manager", name="Mona", team=rita.team)
    assert sorted(access.contacts(boss).values_list("key", flat=True)) == ["a1", "a3"]


def test_of_nobodys_the_team_is_that_of_whoever_imports(funnels, teams):
    rita, _ = teams
    boss = User.objects.create_user("mona@example.org", None, role="manager", name="Mona", team=rita.team)
    take_in(boss, {"people.csv": PEOPLE})
    assert Contact.objects.get(key="a3").team == rita.team


def test_who_was_nobodys_gets_owner_and_team_and_undoing_takes_both_back(funnels, owner, teams):
    there = Contact.objects.create(name="Ann Abel", key="a1")
    record = take_in(owner, {"people.csv": PEOPLE})
    there.refresh_from_db()
    assert (there.owner, there.team) == (teams[0], teams[0].team)
    assert AuditEntry.objects.get(action="import.updated").after["team_id"] == teams[0].team_id
    undo(owner, record)
    there.refresh_from_db()
    assert (there.owner, there.team) == (None, None)


def test_values_are_kept_by_the_types_of_the_fields_and_what_is_not_of_them_is_listed(funnels, owner):
    for name, (kind, choices) in TYPED.items():
        Field.objects.create(of="contact", name=name, label=name.title(), type=kind, choices=choices)
    record = take_in(owner, {"people.csv": SIZED})
    kept = dict(Contact.objects.values_list("key", "fields"))
    assert kept == {
        "a1": {"size": 1200, "birthday": "2026-03-01", "tier": "gold", "partner": True, "colour": "red"},
        "a2": {"size": 12.5, "birthday": "2026-02-03", "tier": "silver", "partner": False},
        "a3": {"colour": "blue"},
    }
    assert record.counts["refused"] == 4
    again = take_in(owner, {"people.csv": SIZED})
    assert again.counts["changed"] == 0
