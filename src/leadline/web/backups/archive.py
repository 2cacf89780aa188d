"""The file of a backup: a ZIP with the database, the uploads, and what it is.

The database is a copy of the SQLite file, or the tables of PostgreSQL. The key that signs
sessions is not in it: whoever finds a backup can't sign in as anybody, and after a restore elsewhere all have
to sign in anew.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, connections
from django.db.migrations.loader import MigrationLoader

from leadline import __version__
from leadline.engine.errors import BadFile
from leadline.web.backups import tables
from leadline.web.errors import Conflict
from leadline.web.warehouse import mirror

ABOUT, SQLITE, TABLES, UPLOADS = "about.json", "leadline.sqlite3", "tables/", "uploads/"


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
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError):
        raise BadFile(f"The backup {file} was asked for", found="no backup of Leadline") from None


def restore(file: Path) -> About:
    """Put back what a backup holds, into an installation that has nothing in it.

    The mirror of whatever was there before goes, so that no report shows another database's numbers. Raises
    Conflict where something is in it, and for a backup of a later version or another sort of database.
    """
    about = read_about(file)
    if about.database != connection.vendor:
        raise Conflict(
            "A backup was to be put back",
            found=f"one of {about.database}, and an installation on {connection.vendor}",
            allowed="an installation on the same sort of database",
        )
    if unknown := sorted(set(about.migrations) - _known()):
        raise Conflict(
            "A backup was to be put back",
            found=f"one of a later version: {', '.join(unknown)}",
            allowed="that version of Leadline, or a later one",
        )
    if connection.vendor != "sqlite" and (lacking := sorted(_known() - set(about.migrations))):
        raise Conflict(
            "A backup was to be put back",
            found=f"one of an earlier version: it lacks {', '.join(lacking)}",
            allowed="that version of Leadline first, and then leadline migrate with this one",
        )
    if connection.introspection.table_names():
        raise Conflict(
            "A backup was to be put back",
            found="an installation with something in it",
            allowed="an empty one: another LEADLINE_HOME, or another database",
        )
    shutil.rmtree(mirror.folder(), ignore_errors=True)
    with zipfile.ZipFile(file) as archive:
        _restore_database(archive)
        for name in archive.namelist():
            if name.startswith(UPLOADS) and not name.endswith("/"):
                archive.extract(name, settings.HOME)
    return about


def _known() -> set[str]:
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}


def _write(folder: Path, now: int) -> About:
    sqlite = connection.vendor == "sqlite"
    data = folder / "data"
    data.mkdir()
    rows = _copy_sqlite(data / SQLITE) if sqlite else tables.write(data)
    made = About(__version__, now, connection.vendor, tables.applied(), rows)
    with zipfile.ZipFile(folder / "backup.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(ABOUT, json.dumps(asdict(made), indent=1))
        for file in sorted(data.iterdir()):
            archive.write(file, file.name if sqlite else TABLES + file.name)
        for upload in sorted(Path(settings.MEDIA_ROOT).rglob("*")):
            if upload.is_file():
                archive.write(upload, UPLOADS + upload.relative_to(settings.MEDIA_ROOT).as_posix())
    return made


def _copy_sqlite(to: Path) -> dict[str, int]:
    """A copy by SQLite itself, which is of one instant though others write."""
    source = str(settings.DATABASES["default"]["NAME"])
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(to)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        names = [name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: copy.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - its own names
            for name in sorted(names)
            if not name.startswith("sqlite_")
        }


def _restore_database(archive: zipfile.ZipFile) -> None:
    if connection.vendor != "sqlite":
        tables.read(archive, TABLES)
        return
    connections.close_all()
    home = Path(str(settings.DATABASES["default"]["NAME"]))
    for leftover in (home, home.with_name(f"{home.name}-wal"), home.with_name(f"{home.name}-shm")):
        leftover.unlink(missing_ok=True)
    fresh = home.with_name(f"{home.name}.new")
    with archive.open(SQLITE) as source, fresh.open("wb") as out:
        while piece := source.read(1 << 20):
            out.write(piece)
    fresh.replace(home)
