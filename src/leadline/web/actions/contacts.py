"""People: to make and change them, one by one or many at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from leadline.web.actions import profiles
from leadline.web.actions.acting import Actor, action
from leadline.web.actions.drafts import write_contact
from leadline.web.actions.several import change_several
from leadline.web.models import Contact


@action
def create_contact(
    actor: Actor, name: str = "", *, email: str = "", phone: str = "", **given: Any
) -> Contact:
    """Record a person, by a name, a key or an address. They are of whoever made them, unless said.

    `given` is as `change_contact` takes it. Raises Invalid for nobody, Conflict where the key is taken.
    """
    typed = [{"sort": sort, "value": value} for sort, value in (("email", email), ("phone", phone))]
    addresses = [*(given.pop("addresses", None) or ()), *(one for one in typed if one["value"].strip())]
    return make_contact(actor, name=name, addresses=addresses, **given)


@action
def edit_contact(actor: Actor, contact: Contact, **given: Any) -> Contact:
    """Change what is known of somebody: what is given, as `change_contact` takes it."""
    contact.refresh_from_db(from_queryset=Contact.objects.select_for_update())
    return change_contact(actor, contact, **given)


def make_contact(actor: Actor, **given: Any) -> Contact:
    """Record a person inside an action."""
    contact = write_contact(actor, None, given)
    profiles.follow(actor, [contact.pk])
    return contact


def change_contact(actor: Actor, contact: Contact, **given: Any) -> Contact:
    """Change somebody inside an action; what isn't given stays.

    Of columns there are `name`, `key`, `job_title`, `owner` and `team`; `company` is a name (empty: none),
    `fields` holds those to change, `tags` and `addresses` (`sort`, `value`, `label`) are all they shall have.
    """
    write_contact(actor, contact, given)
    profiles.follow(actor, [contact.pk])
    return contact


@action
def set_tags(actor: Actor, contact: Contact, names: Iterable[str]) -> None:
    """Mark somebody with these words and no others; words that are new become known."""
    write_contact(actor, contact, {"tags": names})


@action
def change_contacts(actor: Actor, contacts: Iterable[int], change: Mapping[str, Any]) -> int:
    """Do with many contacts what `several` says; of how many that changed something."""
    return change_several(actor, "contact", contacts, change)
