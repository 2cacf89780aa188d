"""The tables of a PostgreSQL database, each as a file that PostgreSQL itself writes and reads (COPY)."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model
from psycopg.sql import SQL, Composed, Identifier

from leadline.web.models import Materialised, MirrorState, TouchChange

PIECE = 1 << 20

FOLLOW: tuple[type[Model], ...] = (Materialised, MirrorState, TouchChange)
"""Tables of what follows from the others: reports, and how far the mirror of the touches is."""


def applied() -> list[str]:
    """The migrations that the database has."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def write(folder: Path) -> dict[str, int]:
    """Write every table as it is at one instant; how many rows there are, by table."""
    rows: dict[str, int] = {}
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for model in models():
            copy = SQL("COPY {} ({}) TO STDOUT").format(*_names(model))
            with cursor.copy(copy) as pieces, (folder / model._meta.db_table).open("wb") as out:
                out.writelines(pieces)
            rows[model._meta.db_table] = cursor.rowcount
    return rows


def read(archive: zipfile.ZipFile, prefix: str) -> None:
    """Make the tables, and put back the rows of each that is in the archive under the prefix."""
    call_command("migrate", verbosity=0, interactive=False)
    held = set(archive.namelist())
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        every = SQL(", ").join(Identifier(model._meta.db_table) for model in models())
        cursor.execute(SQL("TRUNCATE {} CASCADE").format(every))
        for model in models():  # what they refer to is checked at the end of the transaction
            name = prefix + model._meta.db_table
            if name in held:
                with cursor.copy(SQL("COPY {} ({}) FROM STDIN").format(*_names(model))) as copy:
                    for piece in _pieces(archive, name):
                        copy.write(piece)
        follow = SQL(", ").join(Identifier(model._meta.db_table) for model in FOLLOW)
        cursor.execute(SQL("TRUNCATE {}").format(follow))  # what the rows put back have left there, too
        for statement in connection.ops.sequence_reset_sql(no_style(), models()):
            cursor.execute(statement)


def models() -> list[type[Model]]:
    """Every table of the application, those between two others too; not what follows from the others."""
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if not model._meta.proxy and model not in FOLLOW]


def _names(model: type[Model]) -> tuple[Identifier, Composed]:
    """The table, and its columns, as this version has them."""
    written = (field for field in model._meta.concrete_fields if not field.generated)
    columns = (Identifier(str(field.column)) for field in written)
    return Identifier(model._meta.db_table), SQL(", ").join(columns)


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as source:
        while piece := source.read(PIECE):
            yield piece
