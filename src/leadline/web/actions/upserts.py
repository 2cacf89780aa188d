"""Contacts and companies as another program knows them: made where they are new, else changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from leadline.engine.errors import LeadlineError
from leadline.web import access, warehouse
from leadline.web.actions import profiles
from leadline.web.actions.acting import Actor, action, note_change
from leadline.web.actions.own_fields import check_fields
from leadline.web.actions.replies import Once, earlier_reply, keep_reply
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Address, Company, Contact, Tag, User

PLAIN = ("name", "key", "job_title")
MOST = 1000
"""Rows of one request."""

Given = Mapping[str, Any]
"""What is known of a contact: any of name, key, job_title, company (a name), addresses (dicts of sort,
value and label), tags (names), fields, owner (an address). What isn't named stays as it is."""


@action
def upsert_contacts(actor: Actor, rows: Sequence[Given], once: Once | None = None) -> list[dict[str, Any]]:
    """Make or change contacts, all or none; who they are is told by `key`, or else by an e-mail address.

    Answers with `id` and `made` for each row. Raises Invalid or Conflict, naming the row.
    """
    if (earlier := earlier_reply(actor, once)) is not None:
        answer: list[dict[str, Any]] = earlier
        return answer
    if len(rows) > MOST:
        raise Invalid("Contacts were sent", found=f"{len(rows):,}", allowed=f"at most {MOST:,} at a time")
    answer = [_upsert(actor, row, f"row {number}") for number, row in enumerate(rows, start=1)]
    keep_reply(actor, once, answer)
    return answer


@action
def create_contact(actor: Actor, given: Given) -> Contact:
    """Make a contact. Raises Conflict where its key is taken."""
    return _make(actor, given)


@action
def change_contact(actor: Actor, contact: Contact, given: Given) -> Contact:
    """Change what is given of a contact."""
    return _change(actor, contact, given)


@action
def create_company(actor: Actor, given: Given) -> Company:
    """Make a company. Raises Conflict where one of that name is there, that they can see."""
    name = str(given.get("name", ""))
    if theirs(actor, access.companies).filter(name=name).exists():
        raise Conflict("A company was to be made", found=f"one that is called “{name}” already")
    return _make_company(actor, given)


@action
def change_company(actor: Actor, company: Company, given: Given) -> Company:
    """Change what is given of a company."""
    before = _told_company(company)
    _fill_company(company, given)
    company.save()
    note_change(actor, "company.changed", company, before, _told_company(company))
    profiles.follow(actor, company.contacts.values_list("pk", flat=True))
    return company


def find_or_make(actor: Actor, given: Given) -> Contact:
    """Inside an action: who is meant, made where nobody is."""
    return find_known(actor, given) or _make(actor, given)


def find_known(actor: Actor, given: Given) -> Contact | None:
    """The contact of that key, or of the first of those addresses. Raises Conflict where several have it.

    Where whoever has it was merged into another contact, that one is meant.
    """
    theirs_: QuerySet[Contact] = theirs(actor, access.contacts)
    if given.get("key"):
        kept = warehouse.survivors(Contact.objects.filter(key=given["key"]).values_list("pk", flat=True))
        return theirs_.filter(pk__in=kept).first()
    for address in given.get("addresses") or ():
        if address["sort"] == Address.Sort.EMAIL:
            having = Address.objects.filter(sort="email", value=address["value"].lower())
            kept = warehouse.survivors(having.values_list("contact_id", flat=True))
            found = list(theirs_.filter(pk__in=kept)[:2])
            if len(found) > 1:
                raise Conflict(
                    f"The contact with {address['value']} was asked for",
                    found="several who have it",
                    allowed="a key, or an address that only one has",
                )
            if found:
                return found[0]
    return None


def theirs(actor: Actor, records: Callable[[User], QuerySet[Any]]) -> QuerySet[Any]:
    """The records that the actor sees; on the command line, all of them."""
    if actor.user is None:
        return records(User(role="owner"))
    return records(actor.user)


def _upsert(actor: Actor, row: Given, where: str) -> dict[str, Any]:
    try:
        known = find_known(actor, row)
        contact = _change(actor, known, row) if known else _make(actor, row)
    except LeadlineError as error:
        raise type(error)(
            error.asked, found=error.found, allowed=error.allowed, suggestion=error.suggestion, where=where
        ) from None
    return {"id": contact.pk, "made": known is None}


def _make(actor: Actor, given: Given) -> Contact:
    if not any(given.get(name) for name in ("name", "key", "addresses")):
        raise Invalid(
            "A contact was to be made", found="neither name, key nor address", allowed="one of them"
        )
    contact = Contact(owner=actor.user, team=actor.user.team if actor.user else None)
    _fill(actor, contact, given)
    note_change(actor, "contact.made", contact, {}, _told(contact))
    profiles.follow(actor, [contact.pk])
    return contact


def _change(actor: Actor, contact: Contact, given: Given) -> Contact:
    before = _told(contact)
    _fill(actor, contact, given)
    note_change(actor, "contact.changed", contact, before, _told(contact))
    profiles.follow(actor, [contact.pk])
    return contact


def _fill(actor: Actor, contact: Contact, given: Given) -> None:
    for name in PLAIN:
        if name in given:
            setattr(contact, name, given[name] or (None if name == "key" else ""))
    if "fields" in given:
        contact.fields = contact.fields | check_fields("contact", given["fields"] or {})
    if "company" in given:
        contact.company = _company(actor, given["company"]) if given["company"] else None
    if "owner" in given:
        contact.owner = _owner(given["owner"])
        contact.team = contact.owner.team if contact.owner else contact.team
    check(contact)
    if contact.key and Contact.objects.filter(key=contact.key).exclude(pk=contact.pk).exists():
        raise Conflict("A key was given to a contact", found=f"“{contact.key}”, which another one has")
    contact.save()
    if "addresses" in given:
        _set_addresses(contact, given["addresses"] or [])
    if "tags" in given:
        contact.tags.set([_tag(name) for name in dict.fromkeys(given["tags"] or [])])


def _company(actor: Actor, name: str) -> Company:
    known: Company | None = theirs(actor, access.companies).filter(name=name).order_by("pk").first()
    return known or _make_company(actor, {"name": name})


def _make_company(actor: Actor, given: Given) -> Company:
    company = Company(owner=actor.user, team=actor.user.team if actor.user else None)
    _fill_company(company, given)
    company.save()
    note_change(actor, "company.made", company, {}, _told_company(company))
    return company


def _fill_company(company: Company, given: Given) -> None:
    for name in ("name", "domain"):
        if name in given:
            setattr(company, name, given[name] or "")
    if "fields" in given:
        company.fields = company.fields | check_fields("company", given["fields"] or {})
    check(company)


def _owner(email: str | None) -> User | None:
    if email is None:
        return None
    found = User.objects.filter(email=email.lower(), is_active=True).first()
    if found is None:
        raise Invalid(
            "A contact was to have an owner", found=email, allowed="the address of somebody who works here"
        )
    return found


def _tag(name: str) -> Tag:
    if not name or len(name) > 60:
        raise Invalid("A tag was given", found=f"“{name[:80]}”", allowed="1 to 60 letters")
    return Tag.objects.get_or_create(name=name)[0]


def _set_addresses(contact: Contact, given: list[Mapping[str, str]]) -> None:
    wanted = {}
    for one in given:
        value = one["value"].lower() if one["sort"] == Address.Sort.EMAIL else one["value"]
        wanted[one["sort"], value] = Address(
            contact=contact, sort=one["sort"], value=value, label=one.get("label") or ""
        )
    kept = {(one.sort, one.value) for one in contact.addresses.all()}
    for address in contact.addresses.all():
        if (address.sort, address.value) not in wanted:
            address.delete()
    for name, address in wanted.items():
        if name not in kept:
            check(address)
            address.save()


def check(record: Contact | Company | Address) -> None:
    """Raise Invalid where a value is too long, or not one that is allowed."""
    try:
        record.clean_fields(exclude=["owner", "team", "company", "contact", "fields"])
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        raise Invalid(f"“{name}” was given", found=" ".join(messages)) from None


def _told(contact: Contact) -> dict[str, Any]:
    told: dict[str, Any] = {
        name: getattr(contact, name) for name in (*PLAIN, "fields", "company_id", "owner_id")
    }
    return told | {
        "addresses": [f"{one.sort}:{one.value}" for one in Address.objects.filter(contact=contact)],
        "tags": sorted(contact.tags.values_list("name", flat=True)),
    }


def _told_company(company: Company) -> dict[str, Any]:
    return {"name": company.name, "domain": company.domain, "fields": company.fields}
