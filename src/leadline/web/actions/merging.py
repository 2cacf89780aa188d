"""Two records of one person: to make them one, and to part them again.

The touches of both keep their first owner, and count as one subject's; what hangs on the second record moves
to the first. The entry in the record of changes says what moved, and undoing reads it there.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet

from leadline.web.actions.acting import Actor, action, note_change
from leadline.web.actions.profiles import follow
from leadline.web.actions.touches import settle
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Address, Ask, AuditEntry, Contact, Contract, Note, Purchase, Task

MERGED = "contact.merged"
_HANGING: dict[str, type[Model]] = {
    "notes": Note,
    "tasks": Task,
    "asks": Ask,
    "purchases": Purchase,
    "contracts": Contract,
}
_FILLED = ("name", "company_id", "job_title")
_UNSET = object()


@action
def merge_contacts(actor: Actor, kept: Contact, duplicate: Contact) -> Contact:
    """Make two records one person. Raises Invalid for one alone, Conflict for one merged already."""
    kept, duplicate = _both(kept.pk, duplicate.pk)
    for one in (kept, duplicate):
        if one.merged_into_id is not None or one.erased_at is not None:
            raise Conflict("Two contacts were to be merged", found=f"that {one} is merged or erased already")
    moved = {name: _move(model, duplicate, kept) for name, model in _HANGING.items()}
    moved["addresses"] = _move_addresses(duplicate, kept)
    moved["tags"] = _give_tags(duplicate, kept)
    moved["merged"] = list(duplicate.merged.values_list("pk", flat=True))
    duplicate.merged.update(merged_into=kept)
    filled = _fill(kept, duplicate)
    Contact.objects.filter(pk=duplicate.pk).update(merged_into=kept)
    after = {"duplicate": duplicate.pk, "called": str(duplicate), "moved": moved, "filled": filled}
    note_change(actor, MERGED, kept, {}, after)
    settle(actor, [kept.pk, duplicate.pk])
    follow(actor, [kept.pk])
    return kept


@action
def part_contacts(actor: Actor, duplicate: Contact) -> Contact:
    """Undo a merge: what moved goes back, and both stand on their own touches again."""
    entry = AuditEntry.objects.filter(action=MERGED, after__duplicate=duplicate.pk).order_by("-id").first()
    if duplicate.merged_into_id is None or entry is None:
        raise Conflict("A merge was to be undone", found=f"that {duplicate} is merged into nobody")
    survivor = duplicate.merged_into_id
    kept = Contact.objects.get(pk=int(entry.record.split(":")[1]))
    _both(survivor, duplicate.pk)
    moved = entry.after["moved"]
    hanging: dict[str, type[Model]] = {**_HANGING, "addresses": Address}
    for name, model in hanging.items():
        model._default_manager.filter(pk__in=moved[name], contact=survivor).update(contact=duplicate)
    kept.tags.remove(*moved["tags"])
    Contact.objects.filter(pk__in=moved["merged"], merged_into=survivor).update(merged_into=duplicate)
    _empty(kept, entry.after["filled"])
    Contact.objects.filter(pk=duplicate.pk).update(merged_into=None)
    note_change(actor, "contact.parted", kept, {"duplicate": duplicate.pk}, {})
    settle(actor, [survivor, duplicate.pk, *moved["merged"]])
    follow(actor, [survivor, duplicate.pk])
    return duplicate


def alike(contact: Contact) -> QuerySet[Any]:
    """The numbers of those with an address or the name of somebody: likely the same person."""
    values = list(contact.addresses.values_list("value_small", flat=True))
    by_address = Contact.objects.filter(addresses__value_small__in=values).values("pk")
    by_name = Contact.objects.filter(name_small=contact.name_small).exclude(name="").values("pk")
    return by_address.union(by_name)


def _both(kept: int, duplicate: int) -> tuple[Contact, Contact]:
    """Both rows, held until the end, so that no two are merged into each other."""
    rows = Contact.objects.select_for_update().in_bulk(sorted({kept, duplicate}))
    if len(rows) != 2:
        raise Invalid("Two contacts were to be merged", found="one", allowed="two different ones")
    return rows[kept], rows[duplicate]


def _move(model: type[Model], duplicate: Contact, kept: Contact) -> list[int]:
    theirs = model._default_manager.filter(contact=duplicate)
    numbers = sorted(theirs.values_list("pk", flat=True))
    theirs.update(contact=kept)
    return numbers


def _move_addresses(duplicate: Contact, kept: Contact) -> list[int]:
    has = set(kept.addresses.values_list("sort", "value"))
    numbers = [one.pk for one in duplicate.addresses.all() if (one.sort, one.value) not in has]
    Address.objects.filter(pk__in=numbers).update(contact=kept)
    return numbers


def _give_tags(duplicate: Contact, kept: Contact) -> list[int]:
    has = set(kept.tags.values_list("pk", flat=True))
    numbers = sorted(set(duplicate.tags.values_list("pk", flat=True)) - has)
    kept.tags.add(*numbers)
    return numbers


def _fill(kept: Contact, duplicate: Contact) -> dict[str, Any]:
    """What the first record lacks, it has from the second."""
    filled = {n: getattr(duplicate, n) for n in _FILLED if not getattr(kept, n) and getattr(duplicate, n)}
    fields = {name: value for name, value in duplicate.fields.items() if name not in kept.fields}
    for name, value in filled.items():
        setattr(kept, name, value)
    kept.fields |= fields
    kept.save(update_fields=["name", "company", "job_title", "fields"])
    return filled | {"fields": fields}


def _empty(kept: Contact, filled: dict[str, Any]) -> None:
    for name in _FILLED:
        if name in filled and getattr(kept, name) == filled[name]:
            setattr(kept, name, None if name == "company_id" else "")
    kept.fields = {n: v for n, v in kept.fields.items() if filled["fields"].get(n, _UNSET) != v}
    kept.save(update_fields=["name", "company", "job_title", "fields"])
