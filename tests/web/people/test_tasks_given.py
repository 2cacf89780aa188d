"""Open tasks go with the contact that they are about, and tell nobody of one that they see no more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from leadline.engine.instants import to_datetime
from leadline.web import access
from leadline.web.actions import contacts, several, tasks
from leadline.web.actions.acting import Actor
from leadline.web.actions.reverting import revert
from leadline.web.models import AuditEntry, Contact, Team, User
from tests.web.conftest import NOW

GIVEN: list[Callable[[Actor, Contact, User], object]] = [
    lambda actor, contact, to: contacts.edit_contact(actor, contact, owner=to, team=to.team),
    lambda actor, contact, to: contacts.change_contacts(actor, [contact.pk], several.to_owner(to, to.team)),
]


@pytest.mark.django_db
@pytest.mark.parametrize("give", GIVEN)
def test_open_tasks_go_with_the_contact_and_come_back_when_that_is_undone(
    actor, owner, member, contact, enter, funnels, give
):
    tess = User.objects.create_user("tess@example.org", None, name="Tess", team=Team.objects.create(name="T"))
    Contact.objects.filter(pk=contact.pk).update(owner=member, team=member.team)
    contact.refresh_from_db()
    day = to_datetime(NOW).date()
    call, done = (tasks.add_task(Actor.of(member, NOW), contact, word, day) for word in ("Call", "Did"))
    tasks.finish_task(Actor.of(member, NOW), done)
    other = tasks.add_task(actor, contact, "Check", day)
    give(actor, contact, tess)
    assert whose(call, done, other) == [(tess, tess.team), (member, member.team), (owner, None)]
    assert "Call" in enter(tess).get("/").content.decode()
    revert(actor, [AuditEntry.objects.get(action="contact.changed")])
    assert whose(call, done, other) == [(member, member.team), (member, member.team), (owner, None)]


@pytest.mark.django_db
def test_nobody_learns_by_a_task_of_a_contact_that_they_see_no_more(actor, member, contact, enter, funnels):
    day = to_datetime(NOW).date()
    about, own = (tasks.add_task(Actor.of(member, NOW), one, "Call", day) for one in (contact, None))
    page = enter(member).get("/").content.decode()
    assert (page.count("Eero Cooper"), f"/today/done/{own.pk}/" in page) == (0, True)
    assert list(access.tasks(member)) == [own]
    assert set(access.tasks(actor.user)) == {about, own}


def whose(*asked):
    for one in asked:
        one.refresh_from_db()
    return [(one.owner, one.team) for one in asked]
