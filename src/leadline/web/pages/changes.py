"""The changes: who changed what, when, what was there before, and after."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from leadline.engine.money import money_words
from leadline.engine.wording import counted
from leadline.web import access, together
from leadline.web.actions.checks import known_day
from leadline.web.actions.edits import edits_of
from leadline.web.actions.importing.imports import imports_of
from leadline.web.actions.purchases_back import KEPT, UNDONE
from leadline.web.actions.reverting import DEFINED, MOST, UNDOABLE
from leadline.web.errors import Invalid
from leadline.web.models import Ask, AuditEntry, Contact, Contract, ImportChange, Purchase, User
from leadline.web.pages.edits import edit_words
from leadline.web.pages.frame import page, user_of
from leadline.web.templatetags.spoken import spoken

SHOWN, PARTS = 50, 10
"""So many lines stand on a page, for which changes are asked for so many times at most."""
ASKED = ("who", "what", "record", "since", "within", "before")
HIDDEN = ("_id", "written_at", "moved", "filled", "first", "last")
"""How the names end of what only undoing reads."""
SORTS = {
    "contact": "Contacts", "address": "Addresses", "note": "Notes", "task": "Tasks", "touch": "Touches",
    "company": "Companies", "ask": "Asks", "purchase": "Purchases", "contract": "Contracts",
    "import": "Imports", "export": "Exports", "funnel": "Funnels", "kind": "Kinds", "path": "Paths",
    "field": "Fields", "profile": "Profiles", "offer": "Offers", "goal": "Goals", "view": "Views",
    "person": "People", "team": "Teams", "token": "Tokens", "webhook": "Webhooks", "backup": "Backups",
    "edit": "Changes of many",
}  # fmt: skip
"""What was changed, by how the names of the changes begin."""
SPOKEN = {
    "savedview": "view", "funnelversion": "funnel", "kinddefinition": "kind", "pathdefinition": "path",
    "pathcost": "cost", "user": "person",
}  # fmt: skip
"""What records are called whose names in the changes are no words."""
_OF_CONTACTS: dict[str, Any] = {"ask": Ask, "purchase": Purchase, "contract": Contract}
"""What hangs on a contact and has entries of its own."""
IMPORTED = "import.done"
"""What the entry of an import is called that says what came of it."""
_AMOUNTS = ("amount", "value", "price")
_MARK = re.compile(r" \((undoing )?edit \d+\)$")
"""How the name ends of whoever had the worker change many, or undo that."""
_OF_MANY = re.compile(r" \((undoing )?edit \d+\)$|^undoing import \d+$")
"""The same, and the name of whatever undoes an import."""
MOMENT = timedelta(seconds=3)
"""What one does within it, of one sort, is one line."""
_RECORD = re.compile(r"[a-z]{1,40}:[\w-]{1,39}")


@page("web/people/changes.html", filtered=True)
def changes(request: HttpRequest) -> dict[str, Any] | HttpResponse:
    """The newest changes first, by who, of what, on which record and since when, fifty at a time.

    Owners see all of them. Everybody else sees what they changed themselves, and all that was changed of
    a contact or company that they see. Of a contact that is also what was changed of their asks, purchases
    and contracts. Of whatever an import made or changed that is also the import. What was done with many at
    once is one line, and each of it is what lies `within` two entries.
    """
    user = user_of(request)
    access.require(user, "see")
    asked = {name: request.GET.get(name, "").strip() for name in ASKED}
    entries = _seen(user, asked["record"]).select_related("who").order_by("-id")
    if asked["who"]:
        entries = entries.filter(who=_whole(asked["who"], "who"))
    if asked["what"]:
        what = _known(asked["what"])
        entries = entries.filter(Q(action=what) | Q(action__startswith=f"{what}."))
    if asked["since"]:
        entries = entries.filter(at__gte=_morning(asked["since"], user.zone))
    if asked["within"]:
        first, _, last = asked["within"].partition("-")
        entries = entries.filter(pk__gte=_whole(first, "within"), pk__lte=_whole(last, "within"))
    if asked["before"]:
        entries = entries.filter(pk__lt=_whole(asked["before"], "before"))
    lines, older = _gathered(entries, apart=bool(asked["within"] or asked["record"]))
    names = called(user, {line.entry.record for line in lines} | {asked["record"]})
    return {
        "changes": [_row(line.entry, names, user) | _of_many(line, user) for line in lines],
        "older": older,
        "asked": asked,
        "kept": urlencode({name: asked[name] for name in ASKED[:-1] if asked[name]}),
        "of": names.get(asked["record"]) or {"name": asked["record"].replace(":", " ")},
        "sorts": SORTS,
        "people": User.objects.order_by("name", "email") if access.may(user, "govern") else [],
    }


@dataclass
class _Line:
    """The newest of some changes that were made together, the number of the oldest, and how many they are."""

    entry: AuditEntry
    first: int
    count: int = 1


def _gathered(entries: QuerySet[AuditEntry], *, apart: bool) -> tuple[list[_Line], int | None]:
    """The newest lines, and the number before which older changes come, if any do; or each change `apart`."""
    lines, upto = list[_Line](), None
    for _ in range(PARTS):
        part = list((entries.filter(pk__lt=upto) if upto else entries)[: SHOWN + 1])
        for entry in part:
            if not apart and lines and _is_with(lines[-1], entry):
                lines[-1].first, lines[-1].count = entry.pk, lines[-1].count + 1
            elif len(lines) == SHOWN:
                return lines, upto
            else:
                lines.append(_Line(entry, entry.pk))
            upto = entry.pk
        if len(part) <= SHOWN:
            return lines, None
        upto = upto if apart else _reach(entries, lines[-1])
    return lines, upto


def _together(entry: AuditEntry) -> dict[str, Any]:
    """What changes have that were made together with one, the newest of them: the same was done in a moment.

    Of those that the worker made of many, its batches are together whenever they were made.
    """
    same = {"by": entry.by, "action": entry.action}
    return same if _OF_MANY.search(entry.by) else same | {"at__gte": entry.at - MOMENT}


def _is_with(line: _Line, entry: AuditEntry) -> bool:
    newest = _together(line.entry)
    same = (entry.by, entry.action) == (newest["by"], newest["action"])
    return same and entry.at >= newest.get("at__gte", entry.at)


def _reach(entries: QuerySet[AuditEntry], line: _Line) -> int:
    """Have a line hold all that were made together with it, up to the next of another; the oldest of them."""
    older = entries.filter(pk__lt=line.first)
    other = older.exclude(**_together(line.entry)).first()
    found = older.filter(pk__gt=other.pk if other else 0).aggregate(first=Min("pk"), count=Count("pk"))
    line.first, line.count = found["first"] or line.first, line.count + found["count"]
    return line.first


def _of_many(line: _Line, user: User) -> dict[str, Any]:
    """What stands on the line of many that were changed together, beside what does of the newest."""
    if line.count == 1:
        return {}
    entry = line.entry
    sort = entry.record.partition(":")[0]
    mine = entry.who_id == user.pk and not _OF_MANY.search(entry.by) and line.count <= MOST
    return {
        "many": counted(line.count, SPOKEN.get(sort, sort)),
        "within": f"{line.first}-{entry.pk}",
        "first": line.first,
        "undo": mine and entry.action in UNDOABLE and access.may(user, "change"),
    }


def of_contact(contact: Contact) -> QuerySet[AuditEntry]:
    """What was changed of a contact, and of what hangs on them."""
    found = zip(_OF_CONTACTS, together.rows_of(_on_contact(), {"contact": contact.pk}), strict=True)
    names = [f"{of}:{number}" for of, rows in found for (number,) in rows]
    return AuditEntry.objects.filter(record__in=[f"contact:{contact.pk}", *names])


@cache
def _on_contact() -> list[together.Question]:
    """The numbers of what hangs on a contact."""
    rows = (model.objects.filter(contact=together.Place("contact")) for model in _OF_CONTACTS.values())
    return [together.put_together(one.values_list("pk")) for one in rows]


def _with_imports(entries: QuerySet[AuditEntry], record: str) -> QuerySet[AuditEntry]:
    """The same with the imports that made or changed a record: these have one entry for all that they did."""
    marked = record.replace("contact:", "tagged:", 1)
    numbers = ImportChange.objects.filter(record__in={record, marked}).values_list("of_id", flat=True)
    names = {f"import:{number}" for number in numbers}
    return entries | AuditEntry.objects.filter(record__in=names, action=IMPORTED) if names else entries


def called(user: User, records: set[str]) -> dict[str, dict[str, str]]:
    """What records are called that somebody sees, where they are, and in which currency their amounts are."""
    found: dict[str, dict[str, str]] = {}
    for of, seen in _SEEN.items():
        numbers = [n for kind, _, n in (one.partition(":") for one in records) if kind == of and n.isdigit()]
        for one in seen(user).filter(pk__in=numbers) if numbers else ():
            found[f"{of}:{one.pk}"] = _told(of, one)
    return found


def _hanging(model: type[Any]) -> Callable[[User], QuerySet[Any]]:
    return lambda user: access.of_contacts(user, model).select_related("contact", "offer")


_SEEN: dict[str, Callable[[User], QuerySet[Any]]] = {
    "contact": access.contacts,
    "company": access.companies,
    **{of: _hanging(model) for of, model in _OF_CONTACTS.items()},
    "import": imports_of,
    "edit": edits_of,
}
"""The records of each sort that somebody sees; asked for only where there are any to be called."""


def _told(of: str, one: Any) -> dict[str, str]:
    if of == "import":
        files = ", ".join(str(file["name"]) for file in one.files)
        return {"name": f"import of {files}", "href": reverse("import", args=[one.pk])}
    if of == "edit":
        return {"name": edit_words(one), "href": reverse("edit", args=[one.pk])}
    if of not in _OF_CONTACTS:
        return {"name": str(one), "href": reverse(of, args=[one.pk])}
    there = reverse("ask", args=[one.pk]) if of == "ask" else reverse("contact", args=[one.contact_id])
    return {"name": f"{one}, {one.contact}", "href": there, "currency": one.currency}


def parts_of(entry: AuditEntry, currency: str = "") -> list[tuple[str, str, str]]:
    """What differs by a change, as people read it: the name, what was before, what is after.

    Amounts are in the currency that stands beside them, else in that of their record.
    """
    names = [name for name in {**entry.before, **entry.after} if not name.endswith(HIDDEN)]
    if entry.action.startswith("edit."):  # what it did with how many is its name
        names = ["left"] * bool(entry.after.get("left"))
    sides = [{**side, "kind": spoken(str(side.get("kind") or ""))} for side in (entry.before, entry.after)]
    sides = [_with_amounts(side, str(side.get("currency") or currency)) for side in sides]
    before, after = ({name: _words(side.get(name)) for name in names} for side in sides)
    pairs = [(name, before[name], after[name]) for name in names]
    return [
        (name.removeprefix("field ").replace("_", " "), before, after)
        for name, before, after in pairs
        if before or after
    ]


def _with_amounts(side: dict[str, Any], currency: str) -> dict[str, Any]:
    """The same with amounts as people write them, instead of minor units."""
    minor = {name: str(side[name]) for name in _AMOUNTS if currency and str(side.get(name) or "").isdecimal()}
    return side | {name: money_words(int(text), currency) for name, text in minor.items()}


def said(entry: AuditEntry) -> str:
    """What was done, as people say it: “changed”, “address added”."""
    noun, _, verb = entry.action.replace("_", " ").partition(".")
    return verb if noun == entry.record.partition(":")[0] else f"{noun} {verb}"


def by_words(entry: AuditEntry) -> str:
    """Who did it: “Ada”, and of one of many that were changed together “Ada, many at once”."""
    return _MARK.sub(r", \1many at once", entry.by)


def _seen(user: User, record: str) -> QuerySet[AuditEntry]:
    if record and not _RECORD.fullmatch(record):
        raise Invalid("A record was asked for", found=f"“{record[:60]}”", allowed="one as contact:12")
    of, _, number = record.partition(":")
    entries = AuditEntry.objects.filter(record=record) if record else AuditEntry.objects.all()
    governs, numbered = access.may(user, "govern"), number.isdigit() and len(number) <= 18
    if of == "contact" and numbered and (contact := Contact.objects.filter(pk=number).first()):
        found = of_contact(contact if governs else access.find(access.contacts(user), number))
        return _with_imports(found, record)
    if governs:
        return _with_imports(entries, record) if record else entries
    if of in ("contact", "company") and numbered:
        access.find(access.contacts(user) if of == "contact" else access.companies(user), number)
        return _with_imports(entries, record)
    if (
        of in _OF_CONTACTS
        and numbered
        and access.of_contacts(user, _OF_CONTACTS[of]).filter(pk=number).exists()
    ):
        return _with_imports(entries, record)
    return entries.filter(who=user)


def _undoable(entry: AuditEntry, names: dict[str, dict[str, str]], user: User) -> bool:
    """Whether it can be undone, of a record that they see, or a definition that is theirs to make."""
    if entry.action in DEFINED:
        return access.may(user, "define")
    return entry.action in UNDOABLE and entry.record in names


def _row(entry: AuditEntry, names: dict[str, dict[str, str]], user: User) -> dict[str, Any]:
    changes = access.may(user, "change")
    return {
        "entry": entry,
        "first": entry.pk,
        "by": by_words(entry),
        "what": parts_of(entry, names.get(entry.record, {}).get("currency", "")),
        "did": said(entry),
        "on": names.get(entry.record) or {"name": _name(entry)},
        "restore": changes and _restorable(entry),
        "undo": changes and _undoable(entry, names, user),
    }


def _name(entry: AuditEntry) -> str:
    """What a record without a page of its own was called when it was changed; else its sort and number."""
    said = next((side["name"] for side in (entry.after, entry.before) if side.get("name")), "")
    sort, _, number = entry.record.partition(":")
    sort = SPOKEN.get(sort, sort)
    return f"{sort} “{said}”" if said else f"{sort} {number}"


def _restorable(entry: AuditEntry) -> str:
    """The number of the purchase that an entry took back, where it is not back since; empty for any other."""
    number = entry.record.partition(":")[2]
    taken = entry.action == UNDONE and KEPT in entry.before
    return number if taken and not Purchase.objects.filter(pk=number).exists() else ""


def _known(what: str) -> str:
    if what not in SORTS:
        raise Invalid("Changes were to be shown", found=f"“{what[:40]}”", allowed=", ".join(SORTS))
    return what


def _words(value: Any) -> str:
    """What a value says to people: lists with commas, yes and no, nothing for none."""
    if isinstance(value, list):
        return ", ".join(_words(one) for one in value)
    if isinstance(value, dict):
        return " ".join(_words(one) for one in value.values())
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and _RECORD.fullmatch(value):
        return value.replace(":", " ")
    return "" if value is None else str(value)


def _whole(text: str, name: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise Invalid(f"“{name}” was asked for", found=f"“{text[:40]}”", allowed="a whole number")
    return int(text)


def _morning(text: str, zone: str) -> datetime:
    """The beginning of a day where the reader is."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid("A day was asked for", found=f"“{text[:40]}”", allowed="2026-03-31") from None
    known_day(day)
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


urlpatterns = [path("changes/", changes, name="changes")]
