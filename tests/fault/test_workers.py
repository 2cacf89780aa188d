"""Workers that are killed: no job is lost, and none is done by two at a time."""

from __future__ import annotations

import random
import signal
import socket
import time
from itertools import pairwise

import pytest

pytestmark = pytest.mark.nightly

JOBS = 40
ENQUEUE = f"""
from leadline.web.actions.acting import enqueue
for n in range({JOBS}):
    enqueue("test.note", {{"n": n, "seconds": 0.2}}, 1_700_000_000_000_000 + n)
"""
UPLOAD = """
from datetime import UTC, datetime
from django.core.files.uploadedfile import SimpleUploadedFile
from leadline.engine.funnel import dump_funnel, load_funnel
from leadline.engine.importers import Mapping
from leadline.web.actions.importing import imports, proposals, uploads
from leadline.web.actions.acting import Actor
from leadline.web.models import FunnelVersion, User
toml, since = dump_funnel(load_funnel("voltage")), datetime(2026, 1, 1, tzinfo=UTC)
FunnelVersion.objects.create(slug="voltage", number=1, toml=toml, in_force=True, published_at=since)
user = User.objects.create_user("ada@example.org", "correct horse battery", role="owner")
people = "contact id,name,email\\n" + "".join(f"k{n},Name {n},p{n}@x.org\\n" for n in range(4000))
kinds = ["met", "downloaded", "replied", "asked", "bought"]
log = "contact id,kind,happened at\\n" + "".join(
    f"k{n % 4000},{kinds[n // 4000]},2025-0{1 + n % 9}-1{n % 7}T10:00:00Z\\n" for n in range(20_000))
folder, kept = uploads.keep([SimpleUploadedFile(name, text.encode()) for name, text in
    (("people.csv", people), ("log.csv", log))])
now = 1_767_225_600_000_000
look = proposals.look(user, folder, kept, Mapping(), now)
record = imports.propose(Actor.of(user, now), folder, kept, look)
imports.start(Actor.of(user, now), record)
"""
COMPARE = """
from leadline.web import warehouse
from leadline.web.actions.standings import restate
from leadline.web.models import Contact, Standing
import time
from itertools import pairwise
columns = ("contact_id", "funnel", "stage", "step", "entered_at", "changes_at", "cause_id")
before = set(Standing.objects.values_list(*columns))
restate(Contact.objects.values_list("id", flat=True), time.time_ns() // 1000)
print(len(before), before == set(Standing.objects.values_list(*columns)))
"""
LISTENING = """
from leadline.web.actions import webhooks
from leadline.web.actions.acting import Actor, note_change
from leadline.web.models import Contact
actor = Actor(None, "a test", 1_600_000_000_000_000)
webhooks.make(actor, "http://127.0.0.1:{port}/")
for n in range({events}):
    note_change(actor, "contact.made", Contact.objects.create(name=f"Name {{n}}"))
"""
OPEN = "SELECT count(*) FROM web_job WHERE done_at IS NULL AND kind NOT LIKE 'standings%'"


def test_of_workers_that_are_killed_others_take_up_the_jobs(home):
    home.run(ENQUEUE)
    chance = random.Random(7)
    for _ in range(3):
        home.start()
    kills = 0
    while home.ask(OPEN)[0][0] > JOBS // 4 and kills < 8:
        time.sleep(chance.uniform(0.1, 0.6))
        victim = chance.choice([worker for worker in home.workers if worker.poll() is None])
        victim.send_signal(signal.SIGKILL)
        kills += 1
        home.start()
    assert kills > 3
    home.wait(OPEN, 0)
    assert home.ask("SELECT count(*) FROM web_job WHERE failed_at IS NOT NULL") == [(0,)]
    begun, done = (
        home.ask("SELECT record, after ->> 'at', after ->> 'pid' FROM web_auditentry WHERE action = ?", what)
        for what in ("begun", "done")
    )
    assert {record for record, _, _ in done} == {f"note:{n}" for n in range(JOBS)}
    assert len(done) <= JOBS + kills  # once more only where the worker died between its work and saying so
    ends = {(record, pid): int(at) for record, at, pid in done}
    spans = sorted((record, int(at), ends.get((record, pid), int(at))) for record, at, pid in begun)
    for one, other in pairwise(spans):
        assert one[0] != other[0] or one[2] <= other[1]


def test_an_import_whose_worker_is_killed_goes_on_and_writes_nothing_twice(home):
    home.run(UPLOAD)
    for share in (0, 6000, 12_000):
        worker = home.start()
        end = time.monotonic() + 120
        while home.ask("SELECT count(*) FROM web_touch")[0][0] <= share:
            assert time.monotonic() < end
            time.sleep(0.02)
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    home.start()
    home.wait("SELECT state FROM web_import", "done")
    assert home.ask("SELECT count(*), count(DISTINCT key) FROM web_contact") == [(4000, 4000)]
    assert home.ask("SELECT count(*) FROM web_address") == [(4000,)]
    assert home.ask("SELECT count(*), count(DISTINCT contact_id || kind) FROM web_touch") == [
        (20_000, 20_000)
    ]
    assert home.ask("SELECT counts ->> 'contacts', counts ->> 'touches' FROM web_import") == [(4000, 20_000)]
    assert home.run(COMPARE).split() == ["4000", "True"]


def test_nothing_waits_for_a_large_import(home):
    home.run(UPLOAD)
    after = ENQUEUE.replace("1_700_000_000_000_000", "1_767_225_600_000_001")
    home.run(after.replace(f"range({JOBS})", "range(10)").replace("0.2", "0.05"))
    home.start(lease=30, rest=1.5)
    home.wait(OPEN, 1)
    assert home.ask("SELECT kind, attempts FROM web_job WHERE done_at IS NULL AND kind LIKE 'import%'") == [
        ("import.run", 1)
    ]
    home.wait("SELECT state FROM web_import", "done")
    assert home.ask("SELECT count(*) FROM web_touch") == [(20_000,)]


def test_nothing_waits_for_a_receiver_that_never_answers(home):
    home.env["LEADLINE_ALLOW_PRIVATE_WEBHOOKS"] = "1"
    events = 6
    with socket.create_server(("127.0.0.1", 0)) as silent:  # which takes connections, and reads nothing
        home.run(LISTENING.format(port=silent.getsockname()[1], events=events))
        home.run(ENQUEUE.replace(f"range({JOBS})", "range(5)"))  # asked for after them
        home.start(lease=30)
        home.wait("SELECT count(*) FROM web_job WHERE kind = 'test.note' AND done_at IS NULL", 0)
        assert home.ask("SELECT count(*) FROM web_delivery WHERE attempts = 0")[0][0] > events // 2


def test_a_worker_that_is_told_to_end_hands_its_import_back(home):
    home.run(UPLOAD)
    worker = home.start(lease=300)
    end = time.monotonic() + 60
    while home.ask("SELECT count(*) FROM web_touch")[0][0] == 0:
        assert time.monotonic() < end
        time.sleep(0.02)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=20) == 0
    assert home.ask("SELECT claimed_until, done_at, attempts FROM web_job WHERE kind = 'import.run'") == [
        (None, None, 0)
    ]
    home.start(lease=300)
    home.wait("SELECT state FROM web_import", "done")
    assert home.ask("SELECT count(*) FROM web_touch") == [(20_000,)]


def test_work_that_takes_longer_than_its_claim_stays_with_its_worker(home):
    home.run(code=ENQUEUE.replace(f"range({JOBS})", "range(1)").replace("0.2", "12"))
    for _ in range(2):
        home.start(lease=4)
    home.wait(OPEN, 0)
    begun, done = (home.ask("SELECT after ->> 'at' FROM web_auditentry WHERE action = ?", what)
                   for what in ("begun", "done"))  # fmt: skip
    assert (len(begun), len(done)) == (1, 1)
    assert int(done[0][0]) - int(begun[0][0]) > 12e9
    assert home.ask("SELECT attempts FROM web_job WHERE kind = 'test.note'") == [(1,)]


def test_an_import_that_takes_longer_than_its_claim_stays_with_its_worker(home):
    home.run(code=UPLOAD)
    lease = 12
    for _ in range(2):
        home.start(lease=lease, rest=3)
    claimed = "SELECT claimed_until IS NOT NULL FROM web_job WHERE kind = 'import.run'"
    home.wait(claimed, 1)
    begun = time.monotonic()
    home.wait("SELECT state FROM web_import", "done")
    assert time.monotonic() - begun > lease
    assert home.ask("SELECT attempts, last_error FROM web_job WHERE kind = 'import.run'") == [(1, "")]
    assert home.ask("SELECT count(*) FROM web_auditentry WHERE action = 'import.done'") == [(1,)]
    assert home.ask("SELECT count(*) FROM web_touch") == [(20_000,)]
