"""Which of the people in somebody's files are there already: by key, e-mail or only name; nobody is guessed.

What an export calls a contact without a key is as good as one (`own_keys`). Whoever is known by no more than
a name is the one contact that is called so, unless both name another company; of whom several are called so,
it isn't said who is meant. Whoever imports may say that somebody is a contact who is there; that goes first.

Who was merged into another contact is that one. Whoever has an address and isn't seen by whoever imports is
nobody to them: it isn't said that anybody has it, and the row makes a contact of theirs. A key that somebody
has whom they don't see can't be used a second time, and that is all that is said of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from django.db.models.functions import Lower

from leadline.web import access, warehouse
from leadline.web.actions.importing.intake import Person
from leadline.web.actions.own_keys import find_own
from leadline.web.actions.rows import parts_of
from leadline.web.errors import Invalid
from leadline.web.knowing import spellings
from leadline.web.models import Address, Contact, User

By = Literal["", "key", "mail", "name", "said"]


@dataclass(frozen=True)
class Match:
    """Whom a person of the files is: a contact, found by what; nobody so far; or why that can't be said."""

    contact: Contact | None = None
    by: By = ""
    doubt: str = ""


def match(
    user: User,
    people: Sequence[Person],
    shared: frozenset[str],
    made: frozenset[int] | set[int],
    same: Mapping[str, int],
) -> list[Match]:
    """Whom each person is.

    `shared` are addresses that several in the files have. `made` are contacts made from these files: they are
    found by what the files call them, and by an address only if that is all there is, whosever they became.
    `same` says who of the files is which contact, as in a mapping.
    """
    keys = [person.key for person in people if person.key]
    records = {one.key: one for one in Contact.objects.filter(key__in=keys).select_related("company")}
    records.update(find_own(key for key in keys if key not in records))
    mails = {mail.lower() for person in people for mail in person.emails}
    addresses = Address.objects.annotate(plain=Lower("value"))
    found = addresses.filter(sort=Address.Sort.EMAIL, plain__in=mails, contact__erased_at=None)
    having = list(found.select_related("contact__company"))
    said = Contact.objects.select_related("company").in_bulk(
        [same[one.label] for one in people if one.label in same]
    )
    there = _kept([*records.values(), *(address.contact for address in having), *said.values()])
    by_key = {key: _Keyed(there[one.pk], one.name) for key, one in records.items()}
    by_mail: dict[str, dict[int, Contact]] = {}
    for address in having:
        kept = there[address.contact_id]
        by_mail.setdefault(address.value.casefold(), {})[kept.pk] = kept
    near = [one.pk for one in there.values()]
    seen = set(access.counted_contacts(user).filter(pk__in=near).values_list("pk", flat=True)) | made
    mails_of = _mails_of([one.contact.pk for one in by_key.values()])
    named = _called(user, [one for one in people if one.only_named and one.key not in by_key], made)
    return [
        _match_as_said(there.get(same[person.label]), seen)
        if person.label in same
        else _match_by_name(person, named)
        if person.only_named and person.key not in by_key
        else _match(person, by_key, by_mail, mails_of, shared, made, seen)
        for person in people
    ]


def check_same(user: User, same: Mapping[str, int]) -> None:
    """Raises Invalid where somebody is said to be a contact whom the user doesn't see."""
    for some in parts_of(sorted(set(same.values()))):
        seen = set(access.contacts(user).filter(pk__in=some).values_list("pk", flat=True))
        if missing := [number for number in some if number not in seen]:
            raise Invalid(
                "Somebody in the files was to be a contact who is there",
                field="same",
                found=f"the contact {missing[0]}, which there isn’t",
                allowed="the number of a contact that you can see",
            )


def find_namesakes(user: User, people: Sequence[Person]) -> list[tuple[Person, Contact]]:
    """Those who are called as one contact is whom somebody sees: whether they are the same isn't known."""
    named = _called(user, [one for one in people if one.name], frozenset())
    called = [(person, named.get(person.name.casefold(), [])) for person in people]
    return [(person, found[0]) for person, found in called if len(found) == 1]


def _called(
    user: User, people: Sequence[Person], made: frozenset[int] | set[int]
) -> dict[str, list[Contact]]:
    """The contacts that somebody sees by what they are called, in small letters; none of these files."""
    names = {spelled for person in people for spelled in spellings(person.name)}
    seen = access.contacts(user).select_related("company").filter(name_small__in=names)
    found: dict[str, list[Contact]] = {}
    for contact in seen.order_by("pk") if names else ():
        if contact.pk not in made:
            found.setdefault(contact.name.casefold(), []).append(contact)
    return found


def _match_as_said(contact: Contact | None, seen: set[int]) -> Match:
    """The contact that somebody said it is, if they still see it."""
    if contact is None or contact.pk not in seen:
        return Match(doubt="the contact that it was said to be is not there any more")
    return _unless_erased(contact, "said")


def _match_by_name(person: Person, named: Mapping[str, Sequence[Contact]]) -> Match:
    """Whom somebody is of whom the files say a name, and perhaps a company, and nothing else."""
    company = person.company.casefold()
    same = [
        one
        for one in named.get(person.name.casefold(), ())
        if not company or one.company is None or one.company.name.casefold() == company
    ]
    at_it = [one for one in same if company and one.company is not None] or same
    if len(at_it) > 1:
        who = f"{len(at_it)} contacts are called “{person.name}”{f' at {person.company}' if company else ''}"
        return Match(doubt=f"{who}, and no e-mail or id says which of them is meant")
    return Match(at_it[0], "name") if at_it else Match()


@dataclass(frozen=True)
class _Keyed:
    """Whom a key means, and what the record is called that has it."""

    contact: Contact
    name: str


def _kept(records: Sequence[Contact]) -> dict[int, Contact]:
    """For each record its contact, or whom that was merged into: one object for one contact."""
    there = {one.pk: one for one in records}
    same = {one.pk: one.merged_into_id for one in records if one.merged_into_id}
    missing = warehouse.survivors(same) if same else []
    kept = Contact.objects.select_related("company").in_bulk([pk for pk in missing if pk not in there])
    everybody = kept | there
    return {pk: everybody[same.get(pk, pk)] for pk in there}


def _match(
    person: Person,
    by_key: dict[str | None, _Keyed],
    by_mail: dict[str, dict[int, Contact]],
    mails_of: dict[int, set[str]],
    shared: frozenset[str],
    made: frozenset[int] | set[int],
    seen: set[int],
) -> Match:
    keyed = by_key.get(person.key) if person.key else None
    plain = {mail.casefold() for mail in person.emails}
    if keyed is not None:
        return _keyed(person, keyed, plain, mails_of.get(keyed.contact.pk, set()), seen)
    mailed = {pk: one for mail in plain for pk, one in by_mail.get(mail, {}).items()}
    if person.key:
        mailed = {pk: one for pk, one in mailed.items() if pk not in made}
    mailed = {pk: one for pk, one in mailed.items() if pk in seen}
    if not mailed:
        return Match()
    if len(mailed) > 1:
        names = ", ".join(sorted(str(one) for one in mailed.values()))
        return Match(doubt=f"its address is that of {len(mailed)} contacts ({names})")
    contact = next(iter(mailed.values()))
    if person.key and plain & shared:
        return Match(doubt=f"its address is that of {contact}, and of several records of these files")
    return _unless_erased(contact, "mail")


def _keyed(person: Person, keyed: _Keyed, mails: set[str], theirs: set[str], seen: set[int]) -> Match:
    contact = keyed.contact
    if contact.pk not in seen:
        said = (
            f"the key “{person.key}” can't be used in this import: leave it out, or let an owner take it in"
        )
        return Match(doubt=said)
    differs = _differ(person.name, keyed.name) and _differ(person.name, contact.name)
    if mails and theirs and not mails & theirs and differs:
        return Match(doubt=f"“{person.key}” is {contact} here, with another name and another address")
    return _unless_erased(contact, "key")


def _unless_erased(contact: Contact, by: By) -> Match:
    if contact.erased_at is not None:
        return Match(doubt="this person was erased, and may not come back by an import")
    return Match(contact, by)


def _differ(one: str, other: str) -> bool:
    return one.casefold() != other.casefold()


def _mails_of(contacts: list[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    rows = Address.objects.filter(contact__in=contacts, sort=Address.Sort.EMAIL)
    for contact, mail in rows.values_list("contact_id", "value"):
        found.setdefault(contact, set()).add(mail.casefold())
    return found
