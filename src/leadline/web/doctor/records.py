"""The database: reachable, whole, of this version, and with nothing left undone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.db import DatabaseError, connection
from django.db.models import Max, Min

from leadline.engine.instants import DAY, to_datetime
from leadline.web.actions import mirrors
from leadline.web.actions.rebuilding import differing
from leadline.web.actions.rows import parts_of
from leadline.web.doctor.findings import Finding
from leadline.web.jobs import registry
from leadline.web.models import AuditEntry, Contact, Job, Standing, Touch, User
from leadline.web.serving.schema import later_migrations, waiting_migrations
from leadline.web.serving.structure import missing, missing_tables
from leadline.web.serving.working import SILENT_AFTER, last_sign
from leadline.web.warehouse import mirror

SAMPLE = 2000
LATE = 15 * 60
SET_BACK = 120
START = 1_735_689_600 * 1_000_000
"""The beginning of 2025: a clock that says less is wrong."""


def look_into(home: Path, now: int) -> Iterator[Finding]:
    """Every check of the database, as far as it answers."""
    reached = database()
    yield reached
    if reached.mend:
        return
    if connection.vendor == "sqlite":
        yield journal()
        yield (file := wholeness())
        if file.mend:
            return
    tables = migrations()
    yield tables
    if tables.mend:
        return
    yield owner()
    timed = clock(now, home)
    yield timed
    yield worker(home)
    if timed.mend:  # by a wrong clock every stage looks wrong, and to work them out anew would make it so
        return
    yield from jobs(now)
    yield from standings(now)
    yield mirrored(now)


def database() -> Finding:
    """Whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        mend = "see whether it runs and DATABASE_URL is right; for a damaged file restore the last backup"
        return Finding("Database", f"it doesn't answer ({str(error).splitlines()[0]})", mend)
    return Finding("Database", f"{connection.vendor}, it answers")


def journal() -> Finding:
    """Whether SQLite lets people read while somebody writes."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        mode = cursor.fetchone()[0]
    mend = "" if mode == "wal" else "move LEADLINE_HOME to a disk of this machine: shared folders can't do it"
    return Finding("Journal", mode, mend)


def wholeness() -> Finding:
    """Whether the file of SQLite is whole."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check(1)")
            found = cursor.fetchone()[0]
    except DatabaseError as error:
        found = str(error)
    mend = "" if found == "ok" else "stop Leadline, and restore the last backup into another LEADLINE_HOME"
    return Finding("File", "whole" if found == "ok" else f"damaged ({found.splitlines()[-1]})", mend)


def migrations() -> Finding:
    """Whether the tables are those of this version, with their indexes and triggers."""
    if strange := later_migrations():
        mend = "run that version of Leadline, or a later one"
        return Finding("Tables", f"of a later version: {', '.join(strange)}", mend)
    gone, lacking = missing_tables(), waiting_migrations()
    if Contact._meta.db_table in gone:
        mend = "see whether LEADLINE_HOME and DATABASE_URL are right; leadline migrate makes them here"
        return Finding("Tables", "none of Leadline", mend)
    if gone and not lacking:
        mend = "stop Leadline, and restore the last backup into another LEADLINE_HOME"
        return Finding("Tables", f"{', '.join(gone)} missing", mend)
    lacking = lacking or missing()
    found = f"{', '.join(lacking)} missing" if lacking else "as this version needs them"
    return Finding("Tables", found, "leadline backup FILE, then leadline migrate" if lacking else "")


def owner() -> Finding:
    """Whether somebody can sign in who may do everything."""
    if not User.objects.filter(role="owner", is_active=True).exists():
        return Finding(
            "Owner", "nobody can sign in as one", "open Leadline in a browser, and set it up", grave=False
        )
    return Finding("Owner", "there is one")


def clock(now: int, home: Path) -> Finding:
    """Whether the clock goes right, as far as what is recorded, the worker and the database can tell."""
    noted = AuditEntry.objects.aggregate(last=Max("at"))["last"]
    recorded = Touch.objects.aggregate(last=Max("recorded_at"))["last"] or 0
    last = max(recorded, int(noted.timestamp() * 1e6) if noted else 0)
    if now < START or last > now + SET_BACK * 1_000_000:
        said = f"it says {to_datetime(now):%Y-%m-%d %H:%M} UTC, and something was recorded at "
        said += f"{to_datetime(last):%Y-%m-%d %H:%M}"
        return Finding("Clock", said, "set the clock of this machine, by NTP")
    ahead = max(-(last_sign(home) or 0.0), abs(_apart(now)))
    if ahead > SET_BACK:
        said = f"it is {ahead:,.0f} seconds apart from that of the worker, or of the database"
        return Finding("Clock", said, "set the clocks of all machines, by NTP")
    return Finding("Clock", f"{to_datetime(now):%Y-%m-%d %H:%M} UTC")


def worker(home: Path) -> Finding:
    """Whether somebody does the jobs."""
    silent = last_sign(home)
    mend = "run leadline serve, or leadline worker beside leadline serve --no-worker"
    if silent is None:
        return Finding("Worker", "none is at work here", mend)
    if silent > SILENT_AFTER:
        return Finding("Worker", f"it has been silent for {silent:,.0f} seconds", mend)
    return Finding("Worker", "at work")


def _apart(now: int) -> float:
    """By how many seconds a database server's clock differs from ours."""
    if connection.vendor == "sqlite":
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return float((cursor.fetchone()[0] - to_datetime(now)).total_seconds())


def jobs(now: int) -> Iterator[Finding]:
    """Whether jobs are done in time, none was given up, and this version knows how to do each."""
    registry.load()
    waiting = Job.objects.filter(done_at=None, failed_at=None)
    if strange := sorted(set(waiting.exclude(kind__in=registry.KINDS).values_list("kind", flat=True))):
        said = f"some wait that this version can't do: {', '.join(strange)}"
        yield Finding("Jobs", said, "run the version of Leadline that asked for them, or a later one")
    due = Job.objects.filter(done_at=None, failed_at=None).aggregate(since=Min("due_at"))["since"]
    late = 0.0 if due is None else (to_datetime(now) - due).total_seconds()
    mend = "see what the log of the worker says" if late > LATE else ""
    yield Finding("Jobs", f"the oldest waits for {late / 60:,.0f} minutes" if mend else "done in time", mend)
    failed = Job.objects.filter(failed_at__isnull=False)
    if last := failed.order_by("-failed_at").first():
        said = f"{failed.count():,} were given up, the last because of: {last.last_error.strip()[-120:]}"
        yield Finding("Jobs", said, "see what the log of the worker says", grave=False)


def standings(now: int) -> Iterator[Finding]:
    """Whether what is kept of stages is what follows from the touches: of all, or of some among many."""
    overdue = Standing.objects.filter(changes_at__lte=now - DAY).count()
    if overdue:
        said = f"{overdue:,} should have changed by themselves more than a day ago"
        yield Finding("Stages", said, "leadline rebuild, and see that a worker runs")
    waiting = Standing.objects.filter(changes_at__lte=now).values("contact")
    numbers = list(Contact.objects.exclude(pk__in=waiting).order_by("pk").values_list("pk", flat=True))
    every = max(len(numbers) // SAMPLE, 1)
    some = numbers[::-every]  # the latest, and others from there to the first
    found = sum(differing(list(part), now) for part in parts_of(some))
    whose = f"of {len(some):,} contacts" if every > 1 else "of all contacts"
    said = f"{found:,} rows {whose} differ from what follows from their touches"
    right = "as the touches say" + (f", {whose} that were looked at" if every > 1 else "")
    if found or not overdue:
        yield Finding("Stages", said if found else right, "leadline rebuild" if found else "")


def mirrored(now: int) -> Finding:
    """Whether the reports are of what is on record: the mirror has all of it, or soon will."""
    soon = Job.objects.filter(kind=mirrors.JOB, done_at=None, failed_at=None)
    asked = soon.filter(due_at__gt=to_datetime(now - LATE * 1_000_000)).exists()
    right = Finding("Mirror", "as the touches say, or about to be")
    if asked or not Touch.objects.exists():
        return right
    if not mirror.is_whole():
        found = "missing or damaged: reports read the database instead, which takes longer"
        return Finding("Mirror", found, "see that a worker runs; recording anything has it make another")
    mend = "see that a worker runs; recording anything asks it to bring reports up to date"
    return Finding("Mirror", "reports lack some of what was recorded", mend) if mirror.is_behind() else right
