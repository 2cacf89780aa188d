"""How long the funnel and the reports take in the application: cold and warm, with many contacts.

    python bench/web_reports.py [copies of a simulated agency: 90 make 143,000 contacts and 1,000,000 touches]

Prints what it takes to write the mirror, to read it, and to work every report out as the worker does; then
each page. *At once*: nothing is held or kept, and the page is there with what it is about; *filled*: its
figures too, worked out from nothing; *drawn*: its charts too. Warm: as it is from then on (p50 and p95).
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

COPIES = int(sys.argv[1]) if len(sys.argv) > 1 else 63
ROUNDS = 15
HOME = os.environ.setdefault("LEADLINE_HOME", tempfile.mkdtemp(prefix="leadline-bench-"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadline.web.settings")
(Path(HOME) / "static").mkdir(parents=True, exist_ok=True)

import django  # noqa: E402 - the settings come first

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402

from leadline.engine.funnel import dump_funnel, load_funnel  # noqa: E402
from leadline.engine.instants import to_instant  # noqa: E402
from leadline.engine.simulate import load_business, simulate  # noqa: E402
from leadline.engine.touches import MISSING, Touches  # noqa: E402
from leadline.web.actions import mirrors, reports  # noqa: E402
from leadline.web.models import FunnelVersion, Touch, User  # noqa: E402
from leadline.web.warehouse import cases, mirror  # noqa: E402

NOW = datetime.now(tz=UTC)
TEXT = ("path", "channel", "campaign", "content", "offer", "currency", "actor")
PAGES = {
    "funnel": "/funnel",
    "funnel, another day": "/funnel?on={day}",
    "funnel, one path": "/funnel?path=referral",
    "people of a stage": "/funnel/people?stage=nurtured",
    **{name: f"/leaks/{name}" for name in reports.REPORTS},
    "people at a leak": "/leaks/people?path=referral&link=ask",
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


def took(what: str, seconds: float) -> None:
    """One line of what comes before the pages."""
    print(f"{what:<34}{seconds * 1000:>12,.0f} ms")


def main() -> None:
    """Fill, mirror, and look at each page."""
    call_command("migrate", verbosity=0)
    if not Touch.objects.exists():
        start = time.perf_counter()
        fill()
        took("fill the database", time.perf_counter() - start)
    print(f"{Touch.objects.count():,} touches in {HOME}")
    now = to_instant(datetime.now(tz=UTC))
    start = time.perf_counter()
    mirrors.refresh(now)
    took("write the mirror", time.perf_counter() - start)
    for again in ("read the mirror", "read the mirror again"):
        start = time.perf_counter()
        assert mirror.read_mirror() is not None
        took(again, time.perf_counter() - start)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(
        User.objects.get(role="owner"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    start = time.perf_counter()
    reports.materialise_all(now)
    took("work out every report, first", time.perf_counter() - start)
    reports.Materialised.objects.all().delete()
    start = time.perf_counter()
    reports.materialise_all(now)
    took("work out every report, again", time.perf_counter() - start)
    print(f"{'page':<34}{'at once':>10}{'filled':>10}{'drawn':>10}{'p50':>10}{'p95':>10}  ms")
    for name, address in PAGES.items():
        page(client, name, address.format(day=(NOW - timedelta(days=200)).date()))


def page(client: Client, name: str, address: str) -> None:
    """One page: cold, with nothing held or kept, filled and drawn, and then warm."""
    reports.Materialised.objects.all().delete()
    cases.forget()
    waiting = f"{address}{'&' if '?' in address else '?'}wait=1"
    cold = [get(client, address), get(client, waiting)]
    charts = f"{address}/pictures" if address.startswith("/leaks/") and "?" not in address else ""
    drawn = get(client, charts) if charts else 0.0
    warm = [get(client, address) for _ in range(ROUNDS)]
    told = (*cold, drawn, statistics.median(warm), statistics.quantiles(warm, n=20)[-1])
    print(f"{name:<34}" + "".join(f"{one:>10,.0f}" for one in told))


def get(client: Client, address: str) -> float:
    """How many milliseconds an answer takes."""
    start = time.perf_counter()
    answer = client.get(address)
    assert answer.status_code == 200, address
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
