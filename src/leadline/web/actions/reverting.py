"""To undo edits: what was so before is so again, unless somebody changed it since.

An edit is undone from its entry in the record of changes; the undoing is an entry of its own, which can be
undone in turn. Touches are no edits: they are taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from leadline.engine.instants import DAY, to_datetime
from leadline.web import access
from leadline.web.actions import asks, profiles, taken_away, tasks
from leadline.web.actions.acting import Actor, action, note_change
from leadline.web.actions.views import COLUMNS
from leadline.web.errors import Invalid, NotFound
from leadline.web.models import Address, Ask, AuditEntry, Company, Contact, Note, SavedView, Tag, Team, User

MOST = 10_000
FIELD = "field "
"""How the name of a field of one's own begins in an entry."""
_PLAIN = ("name", "job_title", "domain")
_OF = ("contact", "company")
_LINKS: dict[str, type[Any]] = {"company_id": Company, "owner_id": User, "team_id": Team}


@action
def revert(actor: Actor, entries: Iterable[AuditEntry]) -> tuple[int, list[AuditEntry]]:
    """Undo edits, the latest first: how many were undone, and those that weren't, as it was changed again."""
    asked = list(entries)
    if len(asked) > MOST:
        raise Invalid("Edits were to be undone", found=f"{len(asked):,}", allowed=f"{MOST:,} at once")
    return take_back(actor, asked)


def take_back(actor: Actor, entries: Iterable[AuditEntry]) -> tuple[int, list[AuditEntry]]:
    """The same inside an action."""
    undone, left = list[AuditEntry](), list[AuditEntry]()
    for entry in sorted(entries, key=lambda entry: -entry.pk):
        (undone if _UNDO[entry.action](actor, entry) else left).append(entry)
    numbers = {
        of: [int(n) for what, _, n in (e.record.partition(":") for e in undone) if what == of] for of in _OF
    }
    theirs = Contact.objects.filter(company__in=numbers["company"]).values_list("pk", flat=True)
    profiles.follow(actor, [*numbers["contact"], *theirs])
    return len(undone), left


def undoable(user: User, first: int, last: int, now: int) -> list[AuditEntry]:
    """The edits from one entry to another that somebody may undo; raises NotFound where there are none.

    One alone may be anybody's, of a record that they see; of several their own are meant. Whoever gave a
    record to somebody else and sees it no more can take that back for a day.
    """
    last = min(last, first + 10 * MOST)
    asked = AuditEntry.objects.filter(pk__gte=first, pk__lte=last, action__in=UNDOABLE)
    asked = asked if first == last else asked.filter(who=user)
    entries = list(asked.order_by("pk")[: MOST + 1])
    if not (found := allowed(user, entries, now)):
        raise NotFound("An edit was to be undone", found="none that you can see and that can be undone")
    return found


def is_own(user: User, first: int, last: int) -> bool:
    """Whether all from one entry to another is what somebody did with views of their own, as any role may."""
    asked = AuditEntry.objects.filter(pk__gte=first, pk__lte=last)
    return not asked.exclude(who=user, action="view.removed").exists()


def allowed(user: User, entries: list[AuditEntry], now: int) -> list[AuditEntry]:
    """Those among some edits that somebody may undo; those of definitions are for who may define."""
    records: dict[str, QuerySet[Any]] = {
        "contact": access.contacts(user),
        "company": access.companies(user),
        "ask": access.of_contacts(user, Ask),
    }
    seen = {name for of, rows in records.items() for name in _seen(rows, of, entries)}
    lately, defines = to_datetime(now - DAY), access.may(user, "define")
    return [
        one
        for one in entries
        if (defines if one.action in DEFINED else _is_theirs(user, one, lately) or one.record in seen)
    ]


def _is_theirs(user: User, entry: AuditEntry, lately: datetime) -> bool:
    return entry.who_id == user.pk and entry.at >= lately


def _seen(records: QuerySet[Any], of: str, entries: list[AuditEntry]) -> set[str]:
    numbers = sorted(
        {int(one.record.partition(":")[2]) for one in entries if one.record.startswith(f"{of}:")}
    )
    found: set[str] = set()
    for low in range(0, len(numbers), 500):
        part = records.filter(pk__in=numbers[low : low + 500]).values_list("pk", flat=True)
        found |= {f"{of}:{number}" for number in part}
    return found


def _columns(actor: Actor, entry: AuditEntry) -> bool:
    """Give a contact or a company its columns and fields back, those that nobody changed since."""
    of, _, number = entry.record.partition(":")
    model: Any = Contact if of == "contact" else Company
    record = model.objects.select_for_update(of=("self",)).filter(pk=int(number)).first()
    if record is None or getattr(record, "erased_at", None) is not None:
        return False
    before, after = {}, {}
    for name in {**entry.before, **entry.after}:
        was, became = entry.before.get(name), entry.after.get(name)
        if _get(record, name) == became and _set(record, name, was):
            before[name], after[name] = became, was
    if not before:
        return False
    record.save()
    if of == "contact" and before.keys() & {"owner_id", "team_id"}:
        tasks.go_along([(record.pk, before.get("owner_id", record.owner_id))])
    words = {name.removesuffix("_id") for name in before if name in _LINKS}
    before |= {name: entry.after.get(name, "") for name in words}
    after |= {name: entry.before.get(name, "") for name in words}
    note_change(actor, entry.action, record, before, after)
    return True


def _get(record: Any, name: str) -> Any:
    if name.startswith(FIELD):
        return record.fields.get(name.removeprefix(FIELD))
    return getattr(record, name) if name in (*_PLAIN, *_LINKS) and hasattr(record, name) else _ELSE


def _set(record: Any, name: str, value: Any) -> bool:
    """Whether it could be set: a company or a person may be gone."""
    if name.startswith(FIELD):
        fields = dict(record.fields)
        fields.pop(name.removeprefix(FIELD), None)
        record.fields = fields if value is None else fields | {name.removeprefix(FIELD): value}
        return True
    if name in _LINKS and value is not None and not _LINKS[name].objects.filter(pk=value).exists():
        return False
    setattr(record, name, value if name in _LINKS else value or "")
    return True


def _tags(actor: Actor, entry: AuditEntry) -> bool:
    """Take off the tags that were put on, and put on those that were taken off."""
    contact = _contact(entry)
    if contact is None:
        return False
    was, became = (set(side.get("tags", ())) for side in (entry.before, entry.after))
    there = set(contact.tags.values_list("name", flat=True))
    wanted = (there - (became - was)) | (was - became)
    if wanted == there:
        return False
    contact.tags.set([Tag.objects.get_or_create(name=name)[0] for name in sorted(wanted)])
    note_change(actor, entry.action, contact, {"tags": sorted(there)}, {"tags": sorted(wanted)})
    return True


def _address(actor: Actor, entry: AuditEntry) -> bool:
    contact = _contact(entry)
    if contact is None:
        return False
    told = entry.before or entry.after
    [(sort, value)] = [(name, value) for name, value in told.items() if name != "label"]
    there = contact.addresses.filter(sort=sort, value=value)
    if bool(entry.before) == there.exists():
        return False
    if entry.before:
        Address.objects.create(contact=contact, sort=sort, value=value, label=told.get("label", ""))
        note_change(actor, "address.added", contact, {}, told)
    else:
        there.delete()
        note_change(actor, "address.removed", contact, told, {})
    return True


def _note(actor: Actor, entry: AuditEntry) -> bool:
    contact = _contact(entry)
    told = entry.before or entry.after
    if contact is None or "written_at" not in told:
        return False
    there = Note.objects.filter(contact=contact, text=told["note"])
    if bool(entry.before) == there.exists():
        return False
    if entry.before:
        author = User.objects.filter(pk=told["author_id"]).first() if told["author_id"] else None
        made = Note.objects.create(contact=contact, text=told["note"], author=author)
        Note.objects.filter(pk=made.pk).update(written_at=to_datetime(told["written_at"]))
        note_change(actor, "note.written", contact, {}, told)
    else:
        there.delete()
        note_change(actor, "note.removed", contact, told, {})
    return True


def _view(actor: Actor, entry: AuditEntry) -> bool:
    """Keep a view again that was removed, unless its owner is gone, or has another of its name by now."""
    told = {name: entry.before[name] for name in COLUMNS if name in entry.before}
    same = {name: told.get(name) for name in ("of", "name", "owner_id")}
    gone = not User.objects.filter(pk=told.get("owner_id") or 0).exists()
    if len(told) < len(COLUMNS) or gone or SavedView.objects.filter(**same).exists():
        return False
    if told["default"]:
        SavedView.objects.filter(of=told["of"], owner=told["owner_id"]).update(default=False)
    made = SavedView.objects.create(**told)
    note_change(actor, "view.kept", made, {}, {name: told[name] for name in ("name", "shared", "default")})
    return True


def _terms(actor: Actor, entry: AuditEntry) -> bool:
    """Give an ask the terms back that it had, unless it has others by now, or waits for no answer."""
    ask = Ask.objects.filter(pk=int(entry.record.partition(":")[2])).first()
    if ask is None:
        return False
    list(Contact.objects.select_for_update().filter(pk=ask.contact_id).values_list("pk"))
    now = asks.said(asks.terms_of(ask))
    names = {**entry.before, **entry.after}
    if any(now.get(name, "") != entry.after.get(name, "") for name in names):
        return False
    terms = asks.read(now | {name: entry.before.get(name, "") for name in names})
    if terms is None or not asks.can_change(ask):
        return False
    asks.alter(actor, ask, terms)
    return True


def _contact(entry: AuditEntry) -> Contact | None:
    number = int(entry.record.partition(":")[2])
    return Contact.objects.select_for_update().filter(pk=number, erased_at=None).first()


_ELSE = object()
_UNDO: dict[str, Callable[[Actor, AuditEntry], bool]] = {
    "contact.changed": _columns,
    "company.changed": _columns,
    "contact.tagged": _tags,
    "address.added": _address,
    "address.removed": _address,
    "note.written": _note,
    "note.removed": _note,
    "view.removed": _view,
    "ask.changed": _terms,
    "ask.expected": _terms,
    **taken_away.PUT_BACK,
}
UNDOABLE = tuple(_UNDO)
"""The edits that can be undone."""
DEFINED = tuple(taken_away.PUT_BACK)
"""Those of them that take a definition away."""
