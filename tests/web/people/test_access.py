"""Every address of the application, for every role: who gets in, whose records they get, who may change them.

A page that is added needs a row in PAGES. A row says who may look and who may send a form; of a page about
one record, `record` says of which sort, and then it also depends on whose it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from leadline.web.models import (
    AuditEntry,
    Team,
    User,
)
from tests.rows import kept
from tests.web.conftest import let_go
from tests.web.people.conftest import BACKEND
from tests.web.people.records import (
    RECORDS,
    a_backup,
    a_goal,
    a_link,
    a_note,
    a_task,
    a_touch,
    a_webhook,
    an_address,
    an_offer,
    somebody,
)

EVERY = frozenset({"owner", "manager", "member", "reader"})
CHANGERS = EVERY - {"reader"}
CARRIERS = frozenset({"owner", "manager"})
OWNERS = frozenset({"owner"})
NOBODY: frozenset[str] = frozenset()
ROLES = (*sorted(EVERY), "nobody")
WHOSE = ("own", "team", "other")
ONE_DATABASE = pytest.mark.one_database
"""Who may what hangs on no database; that it understands what each page asks, an owner finds out."""

SEEN = {
    "owner": {"own", "team", "other"},
    "manager": {"own", "team"},
    "member": {"own"},
    "reader": {"own"},
}
"""Whose records each role sees, where the team doesn't share."""
MAKERS = {role: {"own"} for role in SEEN} | {"owner": {"own", "team", "other"}}
"""Of what belongs to whoever made it: their own, and an owner's are all."""
ALONE = {role: {"own"} for role in SEEN}
"""Of what is nobody else's business, not even an owner's."""

OF_OTHERS = ("accounts/", "api/", "static/")
"""Addresses that are allauth's, and those whose access is held to a table of their own."""


@dataclass(frozen=True)
class Page:
    """Who may look at a page, and who may send a form to it; `open`: whoever isn't signed in may too.

    The first number in its address is that of the record; `args` are the others, or functions that
    make them from that number. `names_another`: the form names a further record, and an empty one none.
    `none_there`: what it shows is not there in these tests. `same_twice`: its number is there twice.
    `seen`: whose records of this sort each role gets at.
    """

    see: frozenset[str] = EVERY
    change: frozenset[str] = NOBODY
    record: str = ""
    args: dict[str, Any] = field(default_factory=dict)
    open: bool = False
    query: str = ""
    names_another: bool = False
    none_there: bool = False
    same_twice: bool = False
    seen: dict[str, set[str]] = field(default_factory=lambda: SEEN)


"""How a record of a sort is made for an owner and a team; gives its number."""

PAGES: dict[str, Page] = {
    "health": Page(open=True),
    "setup": Page(open=True),
    "theme": Page(open=True),
    "metrics": Page(open=True),
    "search": Page(),
    "today": Page(),
    "refund_undo": Page(see=NOBODY, change=CHANGERS, record="refund"),
    "today_week": Page(),
    "put_back": Page(see=NOBODY, change=CHANGERS, record="ask", args={"what": "ask"}),
    "task_open": Page(see=NOBODY, change=CHANGERS, record="task"),
    "today_unlog": Page(see=NOBODY, change=CHANGERS, record="touch"),
    "put_off": Page(see=NOBODY, change=CHANGERS, record="ask", args={"what": "ask"}),
    "task_done": Page(see=NOBODY, change=CHANGERS, record="task"),
    "today_log": Page(see=NOBODY, change=CHANGERS, record="contact"),
    "asks": Page(),
    "ask": Page(record="ask"),
    "ask_new": Page(see=CHANGERS, change=CHANGERS),
    **{
        name: Page(see=CHANGERS, change=CHANGERS, record="ask")
        for name in ("ask_answer", "ask_again", "ask_change", "ask_expect")
    },
    "ask_undo": Page(see=NOBODY, change=CHANGERS, record="ask"),
    "purchase_new": Page(see=CHANGERS, change=CHANGERS),
    "purchase_refund": Page(see=CHANGERS, change=CHANGERS, record="purchase"),
    "purchase_undo": Page(see=NOBODY, change=CHANGERS, record="purchase"),
    "purchase_restore": Page(see=NOBODY, change=CHANGERS, record="taken purchase"),
    "funnel": Page(),
    "funnel-people": Page(query="?stage=client"),
    "leaks": Page(),
    "leak-people": Page(query="?path=web&link=ask"),
    "report": Page(args={"name": "paths"}),
    "report-pictures": Page(args={"name": "paths"}),
    "report-refresh": Page(see=NOBODY, change=EVERY, args={"name": "paths"}),
    "contacts": Page(),
    "contacts-find": Page(),
    "contacts-export": Page(see=CARRIERS),
    "contacts-change": Page(see=NOBODY, change=CHANGERS),
    "contact-new": Page(see=CHANGERS, change=CHANGERS),
    "view-save": Page(see=NOBODY, change=EVERY),
    "contact": Page(record="contact"),
    "contact-timeline": Page(record="contact"),
    "contact-edit": Page(see=CHANGERS, change=CHANGERS, record="contact"),
    "contact-touch": Page(see=NOBODY, change=CHANGERS, record="contact"),
    **{
        name: Page(see=NOBODY, change=CHANGERS, record="contact")
        for name in ("address-add", "fact-state", "note-write", "task-add")
    },
    "contact-part": Page(see=NOBODY, change=CHANGERS, record="contact", names_another=True),
    "contact-merge": Page(see=CHANGERS, change=CHANGERS, record="contact", names_another=True),
    "contact-erase": Page(see=CARRIERS, change=CARRIERS, record="contact"),
    "address-remove": Page(see=NOBODY, change=CHANGERS, record="contact", args={"address": an_address}),
    "note-remove": Page(see=NOBODY, change=CHANGERS, record="contact", args={"note": a_note}),
    "task-turn": Page(see=NOBODY, change=CHANGERS, record="contact", args={"task": a_task}),
    "touch-back": Page(see=NOBODY, change=CHANGERS, record="contact", args={"touch": a_touch}),
    "touch-edit": Page(see=CHANGERS, record="contact", args={"touch": a_touch}),
    "touch-correct": Page(see=NOBODY, change=CHANGERS, record="contact", args={"touch": a_touch}),
    "companies": Page(),
    "companies-change": Page(see=NOBODY, change=CHANGERS),
    "companies-export": Page(see=CARRIERS),
    "company": Page(record="company"),
    "company-new": Page(see=CHANGERS, change=CHANGERS),
    "company-edit": Page(see=CHANGERS, change=CHANGERS, record="company"),
    "edits": Page(see=CHANGERS),
    "edit": Page(see=CHANGERS, record="many", seen=MAKERS),
    "edit-progress": Page(see=CHANGERS, record="many", seen=MAKERS),
    "edit-undo": Page(see=NOBODY, change=CHANGERS, record="many", seen=MAKERS),
    "board": Page(),
    "board_more": Page(),
    "board_move": Page(see=CHANGERS, change=CHANGERS, record="contact"),
    "clients": Page(),
    "contract_renew": Page(see=CHANGERS, change=CHANGERS, record="contract"),
    "contract_end": Page(see=CHANGERS, change=CHANGERS, record="contract"),
    "contract_reopen": Page(see=NOBODY, change=CHANGERS, record="contract"),
    "board_move_back": Page(see=NOBODY, change=CHANGERS, record="contact"),
    "offers": Page(),
    "offer_new": Page(see=OWNERS, change=OWNERS),
    "offer_change": Page(see=OWNERS, change=OWNERS, args={"number": an_offer}),
    "offer_switch": Page(see=NOBODY, change=OWNERS, args={"number": an_offer}),
    "plans": Page(),
    "plan_restore": Page(see=NOBODY, change=CHANGERS),
    "plan_add": Page(see=NOBODY, change=CHANGERS, args={"what": "goal"}),
    "plan_drop": Page(see=NOBODY, change=CHANGERS, args={"what": "goal", "number": a_goal}),
    "imports": Page(see=CARRIERS, change=CARRIERS),
    "import": Page(see=CARRIERS, record="import", seen=MAKERS),
    "import-progress": Page(see=CARRIERS, record="import", seen=MAKERS),
    "import-unused": Page(see=CARRIERS, record="import", seen=MAKERS, none_there=True),
    **{
        f"import-{what}": Page(see=NOBODY, change=CARRIERS, record="import", seen=MAKERS, none_there=True)
        for what in ("meanings", "run", "undo", "discard")
    },
    "view-remove": Page(see=NOBODY, change=EVERY, record="view", seen=ALONE),
    "exports": Page(see=CARRIERS, change=CARRIERS),
    "people": Page(change=OWNERS),
    "let-go": Page(see=OWNERS, change=OWNERS, args={"number": somebody}),
    "invitation": Page(args={"secret": a_link}, open=True),
    "me": Page(change=EVERY),
    "tokens": Page(change=EVERY),
    "changes": Page(),
    "changes-undo": Page(see=NOBODY, change=CHANGERS, record="edit", same_twice=True),
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
    "settings-backups": Page(see=OWNERS, change=OWNERS),
    "settings-backup": Page(see=NOBODY, change=OWNERS, args={"name": a_backup}),
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


FOUND = [
    (route, name) for route, name in addresses(get_resolver().url_patterns) if not route.startswith(OF_OTHERS)
]
OURS = {name: route for route, name in FOUND}
HELD = sorted(PAGES.keys() & OURS.keys())


def test_every_page_has_its_row_here():
    assert OURS.keys() == PAGES.keys()


def test_every_address_has_a_name_of_its_own_so_that_no_row_stands_for_two():
    assert sorted(name for _, name in FOUND) == sorted(OURS)
    assert "" not in OURS


@kept
def everybody(owner, manager, member, reader) -> dict[str, User | None]:
    return {"owner": owner, "manager": manager, "member": member, "reader": reader, "nobody": None}


@kept
def sessions(everybody) -> dict[str, str]:
    """Of whoever is signed in, what their browser says."""
    clients = {role: Client() for role, user in everybody.items() if user}
    for role, client in clients.items():
        client.force_login(everybody[role], backend=BACKEND)
    return {role: client.cookies[settings.SESSION_COOKIE_NAME].value for role, client in clients.items()}


@pytest.fixture
def enter(client, sessions):
    """Sign a role in: gives the client through which they look."""

    def sign_in(role: str) -> Client:
        if role in sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = sessions[role]
        return client

    return sign_in


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
        names = [part.partition(">")[0] for part in OURS[name].split("<int:")[1:]]
        given |= dict.fromkeys(names[: 2 if page.same_twice else 1], number)
    return reverse(name, kwargs=given) + page.query


CASES = [
    pytest.param(name, role, whose, marks=[] if role == "owner" and whose != "team" else ONE_DATABASE)
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
    answer = getattr(enter(role), method)(where)
    let_go(answer)
    if user is None and not page.open:
        assert (answer.status_code, answer.headers.get("Location", "")[:16]) == (302, "/accounts/login/")
    elif page.open:
        assert answer.status_code in {200, 302, 303, 403, 404, 405, 409, 422}
        return
    elif method == "get" and not page.see:
        assert answer.status_code == 405
    elif method == "post" and not page.change:
        unseen = {404} if whose and whose not in page.seen[role] else set()
        assert answer.status_code in ({200, 405} if role in page.see else {403, 405}) | unseen
    elif role not in (page.see if method == "get" else page.change):
        assert (
            answer.status_code == 403
            if not whose or whose in page.seen[role]
            else answer.status_code in {403, 404}
        )
    elif whose and whose not in page.seen[role]:
        assert answer.status_code == 404
    else:
        lost = {404} if page.names_another or page.none_there else set()
        assert answer.status_code in ({200} | lost if method == "get" else {200, 302, 303, 409, 422} | lost)
        return
    assert AuditEntry.objects.count() == changed
