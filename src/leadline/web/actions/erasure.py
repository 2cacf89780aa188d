"""To erase somebody, as privacy law asks: the person goes, what happened stays, without them.

The rows of contact and touches stay, so that every count of the past stays as it was. Names, addresses,
notes, tasks, own fields and whatever texts could name them are gone, from the record of changes too.
"""

from __future__ import annotations

from django.db.models import Q

from leadline.engine.instants import to_datetime
from leadline.web import warehouse
from leadline.web.actions.acting import Actor, action, note_change
from leadline.web.errors import Conflict
from leadline.web.models import (
    Address,
    Ask,
    AuditEntry,
    Contact,
    Contract,
    ImportChange,
    Note,
    Purchase,
    Task,
    Touch,
    User,
)

_TEXTS = ("campaign", "content", "offer", "actor")


@action
def erase_contact(actor: Actor, contact: Contact) -> Contact:
    """Erase a person, and everybody merged into them. It can't be undone."""
    if contact.erased_at is not None or contact.merged_into_id is not None:
        raise Conflict("A contact was to be erased", found="that it is erased, or merged, already")
    people = list(Contact.objects.filter(Q(pk=contact.pk) | Q(merged_into=contact)))
    numbers = [one.pk for one in people]
    _empty_touches(numbers, _names(people))
    _forget_changes(numbers)
    for model in (Address, Note, Task):
        model._default_manager.filter(contact__in=numbers).delete()
    Ask.objects.filter(contact__in=numbers).update(title="", reason="")
    Contract.objects.filter(contact__in=numbers).update(ended_why="")
    Contact.tags.through.objects.filter(contact__in=numbers).delete()
    Contact.objects.filter(pk__in=numbers).update(
        name="", key=None, company=None, job_title="", fields={}, erased_at=to_datetime(actor.now)
    )
    note_change(actor, "contact.erased", contact)
    contact.refresh_from_db()
    return contact


def _names(people: list[Contact]) -> set[str]:
    """What somebody is called or reached by: whatever text holds one of these could name them."""
    found = {text for one in people for text in (one.name, one.key or "", one.name.partition(" ")[2])}
    found |= set(Address.objects.filter(contact__in=people).values_list("value", flat=True))
    return {text.strip() for text in found if len(text.strip()) >= 3}


def _empty_touches(contacts: list[int], names: set[str]) -> None:
    theirs = Touch.objects.filter(contact__in=contacts)
    theirs.exclude(note="").update(note="")
    for column in _TEXTS:
        naming = Q(pk__in=[])
        for name in names:
            naming |= Q(**{f"{column}__icontains": name})
        theirs.filter(naming).update(**{column: ""})
    ours = {str(user) for user in User.objects.all()}
    facts = [kind.name for kind in warehouse.kinds().kinds if kind.link == "fact"]
    theirs.filter(kind__in=facts).exclude(actor__in=ours).update(actor="")  # who said it


def _forget_changes(contacts: list[int]) -> None:
    """The record of changes keeps that something was changed, by whom and when; not what it said."""
    records = [f"contact:{number}" for number in contacts]
    for model in (Ask, Purchase, Contract, Task):
        name = model._meta.model_name
        theirs = model._default_manager.filter(contact__in=contacts).values_list("pk", flat=True)
        records += [f"{name}:{number}" for number in theirs]
    AuditEntry.objects.filter(record__in=records).update(before={}, after={})
    ImportChange.objects.filter(record__in=records).exclude(before=None).update(before={})
