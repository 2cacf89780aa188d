"""Which of the people in somebody's files are there already: by key, then by e-mail; nobody is guessed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.db.models.functions import Lower

from leadline.web import access
from leadline.web.actions.intake import Person
from leadline.web.models import Address, Contact, User

By = Literal["", "key", "mail"]


@dataclass(frozen=True)
class Match:
    """Whom a person of the files is: a contact, found by what; nobody so far; or why that can't be said."""

    contact: Contact | None = None
    by: By = ""
    doubt: str = ""


def match(
    user: User, people: Sequence[Person], shared: frozenset[str], made: frozenset[int] | set[int]
) -> list[Match]:
    """Whom each person is.

    `shared` are addresses that several in the files have. `made` are contacts made from these files: they are
    found by what the files call them, and by an address only if that is all there is.
    """
    keys = [person.key for person in people if person.key]
    by_key = {one.key: one for one in Contact.objects.filter(key__in=keys).select_related("company")}
    mails = {mail.lower() for person in people for mail in person.emails}
    addresses = Address.objects.annotate(plain=Lower("value"))
    found = addresses.filter(sort=Address.Sort.EMAIL, plain__in=mails, contact__erased_at=None)
    by_mail: dict[str, dict[int, Contact]] = {}
    for address in found.select_related("contact__company"):
        by_mail.setdefault(address.value.casefold(), {})[address.contact_id] = address.contact
    near = {pk for people_there in by_mail.values() for pk in people_there}
    near |= {one.pk for one in by_key.values()}
    seen = set(access.contacts(user).filter(pk__in=near).values_list("pk", flat=True))
    mails_of = _mails_of([one.pk for one in by_key.values()])
    return [_match(person, by_key, by_mail, mails_of, shared, made, seen) for person in people]


def _match(
    person: Person,
    by_key: dict[str | None, Contact],
    by_mail: dict[str, dict[int, Contact]],
    mails_of: dict[int, set[str]],
    shared: frozenset[str],
    made: frozenset[int] | set[int],
    seen: set[int],
) -> Match:
    keyed = by_key.get(person.key) if person.key else None
    plain = {mail.casefold() for mail in person.emails}
    if keyed is not None:
        theirs = mails_of.get(keyed.pk, set())
        if plain and theirs and not plain & theirs and _differ(person.name, keyed.name):
            return Match(doubt=f"“{person.key}” is {keyed} here, with another name and another address")
        return _seen(keyed, "key", seen)
    mailed = {pk: one for mail in plain for pk, one in by_mail.get(mail, {}).items()}
    if person.key:
        mailed = {pk: one for pk, one in mailed.items() if pk not in made}
    if not mailed:
        return Match()
    if len(mailed) > 1:
        names = ", ".join(sorted(str(one) for one in mailed.values()))
        return Match(doubt=f"its address is that of {len(mailed)} contacts ({names})")
    [contact] = mailed.values()
    if person.key and plain & shared:
        return Match(doubt=f"its address is that of {contact}, and of several records of these files")
    return _seen(contact, "mail", seen)


def _seen(contact: Contact, by: By, seen: set[int]) -> Match:
    if contact.erased_at is not None:
        return Match(doubt="this person was erased, and may not come back by an import")
    if contact.pk not in seen:
        return Match(
            doubt="this contact is there already, and belongs to somebody whose records you don't see"
        )
    return Match(contact, by)


def _differ(one: str, other: str) -> bool:
    return one.casefold() != other.casefold()


def _mails_of(contacts: list[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    rows = Address.objects.filter(contact__in=contacts, sort=Address.Sort.EMAIL)
    for contact, mail in rows.values_list("contact_id", "value"):
        found.setdefault(contact, set()).add(mail.casefold())
    return found
