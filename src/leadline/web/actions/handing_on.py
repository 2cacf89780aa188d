"""Everything of somebody handed on at once: their contacts, companies and open tasks."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from leadline.web.actions import edits, several
from leadline.web.actions.acting import Actor, action, note_changes
from leadline.web.actions.several import kept_by
from leadline.web.errors import Conflict
from leadline.web.models import Company, Contact, Edit, Task, User


@dataclass(frozen=True)
class Hands:
    """How much somebody has. Asks, contracts and next steps are whose the contact is."""

    contacts: int
    companies: int
    tasks: int


def in_hands_of(person: User) -> Hands:
    """What would be handed on."""
    return Hands(
        Contact.objects.filter(owner=person, erased_at=None, merged_into=None).count(),
        Company.objects.filter(owner=person).count(),
        _tasks_of(person).count(),
    )


@action
def hand_on(actor: Actor, person: User, to: User) -> list[Edit]:
    """Give somebody else what somebody has, and the other's team with it.

    Open tasks are theirs at once; contacts and companies, which may be many, are given by the worker in the
    changes of many that are the answer, each of which can be undone. Views stay whose they were. Raises
    Conflict where `to` was let go, or is the same.
    """
    if to.pk == person.pk or not to.is_active:
        found = "themselves" if to.pk == person.pk else f"{to}, who was let go"
        raise Conflict(
            f"What {person} has was to be handed on", found=found, allowed="somebody else who works here"
        )
    tasks = list(_tasks_of(person).select_for_update(of=("self",)).select_related("contact", "owner", "team"))
    told = [
        (
            one.contact or one,
            kept_by(one.owner, one.team) | {"task": one.title},
            kept_by(to, to.team) | {"task": one.title},
        )
        for one in tasks
    ]
    _tasks_of(person).update(owner=to, team=to.team)
    note_changes(actor, "task.given", told)
    given, change = {"owner": str(person.pk)}, several.to_owner(to, to.team)
    has = in_hands_of(person)
    counts: list[tuple[several.Of, int]] = [("contact", has.contacts), ("company", has.companies)]
    return [edits.begin(actor, of, given, change) for of, count in counts if count]


def _tasks_of(person: User) -> QuerySet[Task]:
    return Task.objects.filter(owner=person, done_at=None)
