"""The changes: who changed what, when, what was there before, and after."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path

from leadline.web import access
from leadline.web.errors import Invalid
from leadline.web.models import AuditEntry, User
from leadline.web.pages.frame import page, user_of

SHOWN = 50
_RECORD = re.compile(r"[a-z]{1,40}:[\w-]{1,39}")


@page("web/people/changes.html")
def changes(request: HttpRequest) -> dict[str, Any] | HttpResponse:
    """The newest changes first, by who, on what and since when, fifty at a time.

    Owners see all of them. Everybody else sees what they changed themselves, and all that was changed of
    a contact or company that they see.
    """
    user = user_of(request)
    access.require(user, "see")
    asked = {name: request.GET.get(name, "").strip() for name in ("who", "record", "since", "before")}
    entries = _seen(user, asked["record"]).select_related("who").order_by("-id")
    if asked["who"]:
        entries = entries.filter(who=_whole(asked["who"], "who"))
    if asked["since"]:
        entries = entries.filter(at__gte=_morning(asked["since"], user.zone))
    if asked["before"]:
        entries = entries.filter(pk__lt=_whole(asked["before"], "before"))
    found = list(entries[: SHOWN + 1])
    return {
        "changes": [_row(entry) for entry in found[:SHOWN]],
        "older": found[SHOWN - 1].pk if len(found) > SHOWN else None,
        "asked": asked,
        "people": User.objects.order_by("name", "email") if access.may(user, "govern") else [],
    }


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


def _row(entry: AuditEntry) -> dict[str, Any]:
    names = list({**entry.before, **entry.after})
    pairs = [(name, _words(entry.before.get(name)), _words(entry.after.get(name))) for name in names]
    what = [(name.replace("_", " "), before, after) for name, before, after in pairs if before or after]
    return {"entry": entry, "what": what, "did": entry.action.replace(".", ": ").replace("_", " ")}


def _words(value: Any) -> str:
    """What a value says to people: lists with commas, yes and no, nothing for none."""
    if isinstance(value, list):
        return ", ".join(_words(one) for one in value)
    if isinstance(value, dict):
        return " ".join(_words(one) for one in value.values())
    if isinstance(value, bool):
        return "yes" if value else "no"
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
