"""People: to make and change them, one by one or many at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from leadline.web.actions import profiles
from leadline.web.actions.acting import Actor, Change, action, note_changes
from leadline.web.actions.drafts import write_contact
from leadline.web.actions.fields import read_fields, without_blanks
from leadline.web.actions.tags import read_words, tags_called, words_of
from leadline.web.errors import Invalid
from leadline.web.models import Contact, Mark, Tag, Team, User

MOST_AT_ONCE = 10_000


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
def tag_contacts(actor: Actor, contacts: Iterable[int], add: str = "", remove: str = "") -> int:
    """Put tags on many contacts, and take others off; of how many contacts that changed something."""
    found = _several(contacts)
    adding = tags_called(read_words(add.split(","))).values()
    removing = Tag.objects.filter(name__in=words_of(remove.split(",")))
    if not adding and not removing:
        raise Invalid("Tags of several contacts were to change", found="no tag", allowed="at least one")
    gone, come = {tag.name for tag in removing}, {tag.name for tag in adding}
    before = _tags_of(found)
    after = {one: (before[one] - gone) | come for one in found}
    Mark.objects.filter(contact__in=found, tag__in=removing).delete()
    Mark.objects.bulk_create(
        [Mark(contact_id=contact.pk, tag_id=tag.pk) for contact in found for tag in adding],
        ignore_conflicts=True,
    )
    told = {c: ({"tags": sorted(before[c])}, {"tags": sorted(after[c])}) for c in found}
    changed = [(one, *both) for one, both in told.items() if both[0] != both[1]]
    note_changes(actor, "contact.tagged", changed)
    return len(changed)


@action
def assign_contacts(actor: Actor, contacts: Iterable[int], owner: User | None, team: Team | None) -> int:
    """Give many contacts to somebody and their team; for how many that changed something."""
    found, after = _several(contacts), kept_by(owner, team)
    told = {one: (kept_by(one.owner, one.team), after) for one in found}
    changed = [(one, *both) for one, both in told.items() if both[0] != both[1]]
    numbers = [one.pk for one, *_ in changed]
    for low in range(0, len(numbers), 500):
        Contact.objects.filter(pk__in=numbers[low : low + 500]).update(owner=owner, team=team)
    note_changes(actor, "contact.changed", changed)
    return len(changed)


@action
def fill_contacts(actor: Actor, contacts: Iterable[int], name: str, value: Any) -> int:
    """Give many contacts one value in a field of one's own, none where it is empty; how many that changed."""
    given = read_fields("contact", {name: value})
    told: list[Change] = []
    changed: list[Contact] = []
    for one in _several(contacts):
        before, one.fields = one.fields, without_blanks(one.fields | given)
        if before != one.fields:
            was, became = (
                {f"field {name}": side[name]} if name in side else {} for side in (before, one.fields)
            )
            told.append((one, was, became))
            changed.append(one)
    Contact.objects.bulk_update(changed, ["fields"], batch_size=500)
    note_changes(actor, "contact.changed", told)
    profiles.follow(actor, [one.pk for one in changed])
    return len(changed)


def kept_by(owner: User | None, team: Team | None) -> dict[str, Any]:
    """Whose a record is, as the record of changes tells it: in words, and by numbers."""
    whose = {"owner": owner, "team": team}
    numbers = {f"{name}_id": one.pk if one else None for name, one in whose.items()}
    return {name: str(one or "") for name, one in whose.items()} | numbers


def _tags_of(contacts: list[Contact]) -> dict[Contact, set[str]]:
    found: dict[int, set[str]] = {}
    for low in range(0, len(contacts), 500):
        marks = Mark.objects.filter(contact__in=contacts[low : low + 500])
        for number, name in marks.values_list("contact_id", "tag__name"):
            found.setdefault(number, set()).add(name)
    return {one: found.get(one.pk, set()) for one in contacts}


def _several(contacts: Iterable[int]) -> list[Contact]:
    numbers = sorted(set(contacts))
    if not 1 <= len(numbers) <= MOST_AT_ONCE:
        raise Invalid(
            "Several contacts were to change",
            found=f"{len(numbers):,} contacts",
            allowed=f"1 to {MOST_AT_ONCE:,} at once",
        )
    found: list[Contact] = []
    for low in range(0, len(numbers), 500):
        part = Contact.objects.select_for_update(of=("self",)).filter(pk__in=numbers[low : low + 500])
        found += part.filter(erased_at=None).select_related("owner", "team")
    return found
