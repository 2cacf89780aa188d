"""How long the pages of the application take with many contacts, for an owner, a manager and a member.

    python bench/web.py [contacts: 100000] [touches: 1000000] [--rounds 30] [--serve SECONDS]

Fills an empty database (LEADLINE_HOME, or DATABASE_URL for PostgreSQL; without either a folder that is thrown
away), or takes the one that is there. Prints p50 and p95 of each page and of a touch with all that follows from
it, in milliseconds, beside the goal of 100; then what the real server holds on two cores, and its memory.
"""  # noqa: E501 - a command is one line

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable

from web_home import set_up

set_up()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from web_fill import fill  # noqa: E402
from web_serving import serve  # noqa: E402

from leadline.web.actions import touches  # noqa: E402
from leadline.web.actions.acting import Actor  # noqa: E402
from leadline.web.models import Contact, Touch, User  # noqa: E402
from leadline.web.serving.warming import REPORTS, start_answers, warm_up  # noqa: E402

GOAL = 100
clock: Callable[[], float] = time.perf_counter
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ROLES = ("owner", "manager0", "member0", "member1")
LISTS = {
    "contacts": "",
    "contacts, by name": "sort=name",
    "contacts, by stage entered": "sort=stage",
    "contacts, a path": "path=content",
    "contacts, a stage": "stage=nurtured",
    "contacts, clients": "stage=client",
    "contacts, those who moved on": "stage=moved+on",
    "contacts, a stage, by name": "stage=nurtured&sort=name",
    "contacts, a stage, as entered": "stage=nurtured&sort=stage",
    "contacts, strangers": "stage=stranger",
    "contacts, an owner": "owner=7",
    "contacts, a team": "team=2",
    "contacts, nobody's": "owner=none",
    "contacts, nobody's, by name": "owner=none&sort=name",
    "contacts, nobody's, as entered": "owner=none&sort=stage",
    "contacts, a common tag": "tag=tag+1",
    "contacts, a rare tag": "tag=tag+11",
    "contacts, a rare tag, by name": "tag=tag+11&sort=name",
    "contacts, a rare tag, as entered": "tag=tag+11&sort=stage",
    "contacts, a company": "company=77",
    "contacts, found by name": "q=eero+f",
    "contacts, found by second name": "q=okafor",
    "contacts, found by address": "q=p777",
    "contacts, touched since": "after=2026-01-01",
    "contacts, not touched since": "before=2025-06-01",
    "contacts, a path in a stage": "stage=nurtured&path=content",
    "contacts, never asked": "open=ask",
    "contacts, no follow-up": "open=follow",
    "contacts, an own field": "field.seats=77",
    "contacts, an own field, by name": "field.seats=77&sort=name",
    "contacts, an own field, as entered": "field.seats=77&sort=stage",
    "contacts, a fact": "fact=need",
    "contacts, a fact, by name": "fact=need&sort=name",
    "contacts, a fact, as entered": "fact=need&sort=stage",
    "contacts, without a fact": "fact=no+need",
}
PAGES = {
    "today": "/",
    "today, one section": "/?only=ask",
    **{name: f"/contacts/?all=1&{query}" for name, query in LISTS.items()},
    "contact": "/contacts/{contact}/",
    "companies": "/companies/",
    "companies, found": "/companies/?q=moe",
    "company": "/companies/{company}/",
    "asks, waiting": "/asks/",
    "asks, all": "/asks/?which=all",
    "board by stage": "/board/",
    "board by month": "/board/?by=month",
    "board by answer": "/board/?by=answer",
}


def main() -> None:
    """Fill, look, write, serve."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("contacts", type=int, nargs="?", default=100_000)
    asked.add_argument("touches", type=int, nargs="?", default=1_000_000)
    asked.add_argument("--rounds", type=int, default=30)
    asked.add_argument("--only", default="", help="pages whose name begins so")
    asked.add_argument("--cpu", action="store_true", help="processor time instead: for a busy machine")
    asked.add_argument("--serve", type=int, default=20, help="seconds; 0: not")
    given = asked.parse_args()
    global clock  # noqa: PLW0603 - what all the measurements below are taken by
    clock = time.process_time if given.cpu else time.perf_counter
    call_command("migrate", verbosity=0)
    if not Touch.objects.exists():
        fill(given.contacts, given.touches)
    people, happened = Contact.objects.count(), Touch.objects.count()
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(
        f"{people:,} contacts, {happened:,} touches, {connection.vendor};"
        f" load {load} on {os.cpu_count()} cores"
    )
    warm_up(*REPORTS, start_answers)  # as a process that answers does once it has started
    print(f"{'ms':<34}{'goal':>6}" + "".join(f"{role:>16}" for role in ROLES) + f"{'(p50  p95)':>12}")
    for name, address in PAGES.items():
        if name.startswith(given.only):
            row(name, [page(role, address, given.rounds) for role in ROLES])
    if not given.only or "record a touch".startswith(given.only):
        row("record a touch", [record(given.rounds)])
    if given.serve:
        serve(given.serve)


def row(name: str, found: list[tuple[float, float]]) -> None:
    """One line of the table; what misses the goal is marked."""
    cells = (f"{p50:>7.0f}{p95:>7.0f}{'!' if p95 > GOAL else ' '} " for p50, p95 in found)
    print(f"{name:<34}{GOAL:>6}" + "".join(cells), flush=True)


def page(role: str, address: str, rounds: int) -> tuple[float, float]:
    """p50 and p95 of one page for one role, of contacts and companies drawn by chance that they see."""
    user = User.objects.get(email=f"{role}@example.org")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend=BACKEND)
    mine = Contact.objects.exclude(company=None)
    mine = (
        mine
        if role == "owner"
        else mine.filter(owner=user)
        if "member" in role
        else mine.filter(team=user.team)
    )
    rows = list(mine.values_list("id", "company")[:5000])
    chance = random.Random(3)

    def look() -> None:
        contact, company = chance.choice(rows)
        answer = client.get(address.format(contact=contact, company=company))
        assert answer.status_code == 200, (address, answer.status_code)

    return timed(look, rounds)


def record(rounds: int) -> tuple[float, float]:
    """p50 and p95 of a touch, stages, next steps and asks included."""
    actor = Actor.of(User.objects.get(email="owner@example.org"), time.time_ns() // 1000)
    chance, most = random.Random(4), Contact.objects.order_by("-pk").values_list("pk", flat=True)[0]

    def write() -> None:
        contact = Contact.objects.get(pk=chance.randrange(1, most))
        touches.record(actor, contact, chance.choice(("met", "downloaded", "mailed", "replied")))

    return timed(write, rounds * 5)


def timed(do: Callable[[], None], rounds: int) -> tuple[float, float]:
    """p50 and p95 in milliseconds, after two rounds that don't count."""
    times = []
    for _ in range(rounds + 2):
        start = clock()
        do()
        times.append((clock() - start) * 1000)
    return statistics.median(times[2:]), statistics.quantiles(times[2:], n=20)[-1]


if __name__ == "__main__":
    sys.exit(main())
