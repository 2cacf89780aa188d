"""People are invited, given roles and teams, and let go; all of it is written down."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from leadline.engine.instants import DAY
from leadline.web import access
from leadline.web.actions import asks, handing_on, me, people, tasks, tokens
from leadline.web.actions.acting import Actor
from leadline.web.errors import Conflict, Forbidden, Invalid, NotFound
from leadline.web.jobs.worker import Worker
from leadline.web.models import AuditEntry, Company, Contact, Invitation, Team, Token, User
from leadline.web.pages.frame import now
from tests.web.conftest import NOW

GOOD = "a lead line of hemp"


@pytest.mark.django_db
def test_who_is_invited_comes_in_with_the_role_and_team_that_were_kept(owner, team, enter):
    answer = enter(owner).post(
        "/people/", {"do": "invite", "email": "Fay@Example.org ", "role": "manager", "team": team.pk}
    )
    link = re.search(r"/invitation/[^/]+/", answer.content.decode())[0]
    assert answer.headers["Cache-Control"] == "no-store"
    guest = enter(None)
    assert guest.get(link).status_code == 200
    answer = guest.post(link, {"name": "Fay", "password": GOOD})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    fay = User.objects.get(email="fay@example.org")
    assert (fay.name, fay.role, fay.team, fay.check_password(GOOD)) == ("Fay", "manager", team, True)
    assert guest.get("/people/").status_code == 200  # signed in
    again = enter(None).get(link)  # a link works once
    assert again.status_code == 404
    assert "signing in by fay@example.org" in again.content.decode()
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "person.invited",
        "person.joined",
    ]


@pytest.mark.django_db
def test_whoever_opens_an_invitation_while_signed_in_is_told_as_whom(owner, enter):
    look = enter(owner)
    answer = look.post("/people/", {"do": "invite", "email": "fay@example.org", "role": "member", "team": ""})
    link = re.search(r"/invitation/[^/]+/", answer.content.decode())[0]
    assert f"You are signed in as {owner}." in look.get(link).content.decode()
    assert "You are signed in" not in enter(None).get(link).content.decode()


@pytest.mark.django_db
def test_of_the_link_only_a_hash_is_kept(actor):
    invitation, secret = people.invite(actor, "fay@example.org")
    assert secret not in str(Invitation.objects.values().get(pk=invitation.pk))
    assert secret not in str(list(AuditEntry.objects.values()))
    assert len(invitation.digest) == 64


@pytest.mark.django_db
def test_a_link_ends_after_a_week_and_with_the_next_one_to_the_same_address(actor):
    _, first = people.invite(actor, "fay@example.org")
    _, second = people.invite(actor, "fay@example.org")
    with pytest.raises(NotFound):
        people.find_invitation(first, NOW)
    assert people.find_invitation(second, NOW + 7 * DAY - 1)
    with pytest.raises(NotFound):
        people.find_invitation(second, NOW + 7 * DAY)


@pytest.mark.django_db
def test_a_password_that_is_easily_guessed_is_refused_and_the_link_stays_open(actor, enter):
    _, secret = people.invite(actor, "fay@example.org")
    with pytest.raises(Invalid, match="too common"):
        people.accept(secret, "Fay", "password123", NOW)
    assert people.find_invitation(secret, NOW)
    assert not User.objects.filter(email="fay@example.org").exists()


@pytest.mark.django_db
def test_an_invitation_can_be_withdrawn_and_nobody_is_invited_twice_over(actor, owner, enter):
    invitation, secret = people.invite(actor, "fay@example.org")
    assert enter(owner).post("/people/", {"do": "withdraw", "record": invitation.pk}).status_code == 303
    with pytest.raises(NotFound):
        people.find_invitation(secret, NOW)
    answer = enter(owner).post("/people/", {"do": "invite", "email": owner.email, "role": "member"})
    assert (answer.status_code, b"works here already" in answer.content) == (409, True)


@pytest.mark.django_db
def test_the_link_goes_out_by_mail_where_mail_is_set_up(owner, enter, settings):
    settings.EMAIL_HOST = "mail.example.org"
    answer = enter(owner).post("/people/", {"do": "invite", "email": "fay@example.org", "role": "member"})
    link = re.search(r"http://testserver/invitation/[^/]+/", answer.content.decode())[0]
    assert [letter.to for letter in mail.outbox] == [["fay@example.org"]]
    assert link in mail.outbox[0].body


@pytest.mark.django_db
def test_the_last_owner_stays_one(actor, owner, member, enter):
    change = {"do": "change", "record": owner.pk, "role": "member"}
    for there, sent in ((f"/people/{owner.pk}/let-go/", {}), ("/people/", change)):
        answer = enter(owner).post(there, sent)
        assert (answer.status_code, b"no other owner" in answer.content) == (409, True)
    people.change(actor, member, role="owner", team=None)
    owner.refresh_from_db()
    people.change(actor, owner, role="reader", team=None)
    member.refresh_from_db()
    with pytest.raises(Conflict):
        people.deactivate(actor, member)


@pytest.mark.django_db
def test_it_is_said_what_letting_somebody_go_means_before_it_is_done(actor, owner, member, contact, enter):
    tokens.make(actor, member, "The shop", ["contacts:read"])
    Contact.objects.filter(pk=contact.pk).update(owner=member)
    look, there = enter(owner), f"/people/{member.pk}/let-go/"
    assert f'href="{there}"' in look.get("/people/").content.decode()
    page = look.get(there).content.decode()
    assert "programs that use them stop: The shop." in page
    assert "1 contact with open asks and contracts, 0 companies, 0 open tasks." in page
    assert User.objects.get(pk=member.pk).is_active
    assert look.post(there, follow=True).redirect_chain == [("/people/", 303)]
    assert not User.objects.get(pk=member.pk).is_active


@pytest.mark.django_db
def test_what_somebody_had_is_handed_on_as_they_are_let_go_or_later(
    actor, owner, member, south, contact, enter, funnels
):
    after = User.objects.create_user("tess@example.org", GOOD, name="Tess", team=south)
    Contact.objects.filter(pk=contact.pk).update(owner=member, team=member.team)
    firm = Company.objects.create(name="Roth", owner=member, team=member.team)
    ask = asks.make(actor, contact, asks.Terms(title="Workshop"))
    as_member = Actor.of(member, NOW)
    call, done = (tasks.add_task(as_member, one, "Call") for one in (contact, None))
    tasks.finish_task(as_member, done)
    look, there = enter(owner), f"/people/{member.pk}/let-go/"
    assert look.post(there, {"to": after.pk}, follow=True).redirect_chain == [("/people/", 303)]
    Worker(now).run_dry(30)
    for one in (contact, firm, ask, call):
        one.refresh_from_db()
        assert (one.owner, one.team) == (after, south)
    done.refresh_from_db()
    assert done.owner == member
    given = AuditEntry.objects.get(action="task.given")
    assert (given.record, given.before["owner"], given.after["owner"]) == (
        f"contact:{contact.pk}", "Ben", "Tess",
    )  # fmt: skip
    assert enter(after).post(f"/today/done/{call.pk}/").status_code == 303
    Contact.objects.create(name="Late", owner=member)
    assert b"nobody to take it" in look.post(there, {"do": "hand-on", "to": ""}).content
    assert look.post(there, {"do": "hand-on", "to": member.pk}).status_code == 404
    assert look.post(there, {"do": "hand-on", "to": after.pk}).status_code == 303
    Worker(now).run_dry(30)
    assert not Contact.objects.filter(owner=member).exists()


@pytest.mark.django_db
def test_nothing_is_handed_on_to_whoever_was_let_go(actor, owner, member, south):
    gone = User.objects.create_user("tess@example.org", GOOD, name="Tess", is_active=False)
    for to, found in ((gone, "Tess, who was let go"), (member, "themselves")):
        with pytest.raises(Conflict) as refused:
            handing_on.hand_on(actor, member, to)
        assert refused.value.found == found


@pytest.mark.django_db
def test_who_is_let_go_is_out_at_once_and_stays_out_when_let_in_again(actor, owner, member, enter):
    there = enter(member)
    tokens.make(actor, member, "script", ["contacts:read"])
    _, secret = people.invite(Actor.of(member, NOW), "fay@example.org")
    assert there.get("/me/").status_code == 200
    assert b"fay@example.org" in enter(owner).get(f"/people/{member.pk}/let-go/").content
    people.deactivate(actor, member)
    with pytest.raises(NotFound):
        people.find_invitation(secret, NOW)
    assert there.get("/me/").status_code == 302
    assert not Token.objects.exists()
    people.reactivate(actor, member)
    assert there.get("/me/").status_code == 302  # the session of before has ended


@pytest.mark.django_db
def test_roles_and_teams_change_with_what_was_before_and_after(actor, owner, member, south, enter):
    answer = enter(owner).post(
        "/people/", {"do": "change", "record": member.pk, "role": "manager", "team": south.pk}
    )
    assert answer.status_code == 303
    entry = AuditEntry.objects.get(action="person.changed")
    assert (entry.record, entry.by) == (f"user:{member.pk}", "Ada")
    assert entry.before == {"role": "member", "team": "North"}
    assert entry.after == {"role": "manager", "team": "South"}


@pytest.mark.django_db
def test_a_team_is_made_shared_and_named_once(actor, owner, team, enter):
    look = enter(owner)
    assert look.post("/people/", {"do": "team", "name": "East", "shares": "on"}).status_code == 303
    assert Team.objects.get(name="East").shares
    assert look.post("/people/", {"do": "team", "name": "east"}).status_code == 409
    assert (
        look.post("/people/", {"do": "team", "record": team.pk, "name": "North", "shares": "on"}).status_code
        == 303
    )
    team.refresh_from_db()
    assert team.shares


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["", "  ", "x" * 121, "a\0b", "a\nb"])
def test_a_name_is_on_one_line_and_not_too_long(name, actor):
    with pytest.raises(Invalid):
        people.checked_name(name, "name", 120)


@pytest.mark.django_db
def test_everybody_chooses_their_zone_language_and_first_vocabulary(funnels, member, enter):
    look = enter(member)
    chosen = {"do": "prefer", "name": "Benedict", "zone": "Europe/Rome", "locale": "it", "funnel": "voltage"}
    assert look.post("/me/", chosen).status_code == 303
    member.refresh_from_db()
    assert (member.name, member.zone, member.locale, member.funnel) == (
        "Benedict", "Europe/Rome", "it", "voltage",
    )  # fmt: skip
    for wrong in ({"zone": "Mars/Olympus"}, {"locale": "xx"}, {"funnel": "none"}, {"name": "a\0"}):
        assert look.post("/me/", chosen | wrong).status_code == 422
    with pytest.raises(Invalid):
        me.prefer(Actor.of(member, NOW), member, name="B", zone="/etc/../x", locale="en")


@pytest.mark.django_db
def test_only_owners_see_the_forms_of_the_team(owner, member, enter):
    assert b'value="invite"' in enter(owner).get("/people/").content
    page = enter(member).get("/people/").content
    assert b'value="invite"' not in page
    assert b"let-go" not in page
    assert b"Owners invite people" in page


def test_where_no_mail_goes_out_a_forgotten_password_leads_to_whoever_can_help(
    client: Client, owner: User
) -> None:
    shown = client.get("/accounts/password/reset/").content.decode()
    assert "leadline sign-in --new-password" in shown
    assert "<form" not in shown.partition("<h1>")[2]


def test_with_mail_a_link_is_sent_and_stands_in_no_log(
    client: Client, owner: User, settings: Any, mailoutbox: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_HOST = "mail.example.org"
    assert "<form" in client.get("/accounts/password/reset/").content.decode()
    client.post("/accounts/password/reset/", {"email": "ada@example.org"})
    [sent] = mailoutbox
    assert sent.to == ["ada@example.org"]
    assert "/accounts/password/reset/key/" in sent.body
    assert "reset/key" not in caplog.text


@pytest.mark.django_db
def test_who_may_not_is_told_the_roles_as_the_page_of_the_team_calls_them(funnels):
    reader = User.objects.create_user("rita@example.org", GOOD, name="Rita", role="reader")
    with pytest.raises(Forbidden) as refused:
        access.require(reader, "change")
    assert refused.value.found == "the role Read-only"
    assert refused.value.allowed == "the role Owner, Manager or Member"
