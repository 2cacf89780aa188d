"""The application as real processes: it starts, answers, replaces who dies, and ends with everybody."""

from __future__ import annotations

import json
import os
import signal

import pytest

from tests.web.serve.conftest import wait_for


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


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_it_makes_its_tables_answers_and_leaves_nobody_behind(installation, told):
    process = served(installation)
    wait_for(lambda: workers(installation, process), installation.printed)
    wait_for((installation.home / "worker.json").exists, installation.printed)
    status, said = installation.get("/health")[:2]
    assert (status, json.loads(said)["status"]) == (200, "ok")
    assert installation.sql("SELECT COUNT(*) FROM web_contact") == [(0,)]
    members = installation.members(process)
    assert len(members) >= 3  # who listens, who answers, who works
    os.kill(process.pid, told)
    assert process.wait(60) == 0, installation.printed()
    assert not installation.members(process)
    assert not (installation.home / "worker.json").exists()
    assert "Traceback" not in installation.printed()


def test_a_worker_that_dies_is_replaced_and_the_pages_go_on(installation):
    process = served(installation)
    wait_for(lambda: workers(installation, process), installation.printed)
    (first,) = workers(installation, process)
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: set(workers(installation, process)) - {first}, installation.printed)
    assert installation.get("/health")[0] == 200


def test_nobody_outlives_the_one_who_listens_even_if_it_is_killed(installation):
    process = served(installation)
    wait_for((installation.home / "worker.json").exists, installation.printed)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    wait_for(lambda: not installation.members(process), lambda: str(installation.members(process)), 30)


def test_without_its_worker_there_is_none(installation):
    process = served(installation, "--no-worker")
    assert not workers(installation, process)


def test_metrics_count_requests_by_route_and_jobs(installation):
    served(installation)
    for _ in range(3):
        installation.get("/health")
    told = installation.get("/metrics")[1]
    counted = next(line for line in told.splitlines() if line.startswith("leadline_requests_total{"))
    assert 'route="health"' in counted
    assert float(counted.rpartition(" ")[2]) >= 3
    assert 'leadline_request_seconds_bucket{le="0.5",route="health"}' in told
    assert "leadline_jobs_waiting 0.0" in told
    assert "leadline_jobs_failed 0.0" in told


def test_an_address_that_is_taken_is_said_at_once(installation):
    served(installation)
    done = installation.run("serve", "--port", installation.port)
    assert done.returncode == 7
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_of_an_earlier_version_waits_for_migrate(installation):
    installation.python(
        "from django.core.management import call_command; call_command('migrate', 'mfa', '0002')"
    )
    done = installation.run("serve", "--port", installation.port)
    assert done.returncode == 1
    assert "leadline migrate" in done.stderr
    assert "mfa.0003" in installation.run("migrate").stdout
    assert "nothing to do" in installation.run("migrate").stdout


def test_the_made_up_business_is_opened_by_a_link_that_works_once(installation):
    process = installation.start("try", "--port", installation.port, "--no-open")
    installation.until_it_answers()
    (link,) = [line for line in installation.printed().splitlines() if "/accounts/link/" in line]
    path = link.partition(str(installation.port))[2]
    assert installation.get(path)[2].endswith(f":{installation.port}/")
    installation.forget_cookies()
    assert "/accounts/login/" in installation.get(path)[2]
    assert installation.sql("SELECT COUNT(*) FROM web_contact")[0][0] > 1000
    assert installation.sql("SELECT COUNT(*) FROM web_user") == [(1,)]
    os.kill(process.pid, signal.SIGINT)
    assert process.wait(60) == 0
    again = installation.start("try", "--port", installation.port, "--no-open")
    installation.until_it_answers()
    os.kill(again.pid, signal.SIGTERM)
    assert again.wait(60) == 0
