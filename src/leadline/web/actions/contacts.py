"""People: to make and change them, one by one or many at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from leadline.web import access
from leadline.web.actions.acting import Actor, action, name_of, note_change
from leadline.web.actions.addresses import write_address
from leadline.web.actions.fields import read_fields, without_blanks
from leadline.web.actions.texts import tidy, tidy_columns
from leadline.web.errors import Invalid
from leadline.web.models import AuditEntry, Company, Contact, Tag, Team, User

MOST_AT_ONCE = 10_000
MOST_TAGS = 50


@action
def create_contact(
    actor: Actor, name: str, *, email: str = "", phone: str = "", company: str = "", **columns: Any
) -> Contact:
    """Record a person, by a name or an address. They belong to whoever made them, unless told otherwise.

    `columns` are those of Contact; `fields` holds values of own fields by name.
    """
    columns = tidy_columns(Contact, {"name": name, **columns})
    if not (columns["name"] or email.strip() or phone.strip()):
        raise Invalid(
            "A contact was to be made",
            found="neither a name nor an address",
            allowed="one of them",
            field="name",
        )
    if "owner" not in columns and actor.user is not None:
        columns |= {"owner": actor.user, "team": actor.user.team}
    columns["company"] = company_called(actor, company)
    columns["fields"] = without_blanks(read_fields("contact", columns.get("fields", {})))
    contact = Contact.objects.create(**columns)
    note_change(actor, "contact.made", contact, {}, _said(contact))
    for sort, value in (("email", email), ("phone", phone)):
        if value.strip():
            write_address(actor, contact, sort, value)
    return contact


@action
def edit_contact(
    actor: Actor,
    contact: Contact,
    *,
    company: str | None = None,
    tags: Iterable[str] | None = None,
    **columns: Any,
) -> Contact:
    """Change what is known of somebody.

    `company` is a name (empty: none), `fields` holds those to change, `tags` are all that they shall have.
    """
    before = _said(contact)
    columns = tidy_columns(Contact, columns)
    if company is not None:
        columns["company"] = company_called(actor, company)
    if "fields" in columns:
        columns["fields"] = without_blanks(contact.fields | read_fields("contact", columns["fields"]))
    for name, value in columns.items():
        setattr(contact, name, value)
    contact.save(update_fields=list(columns))
    note_change(actor, "contact.changed", contact, before, _said(contact))
    if tags is not None:
        _write_tags(actor, contact, tags)
    return contact


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
    """Put tags on many contacts, and take others off; how many contacts they were."""
    found = _several(contacts)
    adding, removing = tags_called(add.split(",")), Tag.objects.filter(name__in=_words(remove.split(",")))
    if not adding and not removing:
        raise Invalid("Tags of several contacts were to change", found="no tag", allowed="at least one")
    marks = Contact.tags.through.objects
    marks.filter(contact__in=found, tag__in=removing).delete()
    marks.bulk_create(
        [Contact.tags.through(contact_id=contact.pk, tag_id=tag.pk) for contact in found for tag in adding],
        ignore_conflicts=True,
    )
    took, gave = [tag.name for tag in removing], [tag.name for tag in adding]
    _note_each(actor, "contact.tagged", {c: ({"removed": took}, {"added": gave}) for c in found})
    return len(found)


@action
def assign_contacts(actor: Actor, contacts: Iterable[int], owner: User | None, team: Team | None) -> int:
    """Give many contacts to somebody and their team; how many they were."""
    found, after = _several(contacts), {"owner": str(owner or ""), "team": str(team or "")}
    before = {c: {"owner": str(c.owner or ""), "team": str(c.team or "")} for c in found}
    Contact.objects.filter(pk__in=[contact.pk for contact in found]).update(owner=owner, team=team)
    _note_each(actor, "contact.changed", {c: (before[c], after) for c in found})
    return len(found)


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


def _note_each(
    actor: Actor, what: str, changes: dict[Contact, tuple[dict[str, Any], dict[str, Any]]]
) -> None:
    """Write down a change of many contacts in one go."""
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                who=actor.user,
                by=actor.by[:200],
                action=what,
                record=name_of(contact),
                before={name: value for name, value in before.items() if after.get(name) != value},
                after={name: value for name, value in after.items() if before.get(name) != value},
            )
            for contact, (before, after) in changes.items()
        ],
        batch_size=500,
    )


def _said(contact: Contact) -> dict[str, Any]:
    return {
        "name": contact.name,
        "job_title": contact.job_title,
        "company": str(contact.company or ""),
        "owner": str(contact.owner or ""),
        "team": str(contact.team or ""),
        **{f"field {name}": value for name, value in contact.fields.items()},
    }
