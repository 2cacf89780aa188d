"""A server that is killed again and again under load: what was acknowledged is there, exactly once."""

from __future__ import annotations

import json
import os
import random
import time
from collections import Counter
from pathlib import Path

import pytest

pytestmark = pytest.mark.nightly

SOURCES = Path(__file__).parents[2]
KILLS = int(os.environ.get("LEADLINE_KILLS", "3"))
"""How often something is killed; `make nightly` asks for more."""
OPEN = "SELECT count(*) FROM web_job WHERE done_at IS NULL AND failed_at IS NULL"
LOOK = """
import json, time
from django.db import connection
from leadline.web import warehouse
from leadline.web.actions import mirrors
from leadline.web.actions.standings import stand
from leadline.web.models import Contact, Standing
from leadline.web.warehouse import mirror
from tests.web.reports.test_mirror import assert_same
now = time.time_ns() // 1000
names = ("contact_id", "funnel", "stage", "step", "entered_at", "cause_id")
log = warehouse.every_touch()
follows = {tuple(getattr(one, name) for name in names)
    for slug, funnel in warehouse.funnels().items() for one in stand(slug, funnel, log, now)}
kept = set(Standing.objects.values_list(*names))
mirrors.refresh(now)
assert_same(mirror.read_mirror(), log)
whole = []
if connection.vendor == "sqlite":
    with connection.cursor() as cursor:
        whole = cursor.execute("PRAGMA integrity_check").fetchall()
        whole += cursor.execute("PRAGMA foreign_key_check").fetchall()
print(json.dumps({"standings": len(follows), "differing": len(follows ^ kept), "whole": whole or [["ok"]],
    "rebuilt": 0}))
"""


def test_what_was_acknowledged_is_there_once_and_no_job_is_lost(business, receiver):
    chance = random.Random(KILLS)
    process = business.serve()
    business.load(machines=2, people=2, importers=1)
    killed = Counter()
    for turn in range(KILLS):
        business.until_more(chance.randint(3, 15))
        time.sleep(chance.uniform(0, 0.5))
        victim = ("answers", "works", "listens", "all")[turn % 4]
        business.kill(process, victim)
        killed[victim] += 1
        process = business.serve() if victim in ("listens", "all") else process
    business.until_more(10)
    business.end_load()
    business.wait(OPEN, 0)

    there = Counter(note for (note,) in business.ask("SELECT note FROM web_touch WHERE note LIKE 'by_%'"))
    assert max(there.values()) == 1
    assert set(business.acknowledged) <= set(there) - {""}
    assert {note for note in there if not note.startswith("by_import")} <= set(business.tried)
    check_imports(business, there)
    check_events(business, receiver, KILLS)
    assert business.ask("SELECT kind, last_error FROM web_job WHERE failed_at IS NOT NULL") == []
    found = json.loads(business.installation.python(LOOK, PYTHONPATH=str(SOURCES)))
    assert found["standings"] > 40
    assert (found["differing"], found["whole"]) == (0, [["ok"]])
    assert "nothing differed" in business.installation.run("rebuild").stdout
    assert "Traceback" not in business.installation.printed()


def check_imports(business, there):
    """Every import that was begun is done, all of it, once."""
    assert business.imported
    assert {state for (state,) in business.ask("SELECT state FROM web_import")} <= {"done", "proposed"}
    for known in business.imported:
        assert sum(note.startswith(f"{known}.") for note in there) == 180
        made = f"SELECT count(*), count(DISTINCT key) FROM web_contact WHERE key LIKE '{known}-%'"  # noqa: S608
        assert business.ask(made) == [(60, 60)]


def check_events(business, receiver, killed):
    """Each touch that was recorded by hand was told of once, and each event got there, if more than once."""
    told = [record for (record,) in business.ask("SELECT key FROM web_delivery")]
    by_hand = "SELECT count(*) FROM web_auditentry WHERE action = 'touch.recorded'"
    assert [(len(told),)] == business.ask(by_hand)
    assert business.ask("SELECT count(*) FROM web_delivery WHERE delivered_at IS NULL") == [(0,)]
    assert set(receiver.got) == set(told)
    assert (
        sum(receiver.got.values()) - len(told) <= killed
    )  # again only where its worker was killed meanwhile
