"""Contacts as actions write them, one or a thousand: put down row by row, then written in a few statements.

A row is checked against what the rows before it left, and leaves what it would leave if it came by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any

from django.db import IntegrityError, connection
from django.utils import timezone

from leadline.web.actions.acting import Actor, Noted, note_all
from leadline.web.actions.addresses import AddressDrafts
from leadline.web.actions.employers import Employers
from leadline.web.actions.fields import declared, read_fields, without_blanks
from leadline.web.actions.identities import Identities
from leadline.web.actions.rows import Row, insert, reserve, update
from leadline.web.actions.tags import TagDrafts
from leadline.web.actions.tasks import go_along
from leadline.web.actions.texts import tidy_columns
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Contact, Field

Given = Mapping[str, Any]
"""What is known of a contact, as `contacts.change_contact` takes it."""
COLUMNS = ("name", "key", "job_title", "company_id", "owner_id", "team_id", "fields")
_BESIDES = ("company", "fields", "tags", "addresses")
"""What is given of a contact besides plain columns."""
_values, _OWNER = attrgetter(*COLUMNS), COLUMNS.index("owner_id")


class Drafts:
    """Contacts that an action makes and changes. It has the profiles followed afterwards.

    `rows` are all that will be put; `people` says whom they mean, and follows what they change.
    """

    def __init__(self, actor: Actor, rows: Sequence[Given], people: Identities | None = None) -> None:
        self.actor, self.rows = actor, rows
        self.people = people or Identities(actor.user, [{"key": row.get("key")} for row in rows])
        self._noted: list[Noted] = []
        self._new: dict[int, Contact] = {}
        self._old: dict[int, tuple[Contact, Row]] = {}
        self._numbers: Iterator[int] | None = None
        self._declared: dict[str, Field] | None = None
        self._addresses = AddressDrafts(self.people.numbers, self._note)
        self._tags = TagDrafts(self.people.numbers, self._note)
        self._companies = Employers(actor, (row.get("company") for row in rows), self._note)

    def put(self, known: Contact | None, given: Given) -> Contact:
        """Change somebody, or make somebody new; what isn't given stays.

        Raises Invalid for what can't be recorded, and Conflict where the key is another one's.
        """
        given = given if known else _of_somebody(self.actor, given)
        contact, before = known or Contact(), _said(known) if known else {}
        columns = self._read(contact, given)
        if known is None:
            self._begin(contact)
        elif contact.pk not in self._new:
            self._old.setdefault(contact.pk, (contact, _values(contact)))
        had = contact.key
        for name, value in columns.items():
            setattr(contact, name, value)
        if (after := _said(contact)) != before:
            self._note("contact.changed" if known else "contact.made", contact, before, after)
        self.people.note(contact, _keys(had), _keys(contact.key))
        if given.get("addresses") is not None:
            self.people.note(contact, *self._addresses.put(contact, given["addresses"]))
        if given.get("tags") is not None:
            self._tags.put(contact, given["tags"])
        return contact

    def write(self) -> None:
        """Write all that was put down, and write down who changed what.

        Raises Conflict where somebody else was quicker to give a key to another contact.
        """
        self._companies.write()
        try:
            self._write_old()
            self._write_new()
        except IntegrityError:
            raise Conflict(
                "Contacts were to be written",
                found="that somebody else has just given one of their keys to another contact",
                allowed="another try",
            ) from None
        self._addresses.write()
        self._tags.write()
        note_all(self.actor, self._noted)

    def _read(self, contact: Contact, given: Given) -> dict[str, Any]:
        """The columns that somebody is given."""
        columns = tidy_columns(Contact, {n: v for n, v in given.items() if n not in _BESIDES})
        if "key" in columns:
            columns["key"] = columns["key"] or None
            self.people.check_key(columns["key"] or "", contact)
        if given.get("company") is not None:
            columns["company"] = self._companies.called(given["company"])
        if given.get("fields"):
            if self._declared is None:
                self._declared = declared("contact")
            fields = read_fields("contact", given["fields"], self._declared)
            columns["fields"] = without_blanks(contact.fields | fields)
        return columns

    def _begin(self, contact: Contact) -> None:
        """Give somebody new a number."""
        if self._numbers is None:
            self._numbers = iter(reserve(Contact, len(self.rows)))
        contact.pk = next(self._numbers)
        self._new[contact.pk] = contact
        self._addresses.begin(contact)
        self._tags.begin(contact)

    def _note(self, what: str, record: Any, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        self._noted.append((what, record, before, after))

    def _write_old(self) -> None:
        """Write the columns that differ, a statement for each set of them; keys are given up first."""
        changed: dict[tuple[str, ...], list[Row]] = {}
        freed = []
        for number, (contact, before) in self._old.items():
            pairs = zip(COLUMNS, before, _values(contact), strict=True)
            told = {name: _kept(name, now) for name, was, now in pairs if was != now}
            if told:
                changed.setdefault(tuple(told), []).append((*told.values(), number))
            if "key" in told and before[COLUMNS.index("key")]:
                freed.append((None, number))
        update(Contact, ("key",), freed)
        for names, rows in changed.items():
            update(Contact, names, rows)
        whose = attrgetter("owner_id", "team_id")
        go_along(
            (number, before[_OWNER])
            for number, (contact, before) in self._old.items()
            if whose(contact) != before[_OWNER : _OWNER + 2]
        )

    def _write_new(self) -> None:
        made_at = timezone.now()
        at = connection.ops.adapt_datetimefield_value(made_at)
        rows = (
            (number, *map(_kept, COLUMNS, _values(contact)), "", at) for number, contact in self._new.items()
        )
        insert(Contact, ("id", *COLUMNS, "path", "created_at"), rows)
        for contact in self._new.values():
            contact.created_at, contact._state.adding = made_at, False
            contact._state.db = connection.alias


def write_contact(actor: Actor, known: Contact | None, given: Given) -> Contact:
    """Inside an action that has the profiles followed afterwards: change somebody, or make somebody new."""
    drafts = Drafts(actor, [given])
    contact = drafts.put(known, given)
    drafts.write()
    return contact


def _of_somebody(actor: Actor, given: Given) -> Given:
    """What is given of somebody new, who is of whoever makes them unless said. Raises Invalid for nobody."""
    named = any(str(given.get(name) or "").strip() for name in ("name", "key"))
    if not (named or given.get("addresses")):
        raise Invalid(
            "A contact was to be made",
            found="neither a name nor an address",
            allowed="one of them",
            field="name",
        )
    if "owner" in given or actor.user is None:
        return given
    return {**given, "owner": actor.user, "team": actor.user.team}


def _keys(key: str | None) -> list[tuple[str, str]]:
    return [("key", key)] if key else []


def _kept(name: str, value: Any) -> Any:
    """A value as its column keeps it."""
    return connection.ops.adapt_json_value(value, None) if name == "fields" else value


def _said(contact: Contact) -> dict[str, Any]:
    return {
        "name": contact.name,
        "key": contact.key or "",
        "job_title": contact.job_title,
        **{name: str(getattr(contact, name) or "") for name in ("company", "owner", "team")},
        **{name: getattr(contact, name) for name in ("company_id", "owner_id", "team_id")},
        **{f"field {name}": value for name, value in contact.fields.items()},
    }
