"""To erase somebody, as privacy law asks: the person goes, what happened stays, without them.

The rows of contact and touches stay, so that every count of the past stays as it was. Names, addresses,
notes, tasks, own fields and whatever texts could name them are gone: from the record of changes, from what
was told to other programs, from uploads and kept reports too (`traces`). The worker then takes them out of
the mirror, and empties the log in which the database still has them. Backups and exports that somebody made
are theirs to look after.
"""

from __future__ import annotations

from django.db.models import Q

from leadline.engine.instants import to_datetime
from leadline.web import warehouse
from leadline.web.actions import traces
from leadline.web.actions.acting import Actor, action, enqueue, note_change
from leadline.web.errors import Conflict
from leadline.web.models import (
    Address,
    Ask,
    AuditEntry,
    Contact,
    Contract,
    Delivery,
    Import,
    ImportChange,
    Mark,
    Note,
    Purchase,
    Tag,
    Task,
    Touch,
    User,
)

JOB = "erasure.finish"
_TEXTS = ("campaign", "content", "offer", "actor")
_CALLED = ("name", "key", *Address.Sort.values)
"""Under these names a change says what somebody was called or reached by."""


@action
def erase_contact(actor: Actor, contact: Contact) -> Contact:
    """Erase a person, and everybody merged into them. It can't be undone.

    Raises Conflict while files are being taken in, which may name them.
    """
    if contact.erased_at is not None or contact.merged_into_id is not None:
        raise Conflict("A contact was to be erased", found="that it is erased, or merged, already")
    if Import.objects.filter(state__in=[Import.State.RUNNING, Import.State.UNDOING]).exists():
        raise Conflict(
            "A contact was to be erased", found="an import at work", allowed="another try once it is done"
        )
    people = list(Contact.objects.filter(Q(pk=contact.pk) | Q(merged_into=contact)))
    numbers = [one.pk for one in people]
    names = _names(people)
    _empty_touches(numbers, names)
    _forget_changes(numbers)
    for model in (Address, Note, Task):
        model._default_manager.filter(contact__in=numbers).delete()
    Ask.objects.filter(contact__in=numbers).update(title="", reason="")
    _rename_deals(numbers)
    Contract.objects.filter(contact__in=numbers).update(ended_why="")
    tags = list(Tag.objects.filter(contacts__in=numbers).values_list("pk", flat=True))
    Mark.objects.filter(contact__in=numbers).delete()
    Tag.objects.filter(pk__in=tags, contacts=None).delete()  # a word of theirs alone could name them
    Contact.objects.filter(pk__in=numbers).update(
        name="", key=None, company=None, job_title="", fields={}, erased_at=to_datetime(actor.now)
    )
    own = traces.distinctive(names)
    traces.wipe_tables(own)
    traces.wipe_files(own)
    note_change(actor, "contact.erased", contact)
    enqueue(JOB, {}, actor.now, JOB)
    contact.refresh_from_db()
    return contact


def _names(people: list[Contact]) -> set[str]:
    """What somebody is, or was, called or reached by: whatever text holds one of these could name them."""
    found = {text for one in people for text in (one.name, one.key or "", one.name.partition(" ")[2])}
    found |= set(Address.objects.filter(contact__in=people).values_list("value", flat=True))
    changes = AuditEntry.objects.filter(record__in=[f"contact:{one.pk}" for one in people])
    for before, after in changes.values_list("before", "after"):
        for told in (before, after):
            found |= {told[name] for name in _CALLED if isinstance(told.get(name), str)}
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


def _rename_deals(contacts: list[int]) -> None:
    """What deals are called may name somebody; that they are different ones stays."""
    asks = Ask.objects.filter(contact__in=contacts)
    touches = Touch.objects.filter(contact__in=contacts)
    known = {*asks.values_list("key", flat=True), *touches.values_list("deal", flat=True)} - {None}
    for place, deal in enumerate(sorted(known, key=str), start=1):
        name = f"erased {min(contacts)} {place}"
        asks.filter(key=deal).update(key=name)
        touches.filter(deal=deal).update(deal=name)


def _forget_changes(contacts: list[int]) -> None:
    """The record of changes keeps that something was changed, by whom and when; not what it said."""
    records = [f"contact:{number}" for number in contacts]
    for model in (Ask, Purchase, Contract, Task):
        name = model._meta.model_name
        theirs = model._default_manager.filter(contact__in=contacts).values_list("pk", flat=True)
        records += [f"{name}:{number}" for number in theirs]
    AuditEntry.objects.filter(record__in=records).update(before={}, after={})
    told = Delivery.objects.filter(body__data__record__in=records)
    for one in told.iterator(chunk_size=500):
        one.body["data"] = {"record": one.body["data"]["record"]}
        one.save(update_fields=["body"])
    ImportChange.objects.filter(record__in=records).exclude(before=None).update(before={})
