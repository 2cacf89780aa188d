"""People: to make and change them, one by one or many at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from leadline.web import access
from leadline.web.actions import profiles
from leadline.web.actions.acting import Actor, action, note_change, note_changes
from leadline.web.actions.addresses import set_addresses
from leadline.web.actions.fields import read_fields, without_blanks
from leadline.web.actions.texts import tidy, tidy_columns
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Company, Contact, Tag, Team, User

MOST_AT_ONCE = 10_000
MOST_TAGS = 50
_BESIDES = ("company", "fields", "tags", "addresses")
"""What is given of a contact besides plain columns."""


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


def write_contact(actor: Actor, known: Contact | None, given: Mapping[str, Any]) -> Contact:
    """Inside an action that has the profiles followed afterwards: change somebody, or make somebody new."""
    new, contact = known is None, known or Contact()
    given = given if known else _of_somebody(actor, given)
    before = {} if new else _said(contact)
    columns = tidy_columns(Contact, {n: v for n, v in given.items() if n not in _BESIDES})
    if "key" in columns:
        columns["key"] = _free_key(columns["key"], contact)
    if given.get("company") is not None:
        columns["company"] = company_called(actor, given["company"])
    if given.get("fields"):
        columns["fields"] = without_blanks(contact.fields | read_fields("contact", given["fields"]))
    for name, value in columns.items():
        setattr(contact, name, value)
    contact.save(update_fields=None if new else list(columns))
    if (after := _said(contact)) != before:
        note_change(actor, "contact.made" if new else "contact.changed", contact, before, after)
    if given.get("addresses") is not None:
        set_addresses(actor, contact, given["addresses"])
    if given.get("tags") is not None:
        _write_tags(actor, contact, given["tags"])
    return contact


def _of_somebody(actor: Actor, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is given of somebody new, who is of whoever makes them unless said. Raises Invalid for nobody."""
    if not (str(given.get("name") or "").strip() or given.get("key") or given.get("addresses")):
        raise Invalid(
            "A contact was to be made",
            found="neither a name nor an address",
            allowed="one of them",
            field="name",
        )
    if "owner" in given or actor.user is None:
        return given
    return {**given, "owner": actor.user, "team": actor.user.team}


def _free_key(key: str | None, contact: Contact) -> str | None:
    if key and Contact.objects.filter(key=key).exclude(pk=contact.pk).exists():
        raise Conflict("A contact was to have a key of its own", found=f"that another one has “{key}”")
    return key or None


@action
def set_tags(actor: Actor, contact: Contact, names: Iterable[str]) -> list[Tag]:
    """Mark somebody with these words and no others; words that are new become known."""
    return _write_tags(actor, contact, names)


def _write_tags(actor: Actor, contact: Contact, names: Iterable[str]) -> list[Tag]:
    tags = tags_called(names)
    before = sorted(contact.tags.values_list("name", flat=True))
    contact.tags.set(tags)
    after = sorted(tag.name for tag in tags)
    if before != after:
        note_change(actor, "contact.tagged", contact, {"tags": before}, {"tags": after})
    return tags


@action
def tag_contacts(actor: Actor, contacts: Iterable[int], add: str = "", remove: str = "") -> int:
    """Put tags on many contacts, and take others off; of how many contacts that changed something."""
    found = _several(contacts)
    adding, removing = tags_called(add.split(",")), Tag.objects.filter(name__in=_words(remove.split(",")))
    if not adding and not removing:
        raise Invalid("Tags of several contacts were to change", found="no tag", allowed="at least one")
    gone, come = {tag.name for tag in removing}, {tag.name for tag in adding}
    before = _tags_of(found)
    after = {one: (before[one] - gone) | come for one in found}
    marks = Contact.tags.through.objects
    marks.filter(contact__in=found, tag__in=removing).delete()
    marks.bulk_create(
        [Contact.tags.through(contact_id=contact.pk, tag_id=tag.pk) for contact in found for tag in adding],
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


def kept_by(owner: User | None, team: Team | None) -> dict[str, Any]:
    """Whose a record is, as the record of changes tells it: in words, and by numbers."""
    whose = {"owner": owner, "team": team}
    numbers = {f"{name}_id": one.pk if one else None for name, one in whose.items()}
    return {name: str(one or "") for name, one in whose.items()} | numbers


def _tags_of(contacts: list[Contact]) -> dict[Contact, set[str]]:
    found: dict[int, set[str]] = {}
    for low in range(0, len(contacts), 500):
        marks = Contact.tags.through.objects.filter(contact__in=contacts[low : low + 500])
        for number, name in marks.values_list("contact_id", "tag__name"):
            found.setdefault(number, set()).add(name)
    return {one: found.get(one.pk, set()) for one in contacts}


def company_called(actor: Actor, name: str) -> Company | None:
    """The company of that name among those that they see, made if there is none; None without a name.

    One that they don't see stays unknown to them: neither is it found by its name, nor does anybody join it.
    """
    name = tidy(name, "The name of a company", 200, "company")
    if not name:
        return None
    seen = Company.objects.all() if actor.user is None else access.companies(actor.user)
    known = seen.filter(name=name).order_by("pk").first()
    known = known or seen.filter(name_small=name.lower()).order_by("pk").first()
    if known is None:
        user = actor.user
        known = Company.objects.create(name=name, owner=user, team=user.team if user else None)
        note_change(actor, "company.made", known, {}, {"name": name})
    return known


def tags_called(names: Iterable[str]) -> list[Tag]:
    """The tags of these names; those that are new are made."""
    words = _words(names)
    if len(words) > MOST_TAGS:
        found = f"{len(words)} of them"
        raise Invalid("Tags were given", found=found, allowed=f"at most {MOST_TAGS}", field="tags")
    return [Tag.objects.get_or_create(name=word)[0] for word in words]


def _words(names: Iterable[str]) -> list[str]:
    found = (" ".join(tidy(name, "A tag", 60, "tags").split()) for name in names)
    return list(dict.fromkeys(word for word in found if word))


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
        part = Contact.objects.filter(pk__in=numbers[low : low + 500], erased_at=None)
        found += part.select_related("owner", "team")
    return found


def _said(contact: Contact) -> dict[str, Any]:
    return {
        "name": contact.name,
        "key": contact.key or "",
        "job_title": contact.job_title,
        **{name: str(getattr(contact, name) or "") for name in ("company", "owner", "team")},
        **{name: getattr(contact, name) for name in ("company_id", "owner_id", "team_id")},
        **{f"field {name}": value for name, value in contact.fields.items()},
    }
