"""Who is meant by the keys and addresses of many rows, looked up at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from leadline.web import access
from leadline.web.models import Address, Contact, User

SORTS = ("number", "key", "email")
Name = tuple[str, str]
"""What somebody is known by: ("number", theirs), ("key", theirs) or ("email", theirs)."""


class Identities:
    """Contacts by what they are known by, as far as one look tells: one of them, nobody, or not sure.

    What is not sure (somebody who was merged, an address of several, somebody whom the actor doesn't see)
    has to be looked up by itself. Whatever is written has to be forgotten.
    """

    def __init__(self, user: User | None, rows: Iterable[Mapping[str, Any]]) -> None:
        names = {name for row in rows for name in names_of(row)}
        having = _having(names)
        numbers = {number for found in having.values() for number in found}
        seen = access.contacts(user or User(role="owner")).filter(pk__in=numbers).in_bulk()
        self._known: dict[Name, Contact | None] = {}
        for name in names:
            found = having.get(name, set())
            if not found:
                self._known[name] = None
            elif len(found) == 1 and (one := next(iter(found))) in seen:
                self._known[name] = seen[one]

    def tells(self, name: Name) -> bool:
        """Whether it is sure who is known by a name, or that nobody is."""
        return name in self._known

    def called(self, name: Name) -> Contact | None:
        """Who is known by a name; nobody where that is sure."""
        return self._known[name]

    def forget(self, contact: Contact, row: Mapping[str, Any]) -> None:
        """Be sure no longer of somebody who was written, nor of what they were given."""
        gone = {name for name, one in self._known.items() if one is not None and one.pk == contact.pk}
        for name in gone | set(_given(row)):
            self._known.pop(name, None)


def names_of(row: Mapping[str, Any]) -> list[Name]:
    """What a row says that somebody is known by: a number, or else a key, or else e-mail addresses."""
    given = _given(row)
    return [name for name in given if name[0] == given[0][0]]


def _given(row: Mapping[str, Any]) -> list[Name]:
    """Everything in a row that somebody can be known by."""
    emails = (one["value"] for one in row.get("addresses") or () if one["sort"] == Address.Sort.EMAIL)
    number: list[Name] = [("number", str(row["contact"]))] if row.get("contact") is not None else []
    key: list[Name] = [("key", row["key"])] if row.get("key") else []
    return [*number, *key, *(("email", email.strip().lower()) for email in emails)]


def _having(names: set[Name]) -> dict[Name, set[int]]:
    """The numbers of all who have such a key or address, whoever they are."""
    having: dict[Name, set[int]] = {}
    numbers, keys, emails = ({value for sort, value in names if sort == one} for one in SORTS)
    there = {
        "number": Contact.objects.filter(pk__in=numbers).values_list("pk", "pk"),
        "key": Contact.objects.filter(key__in=keys).values_list("key", "pk"),
        "email": Address.objects.filter(sort="email", value__in=emails).values_list("value", "contact_id"),
    }
    for sort, rows in there.items():
        for value, number in rows:
            having.setdefault((sort, str(value)), set()).add(number)
    return having
