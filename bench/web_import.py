"""How long the application takes to take in a large export, and how its pages answer meanwhile.

    python bench/web_import.py [contacts: 100000] [touches: 1000000] [--home FOLDER]

Writes a simulated agency over and over into two CSV files, uploads them to a server with its worker by the API,
runs the import and undoes it. Meanwhile somebody looks at pages, one after the other, and another records a
touch each second. Prints the seconds by the clock of each part beside the goal of 180 for all of the import,
the processor time of server and worker, and p50 and p95 of pages and touches.

The database is SQLite in a folder that is thrown away, unless LEADLINE_HOME or DATABASE_URL say where; it must
be empty.
"""  # noqa: E501 - a command is one line

from __future__ import annotations

import argparse
import csv
import math
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

from web_home import set_up

HOME = set_up()

import requests  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from web_serving import free_port, memory, session_of_owner, wait_for  # noqa: E402

from leadline.engine.funnel import dump_funnel, load_funnel  # noqa: E402
from leadline.engine.simulate import load_business, simulate, write  # noqa: E402
from leadline.web.actions import tokens  # noqa: E402
from leadline.web.actions.acting import Actor  # noqa: E402
from leadline.web.models import Contact, FunnelVersion, Touch, User  # noqa: E402

GOAL = 180
NOW = datetime.now(tz=UTC)
PAGES = ("/", "/contacts/?all=1", "/contacts/?all=1&sort=name", "/board/", "/asks/", "/funnel/", "/imports/")
SCOPES = ("imports:read", "imports:write", "touches:write", "contacts:write", "contacts:read")
ENDED = {"done", "failed", "undone"}


def main() -> None:
    """Write the files, take them in, take them back."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("contacts", type=int, nargs="?", default=100_000)
    asked.add_argument("touches", type=int, nargs="?", default=1_000_000)
    given = asked.parse_args()
    call_command("migrate", verbosity=0)
    assert not Contact.objects.exists(), f"somebody is in {HOME}"
    secret = people()
    with tempfile.TemporaryDirectory(dir=HOME) as folder:
        files = export(Path(folder), given.contacts, given.touches)
        size = sum(file.stat().st_size for file in files) / 1e6
        load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
        print(
            f"{given.contacts:,} contacts, {given.touches:,} touches, {size:,.0f} MB, {connection.vendor};"
            f" load {load} on {os.cpu_count()} cores"
        )
        port = free_port()
        words = [sys.executable, "-m", "leadline", "serve", "--port", str(port), "--workers", "2"]
        server = subprocess.Popen(words, stdout=subprocess.DEVNULL, start_new_session=True)
        try:
            wait_for(port)
            take_in(port, secret, files, server.pid)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)


def people() -> str:
    """An owner, two vocabularies, and the secret of a token."""
    owner = User.objects.create_user("owner@example.org", role="owner")
    for slug in ("sales-cycle", "voltage"):
        toml = dump_funnel(load_funnel(slug))
        FunnelVersion.objects.create(slug=slug, number=1, toml=toml, in_force=True, published_at=NOW)
    actor = Actor.of(owner, time.time_ns() // 1000)
    return tokens.make(actor, owner, "bench", SCOPES)[1]


def export(folder: Path, contacts: int, touches: int) -> list[Path]:
    """The contacts and the touches of as many agencies as it takes, as a CRM would export them."""
    business = simulate(load_business("agency"), start=NOW - timedelta(days=730), as_of=NOW)
    write(business, folder / "one")
    head, *people = csv.reader((folder / "one" / "contacts.csv").open(encoding="utf-8", newline=""))
    log, *rows = csv.reader((folder / "one" / "touches.csv").open(encoding="utf-8", newline=""))
    known = {row[0] for row in people}
    rows = [row for row in rows if row[1] in known]
    rows += [earlier(row) for row in rows[: max(0, round(touches / contacts * len(people)) - len(rows))]]
    files = [folder / "contacts.csv", folder / "touches.csv"]
    with files[0].open("w", encoding="utf-8", newline="") as one, files[1].open("w", newline="") as other:
        listed, logged = csv.writer(one), csv.writer(other)
        listed.writerow(head)
        logged.writerow(log)
        written = 0
        for copy in range(-(-contacts // len(people))):
            some = {row[0] for row in people[: contacts - copy * len(people)]}
            listed.writerows(
                [f"{copy}-{number}", f"{name} {copy}", f"{copy}.{mail}", *more]
                for number, name, mail, *more in people[: len(some)]
            )
            theirs = [row for row in rows if row[1] in some][: touches - written]
            logged.writerows([f"{copy}-{row[0]}", f"{copy}-{row[1]}", *row[2:]] for row in theirs)
            written += len(theirs)
    return files


def earlier(row: list[str]) -> list[str]:
    """The same touch two years before."""
    days = [f"{int(day[:4]) - 2}{day[4:]}".replace("-02-29", "-02-28") for day in row[2:4]]
    return [f"{row[0]}b", row[1], *days, *row[4:]]


def take_in(port: int, secret: str, files: list[Path], leader: int) -> None:
    """Upload, run and undo, while others look and write."""
    api, line = f"http://127.0.0.1:{port}/api/v1", requests.Session()
    line.headers["Authorization"] = f"Bearer {secret}"
    with files[0].open("rb") as one, files[1].open("rb") as other:
        start = time.perf_counter()
        told = post(line, f"{api}/imports", files=[("files", one), ("files", other)])
    proposed = time.perf_counter() - start
    record = f"{api}/imports/{told['id']}"
    seconds(f"{'from the upload to the proposal':<40}", proposed)
    ran = beside(port, secret, lambda: end_of(line, record, "run"), "the import", leader)
    seconds(f"{'the import, from the click to the end':<40}", ran)
    seconds(f"{'both (goal: ' + str(GOAL) + ')':<40}", proposed + ran)
    print(f"{Contact.objects.count():,} contacts, {Touch.objects.count():,} touches")
    seconds(f"{'undone':<40}", beside(port, secret, lambda: end_of(line, record, "undo"), "undoing", leader))
    print(f"{Contact.objects.count():,} contacts, {Touch.objects.count():,} touches")


def end_of(line: requests.Session, record: str, what: str) -> None:
    """Have the worker do it, and wait for its end."""
    post(line, f"{record}/{what}")
    while (state := line.get(record, timeout=60).json().get("state")) not in ENDED:
        time.sleep(0.5)
    assert state == {"run": "done", "undo": "undone"}[what], state


def beside(port: int, secret: str, do: Callable[[], None], name: str, leader: int) -> float:
    """The seconds that something takes, while pages are looked at and touches recorded."""
    stopping, found = Event(), {"pages": list[tuple[float, str]](), "touches": list[tuple[float, str]]()}
    threads = [
        Thread(target=look, args=(port, stopping, found["pages"])),
        Thread(target=record_touches, args=(port, secret, stopping, found["touches"])),
    ]
    for one in threads:
        one.start()
    start, spent = time.perf_counter(), processor(leader)
    do()
    took, spent = time.perf_counter() - start, processor(leader) - spent
    stopping.set()
    for one in threads:
        one.join()
    print(f"{name}: {spent:,.0f} s of processor, {memory(leader):,.0f} MB")
    for what, times in found.items():
        each = [one for one, _ in times] or [math.nan]
        p95 = statistics.quantiles(each * 2, n=20)[-1]
        slowest = ", ".join(f"{where} {one:.1f} s" for one, where in sorted(times, reverse=True)[:3])
        print(
            f"  {len(times):,} {what}: p50 {statistics.median(each) * 1000:,.0f} ms,"
            f" p95 {p95 * 1000:,.0f} ms; {slowest}"
        )
    return took


def look(port: int, stopping: Event, times: list[tuple[float, str]]) -> None:
    """One page after the other, with a breath between, as somebody at work."""
    cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session_of_owner()}"}
    turn = 0
    while not stopping.wait(0.2):
        page = PAGES[turn % len(PAGES)]
        timed(times, page, "GET", address(port, page), headers=cookie)
        turn += 1


def record_touches(port: int, secret: str, stopping: Event, times: list[tuple[float, str]]) -> None:
    """A touch of somebody new, each second."""
    token = {"Authorization": f"Bearer {secret}"}
    while not stopping.wait(1):
        row = {"email": f"new{time.time_ns()}@example.org", "kind": "met"}
        timed(times, "a touch", "POST", address(port, "/api/v1/touches"), json=row, headers=token)


def timed(times: list[tuple[float, str]], what: str, method: str, where: str, **more: Any) -> None:
    """Note how long an answer takes, which must be one."""
    start = time.perf_counter()
    answer = requests.request(method, where, timeout=90, **more)
    assert answer.ok, (where, answer.status_code, answer.text[:500])
    times.append((time.perf_counter() - start, what))


def address(port: int, where: str) -> str:
    """Where something is."""
    return f"http://127.0.0.1:{port}{where}"


def post(line: requests.Session, where: str, **more: Any) -> dict[str, Any]:
    """What is answered to something that was asked for."""
    answer = line.post(where, timeout=600, **more)
    assert answer.ok, (where, answer.status_code, answer.text[:500])
    return dict(answer.json())


def processor(leader: int) -> float:
    """Seconds of processor that the processes of a session took so far, those that ended included."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(told[3]) == leader:
            total += sum(int(ticks) for ticks in told[11:15])
    return total / os.sysconf("SC_CLK_TCK")


def seconds(what: str, took: float) -> None:
    """One line."""
    print(f"{what}{took:>8,.0f} s", flush=True)


if __name__ == "__main__":
    main()
