"""What programs are told of people whom their user doesn't see: nothing, but that a key can't be used."""

from __future__ import annotations

import re

import pytest

from leadline.web import access
from leadline.web.actions import contacts
from leadline.web.actions.acting import Actor
from leadline.web.models import AuditEntry, Contact, Team, Touch, User
from tests.rows import kept
from tests.web.conftest import NOW

pytestmark = pytest.mark.django_db
ROLES = ("manager", "member", "sharing")
EACH_ROLE = [pytest.param(role, marks=[] if role == "member" else pytest.mark.one_database) for role in ROLES]
ASKED = "A contact was to have a key of its own."
CANNOT = f"{ASKED} Found: that “crm-9” can't be used. Allowed: another key, or none."


@kept
def people(owner, team):
    """Somebody of each role, all in one team, which shares where they say so; readers change nothing."""
    sharing = Team.objects.create(name="South", shares=True)
    return {"owner": owner} | {
        role: User.objects.create_user(
            f"{role}@example.org",
            None,
            role="member" if role == "sharing" else role,
            team=sharing if role == "sharing" else team,
        )
        for role in (*ROLES, "reader")
    }


@kept
def hidden(owner, people):
    """Somebody of a third team, whom only an owner sees."""
    other = Team.objects.create(name="East")
    keeper = User.objects.create_user("east@example.org", None, role="member", team=other)
    return contacts.create_contact(
        Actor.of(keeper, NOW), "Hidden Person", key="crm-9", email="hidden@example.org", tags=["secret"]
    )


DOORS = {
    "one": ("POST", "/contacts", lambda who: who | {"name": "New"}),
    "many": ("POST", "/contacts/bulk", lambda who: {"contacts": [{"name": "Ida"}, who | {"name": "New"}]}),
    "change": ("PATCH", "/contacts/{own}", lambda who: who),
    "touch": ("POST", "/touches", lambda who: _of(who) | {"kind": "met"}),
    "touches": ("POST", "/touches/bulk", lambda who: {"touches": [_of(who) | {"kind": "met"}]}),
}


def _of(who):
    mail = [one["value"] for one in who.get("addresses", ())]
    return {"contact_key": who["key"]} if "key" in who else {"email": mail[0], "name": "New"}


def mailed(value):
    return {"addresses": [{"sort": "email", "value": value}]}


def knock(program_of, user, door, who, *scopes):
    """What a door answers to somebody's program that names whom they don't see."""
    own = contacts.create_contact(Actor.of(user, NOW), "Own")
    method, path, body = DOORS[door]
    return program_of(user, *scopes)(method, path.replace("{own}", str(own.pk)), body(who))


@pytest.mark.parametrize("role", EACH_ROLE)
@pytest.mark.parametrize("door", DOORS)
def test_of_a_key_nothing_is_said_but_that_it_cannot_be_used(program_of, people, hidden, role, door):
    entries = AuditEntry.objects.filter(record=f"contact:{hidden.pk}").count()
    answer = knock(program_of, people[role], door, {"key": "crm-9"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert answer.json()["detail"].removeprefix(f"{answer.json().get('where')}: ") == CANNOT
    assert not re.search(r"Hidden|secret|@", answer.content.decode())
    assert (Contact.objects.filter(name="New").count(), Touch.objects.count()) == (0, 0)
    assert AuditEntry.objects.filter(record=f"contact:{hidden.pk}").count() == entries


@pytest.mark.parametrize("role", EACH_ROLE)
@pytest.mark.parametrize("door", DOORS)
def test_an_address_of_somebody_hidden_is_as_one_that_nobody_has(program_of, people, hidden, role, door):
    answers = []
    for mail in ("hidden@example.org", "nobody@example.org"):
        answer = knock(program_of, people[role], door, mailed(mail))
        said = re.sub(r"\d{4}-\d\d-\d\dT[^\"]+|\d+", "#", answer.content.decode()).replace(mail, "")
        answers.append((answer.status_code, said))
    assert answers[0] == answers[1]
    assert answers[0][0] in (200, 201)
    assert not hidden.touches.exists()
    assert list(hidden.addresses.values_list("value", flat=True)) == ["hidden@example.org"]


@pytest.mark.parametrize("known_by", ["key", "mail"])
@pytest.mark.parametrize("role", EACH_ROLE)
@pytest.mark.parametrize("door", ["touch", "touches"])
def test_a_token_that_makes_nobody_hears_the_same_of_everybody(
    program_of, people, hidden, role, door, known_by
):
    keys, values = ({"key": "crm-9"}, {"key": "crm-10"}), ("hidden@example.org", "nobody@example.org")
    given = keys if known_by == "key" else [mailed(value) for value in values]
    told = [knock(program_of, people[role], door, who, "touches:write", "touches:read") for who in given]
    assert {one.status_code for one in told} == {404}
    assert told[0].json() == told[1].json()


def test_an_owner_finds_them_by_key_and_is_told_of_whom_they_see(program_of, people, hidden):
    told = program_of(people["owner"]).post("/contacts/bulk", {"contacts": [{"key": "crm-9", "name": "H"}]})
    assert told.json() == {"contacts": [{"id": hidden.pk, "made": False}]}
    again = program_of(people["owner"]).post("/contacts", {"key": "crm-9", "name": "H"})
    assert (again.status_code, "another one has “crm-9”" in again.json()["detail"]) == (409, True)


def test_a_reader_is_refused_before_anybody_is_looked_for(program_of, people, hidden):
    for door in DOORS:
        assert knock(program_of, people["reader"], door, {"key": "crm-9"}).status_code == 403


def test_whom_a_row_gives_away_the_next_row_does_not_find(program_of, people, owner):
    program = program_of(people["member"])
    given = [{"key": "a", "name": "Ann", "owner": owner.email}, {"key": "a", "name": "Bea"}]
    answer = program.post("/contacts/bulk", {"contacts": given})
    assert (answer.status_code, answer.json()["where"]) == (409, "row 2")
    assert not Contact.objects.exists()


def test_whether_somebody_sees_a_record_is_what_their_list_says(people, team):
    south = Team.objects.get(name="South")
    for owner in (None, *people.values()):
        for of in (None, team, south):
            Contact.objects.create(name="x", owner=owner, team=of)
    for role, user in people.items():
        seen = set(access.contacts(user))
        assert seen == {one for one in Contact.objects.all() if access.sees(user, one)}, role
        assert len(seen) == {"owner": 18, "manager": 9, "member": 3, "sharing": 8, "reader": 3}[role], role
