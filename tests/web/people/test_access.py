"""Every address of the application, for every role: who gets in, whose records they get, who may change them.

A page that is added needs a row in PAGES. A row says who may look and who may send a form; of a page about
one record, `record` says of which sort, and then it also depends on whose it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from leadline.web.actions import people
from leadline.web.actions.acting import Actor
from leadline.web.models import AuditEntry, Company, Contact, Team, User, Webhook
from tests.web.conftest import NOW

EVERY = frozenset({"owner", "manager", "member", "reader"})
CHANGERS = EVERY - {"reader"}
CARRIERS = frozenset({"owner", "manager"})
OWNERS = frozenset({"owner"})
NOBODY: frozenset[str] = frozenset()
ROLES = (*sorted(EVERY), "nobody")
WHOSE = ("own", "team", "other")

SEEN = {
    "owner": {"own", "team", "other"},
    "manager": {"own", "team"},
    "member": {"own"},
    "reader": {"own"},
}
"""Whose records each role sees, where the team doesn't share."""

OF_OTHERS = ("accounts/", "api/", "static/")
"""Addresses that are allauth's, and those whose access is held to a table of their own."""


@dataclass(frozen=True)
class Page:
    """Who may look at a page, and who may send a form to it; `open`: whoever isn't signed in may too.

    The first argument of its address is the number of the record; `args` are the others, or functions that
    make them from that number.
    """

    see: frozenset[str] = EVERY
    change: frozenset[str] = NOBODY
    record: str = ""
    args: dict[str, Any] = field(default_factory=dict)
    open: bool = False


def a_link(record: int) -> str:
    owner = User.objects.get(role="owner")
    return people.invite(Actor.of(owner, NOW * 2), "gil@example.org")[1]


def a_webhook(record: int) -> int:
    return Webhook.objects.create(url="https://example.org").pk


RECORDS: dict[str, Callable[[User | None, Team | None], int]] = {
    "contact": lambda owner, team: Contact.objects.create(name="Eero", owner=owner, team=team).pk,
    "company": lambda owner, team: Company.objects.create(name="Acme", owner=owner, team=team).pk,
}
"""How a record of a sort is made for an owner and a team; gives its number."""

PAGES: dict[str, Page] = {
    "health": Page(open=True),
    "setup": Page(open=True),
    "theme": Page(open=True),
    "search": Page(),
    "today": Page(),
    "people": Page(change=OWNERS),
    "invitation": Page(args={"secret": a_link}, open=True),
    "me": Page(change=EVERY),
    "tokens": Page(change=EVERY),
    "changes": Page(),
    "settings": Page(),
    "settings-funnels": Page(see=OWNERS, change=OWNERS),
    "settings-funnel": Page(see=OWNERS, change=OWNERS, args={"slug": "voltage"}),
    "settings-funnel-check": Page(see=NOBODY, change=OWNERS),
    "settings-funnel-version": Page(see=OWNERS, change=OWNERS, args={"slug": "voltage", "of": 1}),
    "settings-funnel-what-if": Page(see=OWNERS, args={"slug": "voltage", "of": 1}),
    "settings-kinds": Page(see=OWNERS, change=OWNERS),
    "settings-paths": Page(see=OWNERS, change=OWNERS),
    "settings-fields": Page(see=OWNERS, change=OWNERS),
    "settings-profiles": Page(see=OWNERS, change=OWNERS),
    "settings-webhooks": Page(see=OWNERS, change=OWNERS),
    "settings-webhook": Page(
        see=OWNERS,
        change=OWNERS,
        args={"of": a_webhook},
    ),
}


def addresses(patterns: list[Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Every address as (route, name)."""
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, route)
        elif isinstance(one, URLPattern):
            yield route, one.name or ""


OURS = {
    name: route for route, name in addresses(get_resolver().url_patterns) if not route.startswith(OF_OTHERS)
}
HELD = sorted(PAGES.keys() & OURS.keys())


def test_every_page_has_its_row_here():
    assert not OURS.keys() - PAGES.keys()


@pytest.fixture
def everybody(owner, manager, member, reader) -> dict[str, User | None]:
    return {"owner": owner, "manager": manager, "member": member, "reader": reader, "nobody": None}


def whose_record(page: Page, role: str, whose: str, everybody: dict[str, User | None], south: Team) -> int:
    """A record of somebody's own, of somebody else in their team, or of somebody in another team."""
    other = User.objects.create_user(f"{role}.{whose}@example.org", None, team=south)
    user = everybody[role] or other
    owner = user if whose == "own" else other
    team = {"own": None, "team": everybody["member"].team, "other": south}[whose]
    return RECORDS[page.record](owner, team)


def address(name: str, page: Page, number: int | None) -> str:
    given = {key: value(number or 0) if callable(value) else value for key, value in page.args.items()}
    if number is not None:
        given[OURS[name].partition(":")[2].partition(">")[0]] = number
    return reverse(name, kwargs=given)


CASES = [
    (name, role, whose)
    for name in HELD
    for role in ROLES
    for whose in (WHOSE if PAGES[name].record else ("",))
]


@pytest.mark.parametrize(("name", "role", "whose"), CASES)
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.usefixtures("funnels")
def test_a_page_lets_in_those_who_may_and_nobody_else(name, role, whose, method, everybody, south, enter):
    page, user = PAGES[name], everybody[role]
    number = whose_record(page, role, whose, everybody, south) if page.record else None
    where = address(name, page, number)
    changed = AuditEntry.objects.count()
    answer = getattr(enter(user), method)(where)
    if user is None and not page.open:
        assert (answer.status_code, answer.headers.get("Location", "")[:16]) == (302, "/accounts/login/")
    elif page.open:
        assert answer.status_code in {200, 302, 303, 403, 404, 405, 409, 422}
        return
    elif method == "get" and not page.see:
        assert answer.status_code == 405
    elif method == "post" and not page.change:
        assert answer.status_code in ({200, 405} if role in page.see else {403, 405})
    elif role not in (page.see if method == "get" else page.change):
        assert (
            answer.status_code == 403
            if not whose or whose in SEEN[role]
            else answer.status_code in {403, 404}
        )
    elif whose and whose not in SEEN[role]:
        assert answer.status_code == 404
    else:
        assert answer.status_code in ({200} if method == "get" else {200, 302, 303, 409, 422})
        return
    assert AuditEntry.objects.count() == changed
