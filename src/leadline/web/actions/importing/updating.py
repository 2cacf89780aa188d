"""What files say of contacts that are there already, and what was so before."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from leadline.web.actions.acting import Actor, name_of
from leadline.web.actions.importing.contracts import UPDATED
from leadline.web.actions.importing.intake import Person
from leadline.web.actions.importing.marks import Words, mark, note_given, tags_of
from leadline.web.actions.own_keys import own_key
from leadline.web.models import Address, AuditEntry, Contact, Import, ImportChange, User

COLUMNS = ("name", "key", "job_title", "company_id", "owner_id", "team_id", "fields")
ROWS = 500
ADDED = ("addresses", "tags")
"""What an import only adds to."""


@dataclass
class Update:
    """What is said of one contact; `noted` is False where this import made the contact itself."""

    contact: Contact
    person: Person
    addresses: list[tuple[str, str]]
    company: int | None
    owner: User | None
    fields: dict[str, Any]
    tags: Words
    noted: bool = True
    change: dict[str, Any] = field(default_factory=dict)

    def apply(self, taken: AbstractSet[str]) -> None:
        """Set what the files say otherwise; a key, and owner and team, are only given where there was none.

        `taken` are keys that contacts have: whoever was merged into this one keeps theirs. A name that others
        may have too becomes nobody's key.
        """
        person, contact = self.person, self.contact
        self._set("name", person.name or contact.name)
        self._set("job_title", person.job_title or contact.job_title)
        named = person.key in taken or person.key == own_key(contact.pk, contact.created_at)
        key = None if person.only_named or named else person.key
        self._set("key", contact.key or key)
        self._set("company_id", self.company or contact.company_id)
        if contact.owner_id is None and self.owner is not None:
            self._set("owner_id", self.owner.pk)
            self._set("team_id", self.owner.team_id or contact.team_id)
        self._set("fields", {**contact.fields, **self.fields})

    def _set(self, name: str, value: Any) -> None:
        was = getattr(self.contact, name)
        if was != value:
            self.change[name] = {"was": was, "became": value}
            setattr(self.contact, name, value)


def update_contacts(record: Import, actor: Actor, updates: Sequence[Update]) -> None:
    """Write what differs, with a line for undoing it and an audit entry each."""
    there = {
        (address.contact_id, address.sort, address.value.casefold())
        for address in Address.objects.filter(contact__in=[one.contact.pk for one in updates])
    }
    keys = [one.person.key for one in updates if one.person.key]
    taken = {key for key in Contact.objects.filter(key__in=keys).values_list("key", flat=True) if key}
    added = []
    for one in updates:
        one.apply(taken)
        for sort, value in one.addresses:
            told = (one.contact.pk, sort, value.casefold())
            if told not in there:
                there.add(told)
                added.append(Address(contact=one.contact, sort=sort, value=value))
                one.change.setdefault("addresses", []).append([sort, value])
    _mark(record, updates)
    changed = [one for one in updates if one.change]
    Contact.objects.bulk_update([one.contact for one in changed], [*_plain(COLUMNS)], batch_size=ROWS)
    Address.objects.bulk_create(added, batch_size=ROWS)
    noted = [one for one in changed if one.noted]
    ImportChange.objects.bulk_create(
        [ImportChange(of=record, record=name_of(one.contact), before=one.change) for one in noted],
        batch_size=ROWS,
    )
    AuditEntry.objects.bulk_create([_entry(record, actor, one) for one in noted], batch_size=ROWS)


def _mark(record: Import, updates: Sequence[Update]) -> None:
    """Give them the tags that they don't have yet; those that they have stay, whoever gave them."""
    wanted = {one.contact.pk: one.tags for one in updates if one.tags}
    there = tags_of(list(wanted))
    given = mark(record, wanted, there)
    for one in updates:
        if one.noted and one.contact.pk in given:
            one.change["tags"] = list(given.pop(one.contact.pk))
    note_given(record, given)


def _plain(columns: Sequence[str]) -> list[str]:
    return [name.removesuffix("_id") for name in columns]


def _entry(record: Import, actor: Actor, one: Update) -> AuditEntry:
    sides = {name: both for name, both in one.change.items() if name not in ADDED}
    after = {name: both["became"] for name, both in sides.items()}
    after |= {name: one.change[name] for name in ADDED if name in one.change}
    return AuditEntry(
        who=actor.user,
        by=f"{actor.by}, {name_of(record)}"[:200],
        action=UPDATED,
        record=name_of(one.contact),
        before={name: both["was"] for name, both in sides.items()},
        after=after,
    )
