"""The file of a backup: a ZIP with the database, the uploads, and what it is.

The database is a copy of the SQLite file, or the tables of PostgreSQL; either is put back into either. The
key that signs sessions is not in it: whoever finds a backup can't sign in as anybody, and after a restore
elsewhere all have to sign in anew.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, connections
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.models import Model
from psycopg import Copy

from leadline import __version__
from leadline.engine.errors import BadFile
from leadline.engine.importers.reading.archives import BROKEN
from leadline.web.backups import sqlite, tables
from leadline.web.errors import Conflict
from leadline.web.warehouse import mirror

ABOUT, SQLITE, TABLES, UPLOADS = "about.json", "leadline.sqlite3", "tables/", "uploads/"
_BESIDE = ".restore-"


@dataclass(frozen=True)
class About:
    """What a backup is of: version, sort of database, migrations, and how many rows each table has."""

    version: str
    made_at: int
    database: str
    migrations: list[str]
    rows: dict[str, int]


def back_up(file: Path, now: int) -> About:
    """Write a backup, while others go on working: it holds what was there at one instant.

    Raises BadFile where it can't be written; a file of that name is replaced only once the new one is whole.
    """
    try:
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".backup-") as folder:
            made = _write(Path(folder), now)
            whole = Path(folder) / "backup.zip"
            whole.chmod(0o600)
            whole.replace(file)
            return made
    except (OSError, sqlite3.Error) as error:
        found = getattr(error, "strerror", None) or str(error)
        raise BadFile(f"A backup was to be written to {file}", found=found) from None


def read_about(file: Path) -> About:
    """What a backup is of. Raises BadFile for a file that is no backup, or a broken one."""
    try:
        with zipfile.ZipFile(file) as archive:
            if (broken := archive.testzip()) is not None:
                raise BadFile(f"The backup {file} was read", found=f"that {broken} in it is broken")
            return About(**json.loads(archive.read(ABOUT)))
    except (*BROKEN, KeyError, TypeError):
        raise BadFile(f"The backup {file} was asked for", found="no backup of Leadline") from None
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        found = "no such file" if missing else error.strerror or str(error)
        raise BadFile(f"The backup {file} was asked for", found=found) from None


def restore(file: Path, progress: Callable[[int, int], None] = lambda _done, _total: None) -> About:
    """Put back what a backup holds of either database, into an installation that has nothing in it.

    All of it, or nothing: a SQLite file takes its place when it is whole, PostgreSQL is filled in one
    transaction. A SQLite file that goes into PostgreSQL is brought to this version before. The mirror of
    whatever was there before goes, so that no report shows another database's numbers. `progress` is told how
    many rows of how many are there. Raises Conflict where something is in the installation, at the beginning
    or by the time that all is read, for a backup of a later version, and for one of an earlier version that
    PostgreSQL wrote.
    """
    about = read_about(file)
    _check(about)
    total, done = sum(about.rows.values()), 0

    def told(rows: int) -> None:
        nonlocal done
        done += rows
        progress(done, total)

    shutil.rmtree(mirror.folder(), ignore_errors=True)
    home = Path(settings.HOME)
    for left in home.glob(f"{_BESIDE}*"):  # by a restore that was killed
        shutil.rmtree(left, ignore_errors=True)
    with (
        zipfile.ZipFile(file) as archive,
        tempfile.TemporaryDirectory(dir=home, prefix=_BESIDE) as folder,
    ):
        beside = Path(folder)
        uploads = [name for name in archive.namelist() if name.startswith(UPLOADS) and not name.endswith("/")]
        archive.extractall(beside, uploads)
        _restore_database(archive, about.database, beside / SQLITE, told)
        if uploads:
            shutil.copytree(beside / UPLOADS, home / UPLOADS, copy_function=shutil.move, dirs_exist_ok=True)
    return about


def lacking(about: About) -> list[str]:
    """The migrations of this version that a backup lacks; one that replaces others is made of them."""
    return sorted(name for name, one in _known().items() if not one.replaces and name not in about.migrations)


def _check(about: About) -> None:
    asked = "A backup was to be put back"
    if unknown := sorted(set(about.migrations) - set(_known())):
        raise Conflict(
            asked,
            found=f"one of a later version: {', '.join(unknown)}",
            allowed="that version of Leadline, or a later one",
        )
    if about.database != "sqlite" and (missing := lacking(about)):
        raise Conflict(
            asked,
            found=f"one of PostgreSQL, of an earlier version: it lacks {', '.join(missing)}",
            allowed="that version of Leadline first, on PostgreSQL, and then leadline migrate with this one",
        )
    _check_empty()


def _check_empty() -> None:
    if connection.introspection.table_names():
        raise Conflict(
            "A backup was to be put back",
            found="an installation with something in it",
            allowed="an empty one: another LEADLINE_HOME, or another database",
        )


def _known() -> dict[str, Migration]:
    found = MigrationLoader(None).disk_migrations
    return {f"{app}.{name}": one for (app, name), one in found.items()}


def _write(folder: Path, now: int) -> About:
    on_sqlite = connection.vendor == "sqlite"
    data = folder / "data"
    data.mkdir()
    live = str(settings.DATABASES["default"]["NAME"])
    rows = sqlite.write(live, data / SQLITE) if on_sqlite else tables.write(data)
    made = About(__version__, now, connection.vendor, tables.applied(), rows)
    with zipfile.ZipFile(folder / "backup.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(ABOUT, json.dumps(asdict(made), indent=1))
        for file in sorted(data.iterdir()):
            archive.write(file, file.name if on_sqlite else TABLES + file.name)
        for upload in sorted(Path(settings.MEDIA_ROOT).rglob("*")):
            if upload.is_file():
                archive.write(upload, UPLOADS + upload.relative_to(settings.MEDIA_ROOT).as_posix())
    return made


def _restore_database(archive: zipfile.ZipFile, of: str, beside: Path, told: tables.Told) -> None:
    """Put back a database of one sort into one of any; `beside` is where a SQLite file is made."""
    if of == "sqlite":
        sqlite.unpack(archive, SQLITE, beside)
    elif connection.vendor == "sqlite":
        sqlite.read(archive, TABLES, beside, told)
    else:
        tables.fill(tables.from_archive(archive, TABLES, told))
        return
    if connection.vendor == "sqlite":
        _take_place(beside)
    else:
        _fill_from(beside, told)


def _fill_from(file: Path, told: tables.Told) -> None:
    with sqlite.beside(file) as source:

        def pour(model: type[Model], copy: Copy) -> None:
            for rows in sqlite.batches(source, model):
                for row in rows:
                    copy.write_row(row)
                told(len(rows))

        tables.fill(pour)


def _take_place(fresh: Path) -> None:
    _check_empty()  # once more: somebody may have begun with this installation meanwhile
    connections.close_all()
    home = Path(str(settings.DATABASES["default"]["NAME"]))
    for leftover in (home, home.with_name(f"{home.name}-wal"), home.with_name(f"{home.name}-shm")):
        leftover.unlink(missing_ok=True)
    fresh.replace(home)
