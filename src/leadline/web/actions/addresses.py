"""Ways to reach somebody, checked for what they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from leadline.web.actions.acting import Actor, action, note_change
from leadline.web.actions.texts import tidy
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Address, Contact

_PHONE = re.compile(r"\+?[\d\s()./-]{3,40}(?:\s*(?:x|ext\.?)\s*\d{1,6})?", re.IGNORECASE)


@action
def add_address(actor: Actor, contact: Contact, sort: str, value: str, label: str = "") -> Address:
    """Add an address. Raises Invalid for what is none of its sort, Conflict where they have it already."""
    return write_address(actor, contact, sort, value, label)


@action
def remove_address(actor: Actor, address: Address) -> None:
    """Take an address away."""
    _remove(actor, address)


def set_addresses(actor: Actor, contact: Contact, given: Iterable[Mapping[str, str]]) -> None:
    """Inside an action: the addresses that somebody shall have, and no others."""
    wanted = {(one["sort"], read_address(one["sort"], one["value"])): one.get("label") or "" for one in given}
    for address in contact.addresses.all():
        if (address.sort, address.value) not in wanted:
            _remove(actor, address)
        else:
            wanted.pop((address.sort, address.value))
    for (sort, value), label in wanted.items():
        write_address(actor, contact, sort, value, label)


def write_address(actor: Actor, contact: Contact, sort: str, value: str, label: str = "") -> Address:
    """Write an address inside an action."""
    value = read_address(sort, value)
    if contact.addresses.filter(sort=sort, value=value).exists():
        raise Conflict(f"The address {value} was to be added", found="that they have it already")
    label = tidy(label, "The label of an address", 40, "label")
    told = {sort: value, **({"label": label} if label else {})}
    note_change(actor, "address.added", contact, {}, told)
    return Address.objects.create(contact=contact, sort=sort, value=value, label=label)


def read_address(sort: str, value: str) -> str:
    """An address as it is kept: e-mails in small letters, phones with single blanks."""
    if sort not in Address.Sort.values:
        raise Invalid("An address needs its sort", found=f"“{sort}”", allowed=", ".join(Address.Sort.values))
    value = tidy(value, "An address", 300, sort)
    if not value:
        raise Invalid(
            "An address was to be added",
            found="nothing",
            allowed="an e-mail, a phone, a place, a handle",
            field=sort,
        )
    if sort == Address.Sort.EMAIL:
        return _email(value)
    return _phone(value) if sort == Address.Sort.PHONE else value


def _remove(actor: Actor, address: Address) -> None:
    told = {address.sort: address.value, **({"label": address.label} if address.label else {})}
    note_change(actor, "address.removed", address.contact, told, {})
    address.delete()


def _email(value: str) -> str:
    try:
        validate_email(value)
    except ValidationError:
        raise Invalid(
            "An e-mail address was given", found=f"“{value}”", allowed="as ada@example.org", field="email"
        ) from None
    return value.lower()


def _phone(value: str) -> str:
    digits = sum(letter.isdigit() for letter in value)
    if not _PHONE.fullmatch(value) or not 3 <= digits <= 22:
        raise Invalid(
            "A phone number was given",
            found=f"“{value}”",
            allowed="as +49 30 901820, or 555 0134 ext 12",
            field="phone",
        )
    return " ".join(value.split())
