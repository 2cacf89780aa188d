"""The changes: who changed what, when, what was there before, and after."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from leadline.web import access
from leadline.web.actions.purchases_back import KEPT, UNDONE
from leadline.web.actions.reverting import UNDOABLE
from leadline.web.errors import Invalid
from leadline.web.models import AuditEntry, Purchase, User
from leadline.web.pages.frame import page, user_of
from leadline.web.templatetags.spoken import spoken

SHOWN = 50
HIDDEN = ("_id", "written_at", "moved", "filled", "first", "last")
"""How the names end of what only undoing reads."""
SORTS = {
    "contact": "Contacts", "address": "Addresses", "note": "Notes", "task": "Tasks", "touch": "Touches",
    "company": "Companies", "ask": "Asks", "purchase": "Purchases", "contract": "Contracts",
    "import": "Imports", "export": "Exports", "funnel": "Funnels", "kind": "Kinds", "path": "Paths",
    "field": "Fields", "profile": "Profiles", "offer": "Offers", "goal": "Goals", "view": "Views",
    "person": "People", "team": "Teams", "token": "Tokens", "webhook": "Webhooks", "backup": "Backups",
}  # fmt: skip
"""What was changed, by how the names of the changes begin."""
_RECORD = re.compile(r"[a-z]{1,40}:[\w-]{1,39}")


@page("web/people/changes.html")
def changes(request: HttpRequest) -> dict[str, Any] | HttpResponse:
    """The newest changes first, by who, of what, on which record and since when, fifty at a time.

    Owners see all of them. Everybody else sees what they changed themselves, and all that was changed of
    a contact or company that they see.
    """
    user = user_of(request)
    access.require(user, "see")
    names = ("who", "what", "record", "since", "before")
    asked = {name: request.GET.get(name, "").strip() for name in names}
    entries = _seen(user, asked["record"]).select_related("who").order_by("-id")
    if asked["who"]:
        entries = entries.filter(who=_whole(asked["who"], "who"))
    if asked["what"]:
        entries = entries.filter(action__startswith=f"{_known(asked['what'])}.")
    if asked["since"]:
        entries = entries.filter(at__gte=_morning(asked["since"], user.zone))
    if asked["before"]:
        entries = entries.filter(pk__lt=_whole(asked["before"], "before"))
    found = list(entries[: SHOWN + 1])
    shown = found[:SHOWN]
    called = _called(user, {entry.record for entry in shown} | {asked["record"]})
    return {
        "changes": [_row(entry, called, access.may(user, "change")) for entry in shown],
        "older": shown[-1].pk if len(found) > SHOWN else None,
        "asked": asked,
        "kept": urlencode({name: asked[name] for name in names[:-1] if asked[name]}),
        "of": called.get(asked["record"]) or {"name": asked["record"].replace(":", " ")},
        "sorts": SORTS,
        "people": User.objects.order_by("name", "email") if access.may(user, "govern") else [],
    }


def _called(user: User, records: set[str]) -> dict[str, dict[str, str]]:
    """What records are called that somebody sees, and where they are."""
    found: dict[str, dict[str, str]] = {}
    seen: dict[str, Any] = {"contact": access.contacts(user), "company": access.companies(user)}
    for of, rows in seen.items():
        numbers = [n for kind, _, n in (one.partition(":") for one in records) if kind == of and n.isdigit()]
        for one in rows.filter(pk__in=numbers):
            found[f"{of}:{one.pk}"] = {"name": str(one), "href": reverse(of, args=[one.pk])}
    return found


def parts_of(entry: AuditEntry) -> list[tuple[str, str, str]]:
    """What differs by a change, as people read it: the name, what was before, what is after."""
    names = [name for name in {**entry.before, **entry.after} if not name.endswith(HIDDEN)]
    sides = ({**side, "kind": spoken(str(side.get("kind") or ""))} for side in (entry.before, entry.after))
    before, after = ({name: _words(side.get(name)) for name in names} for side in sides)
    pairs = [(name, before[name], after[name]) for name in names]
    return [
        (name.removeprefix("field ").replace("_", " "), before, after)
        for name, before, after in pairs
        if before or after
    ]


def said(entry: AuditEntry) -> str:
    """What was done, as people say it: “changed”, “address added”."""
    noun, _, verb = entry.action.replace("_", " ").partition(".")
    return verb if noun == entry.record.partition(":")[0] else f"{noun} {verb}"


def _seen(user: User, record: str) -> QuerySet[AuditEntry]:
    if record and not _RECORD.fullmatch(record):
        raise Invalid("A record was asked for", found=f"“{record[:60]}”", allowed="one as contact:12")
    entries = AuditEntry.objects.filter(record=record) if record else AuditEntry.objects.all()
    if access.may(user, "govern"):
        return entries
    of, _, number = record.partition(":")
    if number.isdigit() and of == "contact":
        access.find(access.contacts(user), number)
        return entries
    if number.isdigit() and of == "company":
        access.find(access.companies(user), number)
        return entries
    return entries.filter(who=user)


def _row(entry: AuditEntry, called: dict[str, dict[str, str]], changes: bool) -> dict[str, Any]:
    return {
        "entry": entry,
        "what": parts_of(entry),
        "did": said(entry),
        "on": called.get(entry.record) or {"name": entry.record.replace(":", " ")},
        "restore": changes and _restorable(entry),
        "undo": changes and entry.action in UNDOABLE and entry.record in called,
    }


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
    return datetime.combine(day, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


urlpatterns = [path("changes/", changes, name="changes")]
