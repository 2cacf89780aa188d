"""Contacts as another program knows them: changed where they are known, else made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from leadline.engine.errors import LeadlineError
from leadline.web import access, warehouse
from leadline.web.actions import profiles
from leadline.web.actions.acting import Actor, action
from leadline.web.actions.contacts import write_contact
from leadline.web.actions.identities import Identities, names_of
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Address, Contact, User

MOST = 1000
"""Rows of one request."""

Given = Mapping[str, Any]
"""What is known of a contact, as `contacts.change_contact` takes it."""


@action
def upsert_contacts(actor: Actor, rows: Sequence[Given]) -> list[dict[str, Any]]:
    """Make or change contacts, all or none; who they are is told by `key`, or else by an e-mail address.

    Answers with `id` and `made` for each row. Raises Invalid or Conflict, naming the row.
    """
    if len(rows) > MOST:
        raise Invalid("Contacts were sent", found=f"{len(rows):,}", allowed=f"at most {MOST:,} at a time")
    known = Identities(actor.user, rows)
    told = [_upsert(actor, row, known, f"row {number}") for number, row in enumerate(rows, start=1)]
    profiles.follow(actor, [one["id"] for one in told])
    return told


def find_known(actor: Actor, given: Given, known: Identities) -> Contact | None:
    """The contact of that number or key, or of the first of those addresses.

    Where whoever has it was merged into another contact, that one is meant. Raises NotFound where nobody has
    the number, and Conflict where several have the address.
    """
    names = names_of(given)
    if names and all(known.tells(name) for name in names):
        return next((one for name in names if (one := known.called(name))), None)
    seen: QuerySet[Contact] = theirs(actor, access.contacts)
    if given.get("contact") is not None:
        return access.find(seen, next(iter(warehouse.survivors([given["contact"]])), given["contact"]))
    if given.get("key"):
        kept = warehouse.survivors(Contact.objects.filter(key=given["key"]).values_list("pk", flat=True))
        return seen.filter(pk__in=kept).first()
    for address in given.get("addresses") or ():
        if address["sort"] != Address.Sort.EMAIL:
            continue
        email = address["value"].strip().lower()
        having = Address.objects.filter(sort="email", value=email).values_list("contact_id", flat=True)
        found = list(seen.filter(pk__in=warehouse.survivors(having))[:2])
        if len(found) > 1:
            raise Conflict(
                f"The contact with {email} was asked for",
                found="that several have it",
                allowed="a key, or an address that only one has",
            )
        if found:
            return found[0]
    return None


def theirs(actor: Actor, records: Callable[[User], QuerySet[Any]]) -> QuerySet[Any]:
    """The records that the actor sees; on the command line, all of them."""
    return records(actor.user or User(role="owner"))


def _upsert(actor: Actor, row: Given, known: Identities, where: str) -> dict[str, Any]:
    try:
        found = find_known(actor, row, known)
        contact = write_contact(actor, found, row)
        known.forget(contact, row)
    except LeadlineError as error:
        raise type(error)(
            error.asked, found=error.found, allowed=error.allowed, suggestion=error.suggestion, where=where
        ) from None
    return {"id": contact.pk, "made": found is None}
