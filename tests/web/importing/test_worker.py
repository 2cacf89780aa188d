"""The worker: every job is done, none by two, none for ever."""

from __future__ import annotations

import re
from pathlib import Path
from threading import Event

import pytest
from django.db.models import Min

from leadline.engine.errors import LeadlineError
from leadline.engine.instants import DAY, to_datetime, to_instant
from leadline.web.actions import erasure, events, mirrors, touches
from leadline.web.actions.acting import enqueue
from leadline.web.jobs import leases, registry
from leadline.web.jobs.worker import Worker, tell
from leadline.web.models import Job, Standing
from tests.web.conftest import NOW

SECOND = 1_000_000
pytestmark = [pytest.mark.django_db, pytest.mark.both]


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def declare():
    """Declares kinds of work for one test."""

    def add(name, do, **how):
        registry.handles(name, **how)(do)
        names.append(name)

    names = []
    yield add
    for name in names:
        registry.KINDS.pop(name, None)


def fails(error):
    def do(payload, now, lease):
        raise error

    return do


def test_jobs_are_done_in_the_order_in_which_they_fall_due(declare, clock):
    done = []
    declare("test.note", lambda payload, now, _: done.append((payload["n"], now)))
    for n, due in ((1, NOW), (2, NOW - 5), (3, NOW + SECOND)):
        enqueue("test.note", {"n": n}, due)
    worker = Worker(clock)
    assert worker.run_dry() == 2
    assert done == [(2, NOW), (1, NOW)]
    clock.now += SECOND
    assert worker.run_dry() == 1
    assert Job.objects.filter(done_at=None).count() == 0


def test_a_job_that_fails_waits_longer_each_time_and_then_fails_for_good(declare, clock):
    told = []
    declare(
        "test.fail",
        fails(ValueError("password=hunter2")),
        attempts=3,
        gave_up=lambda payload, _, error: told.append((payload, error)),
    )
    enqueue("test.fail", {"n": 1}, NOW)
    worker, waits = Worker(clock), []
    for _ in range(3):
        assert worker.run_dry() == 1
        job = Job.objects.get()
        waits.append((to_instant(job.due_at) - clock.now) / SECOND)
        clock.now = to_instant(job.due_at)
    assert 2.5 <= waits[0] <= 7.5
    assert 5 <= waits[1] <= 15
    assert job.failed_at is not None
    assert worker.run_dry() == 0
    assert told[0][0] == {"n": 1}
    assert "hunter2" not in job.last_error + told[0][1]
    assert job.last_error.startswith("ValueError at test_worker.py:")


def test_an_error_of_ours_is_kept_as_its_sentence():
    assert tell(LeadlineError("A thing was asked for", found="none")) == "A thing was asked for. Found: none."


def test_the_waiting_doubles_up_to_an_hour_and_chance_spreads_it():
    assert [leases.waiting(turn, 0.5) for turn in (1, 2, 3, 20)] == [5, 10, 20, 3600]
    assert (leases.waiting(1, 0), leases.waiting(1, 1)) == (2.5, 7.5)


def test_a_claim_keeps_others_away_until_it_runs_out(declare, clock):
    declare("test.slow", lambda *_: None, lease=60)
    enqueue("test.slow", {}, NOW)
    first, _ = leases.claim(["test.slow"], lambda _: 60, clock, Event())
    assert leases.claim(["test.slow"], lambda _: 60, clock, Event()) is None
    clock.now += 59 * SECOND
    first.hold()
    clock.now += 59 * SECOND
    assert leases.claim(["test.slow"], lambda _: 60, clock, Event()) is None
    clock.now += SECOND
    second, _ = leases.claim(["test.slow"], lambda _: 60, clock, Event())
    with pytest.raises(leases.LeaseLost):
        first.hold()
    first.finish()
    assert Job.objects.get().done_at is None
    second.finish()
    assert Job.objects.get().done_at is not None


def test_a_job_that_ends_its_worker_each_time_fails_in_the_end(declare, clock):
    declare("test.kill", fails(AssertionError("never reached")), attempts=2, lease=10)
    enqueue("test.kill", {}, NOW)
    for _ in range(2):
        assert leases.claim(["test.kill"], lambda _: 10, clock, Event()) is not None
        clock.now += 10 * SECOND
    Worker(clock).run_dry()
    job = Job.objects.get()
    assert job.failed_at is not None
    assert "worker ended" in job.last_error


def test_a_worker_that_is_to_end_hands_a_long_job_back_without_counting_it(declare, clock):
    parts, stopping = [], Event()

    def do(payload, now, lease):
        for part in range(3):
            lease.go_on()
            parts.append(part)
            stopping.set()

    declare("test.long", do)
    enqueue("test.long", {}, NOW)
    Worker(clock, stopping).run_dry(1)
    job = Job.objects.get()
    assert (parts, job.attempts, job.claimed_until, job.done_at) == ([0], 0, None, None)
    stopping.clear()
    stopping.set = lambda: None
    Worker(clock, stopping).run_dry(1)
    assert parts == [0, 0, 1, 2]


def test_a_job_that_is_to_be_tried_again_gives_way_to_one_with_the_same_key(declare, clock):
    def do(payload, now, lease):
        enqueue("test.again", {"n": 2}, NOW, dedupe_key="one")
        raise ValueError

    declare("test.again", do)
    enqueue("test.again", {"n": 1}, NOW, dedupe_key="one")
    assert Worker(clock).work()
    waiting = Job.objects.filter(done_at=None)
    assert [job.payload for job in waiting] == [{"n": 2}]


def test_a_kind_that_this_worker_does_not_know_is_left_to_others(clock):
    enqueue("test.unknown", {}, NOW)
    assert Worker(clock).run_dry() == 0
    assert Job.objects.get().attempts == 0


def test_a_stage_that_ends_by_itself_is_swept_when_it_falls_due(funnels, actor, contact, clock):
    touches.record(actor, contact, "replied", NOW)
    due = Standing.objects.aggregate(due=Min("changes_at"))["due"]
    worker = Worker(clock)
    for at, jobs in ((due - 1, 0), (due, 1)):
        clock.now = at
        worker.call_round()
        worker.call_round()
        assert Job.objects.filter(kind="standings.sweep").count() == jobs
    worker.run_dry()
    assert not Standing.objects.filter(changes_at__lte=due).exists()


def test_jobs_done_long_ago_are_forgotten_and_failed_ones_kept(clock):
    long_ago = to_datetime(NOW - 31 * DAY)
    Job.objects.create(kind="x", due_at=long_ago, done_at=long_ago)
    Job.objects.create(kind="x", due_at=long_ago, failed_at=long_ago)
    worker = Worker(clock)
    worker.call_round()
    worker.run_dry()
    assert list(Job.objects.filter(kind="x").values_list("done_at", flat=True)) == [None]


def test_a_claim_from_before_the_clock_was_set_back_is_void(declare, clock):
    declare("test.slow", lambda *_: None, lease=60)
    enqueue("test.slow", {}, NOW - DAY)
    first, _ = leases.claim(["test.slow"], lambda _: 60, clock, Event())
    clock.now -= 3600 * SECOND
    second, _ = leases.claim(["test.slow"], lambda _: 60, clock, Event())
    with pytest.raises(leases.LeaseLost):
        first.hold()
    second.finish()


def test_every_kind_of_work_that_is_asked_for_is_done_by_somebody():
    registry.load()
    sources = Path(leases.__file__).parents[1].rglob("*.py")
    found = [re.findall(r'enqueue\(\s*("[\w.]+"|JOB)', source.read_text()) for source in sources]
    asked = {word.strip('"') for words in found for word in words} - {"JOB"}
    assert {"import.run", "funnel.publish"} <= asked
    assert asked | {mirrors.JOB, erasure.JOB, events.JOB} <= set(registry.KINDS)
