"""A clock that is set forward and back under the workers: no job is lost or done twice, and stages follow."""

from __future__ import annotations

import random
import time

import pytest

from leadline.engine.instants import DAY
from tests.fault.test_workers import COMPARE, ENQUEUE, JOBS, OPEN

pytestmark = pytest.mark.nightly

HOUR = 3600
SETTLE = """
import time
from datetime import UTC, datetime
from leadline.engine.funnel import dump_funnel, load_funnel
from leadline.web.actions import touches
from leadline.web.actions.acting import Actor, enqueue
from leadline.web.models import Contact, FunnelVersion, User
since, now = datetime(2026, 1, 1, tzinfo=UTC), time.time_ns() // 1000
for slug in ("voltage", "sales-cycle"):
    toml = dump_funnel(load_funnel(slug))
    FunnelVersion.objects.create(slug=slug, number=1, toml=toml, in_force=True, published_at=since)
for n in range(6):
    one = Contact.objects.create(name=f"Contact {n}")
    for step in (-3600, 0, 3600, -7200):  # as the clock of whoever records goes
        touches.record(Actor(None, "a test", now + step * 1_000_000), one, "replied")
"""


def test_workers_whose_clock_is_set_do_every_job_once(home):
    home.run(SETTLE)
    home.run(ENQUEUE)
    for _ in range(2):
        home.start()
    chance = random.Random(3)
    while home.ask(OPEN)[0][0] > JOBS // 4:
        (home.path / "clock").write_text(str(chance.choice((-26 * HOUR, -HOUR, 0, HOUR, 26 * HOUR))))
        time.sleep(chance.uniform(0.2, 0.8))
    (home.path / "clock").write_text("0")
    home.wait("SELECT count(*) FROM web_job WHERE kind = 'test.note' AND done_at IS NULL", 0)
    done = home.ask("SELECT record FROM web_auditentry WHERE action = 'done'")
    assert sorted(done) == sorted((f"note:{n}",) for n in range(JOBS))
    assert home.ask("SELECT count(*) FROM web_job WHERE failed_at IS NOT NULL") == [(0,)]


def test_what_comes_round_comes_round_though_the_clock_was_set_back(home):
    """It was asked for by a clock a day ahead, and claimed by a worker that is gone."""
    home.run(SETTLE)
    due = "SELECT count(*) FROM web_standing WHERE changes_at <= "
    later = time.time_ns() // 1000 + 400 * DAY
    assert home.ask(due + str(later))[0][0] > 0
    ask = f"""
from leadline.web.actions.acting import enqueue
from leadline.web.models import Job
from leadline.engine.instants import to_datetime
enqueue("standings.sweep", {{}}, {later + DAY}, dedupe_key="standings.sweep")
enqueue("jobs.prune", {{}}, 1_700_000_000_000_000)
Job.objects.filter(kind="jobs.prune").update(attempts=1, claimed_until=to_datetime({later + DAY}))
"""
    home.run(ask)
    (home.path / "clock").write_text(str(400 * 24 * HOUR))
    home.start()
    home.wait("SELECT count(*) FROM web_job WHERE kind = 'standings.sweep' AND done_at IS NULL", 0)
    home.wait("SELECT count(*) FROM web_job WHERE kind = 'jobs.prune' AND done_at IS NULL", 0)
    assert home.ask(due + str(later)) == [(0,)]
    told = COMPARE.replace("time.time_ns() // 1000)", str(later) + ")")
    assert home.run(told).split()[1] == "True"
