"""The SQLite file of a backup: a copy of the live one, and a second database beside the installation's."""

from __future__ import annotations

import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from leadline.web.backups.tables import FOLLOW, Told, columns, models

BATCH = 10_000
"""So many rows are in memory at once."""

_ALIAS = "beside"
_ESCAPED = re.compile(r"\\(.)")
_MEANS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_READ: dict[str, Callable[[str], str | bool]] = {
    "BooleanField": lambda text: text == "t",
    "DateTimeField": lambda text: str(datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)),
}
"""What PostgreSQL writes otherwise than SQLite, by the sort of the column."""


def write(source: str, to: Path) -> dict[str, int]:
    """A copy by SQLite itself, which is of one instant though others write; how many rows each table has."""
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(to)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        names = [name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: copy.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - its own names
            for name in sorted(names)
            if not name.startswith("sqlite_")
        }


def unpack(archive: zipfile.ZipFile, name: str, to: Path) -> None:
    """Write a file of the archive, a piece at a time."""
    with archive.open(name) as source, to.open("wb") as out:
        while piece := source.read(1 << 20):
            out.write(piece)


@contextmanager
def beside(file: Path) -> Iterator[BaseDatabaseWrapper]:
    """A SQLite file as a database beside the installation's, with the tables that this version needs."""
    told = {"ENGINE": "django.db.backends.sqlite3", "NAME": file}
    connections.databases[_ALIAS] = connections.configure_settings({"default": {}, _ALIAS: told})[_ALIAS]
    try:
        call_command("migrate", database=_ALIAS, verbosity=0, interactive=False)
        yield connections[_ALIAS]
    finally:
        connections[_ALIAS].close()
        del connections[_ALIAS]
        del connections.databases[_ALIAS]


def batches(database: BaseDatabaseWrapper, model: type[Model]) -> Iterator[list[tuple[object, ...]]]:
    """The rows of a table, some at a time."""
    quote = connection.ops.quote_name
    names = ", ".join(map(quote, columns(model)))
    with database.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM {quote(model._meta.db_table)}")  # noqa: S608 - our own names
        while rows := cursor.fetchmany(BATCH):
            yield rows


def read(archive: zipfile.ZipFile, prefix: str, to: Path, told: Told) -> None:
    """Make a SQLite file of the tables that PostgreSQL wrote; the file is whole, or of no use."""
    held = set(archive.namelist())
    with beside(to) as database, transaction.atomic(using=_ALIAS), database.cursor() as cursor:
        quote = database.ops.quote_name
        for model in models():
            cursor.execute(f"DELETE FROM {quote(model._meta.db_table)}")  # noqa: S608 - our own names
        for model in models():  # what they refer to is checked at the end of the transaction
            table = model._meta.db_table
            if prefix + table in held:
                names = columns(model)
                into = f"INSERT INTO {quote(table)} ({', '.join(map(quote, names))})"
                places = ", ".join(["%s"] * len(names))
                rows = _rows(archive, prefix + table, model)
                while batch := list(islice(rows, BATCH)):
                    cursor.executemany(f"{into} VALUES ({places})", batch)
                    told(len(batch))
        for model in FOLLOW:  # what the rows put back have left there, too
            cursor.execute(f"DELETE FROM {quote(model._meta.db_table)}")  # noqa: S608 - our own names


def _rows(archive: zipfile.ZipFile, name: str, model: type[Model]) -> Iterator[list[str | bool | None]]:
    """The rows that PostgreSQL wrote of a table: a line each, with tabs between the values."""
    written = (field for field in model._meta.concrete_fields if not field.generated)
    reads = [_READ.get(field.get_internal_type(), str) for field in written]
    with archive.open(name) as lines:
        for line in lines:
            values = line.decode().removesuffix("\n").split("\t")
            yield [
                None if value == r"\N" else read(_ESCAPED.sub(_meant, value))
                for read, value in zip(reads, values, strict=True)
            ]


def _meant(found: re.Match[str]) -> str:
    return _MEANS.get(found[1], found[1])
