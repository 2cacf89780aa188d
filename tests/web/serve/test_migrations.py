"""Tables made from nothing and those that come from any earlier state are the same, on both databases."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from leadline.web import migrations
from tests.installations import Installation
from tests.web.postgresql import installed

pytestmark = pytest.mark.nightly

STEPS = Path(migrations.__file__).parent.glob("[0-9]*.py")
EARLIER = sorted(file.stem for file in STEPS if "_squashed_" not in file.stem)
NOW = "settings.MIGRATION_MODULES = {}\n"
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
ADD = """
import time
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
def add(name):
    apps = MigrationExecutor(connection).loader.project_state([("web", name)]).apps
    names = ("Contact", "Touch", "Ask", "Standing", "FunnelVersion", "Tag", "Team")
    Contact, Touch, Ask, Standing, Version, Tag, Team = (apps.get_model("web", one) for one in names)
    of = Contact.objects.filter(key__startswith=name)
    for n in range(3):
        one = Contact.objects.create(name=f"Contact {n}", key=f"{name} {n}")
        touch = Touch.objects.create(contact=one, kind="asked", happened_at=n, recorded_at=n, path="email")
        Ask.objects.create(contact=one, title="Oars", asked_at=n, touch=touch)
    first, second, third = of.order_by("key")
    if name < "0007":
        Version.objects.get_or_create(slug="a", number=1, toml="", in_force=True)
        Version.objects.get_or_create(slug="b", number=1, toml="", in_force=False)
        of.exclude(pk=third.pk).update(last_touch_at=7)
        Ask.objects.filter(contact__in=of).update(amount=5, currency="EUR")
        Standing.objects.create(contact=first, funnel="a", stage=2, entered_at=3)
    if name < "0008":
        of.filter(pk=first.pk).update(fields={"seats": 7.5, "city": "Åre", "vip": True, "none": None})
        of.filter(pk=third.pk).update(merged_into=first)
        now, day = time.time_ns() // 1000, 86_400_000_000
        told = [(first, "told_need", 400), (first, "told_need", 300), (first, "subscribed", 9)]
        told += [(third, "told_need", 8), (third, "unsubscribed", 5), (second, "bought", 4)]
        told += [(second, "gave_timeline", 200), (second, "met", 3)]
        for one, kind, days in told:
            Touch.objects.create(contact=one, kind=kind, happened_at=now - days * day, recorded_at=now)
    of.filter(pk=first.pk).update(team=Team.objects.get_or_create(name="North")[0])
    for one in of.exclude(pk=third.pk):
        one.tags.add(Tag.objects.get_or_create(name="warm")[0])
"""
"""Adds people to the tables as they are in a state."""
WALK = """
from django.conf import settings
from django.core.management import call_command
from leadline.web.serving.schema import waiting_migrations
alone = settings.MIGRATION_MODULES
for place, name in enumerate(walked, start=1):
    call_command("migrate", "web", name, verbosity=0)
    settings.MIGRATION_MODULES = {}
    left = [one for one in waiting_migrations() if one.startswith("web.")]
    assert left == [f"web.{one}" for one in every[place:]], (name, left)
    settings.MIGRATION_MODULES = alone
    add(name)
"""
"""Goes from state to state by itself; in each, what this version would do from there is all that is left."""
KEPT = """
import time
from leadline.web import warehouse
from leadline.web.actions import held_facts
from leadline.web.models import Ask, Contact, FieldValue, HeldFact, Mark, StagedAsk, Standing, Touch
for name in walked:
    first, second, third = of = list(Contact.objects.filter(key__startswith=name).order_by("key"))
    assert [one.name for one in of] == [f"Contact {n}" for n in range(3)]
    log = Touch.objects.filter(path="email", contact__in=of).order_by("id")
    assert list(log.values_list("contact", "happened_at")) == [(one.pk, n) for n, one in enumerate(of)]
    asks = Ask.objects.filter(contact__in=of).order_by("id")
    assert list(asks.values_list("title", "touch__happened_at")) == [("Oars", n) for n in range(3)]
    if name < "0007":
        stand = Standing.objects.filter(contact__in=of).order_by("contact__key")
        stand = list(stand.values_list("contact", "funnel", "stage", "entered_at"))
        assert stand == [(first.pk, "a", 2, 3), (second.pk, "a", 0, 0)], stand
        staged = StagedAsk.objects.filter(contact__in=of)
        staged = list(staged.values_list("contact", "funnel", "stage", "currency", "amount"))
        assert staged == [(first.pk, "a", 2, "EUR", 5)], staged
    if name < "0008":
        values = FieldValue.objects.filter(contact__in=of).order_by("field")
        values = list(values.values_list("contact", "field", "text", "number", "cut"))
        wanted = [("city", "Åre", None, False), ("seats", None, 7.5, False), ("vip", "true", None, False)]
        assert values == [(first.pk, *one) for one in wanted], values
        held = HeldFact.objects.filter(contact__in=of).order_by("contact__key")
        held = list(held.values_list("contact", "name"))
        assert held == [(first.pk, "need"), (second.pk, "customer")], held
        everybody, now = [first.pk, second.pk], time.time_ns() // 1000
        assert held_facts.follow(warehouse.touches_of(everybody), now) == held_facts.kept(everybody, now)
    marks = Mark.objects.filter(contact__in=of).order_by("contact__key")
    marks = list(marks.values_list("contact", "tag__name", "owner", "team__name"))
    assert marks == [(first.pk, "warm", None, "North"), (second.pk, "warm", None, None)], marks
    Contact.objects.filter(pk=first.pk).update(team=None)
assert not Mark.objects.filter(team__isnull=False).exists()
"""


def going(walked):
    """What goes from state to state, before anything else is done there."""
    return f"walked, every = {walked}, {EARLIER}\n" + ADD + WALK


@pytest.fixture(params=["sqlite", "postgresql"])
def make(request, tmp_path, templates):
    """Makes installations, with all tables or with none."""

    def on_sqlite(name, *, tables=False):
        home = tmp_path / name
        if tables:
            return templates.tables(home)
        home.mkdir(mode=0o700)
        return Installation(home)

    def on_postgresql(name, *, tables=False):
        server, unique = request.getfixturevalue("server"), f"{name}_{os.getpid()}_{time.monotonic_ns()}"
        return installed(server, tmp_path, unique, tables=tables)

    return on_sqlite if request.param == "sqlite" else on_postgresql


def test_every_earlier_state_becomes_what_an_empty_database_becomes(make, before):
    """One installation stops in each state, where people join it; another goes from the first at once."""
    wanted = make("fresh", tables=True).python(DECLARED + TABLES)
    assert "leadline_touch" in wanted
    assert len(EARLIER) >= 8
    for walked in (EARLIER, EARLIER[:1]):
        grown = before + going(walked) + NOW + MIGRATE + TABLES + KEPT
        assert make(f"through_{len(walked)}").python(grown) == wanted
