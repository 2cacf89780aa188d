"""A disk that is full, a database that is locked: a clear word, nothing half, and on it goes after."""

from __future__ import annotations

import resource
import sqlite3
import threading
import time
from contextlib import closing

import pytest
import requests

from tests.fault.business import KINDS, Business
from tests.installations import wait_for

pytestmark = pytest.mark.nightly

TIMEOUT = 20
"""Seconds that a write waits for another one: the setting of the application."""


@pytest.fixture
def business(tmp_path, templates):
    made = Business(templates.tables(tmp_path / "home"))
    yield made
    made.installation.end()


def limit(business, process, most):
    """No file of any process of the server can grow beyond so many bytes: as where the disk is full."""
    for number, _ in business.installation.members(process):
        resource.prlimit(number, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))


def notes(business):
    return {note for (note,) in business.ask("SELECT note FROM web_touch WHERE note <> ''")}


def read(business):
    """What a program gets that asks for touches."""
    token = {"Authorization": f"Bearer {business.told['token']}"}
    return requests.get(f"{business.url}/api/v1/touches", headers=token, timeout=10)


def whole(business):
    """Each touch has its entry in the record of changes, and the file is as it should be."""
    (touches,), (entries,) = (
        business.ask(f"SELECT count(*) FROM {what}")[0]  # noqa: S608
        for what in ("web_touch", "web_auditentry WHERE action = 'touch.recorded'")
    )
    assert touches == entries
    assert business.ask("PRAGMA integrity_check") == [("ok",)]
    assert "nothing differed" in business.installation.run("rebuild").stdout


def test_where_the_disk_is_full_it_is_said_and_nothing_is_half_written(business):
    process = business.serve()
    contact = business.told["contacts"][0]
    body = {"contact": contact, "kind": "met", "note": "before"}
    assert business.send("touches", body | {"key": "0"}, "0")
    wait_for((business.installation.home / "worker.json").exists, business.installation.printed)
    limit(business, process, 64 * 1024)
    for turn in range(1, 200):
        if not business.send("touches", body | {"key": str(turn), "note": f"n{turn}"}, str(turn)):
            break
    refused = f"n{turn}"
    assert business.refused == {"no-room": 1}
    assert refused not in notes(business)
    form = {"kind": KINDS[0], "note": "by page"}
    assert business.post(f"/contacts/{contact}/touch/", form) is None
    assert business.refused["Not just now"] == 1
    assert requests.get(f"{business.url}/health", timeout=10).status_code == 200
    assert "by page" not in notes(business)

    limit(business, process, resource.RLIM_INFINITY)
    assert business.send("touches", body | {"key": str(turn), "note": refused}, str(turn))
    assert business.post(f"/contacts/{contact}/touch/", form)
    assert {"before", refused, "by page"} <= notes(business)
    assert len(business.ask("SELECT note FROM web_touch")) == turn + 2
    whole(business)
    business.wait("SELECT count(*) FROM web_job WHERE done_at IS NULL", 0)  # the worker got over it, too
    business.wait("SELECT count(*) > 0 FROM web_materialised", 1)


def test_where_another_process_holds_the_database_it_is_said_and_nothing_is_lost(business):
    business.serve()
    contact = business.told["contacts"][0]
    body = {"contact": contact, "kind": "met", "note": "while it is held", "key": "k"}
    answers = {}

    def by_api():
        answers["api"] = business.send("touches", body, "k")

    def by_page():
        form = {"kind": "met", "note": "by page"}
        answers["page"] = business.post(f"/contacts/{contact}/touch/", form)

    with closing(sqlite3.connect(business.installation.home / "leadline.sqlite3")) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        clients = [threading.Thread(target=one) for one in (by_api, by_page)]
        for one in clients:
            one.start()
        assert requests.get(f"{business.url}/health", timeout=10).status_code == 200  # whoever reads goes on
        assert read(business).status_code == 200
        told = business.installation.run("touch", contact, "met")
        assert (told.returncode, "Traceback" in told.stderr) == (8, False), told.stderr
        assert "at work" in told.stderr
        for one in clients:
            one.join()
        assert time.monotonic() - began >= TIMEOUT
        other.rollback()
    assert answers == {"api": None, "page": None}
    assert business.refused == {"busy": 1, "Not just now": 1}
    assert notes(business) == set()
    assert business.send("touches", body, "k")
    assert notes(business) == {"while it is held"}
    whole(business)


def test_a_lock_that_is_shorter_is_waited_for(business):
    business.serve()
    body = {"contact": business.told["contacts"][0], "kind": "met", "note": "later", "key": "k"}
    with closing(
        sqlite3.connect(business.installation.home / "leadline.sqlite3", check_same_thread=False)
    ) as one:
        one.execute("BEGIN IMMEDIATE")
        let_go = threading.Timer(3, one.rollback)
        let_go.start()
        assert business.send("touches", body, "k")
        let_go.join()
