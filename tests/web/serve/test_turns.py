"""Whoever begins to write to SQLite looks every few milliseconds whether they can."""

from __future__ import annotations

import sqlite3
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.db.backends.sqlite3.base import DatabaseWrapper

from leadline.web import turns

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path):
    """A database to which somebody writes."""
    other = sqlite3.connect(tmp_path / "one.sqlite3", isolation_level=None)
    other.execute("PRAGMA journal_mode=WAL")
    other.execute("CREATE TABLE t (n)")
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


@pytest.fixture
def ours(file, tmp_path, settings):
    told = settings.DATABASES["default"] | {"ENGINE": "django.db.backends.sqlite3"}
    told |= {"NAME": tmp_path / "one.sqlite3", "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 3}}
    told |= {"AUTOCOMMIT": True, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False, "TIME_ZONE": None}
    wrapper = DatabaseWrapper(told, alias="one")
    wrapper.connect()
    yield wrapper
    wrapper.connection.close()


@pytest.fixture
def sleeps(monkeypatch):
    """A clock that goes on by what somebody sleeps; what is in `then` is done after so many times."""
    told = SimpleNamespace(each=[], then={})

    def sleep(seconds):
        told.each.append(seconds)
        told.then.get(len(told.each), lambda: None)()

    monkeypatch.setattr(turns, "time", SimpleNamespace(sleep=sleep, monotonic=lambda: sum(told.each)))
    return told


def patience(connection):
    return connection.connection.execute("PRAGMA busy_timeout").fetchone()[0]


def test_who_waits_begins_at_the_first_look_after_the_other_ended(file, ours, sleeps):
    sleeps.then[3] = lambda: file.execute("COMMIT")
    with ours.cursor() as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        assert sleeps.each == [0.005] * 3
        cursor.execute("INSERT INTO t VALUES (1)")
        cursor.execute("COMMIT")
    assert file.execute("SELECT n FROM t").fetchall() == [(1,)]
    assert patience(ours) == 3000


def test_who_waited_long_enough_is_told_so(ours, sleeps):
    with ours.cursor() as cursor, pytest.raises(OperationalError, match="locked"):
        cursor.execute("BEGIN IMMEDIATE")
    assert 3 <= sum(sleeps.each) <= 3.02
    assert patience(ours) == 3000


def test_what_is_no_matter_of_turns_is_told_at_once(file, ours, sleeps):
    file.execute("COMMIT")
    with ours.cursor() as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="within a transaction"):
            cursor.execute("BEGIN IMMEDIATE")
    assert sleeps.each == []


def test_who_is_impatient_fails_at_once(ours, sleeps):
    with turns.impatient(ours), ours.cursor() as cursor, pytest.raises(OperationalError, match="locked"):
        cursor.execute("INSERT INTO t VALUES (1)")
    assert patience(ours) == 3000
