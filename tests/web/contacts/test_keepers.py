"""Whose a record is: given in a form, by a list, and by whoever left."""

from __future__ import annotations

import pytest

from leadline.web.actions import people
from leadline.web.models import Company, Contact, Team, User
from tests.web.contacts.conftest import get, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def theirs(crew, shared):
    """A contact and a company of somebody who was let go since."""
    gone = User.objects.create_user("gus@example.org", None, role="member", name="Gus", team=shared)
    made = (
        Contact.objects.create(name="Ann", owner=gone, team=shared),
        Company.objects.create(name="Acme", owner=gone, team=shared),
    )
    User.objects.filter(pk=gone.pk).update(is_active=False)
    return made


def form_of(client, page, number):
    """What the form of a record would send as it stands: what is shown, and what was."""
    shown = get(client, page, number).context
    stands = shown["stands"]
    chosen = {
        name: stands[name] if stands[name] in {str(value) for value, _ in shown[f"{name}s"]} else ""
        for name in ("owner", "team")
        if shown[f"{name}s"]
    }
    return {**stands, **chosen, **{f"was.{name}": value for name, value in stands.items()}}


@pytest.mark.parametrize("role", ["owner", "manager", "member"])
def test_what_belongs_to_whoever_was_let_go_stays_theirs_when_something_else_is_edited(
    signed_in, funnels, theirs, role
):
    for page, record in zip(("contact-edit", "company-edit"), theirs, strict=True):
        client = signed_in(role)
        before = (record.owner_id, record.team_id)
        assert (
            post(client, page, record.pk, **form_of(client, page, record.pk) | {"name": "Ben"}).status_code
            == 303
        )
        record.refresh_from_db()
        assert (record.name, record.owner_id, record.team_id) == ("Ben", *before)
        assert "Gus (let go)" in get(client, page, record.pk).content.decode()


def test_a_new_owner_brings_their_team_unless_another_is_chosen(signed_in, crew, shared, funnels):
    client, south = signed_in("owner"), Team.objects.get(name="South")
    for page, model in (("contact-edit", Contact), ("company-edit", Company)):
        one = model.objects.create(name="x", owner=crew.member, team=shared)
        post(client, page, one.pk, **form_of(client, page, one.pk) | {"owner": crew.stranger.pk})
        one.refresh_from_db()
        assert (one.owner, one.team) == (crew.stranger, south)
        chosen = {"owner": crew.member.pk, "team": ""}
        post(client, page, one.pk, **form_of(client, page, one.pk) | chosen)
        one.refresh_from_db()
        assert (one.owner, one.team) == (crew.member, None)


def test_a_member_leaves_nothing_to_nobody_and_chooses_no_team(signed_in, crew, shared, funnels):
    client, south = signed_in("member"), Team.objects.get(name="South")
    for page, model in (("contact-edit", Contact), ("company-edit", Company)):
        one = model.objects.create(name="x", owner=crew.member, team=shared)
        there = form_of(client, page, one.pk)
        assert post(client, page, one.pk, **there | {"owner": ""}).status_code == 403
        post(client, page, one.pk, **there | {"team": south.pk, "was.team": shared.pk})
        one.refresh_from_db()
        assert (one.owner, one.team) == (crew.member, shared)


def test_what_somebody_left_behind_is_found_and_handed_on(signed_in, actor, crew, funnels, theirs):
    client, gone = signed_in("owner"), theirs[0].owner
    there = f"/people/{gone.pk}/let-go/"
    assert f'href="{there}"' in client.get("/people/").content.decode()
    assert f'href="/contacts/?all=1&amp;owner={gone.pk}"' in client.get(there).content.decode()
    for name, change, record in zip(
        ("contacts", "companies"), ("contacts-change", "companies-change"), theirs, strict=True
    ):
        page = get(client, name, all=1, owner=gone.pk)
        assert [one.pk for one, _ in page.context["rows"]] == [record.pk]
        text = page.content.decode()
        assert f'<option value="{gone.pk}" selected>Gus (let go)</option>' in text
        assert text.count(f'<option value="{gone.pk}"') == 1  # nothing is given to them
        post(client, change, every=1, query=f"owner={gone.pk}", do="owner", owner=crew.member.pk)
        record.refresh_from_db()
        assert (record.owner, record.team) == (crew.member, crew.member.team)
    people.reactivate(actor, gone)
