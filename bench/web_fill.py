"""To fill an empty database of the application with as many contacts and touches as asked for, in minutes.

A tile of simulated businesses is written and settled by the application itself; then whole tiles are copied
inside the database, each a minute further in the past, with other names and other owners. What is kept beside
the touches (stages, next steps, asks) is copied with them, so it is what the application would have written;
`leadline rebuild` finds nothing to change.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import Model

from leadline.engine.funnel import dump_funnel, load_funnel
from leadline.engine.history import fetch_compiled
from leadline.engine.instants import DAY, NEVER, to_instant
from leadline.engine.simulate import load_business, simulate
from leadline.web.actions import standings
from leadline.web.actions.rows import insert, update
from leadline.web.actions.settling import settle
from leadline.web.models import (
    Address,
    Ask,
    Company,
    Contact,
    Field,
    FunnelVersion,
    HeldFact,
    Mark,
    NextStep,
    PathDefinition,
    Standing,
    Tag,
    Team,
    Touch,
    User,
)

BUSINESSES = ("agency", "coach", "blogger")
FUNNELS = ("sales-cycle", "voltage")
TEAMS, MEMBERS = 4, 40
MINUTE = 60_000_000
FIRST = "Ada Eero Åsa Tom Nia Lou Max Zoe Ana Kai Mia Rob Sue Per Jon Lea Ida Ben Eva Otto".split()
LAST = "Moe Berg Hill Frost Okafor Silva Novak Rossi Dubois Lang Weber Cooper Sato Kim Haddad Ivanov".split()
TOUCH = ("contact_id", "kind", "happened_at", "path", "channel", "campaign", "content", "offer", "actor",
         "value", "currency", "n", "note", "origin", "machine", "in_force", "retracts_id", "recorded_at",
         "recorded_by_id")  # fmt: skip
SHIFTED = {"happened_at", "recorded_at", "since", "until", "entered_at", "changes_at", "last_touch_at",
           "asked_at", "answered_at"}  # fmt: skip
COPIED = (Touch, Standing, NextStep, HeldFact, Ask)


def fill(contacts: int, touches: int) -> None:
    """Fill the database; there are a few contacts less or more, since tiles are whole."""
    start = time.perf_counter()
    now = time.time_ns() // 1000
    with transaction.atomic():
        users = _people()
        people = _write_tile(touches / contacts, now)
    copies = max(1, round(contacts / people))
    told = (
        dict(Contact.objects.values_list("pk", "last_touch_at")),
        dict(Contact.objects.values_list("pk", "path")),
    )
    with transaction.atomic(), _WithoutIndexes():
        _say("tile", start)
        _write_contacts(people, copies, users, *told)
        _say("contacts", start)
        for model in COPIED:
            _copy(model, people, copies)
            _say(f"copies of {model.__name__}", start)
    _say("indexes", start)
    if connection.vendor == "postgresql":
        _count_on()
    while standings.sweep(now, 2000):  # what changed in the minutes by which the copies are older
        pass
    _say("sweep", start)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # as it does by itself, in a while
        _say("statistics", start)


def _say(what: str, start: float) -> None:
    print(f"  {what}: {time.perf_counter() - start:,.0f} s", flush=True)


def _people() -> list[tuple[int | None, int | None]]:
    """Who works there; answers with pairs of owner and team for contacts to belong to."""
    at = datetime.now(tz=UTC)
    for place, slug in enumerate(FUNNELS):
        toml = dump_funnel(load_funnel(slug))
        FunnelVersion.objects.create(
            slug=slug, number=1, toml=toml, in_force=True, published_at=at + timedelta(seconds=place)
        )
    User.objects.create_user("owner@example.org", role="owner", name="Olga Owner")
    Field.objects.create(of="contact", name="seats", label="Seats", type="number")
    teams = [Team.objects.create(name=f"Team {n + 1}", shares=n % 2 == 1) for n in range(TEAMS)]
    for n, team in enumerate(teams):
        User.objects.create_user(f"manager{n}@example.org", role="manager", team=team, name=f"Manager {n}")
    found = []
    for n in range(MEMBERS):
        team = teams[n % TEAMS]
        one = User.objects.create_user(f"member{n}@example.org", role="member", team=team, name=f"Member {n}")
        found.append((one.pk, team.pk))
    return [*found, (None, None), (None, None)]


def _write_tile(each: float, now: int) -> int:
    """Contacts 1 to n with their touches, settled; n. Mail makes up what lacks of `each` a contact."""
    rows, people = [], 0
    for name in BUSINESSES:
        at = datetime.now(tz=UTC)
        log = simulate(load_business(name), start=at - timedelta(days=730), as_of=at).touches
        rows += [(*one, now, None) for one in _rows(log, people)]
        people += len(log.contact.labels)
    rng = np.random.default_rng(5)
    lacking = max(0, round(each * people) - len(rows))
    days, whose = rng.integers(1, 700, lacking).tolist(), rng.integers(1, people + 1, lacking).tolist()
    for who, ago in zip(whose, days, strict=True):
        mail = (
            who,
            "mailed",
            now - ago * DAY,
            "email",
            "email",
            "",
            "",
            "",
            "",
            None,
            "",
            None,
            "",
            "",
            False,
        )
        rows.append((*mail, True, None, now, None))
    rows.sort(key=lambda one: one[2])
    fields = ("id", "name", "fields", "created_at", "path", "job_title")
    insert(Contact, fields, ((n, "", "{}", datetime.now(tz=UTC), "", "") for n in range(1, people + 1)))
    insert(Touch, TOUCH, rows)
    paths = Touch.objects.exclude(path="").values_list("path", flat=True).distinct()
    PathDefinition.objects.bulk_create([PathDefinition(name=path) for path in sorted(paths)])
    fetch_compiled()
    for first in range(1, people + 1, 2000):
        settle(range(first, min(first + 2000, people + 1)), now)
    return people


def _rows(log: Any, shift: int) -> Iterator[tuple[Any, ...]]:
    texts = ("path", "channel", "campaign", "content", "offer", "actor")
    for number in range(len(log)):
        row = log.row(number)
        told = [row.get(name, "") for name in texts]
        who, at = int(log.contact.codes[number]) + 1 + shift, to_instant(row["happened_at"])
        yield (who, row["kind"], at, *told, row.get("value"), row.get("currency", ""), row.get("n"),
               "", "", False, True, None)  # fmt: skip


def _write_contacts(
    people: int, copies: int, users: list[Any], last: dict[int, int], paths: dict[int, str]
) -> None:
    """Everybody's name, company, address, tags and owner."""
    at, total = datetime.now(tz=UTC), people * copies
    companies = max(1, total // 5)
    insert(
        Company,
        ("id", "name", "domain", "fields", "created_at", "owner_id", "team_id"),
        (
            (n, f"{LAST[n * 7 % len(LAST)]} {n} Ltd", f"c{n}.example", "{}", at, *users[n * 11 % len(users)])
            for n in range(1, companies + 1)
        ),
    )
    columns = ("id", "name", "key", "fields", "created_at", "path", "job_title", "last_touch_at",
               "company_id", "owner_id", "team_id")  # fmt: skip
    rows = (_contact(n, people, companies, at, users, last, paths) for n in range(1, total + 1))
    update(Contact, columns[1:], ((*rest, n) for n, *rest in islice(rows, people)))
    while some := list(islice(rows, 100_000)):
        insert(Contact, columns, some)
    for first in range(1, total + 1, 100_000):
        mails = ((n, "email", f"p{n}@example.org", "") for n in range(first, min(first + 100_000, total + 1)))
        insert(Address, ("contact_id", "sort", "value", "label"), mails)
    tags = [Tag.objects.create(name=f"tag {n}") for n in range(20)]
    marks = ((n, tags[n // 3 % (20 if n % 2 else 3)].pk) for n in range(3, total + 1, 3))
    insert(Mark, ("contact_id", "tag_id"), marks)


def _contact(
    n: int,
    people: int,
    companies: int,
    at: datetime,
    users: list[Any],
    last: dict[int, int],
    paths: dict[int, str],
) -> tuple[Any, ...]:
    copy, one = divmod(n - 1, people)
    mixed = n * 2_654_435_761 % 2**32
    name = f"{FIRST[mixed % len(FIRST)]} {LAST[mixed // 64 % len(LAST)]}"
    touched = last.get(one + 1)
    owner, team = users[mixed // 4096 % len(users)]
    fields = f'{{"seats": {mixed % 500}}}'
    return (
        n, name, f"k{n}", fields, at, paths.get(one + 1, ""), "", touched and touched - copy * MINUTE,
        mixed // 7 % companies + 1, owner, team,
    )  # fmt: skip


def _copy(model: Any, people: int, copies: int) -> None:
    """Write copies of the tile's rows, and give all of them the owner of their contact."""
    carried = {"owner_id", "team_id"} & {field.attname for field in _fields(model)}
    columns, told = [], []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT MAX(id) FROM {_table(model)}")
        [most] = cursor.fetchone()
        for field in _fields(model):
            name = str(field.column)
            columns.append(name)
            if name in ("id", "cause_id", "touch_id"):
                by = most if name == "id" else Touch.objects.filter(contact__lte=people).count()
                told.append(f"t.{name} + c.copy * {by if model is not Touch else most}")
            elif name == "contact_id":
                told.append(f"t.contact_id + c.copy * {people}")
            elif name in SHIFTED:
                told.append(f"CASE t.{name} WHEN {NEVER} THEN {NEVER} ELSE t.{name} - c.copy * {MINUTE} END")
            else:
                told.append(f"p.{name}" if name in carried else f"t.{name}")
        if carried:
            cursor.execute(
                f"UPDATE {_table(model)} SET (owner_id, team_id) ="
                " (SELECT owner_id, team_id FROM web_contact p WHERE p.id = contact_id)"
            )
        whose = f"JOIN web_contact p ON p.id = t.contact_id + c.copy * {people}" if carried else ""
        for first in range(1, copies, 10):
            cursor.execute(
                f"WITH RECURSIVE c(copy) AS (SELECT CAST({first} AS bigint) UNION ALL SELECT copy + 1 FROM c"
                f" WHERE copy + 1 < {min(first + 10, copies)})"
                f" INSERT INTO {_table(model)} ({', '.join(columns)})"
                f" SELECT {', '.join(told)} FROM c CROSS JOIN {_table(model)} t {whose}"
                f" WHERE t.id <= {most}"
            )


class _WithoutIndexes:
    """The big tables without their indexes, which are built again in one go afterwards.

    Asks keep theirs: the database looks for them as standings are written (`warehouse/staged.py`).
    """

    def __enter__(self) -> None:
        tables = [_table(one) for one in (Contact, Address, Company, *COPIED) if one is not Ask]
        marks = ", ".join(["%s"] * len(tables))
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute(
                    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
                    f" AND tbl_name IN ({marks})",
                    tables,
                )
            else:
                cursor.execute(
                    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
                    f" AND tablename IN ({marks}) AND indexname NOT IN (SELECT conname FROM pg_constraint)",
                    tables,
                )
            self.made = cursor.fetchall()
            if connection.vendor == "postgresql":  # which builds no index while checks wait
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for name, _ in self.made:
                cursor.execute(f'DROP INDEX "{name}"')

    def __exit__(self, *told: object) -> None:
        if told[0] is None:
            with connection.cursor() as cursor:
                for _, statement in self.made:
                    cursor.execute(statement)


def _table(model: type[Model]) -> str:
    return str(model._meta.db_table)  # noqa: SLF001 - which is how Django tells it


def _fields(model: type[Model]) -> list[Any]:
    return list(model._meta.concrete_fields)  # noqa: SLF001 - which is how Django tells it


def _count_on() -> None:
    with connection.cursor() as cursor:
        for model in (Contact, Company, *COPIED):
            table = _table(model)
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM {table}))"
            )
