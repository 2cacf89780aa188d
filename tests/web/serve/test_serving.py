"""The application as real processes: it starts, answers, and ends with everybody."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from leadline.web.serving.parents import PARENT
from leadline.web.serving.server import FREE_WITHIN, check_address
from tests.installations import Installation, wait_for


def served(installation, *words):
    process = installation.start("serve", "--port", installation.port, *words)
    installation.until_it_answers()
    return process


def workers(installation, process):
    return [
        number
        for number, words in installation.members(process)
        if words.rstrip().endswith("leadline worker")
    ]


@pytest.fixture(scope="module")
def alone(tmp_path_factory, templates):
    """A server without its worker, for tests that leave it running."""
    made = templates.tables(tmp_path_factory.mktemp("alone") / "home")
    made.process = served(made, "--no-worker")
    yield made
    made.end()


@pytest.mark.parametrize("told", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.nightly)])
def test_it_makes_its_tables_answers_and_leaves_nobody_behind(installation, told):
    del installation.env["LEADLINE_COLD"]  # it ends while it warms up
    process = installation.start_afresh("serve", "--port", installation.port)
    wait_for(lambda: "Leadline is at" in installation.printed(), installation.printed)
    status, said = installation.get("/health")[:2]  # where it is is said once somebody answers there
    assert (status, json.loads(said)["status"]) == (200, "ok")
    wait_for(lambda: workers(installation, process), installation.printed)
    wait_for((installation.home / "worker.json").exists, installation.printed)
    assert installation.sql("SELECT COUNT(*) FROM web_contact") == [(0,)]
    assert (installation.home / "address").read_text() == f"http://127.0.0.1:{installation.port}"
    members = installation.members(process)
    assert len(members) >= 3  # who listens, who answers, who works
    os.kill(process.pid, told)
    assert process.wait(60) == 0, installation.printed()
    wait_for(lambda: not installation.members(process), lambda: str(installation.members(process)), 5)
    assert not (installation.home / "worker.json").exists()
    assert "Traceback" not in installation.printed(), installation.printed()


def test_a_port_that_comes_free_in_a_moment_is_waited_for(installation):
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", installation.port))
        held.listen()
        threading.Timer(1.5, held.close).start()
        began = time.monotonic()
        check_address("127.0.0.1", installation.port)
        assert 1 < time.monotonic() - began < FREE_WITHIN


def test_whoever_is_started_by_one_that_is_gone_by_then_ends_at_once(installation):
    gone = subprocess.Popen(["true"])
    gone.wait()
    code = (
        "import os, time; from leadline.web.serving import parents; parents.watch_parent(lambda: os._exit(3))"
    )
    told = [sys.executable, "-c", f"{code}; time.sleep(60)"]
    assert subprocess.run(told, env=installation.env | {PARENT: str(gone.pid)}, check=False).returncode == 3


def test_without_its_worker_there_is_none(alone):
    assert len(alone.members(alone.process)) >= 2  # who listens, who answers
    assert not workers(alone, alone.process)


def test_metrics_count_requests_by_route_and_jobs(alone):
    for _ in range(3):
        alone.get("/health")
    told = alone.get("/metrics")[1]
    counted = next(line for line in told.splitlines() if line.startswith("leadline_requests_total{"))
    assert 'route="health"' in counted
    assert float(counted.rpartition(" ")[2]) >= 3
    assert 'leadline_request_seconds_bucket{le="0.5",route="health"}' in told
    assert "leadline_jobs_waiting 0.0" in told
    assert "leadline_jobs_failed 0.0" in told


def test_an_address_that_is_taken_is_said_at_once(alone):
    done = alone.run("serve", "--port", alone.port)
    assert done.returncode == 7
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_no_name_of_a_machine_is_said(installation):
    done = installation.run("serve", "--host", "no..such")
    assert (done.returncode, "Found: no name of a machine." in done.stderr) == (7, True)


def test_a_database_of_an_earlier_version_waits_for_migrate(installation):
    installation.python(
        "from django.core.management import call_command\n"
        "from leadline.web.models import User\n"
        "call_command('migrate', 'mfa', '0002')\n"
        "call_command('migrate', 'web')\n"
        "User.objects.create_user('ada@example.org', 'correct horse battery', role='owner')"
    )
    done = installation.run("serve", "--port", installation.port)
    assert done.returncode == 1
    assert "leadline migrate" in done.stderr
    done = installation.run("rebuild")
    assert done.returncode == 1
    assert "mfa.0003" in done.stderr
    assert "leadline migrate" in done.stderr
    assert "mfa.0003" in installation.run("migrate").stdout
    assert "nothing to do" in installation.run("migrate").stdout


@pytest.fixture(params=["there", pytest.param("not yet", marks=pytest.mark.nightly)])
def tried(request, tmp_path, templates):
    """An installation with a made-up business in it, or one where `try` makes it up."""
    home = tmp_path / "home"
    if request.param == "there":
        made = templates.business(home)
    else:
        home.mkdir(mode=0o700)
        made = Installation(home)
    yield made
    made.end()


def test_the_made_up_business_is_opened_by_a_link_that_works_once(tried):
    process = tried.start("try", "--port", tried.port, "--no-open")
    wait_for(lambda: "/accounts/link/" in tried.printed(), tried.printed)
    (link,) = [line for line in tried.printed().splitlines() if "/accounts/link/" in line]
    path = link.partition(str(tried.port))[2]
    assert tried.get(path)[2].endswith(f":{tried.port}/")
    tried.forget_cookies()
    assert "/accounts/login/" in tried.get(path)[2]
    assert tried.sql("SELECT COUNT(*) FROM web_contact")[0][0] > 1000
    assert tried.sql("SELECT COUNT(*) FROM web_user") == [(1,)]
    assert len(tried.members(process)) >= 3  # who listens, who answers, who works
    os.kill(process.pid, signal.SIGINT)
    assert process.wait(60) == 0
    wait_for(lambda: not tried.members(process), lambda: str(tried.members(process)), 5)
    again = tried.start("try", "--port", tried.port, "--no-open")
    tried.until_it_answers()
    os.kill(again.pid, signal.SIGTERM)
    assert again.wait(60) == 0
