"""Who is meant by the numbers, keys and addresses of rows: looked up at once, and followed from row to row.

Somebody whom the actor doesn't see is meant by nothing: what is known of such a number, key or address is not
said. Only a key that they have can't be given to anybody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from leadline.web import access
from leadline.web.actions.rows import parts_of
from leadline.web.errors import Conflict, NotFound
from leadline.web.models import Address, Contact, User

Name = tuple[str, str]
"""What somebody is known by: ("number", theirs), ("key", theirs) or ("email", theirs)."""


class Identities:
    """Contacts by what rows call them, as the rows before left it; of those merged, whom that was into.

    Where they are to be changed, nobody else changes them until the running transaction is through.
    """

    def __init__(
        self, user: User | None, rows: Iterable[Mapping[str, Any]], *, to_change: bool = False
    ) -> None:
        self._user = user or User(role="owner")
        self._having = _having({name for row in rows for name in (*names_of(row), *_key_of(row))})
        numbers = {number for found in self._having.values() for number in found}
        self._kept = _merged(numbers)
        self._seen: dict[int, Contact] = {}
        theirs = access.contacts(self._user).order_by("pk")
        if to_change:
            theirs = theirs.select_for_update().prefetch_related("company", "owner", "team")
        for part in parts_of(sorted({self._kept.get(number, number) for number in numbers})):
            self._seen |= {contact.pk: contact for contact in theirs.filter(pk__in=part)}

    @property
    def numbers(self) -> Iterable[int]:
        """The numbers of all who are meant by anything."""
        return self._seen.keys()

    def find(self, given: Mapping[str, Any]) -> Contact | None:
        """The contact of that number or key, or of the first of those addresses that somebody has.

        Raises NotFound where nobody has the number, and Conflict where several have the address.
        """
        for name in names_of(given):
            found = self._called(name)
            if len(found) > 1:
                raise Conflict(
                    f"The contact with {name[1]} was asked for",
                    found="that several have it",
                    allowed="a key, or an address that only one has",
                )
            if found:
                return found[0]
            if name[0] == "number":
                raise NotFound(f"The contact {name[1]} was asked for", found="none that you can see")
        return None

    def check_key(self, key: str, contact: Contact) -> None:
        """Raise Conflict where another contact has a key; of one whom the actor doesn't see that is all."""
        name: Name = ("key", key)
        if not self._having.get(name, set()) - {contact.pk}:
            return
        if self._called(name):
            raise Conflict("A contact was to have a key of its own", found=f"that another one has “{key}”")
        raise Conflict(
            "A contact was to have a key of its own",
            found=f"that “{key}” can't be used",
            allowed="another key, or none",
        )

    def note(self, contact: Contact, gone: Iterable[Name] = (), come: Iterable[Name] = ()) -> None:
        """Know what a row changed: by what a contact is known no longer, and by what from now on."""
        for name in gone:
            self._having.get(name, set()).discard(contact.pk)
        for name in come:
            self._having.setdefault(name, set()).add(contact.pk)
        if access.sees(self._user, contact):
            self._seen[contact.pk] = contact
        else:
            self._seen.pop(contact.pk, None)

    def _called(self, name: Name) -> list[Contact]:
        """All whom the actor sees, and who are known by a name."""
        numbers = {self._kept.get(number, number) for number in self._having.get(name, ())}
        return [self._seen[number] for number in sorted(numbers) if number in self._seen]


def names_of(row: Mapping[str, Any]) -> list[Name]:
    """What a row says that somebody is known by: a number, or else a key, or else e-mail addresses."""
    if row.get("contact") is not None:
        return [("number", str(row["contact"]))]
    if key := _key_of(row):
        return key
    emails = (one["value"] for one in row.get("addresses") or () if one["sort"] == Address.Sort.EMAIL)
    return [("email", email.strip().lower()) for email in emails]


def _key_of(row: Mapping[str, Any]) -> list[Name]:
    key = (row.get("key") or "").strip()
    return [("key", key)] if key else []


def _having(names: Iterable[Name]) -> dict[Name, set[int]]:
    """The numbers of all who have such a number, key or address, whoever they are."""
    having: dict[Name, set[int]] = {name: set() for name in names}
    emails = Address.objects.filter(sort=Address.Sort.EMAIL)
    there: dict[str, tuple[QuerySet[Any], str, str]] = {
        "number": (Contact.objects.all(), "pk", "pk"),
        "key": (Contact.objects.all(), "key", "pk"),
        "email": (emails, "value", "contact_id"),
    }
    for sort, (records, column, number) in there.items():
        for part in parts_of([value for of, value in having if of == sort]):
            for value, whose in records.filter(**{f"{column}__in": part}).values_list(column, number):
                having[sort, str(value)].add(whose)
    return having


def _merged(numbers: Iterable[int]) -> dict[int, int]:
    """Into whom some of these contacts were merged."""
    found: dict[int, int] = {}
    for part in parts_of(sorted(numbers)):
        gone = Contact.objects.filter(pk__in=part, merged_into__isnull=False)
        found |= {number: kept for number, kept in gone.values_list("pk", "merged_into") if kept is not None}
    return found
