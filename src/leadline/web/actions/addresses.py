"""Ways to reach somebody, checked for what they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from leadline.web.actions.acting import Actor, Note, action, note_change
from leadline.web.actions.rows import insert, parts_of
from leadline.web.actions.texts import tidy
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Address, Contact

Way = tuple[str, str]
"""The sort of an address, and its value."""
_PHONE = re.compile(r"\+?[\d\s()./-]{3,40}(?:\s*(?:x|ext\.?)\s*\d{1,6})?", re.IGNORECASE)


@action
def add_address(actor: Actor, contact: Contact, sort: str, value: str, label: str = "") -> Address:
    """Add an address. Raises Invalid for what is none of its sort, Conflict where they have it already."""
    value = read_address(sort, value)
    if contact.addresses.filter(sort=sort, value=value).exists():
        raise Conflict(f"The address {value} was to be added", found="that they have it already")
    label = _read_label(label)
    note_change(actor, "address.added", contact, {}, _told(sort, value, label))
    return Address.objects.create(contact=contact, sort=sort, value=value, label=label)


@action
def remove_address(actor: Actor, address: Address) -> None:
    """Take an address away."""
    told = _told(address.sort, address.value, address.label)
    note_change(actor, "address.removed", address.contact, told, {})
    address.delete()


class AddressDrafts:
    """The addresses that contacts shall have, put down one after another and written in the end.

    `among` are those who may be meant: what they have is looked up for all of them at once.
    """

    def __init__(self, among: Iterable[int], note: Note) -> None:
        self._among, self._note = among, note
        self._there: dict[int, dict[Way, tuple[int | None, str]]] = {}
        self._gone: list[int] = []

    def begin(self, contact: Contact) -> None:
        """Know that somebody is new, and has none."""
        self._there[contact.pk] = {}

    def put(self, contact: Contact, given: Iterable[Mapping[str, str]]) -> tuple[list[Way], list[Way]]:
        """The addresses that somebody shall have, and no others: which they lose, and which they get.

        One that stays keeps its label. Raises Invalid for what is none of its sort.
        """
        wanted = {
            (one["sort"], read_address(one["sort"], one["value"])): one.get("label") or "" for one in given
        }
        there = self._of(contact)
        gone, come = [way for way in there if way not in wanted], [way for way in wanted if way not in there]
        for way in gone:
            number, label = there.pop(way)
            self._gone += [number] if number else []
            self._note("address.removed", contact, _told(*way, label), {})
        for way in come:
            there[way] = None, _read_label(wanted[way])
            self._note("address.added", contact, {}, _told(*way, there[way][1]))
        return gone, come

    def write(self) -> None:
        """Take away and add what differs."""
        for part in parts_of(self._gone):
            Address.objects.filter(pk__in=part).delete()
        ways = ((contact, *one) for contact, there in self._there.items() for one in there.items())
        rows = ((contact, *way, label) for contact, way, (number, label) in ways if number is None)
        insert(Address, ("contact_id", "sort", "value", "label"), rows)

    def _of(self, contact: Contact) -> dict[Way, tuple[int | None, str]]:
        if contact.pk not in self._there:
            self._look({contact.pk, *self._among} - self._there.keys())
        return self._there[contact.pk]

    def _look(self, numbers: set[int]) -> None:
        self._there |= {number: {} for number in numbers}
        for part in parts_of(sorted(numbers)):
            rows = Address.objects.filter(contact__in=part).order_by("pk")
            for contact, sort, value, label, number in rows.values_list(
                "contact_id", "sort", "value", "label", "pk"
            ):
                self._there[contact][sort, value] = number, label


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


def _read_label(label: str) -> str:
    return tidy(label, "The label of an address", 40, "label")


def _told(sort: str, value: str, label: str) -> dict[str, str]:
    return {sort: value, **({"label": label} if label else {})}


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
