"""What a list is filtered by, said in words: each filter with the address of the list without it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import QueryDict

from leadline.engine.wording import counted
from leadline.web import access, spans
from leadline.web.filters import OWN, Filters
from leadline.web.models import Field, Team, User
from leadline.web.pages.own_fields import span_labels

LABELS = {
    "q": "begins with",
    "open": "",
    "title": "job title has",
    "after": "last touch from",
    "before": "last touch before",
    "made_from": "recorded from",
    "made_to": "recorded up to",
    "since_from": "came to their stage from",
    "since_to": "came to their stage up to",
    "since_days": "in their stage for at least",
    "amount_from": "open ask from",
    "amount_to": "open ask up to",
    "people_from": "people at least",
    "people_to": "people at most",
}
"""What filters are called whose names are no words; an empty one needs none."""
OPEN = {"ask": "ready, never asked", "follow": "no follow-up", "reply": "waits for a reply"}
GONE = {
    "owner": "somebody who is gone",
    "team": "a team that is gone",
    "company": "one that is gone, or that you don’t see",
}
"""What is said of a record that a list is filtered by, and that isn’t there for whoever looks."""
SILENT = ("funnel", "currency")
"""What says how other filters are meant, and filters nothing by itself."""


def chips(filters: Filters, kept: QueryDict, user: User, fields: Iterable[Field]) -> list[dict[str, str]]:
    """Each filter in force, with the address of the list without it."""
    labels = LABELS | span_labels(fields)
    found = []
    for name, value in filters.given.items():
        if name in SILENT:
            continue
        rest = kept.copy()
        rest.pop(name, None)
        label, text = labels.get(name, name.removeprefix(OWN)), _said(filters, name, value, user)
        found.append({"text": f"{label}: {text}" if label else text, "without": f"?all=1&{rest.urlencode()}"})
    return found


def _said(filters: Filters, name: str, value: str, user: User) -> str:
    """What was asked for by a filter, as people read it."""
    if name == "open":
        return OPEN.get(value, value)
    if name == "since_days":
        return counted(int(value), "day")
    if name in spans.AMOUNT:
        return spans.amount_words(filters.given, name, user)
    if name in {"owner", "team", "company"} and value.isdecimal():
        return _name_of(name, value, user)
    return value


def _name_of(what: str, number: str, user: User) -> str:
    records: dict[str, Any] = {
        "owner": User.objects.all(),
        "team": Team.objects.all(),
        "company": access.companies(user),
    }
    record = records[what].filter(pk=int(number)).first() if len(number) <= 18 else None
    return str(record) if record else f"{GONE[what]} (number {number})"
