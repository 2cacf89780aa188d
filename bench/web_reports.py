"""How long the funnel and the reports take in the application: cold and warm, with many contacts.

    python bench/web_reports.py [copies of a simulated agency: 90 make 143,000 contacts and 1,000,000 touches]

Prints what it takes to write the mirror, to read it, and to work every report out as the worker does; then
each page, and how long the list of contacts takes while a forecast is worked out in the same process. Of
everything the processor time of the process stands beside the time that went by: on a machine that is busy
with something else the first is what counts, and where two threads worked it may be more.

*At once*: nothing is held or kept, and the page is there with what it is about; *filled*: its figures too,
worked out from nothing; *drawn*: its charts too. Warm: as it is from then on (p50 and p95).
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from typing import NamedTuple

from web_home import set_up

COPIES = int(sys.argv[1]) if len(sys.argv) > 1 else 63
ROUNDS = 15
HOME = set_up()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402

from leadline.engine.funnel import dump_funnel, load_funnel  # noqa: E402
from leadline.engine.instants import to_instant  # noqa: E402
from leadline.engine.simulate import load_business, simulate  # noqa: E402
from leadline.engine.touches import MISSING, Touches  # noqa: E402
from leadline.web.actions import mirrors, reports  # noqa: E402
from leadline.web.models import FunnelVersion, Touch, User  # noqa: E402
from leadline.web.serving.warming import REPORTS, warm_up  # noqa: E402
from leadline.web.warehouse import cases, mirror  # noqa: E402
from leadline.web.warehouse.reports import Circumstances, build  # noqa: E402

NOW = datetime.now(tz=UTC)
TEXT = ("path", "channel", "campaign", "content", "offer", "currency", "actor")
PAGES = {
    "funnel": "/funnel/",
    "funnel, another day": "/funnel/?on={day}",
    "funnel, one path": "/funnel/?path=referral",
    "people of a stage": "/funnel/people/?stage=nurtured",
    **{name: f"/leaks/{name}/" for name in reports.REPORTS},
    "people at a leak": "/leaks/people/?path=referral&link=ask",
}


def fill() -> None:
    """A simulated agency, so many times over, written past all checks."""
    business = simulate(load_business("agency"), start=NOW - timedelta(days=730), as_of=NOW)
    owner = User.objects.create_user("owner@example.org", role="owner")
    for slug in ("sales-cycle", "voltage"):
        toml = dump_funnel(load_funnel(slug))
        FunnelVersion.objects.create(slug=slug, number=1, toml=toml, in_force=True, published_at=NOW)
    people = len(business.touches.contact.labels)
    with transaction.atomic(), connection.cursor() as cursor:
        row = ("", "{}", owner.pk, NOW)
        cursor.executemany(
            "INSERT INTO web_contact (id, name, fields, owner_id, created_at, job_title, path) "
            "VALUES (%s, %s, %s, %s, %s, '', '')",
            [(number, f"Person {number}", *row[1:]) for number in range(1, people * COPIES + 1)],
        )
        columns = ("contact_id", "kind", "happened_at", *TEXT, "value", "n", "recorded_at")
        insert = (
            f"INSERT INTO web_touch ({', '.join(columns)}, note, origin, machine, in_force)"
            f" VALUES ({', '.join(['%s'] * len(columns))}, '', '', %s, %s)"
        )
        rows = _rows(business.touches)
        for copy in range(COPIES):
            shift = copy * people
            cursor.executemany(insert, [(one[0] + shift if one[0] else None, *one[1:]) for one in rows])


def _rows(touches: Touches) -> list[tuple[object, ...]]:
    texts = [
        touches.columns[name].values() if name in touches.columns else [""] * len(touches) for name in TEXT
    ]
    kinds = [touches.kinds.kinds[code].name for code in touches.kind.tolist()]
    value = (
        [None if one == MISSING else one for one in touches.value.tolist()]
        if touches.value is not None
        else []
    )
    n = (
        [None if one == MISSING else one for one in touches.n.tolist()]
        if touches.n is not None
        else [None] * len(kinds)
    )
    contacts = [code + 1 if code >= 0 else None for code in touches.contact.codes.tolist()]
    at = touches.happened_at.tolist()
    return [
        (
            who,
            kind,
            when,
            *((text or "") for text in said),
            amount,
            count or (None if who else 1),
            when,
            False,
            True,
        )
        for who, kind, when, *said, amount, count in zip(contacts, kinds, at, *texts, value, n, strict=True)
    ]


def took(what: str, do: Callable[[], object]) -> None:
    """Do something that comes before the pages, and say in a line how long it takes."""
    spent = measured(do)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"{what:<34}{spent.wall:>10,.0f} ms, {spent.processor:>8,.0f} ms of processor, {memory:,} MB at most"
    )


class Spent(NamedTuple):
    """Milliseconds that went by, and of the processor."""

    wall: float
    processor: float


def measured(do: Callable[[], object]) -> Spent:
    """How long something takes."""
    wall, processor = time.perf_counter(), time.process_time()
    do()
    return Spent((time.perf_counter() - wall) * 1000, (time.process_time() - processor) * 1000)


def main() -> None:
    """Fill, mirror, and look at each page."""
    call_command("migrate", verbosity=0)
    if not Touch.objects.exists():
        took("fill the database", fill)
    print(f"{Touch.objects.count():,} touches in {HOME}")
    now = to_instant(datetime.now(tz=UTC))
    took("write the mirror", lambda: mirrors.refresh(now))
    took("warm up a process", lambda: warm_up(*REPORTS))
    for again in ("read the mirror", "read the mirror again"):
        took(again, mirror.read_mirror)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(
        User.objects.get(role="owner"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    for again in ("first", "again"):
        reports.Materialised.objects.all().delete()
        cases.forget()
        took(f"work out every report, {again}", lambda: reports.materialise_all(now))
    print("milliseconds, and of the processor:")
    print(f"{'page':<24}{'at once':>16}{'filled':>16}{'drawn':>16}{'p50':>16}{'p95':>16}")
    for name, address in PAGES.items():
        page(client, name, address.format(day=(NOW - timedelta(days=200)).date()))
    beside(client, now)


def page(client: Client, name: str, address: str) -> None:
    """One page: cold, with nothing held or kept, filled and drawn, and then warm."""
    reports.Materialised.objects.all().delete()
    cases.forget()
    waiting = f"{address}{'&' if '?' in address else '?'}wait=1"
    cold = [get(client, address), get(client, waiting)]
    charts = f"{address}pictures/" if address.startswith("/leaks/") and "?" not in address else ""
    drawn = get(client, charts) if charts else Spent(0, 0)
    warm = [get(client, address) for _ in range(ROUNDS)]
    line(name, *cold, drawn, *middle_and_slow(warm))


def beside(client: Client, now: int) -> None:
    """The list of contacts by itself, and while a forecast is worked out in another thread."""
    alone = [get(client, "/contacts/") for _ in range(ROUNDS)]
    line("contacts", *middle_and_slow(alone))
    case, _ = reports.case_for(None, "sales-cycle", now)
    ended = Event()

    def work() -> None:
        while not ended.is_set():
            build("forecast", cases.Case(case.touches, case.history), {}, Circumstances())

    busy = Thread(target=work)
    busy.start()
    while_busy = [get(client, "/contacts/") for _ in range(ROUNDS)]
    ended.set()
    busy.join()
    line("contacts beside forecast", *middle_and_slow(while_busy))


def middle_and_slow(some: list[Spent]) -> tuple[Spent, Spent]:
    """The median and the 95th percentile, each of both times."""
    both = list(zip(*some, strict=True))
    return (
        Spent(*(statistics.median(one) for one in both)),
        Spent(*(statistics.quantiles(one, n=20)[-1] for one in both)),
    )


def line(name: str, *spent: Spent) -> None:
    """One line of the table."""
    print(f"{name:<24}" + "".join(f"{one.wall:>8,.0f}{one.processor:>8,.0f}" for one in spent), flush=True)


def get(client: Client, address: str) -> Spent:
    """How long an answer takes."""

    def ask() -> None:
        assert client.get(address).status_code == 200, address

    return measured(ask)


if __name__ == "__main__":
    main()
