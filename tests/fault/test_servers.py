"""A server or its worker that is killed: another one takes its place, and nobody is left behind."""

from __future__ import annotations

import os
import signal

import pytest

from tests.installations import wait_for
from tests.web.serve.test_serving import served, workers

pytestmark = pytest.mark.nightly


@pytest.fixture
def ready(tmp_path, templates):
    """An installation whose tables are made, and that holds nothing."""
    made = templates.tables(tmp_path / "home")
    yield made
    made.end()


def test_a_worker_that_dies_is_replaced_and_the_pages_go_on(ready):
    process = served(ready)
    wait_for(lambda: workers(ready, process), ready.printed)
    (first,) = workers(ready, process)
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: set(workers(ready, process)) - {first}, ready.printed)
    assert ready.get("/health")[0] == 200


def test_nobody_outlives_the_one_who_listens_even_if_it_is_killed_and_another_follows(ready):
    process = served(ready)
    wait_for((ready.home / "worker.json").exists, ready.printed)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    another = ready.start("serve", "--port", ready.port)
    wait_for(lambda: not ready.members(process), lambda: str(ready.members(process)), 30)
    wait_for(lambda: workers(ready, another), ready.printed)
    ready.until_it_answers()
    assert another.poll() is None
