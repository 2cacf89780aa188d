"""Tables made from nothing and those that come from any earlier state are the same, on both databases."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

from leadline.web import migrations
from tests.installations import Installation
from tests.web.postgresql import installed

STEPS = Path(migrations.__file__).parent.glob("[0-9]*.py")
EARLIER = sorted(file.stem for file in STEPS if "_squashed_" not in file.stem)
NOW = "settings.MIGRATION_MODULES = {}\n"
TO = """
from django.core.management import call_command
call_command("migrate", "web", "{name}", verbosity=0)
"""
PEOPLE = """
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
apps = MigrationExecutor(connection).loader.project_state([("web", "{name}")]).apps
Contact, Touch, Ask = (apps.get_model("web", name) for name in ("Contact", "Touch", "Ask"))
for n in range(3):
    one = Contact.objects.create(name=f"Contact {{n}}", key=f"k{{n}}")
    touch = Touch.objects.create(contact=one, kind="asked", happened_at=n, recorded_at=n, path="email")
    Ask.objects.create(contact=one, title="Oars", asked_at=n, touch=touch)
"""
MIGRATE = "from leadline.web.serving.schema import migrate\nmigrate()\n"
DECLARED = """
from django.core.management import call_command
call_command("makemigrations", "web", check=True, dry_run=True, verbosity=0)
"""
TABLES = """
import json
from django.apps import apps
from django.db import connection
found = {}
with connection.cursor() as cursor:
    for model in apps.get_models(include_auto_created=True):
        table = model._meta.db_table
        columns = connection.introspection.get_table_description(cursor, table)
        made = connection.introspection.get_constraints(cursor, table)
        said = sorted((sorted(map(str, one["columns"] or [])), one["unique"], one["index"],
            one["primary_key"], sorted(map(str, one["foreign_key"] or []))) for one in made.values())
        found[table] = [sorted((one.name, str(one.type_code), bool(one.null_ok)) for one in columns), said]
    if connection.vendor == "sqlite":
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY 1")
    else:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1")
    found["triggers"] = [name for (name,) in cursor.fetchall()]
print(json.dumps(found, default=str))
"""
ROWS = """
from leadline.web.models import Ask, Contact, Touch
people, log = Contact.objects.order_by("key"), Touch.objects.filter(path="email").order_by("id")
asks = Ask.objects.order_by("id")
assert list(people.values_list("name", flat=True)) == [f"Contact {n}" for n in range(3)]
assert list(log.values_list("contact__key", "path")) == [(f"k{n}", "email") for n in range(3)]
assert list(asks.values_list("title", "touch__happened_at")) == [("Oars", n) for n in range(3)]
"""

STOOD = """
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
apps = MigrationExecutor(connection).loader.project_state([("web", "{name}")]).apps
names = ("Contact", "Ask", "Standing", "FunnelVersion")
Contact, Ask, Standing, Version = (apps.get_model("web", one) for one in names)
Version.objects.create(slug="a", number=1, toml="", in_force=True)
Version.objects.create(slug="b", number=1, toml="", in_force=False)
Contact.objects.exclude(key="k2").update(last_touch_at=7)
Ask.objects.update(amount=5, currency="EUR")
first = Contact.objects.get(key="k0")
Standing.objects.create(contact=first, funnel="a", stage=2, entered_at=3)
"""
KEPT = """
from leadline.web.models import StagedAsk, Standing
stand = Standing.objects.order_by("contact__key").values_list("contact__key", "funnel", "stage", "entered_at")
assert list(stand) == [("k0", "a", 2, 3), ("k1", "a", 0, 0)], stand
staged = StagedAsk.objects.values_list("contact__key", "funnel", "stage", "currency", "amount")
assert list(staged) == [("k0", "a", 2, "EUR", 5)], staged
"""
HAD = """
import time
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
apps = MigrationExecutor(connection).loader.project_state([("web", "{name}")]).apps
Contact, Touch = (apps.get_model("web", one) for one in ("Contact", "Touch"))
Contact.objects.filter(key="k0").update(fields={{"seats": 7.5, "city": "Åre", "vip": True, "none": None}})
first, second, third = Contact.objects.order_by("key")
third.merged_into = first
third.save()
now, day = time.time_ns() // 1000, 86_400_000_000
told = [(first, "told_need", 400), (first, "told_need", 300), (first, "subscribed", 9)]
told += [(third, "told_need", 8), (third, "unsubscribed", 5), (second, "bought", 4)]
told += [(second, "gave_timeline", 200), (second, "met", 3)]
for one, kind, days in told:
    Touch.objects.create(contact=one, kind=kind, happened_at=now - days * day, recorded_at=now)
"""
HELD = """
import time
from leadline.web import warehouse
from leadline.web.actions import held_facts
from leadline.web.models import Contact, FieldValue, HeldFact
values = FieldValue.objects.order_by("field").values_list("contact__key", "field", "text", "number", "cut")
wanted = [("city", "Åre", None, False), ("seats", None, 7.5, False), ("vip", "true", None, False)]
wanted = [("k0", *one) for one in wanted]
assert list(values) == wanted, values
held = list(HeldFact.objects.order_by("contact__key").values_list("contact__key", "name"))
assert held == [("k0", "need"), ("k1", "customer")], held
everybody = [one.pk for one in Contact.objects.filter(merged_into=None)]
now = time.time_ns() // 1000
assert held_facts.follow(warehouse.touches_of(everybody), now) == held_facts.kept(everybody, now)
"""
MARKED = """
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
apps = MigrationExecutor(connection).loader.project_state([("web", "{name}")]).apps
Contact, Tag, Team = (apps.get_model("web", one) for one in ("Contact", "Tag", "Team"))
Contact.objects.filter(key="k0").update(team=Team.objects.create(name="North"))
word = Tag.objects.create(name="warm")
for one in Contact.objects.exclude(key="k2"):
    one.tags.add(word)
"""
CARRIED = """
from leadline.web.models import Contact, Mark
marks = Mark.objects.order_by("contact__key").values_list("contact__key", "tag__name", "owner", "team__name")
assert list(marks) == [("k0", "warm", None, "North"), ("k1", "warm", None, None)], marks
Contact.objects.filter(key="k0").update(team=None)
assert not Mark.objects.filter(team__isnull=False).exists()
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def make(request, tmp_path, templates):
    """Makes installations: with all tables, with none, or a copy of another one, whose processes are over."""

    def on_sqlite(name, other=None, *, tables=False):
        home = tmp_path / name
        if tables:
            return templates.tables(home)
        if other:
            shutil.copytree(other.home, home)
        else:
            home.mkdir(mode=0o700)
        return Installation(home)

    def on_postgresql(name, other=None, *, tables=False):
        server, unique = request.getfixturevalue("server"), f"{name}_{os.getpid()}_{time.monotonic_ns()}"
        template = other.home.name if other else None
        return installed(server, tmp_path, unique, tables=tables, template=template)

    return on_sqlite if request.param == "sqlite" else on_postgresql


def test_every_earlier_state_becomes_what_an_empty_database_becomes(make, before):
    """One installation goes from state to state; what it is in each goes on as a copy, with people in it."""
    wanted = make("fresh", tables=True).python(DECLARED + TABLES)
    assert "leadline_touch" in wanted
    assert len(EARLIER) >= 8
    walked = make("walked")
    for name in EARLIER:
        walked.python(before + TO.format(name=name))
        earlier, settled, had = make(f"from_{name}", walked), name < "0007", name < "0008"
        filled = before + (PEOPLE + settled * STOOD + had * HAD + MARKED).format(name=name)
        grown = NOW + MIGRATE + TABLES + ROWS + settled * KEPT + had * HELD + CARRIED
        assert earlier.python(filled + grown) == wanted
