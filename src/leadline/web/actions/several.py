"""Many contacts or companies at once: given to somebody, moved to a team, tagged, a field filled in.

What is to be done with each is plain data, so that the worker can be told of it: `do` is one of

* `owner`: `owner` and `team`, by their numbers, or None;
* `team`: `team`; the owner stays;
* `field`: `field`, a field of one's own, and its `value`, empty for none;
* `tags`, of contacts alone: those to `add` and to `remove`, with commas between them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from leadline.web.actions import profiles, tasks
from leadline.web.actions.acting import Actor, Change, note_changes
from leadline.web.actions.fields import read_fields, without_blanks
from leadline.web.actions.tags import read_words, tags_called, words_of
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Company, Contact, Mark, Tag, Team, User

MOST_AT_ONCE = 10_000
"""So many are changed while somebody waits; more of them by the worker."""
Of = Literal["contact", "company"]
_MODELS: dict[str, Any] = {"contact": Contact, "company": Company}
_SAID = {"contact": "contacts", "company": "companies"}
_PART = 500


def check(of: Of, change: Mapping[str, Any]) -> None:
    """Raise Invalid or Conflict for what can be done with no record."""
    do = change.get("do")
    if do == "field":
        read_fields(of, {change["field"]: change["value"]})
    elif do == "tags" and of == "contact":
        if not read_words(change["add"].split(",")) and not words_of(change["remove"].split(",")):
            raise Invalid("Tags of several contacts were to change", found="no tag", allowed="at least one")
    elif do in ("owner", "team"):
        _keepers(change)
    else:
        raise Invalid(
            f"Several {_SAID[of]} were to change",
            found="nothing to change" if not do else f"“{str(do)[:40]}”",
            allowed="an owner, a team, a field" + (", tags" if of == "contact" else ""),
        )


def change_several(actor: Actor, of: Of, numbers: Iterable[int], change: Mapping[str, Any]) -> int:
    """Do that with many records, inside an action; of how many it changed something."""
    check(of, change)
    records = _lock(of, numbers)
    if change["do"] == "tags":
        return _tag(actor, records, change["add"], change["remove"])
    if change["do"] == "field":
        return _fill(actor, of, records, change["field"], change["value"])
    return _keep(actor, of, records, _keepers(change))


def kept_by(owner: User | None, team: Team | None) -> dict[str, Any]:
    """Whose a record is, as the record of changes tells it: in words, and by numbers."""
    whose = {"owner": owner, "team": team}
    numbers = {f"{name}_id": one.pk if one else None for name, one in whose.items()}
    return {name: str(one or "") for name, one in whose.items()} | numbers


def to_owner(owner: User | None, team: Team | None) -> dict[str, Any]:
    """That records are given to somebody and a team."""
    return {"do": "owner", "owner": owner.pk if owner else None, "team": team.pk if team else None}


def _keepers(change: Mapping[str, Any]) -> dict[str, Any]:
    """The owner and the team, or the team alone, that records are to have; they may be gone by now."""
    found: dict[str, Any] = {"team": Team.objects.filter(pk=change["team"] or 0).first()}
    if change["do"] == "owner":
        found["owner"] = User.objects.filter(pk=change["owner"] or 0, is_active=True).first()
    for name, one in found.items():
        if change[name] is not None and one is None:
            raise Conflict("Several records were to be given away", found=f"that the {name} is gone")
    return found


def _keep(actor: Actor, of: Of, records: list[Any], wanted: dict[str, Any]) -> int:
    told = [
        (
            one,
            kept_by(one.owner, one.team),
            kept_by(wanted.get("owner", one.owner), wanted["team"]),
        )
        for one in records
    ]
    changed = [row for row in told if row[1] != row[2]]
    numbers = [one.pk for one, *_ in changed]
    for low in range(0, len(numbers), _PART):
        _MODELS[of].objects.filter(pk__in=numbers[low : low + _PART]).update(**wanted)
    if of == "contact":
        tasks.go_along((one.pk, one.owner_id) for one, *_ in changed)
    note_changes(actor, f"{of}.changed", changed)
    return len(changed)


def _fill(actor: Actor, of: Of, records: list[Any], name: str, value: Any) -> int:
    given, told, changed = read_fields(of, {name: value}), list[Change](), []
    for one in records:
        before, one.fields = one.fields, without_blanks(one.fields | given)
        if before != one.fields:
            was, became = (
                {f"field {name}": side[name]} if name in side else {} for side in (before, one.fields)
            )
            told.append((one, was, became))
            changed.append(one)
    _MODELS[of].objects.bulk_update(changed, ["fields"], batch_size=_PART)
    note_changes(actor, f"{of}.changed", told)
    numbers = [one.pk for one in changed]
    profiles.follow(actor, numbers if of == "contact" else _people_of(numbers))
    return len(changed)


def _tag(actor: Actor, contacts: list[Contact], add: str, remove: str) -> int:
    adding = tags_called(read_words(add.split(","))).values()
    removing = Tag.objects.filter(name__in=words_of(remove.split(",")))
    gone, come = {tag.name for tag in removing}, {tag.name for tag in adding}
    before = _tags_of(contacts)
    after = {one: (before[one] - gone) | come for one in contacts}
    marks = Mark.objects
    for low in range(0, len(contacts), _PART):
        marks.filter(contact__in=contacts[low : low + _PART], tag__in=removing).delete()
    marks.bulk_create(
        [
            Mark(contact_id=contact.pk, tag_id=tag.pk)
            for contact in contacts
            for tag in adding
            if tag.name not in before[contact]
        ],
        ignore_conflicts=True,
        batch_size=_PART,
    )
    told = {one: ({"tags": sorted(before[one])}, {"tags": sorted(after[one])}) for one in contacts}
    changed = [(one, *both) for one, both in told.items() if both[0] != both[1]]
    note_changes(actor, "contact.tagged", changed)
    return len(changed)


def _tags_of(contacts: list[Contact]) -> dict[Contact, set[str]]:
    found: dict[int, set[str]] = {}
    for low in range(0, len(contacts), _PART):
        marks = Mark.objects.filter(contact__in=contacts[low : low + _PART])
        for number, name in marks.values_list("contact_id", "tag__name"):
            found.setdefault(number, set()).add(name)
    return {one: found.get(one.pk, set()) for one in contacts}


def _people_of(companies: list[int]) -> list[int]:
    found: list[int] = []
    for low in range(0, len(companies), _PART):
        people = Contact.objects.filter(company__in=companies[low : low + _PART])
        found += people.values_list("pk", flat=True)
    return found


def _lock(of: Of, numbers: Iterable[int]) -> list[Any]:
    wanted = sorted(set(numbers))
    if not 1 <= len(wanted) <= MOST_AT_ONCE:
        what = _SAID[of]
        raise Invalid(
            f"Several {what} were to change",
            found=f"{len(wanted):,} {what}",
            allowed=f"1 to {MOST_AT_ONCE:,} at once",
        )
    rows = _MODELS[of].objects.select_for_update(of=("self",)).select_related("owner", "team")
    rows = rows.filter(erased_at=None) if of == "contact" else rows
    return [
        one
        for low in range(0, len(wanted), _PART)
        for one in rows.filter(pk__in=wanted[low : low + _PART]).order_by("pk")
    ]
