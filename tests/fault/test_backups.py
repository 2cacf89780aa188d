"""A backup taken under load holds what was there at one instant, and a restore puts back just that."""

from __future__ import annotations

import os
from collections import defaultdict

import pytest

from tests.installations import Installation
from tests.web.postgresql import installed

pytestmark = pytest.mark.nightly

LOOK = """
import json, time
from leadline.web import warehouse
from leadline.web.actions.standings import stand
from leadline.web.models import AuditEntry, Delivery, Standing, Touch
from leadline.web.warehouse import mirror
names = ("contact_id", "funnel", "stage", "step", "entered_at", "cause_id")
now, log = time.time_ns() // 1000, warehouse.every_touch()
follows = {tuple(getattr(one, name) for name in names)
    for slug, funnel in warehouse.funnels().items() for one in stand(slug, funnel, log, now)}
noted = AuditEntry.objects.filter(action="touch.recorded").count()
print(json.dumps({"notes": list(Touch.objects.values_list("note", flat=True)), "noted": noted,
    "differing": len(follows ^ set(Standing.objects.values_list(*names))),
    "told": Delivery.objects.count(), "mirror": mirror.mark()}))
"""


def elsewhere(installation, request, tmp_path):
    if "DATABASE_URL" not in installation.env:
        (tmp_path / "other").mkdir(mode=0o700)
        return Installation(tmp_path / "other")
    server = request.getfixturevalue("server")
    return installed(server, tmp_path, f"other_{os.getpid()}")


def test_what_is_restored_is_what_was_there_when_it_was_backed_up(business, request, tmp_path):
    business.serve()
    business.load(machines=3, people=1)
    business.until_more(15)
    before = set(business.acknowledged)
    done = business.installation.run("backup", tmp_path / "backup.zip")
    after = set(business.tried)
    assert done.returncode == 0, done.stderr
    business.until_more(5)
    business.end_load()

    other = elsewhere(business.installation, request, tmp_path)
    (other.home / "mirror").mkdir()  # of whatever was here before
    (other.home / "mirror" / "manifest.json").write_text("{}")
    restored = other.run("restore", tmp_path / "backup.zip")
    assert restored.returncode == 0, restored.stderr
    assert not (other.home / "mirror" / "manifest.json").exists()
    found = look(other)
    there = set(found["notes"])
    assert len(there) == len(found["notes"]) == found["noted"] == found["told"]
    assert before <= there <= after
    assert there < set(business.acknowledged)
    for numbers in by_client(there).values():  # each client writes one after the other: nothing is left out
        assert numbers == set(range(max(numbers) + 1))
    assert (found["differing"], found["mirror"]) == (0, "")


def look(installation):
    import json

    return json.loads(installation.python(LOOK))


def by_client(notes):
    """The turns of each client that are there; where touches come three at a time, with the first."""
    turns = defaultdict(set)
    for note in notes:
        client, turn = note.rsplit("-", 1)
        turn, _, place = turn.partition(".")
        if place in ("", "0"):
            turns[client].add(int(turn))
        else:
            assert f"{client}-{turn}.0" in notes
    return turns
