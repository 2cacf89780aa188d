"""The tables of a PostgreSQL database, each as a file that PostgreSQL itself writes and reads (COPY)."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DataError, IntegrityError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model
from psycopg import Copy
from psycopg.sql import SQL, Composed, Identifier

from leadline.web.errors import Conflict
from leadline.web.models import FieldValue, Materialised, MirrorState, StagedAsk, TouchChange

PIECE = 1 << 20

FOLLOW: tuple[type[Model], ...] = (Materialised, MirrorState, TouchChange)
"""Tables of what follows from the others: reports, and how far the mirror of the touches is."""
KEPT: tuple[type[Model], ...] = (FieldValue, StagedAsk)
"""Tables that the database itself keeps: it writes them anew as the others are put back."""

Told = Callable[[int], None]
"""Is told how many rows more have been put back."""
Pour = Callable[[type[Model], Copy], None]
"""Puts the rows of a table into the copy that PostgreSQL reads."""


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


def fill(pour: Pour) -> None:
    """Make the tables and put rows into each: all of it, or nothing.

    Raises Conflict for a row that PostgreSQL doesn't take.
    """
    try:
        with transaction.atomic(durable=True):
            call_command("migrate", verbosity=0, interactive=False)
            _fill(pour)
    except (DataError, IntegrityError) as error:
        told = getattr(error.__cause__, "diag", None)
        said = [told.message_primary, (told.context or "").rpartition("\n")[2]] if told else [str(error)]
        raise Conflict(
            "A backup was to be put back",
            found=f"what PostgreSQL doesn't take: {'; '.join(str(one)[:300] for one in said if one)}",
            allowed="the same with that put right; nothing has been written",
        ) from None


def from_archive(archive: zipfile.ZipFile, prefix: str, told: Told) -> Pour:
    """Pours what `write` wrote, from under the prefix."""
    held = set(archive.namelist())

    def pour(model: type[Model], copy: Copy) -> None:
        name = prefix + model._meta.db_table
        if name in held:
            with archive.open(name) as source:
                while piece := source.read(PIECE):
                    copy.write(piece)
                    told(piece.count(b"\n"))  # a row is a line

    return pour


def models() -> list[type[Model]]:
    """Every table of the application, those between two others too; not what follows from the others."""
    found = apps.get_models(include_auto_created=True)
    return [model for model in found if not model._meta.proxy and model not in FOLLOW + KEPT]


def columns(model: type[Model]) -> list[str]:
    """The columns of a table that are written, as this version has them."""
    return [str(field.column) for field in model._meta.concrete_fields if not field.generated]


def _fill(pour: Pour) -> None:
    with connection.cursor() as cursor:
        every = SQL(", ").join(Identifier(model._meta.db_table) for model in models())
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is emptied while some of its rows wait
        cursor.execute(SQL("TRUNCATE {} CASCADE").format(every))
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for model in models():  # what they refer to is checked at the end of the transaction
            statement = SQL("COPY {} ({}) FROM STDIN").format(*_names(model))
            with connection.wrap_database_errors, cursor.copy(statement) as copy:
                pour(model, copy)
        follow = SQL(", ").join(Identifier(model._meta.db_table) for model in FOLLOW)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(SQL("TRUNCATE {}").format(follow))  # what the rows put back have left there, too
        for statement in connection.ops.sequence_reset_sql(no_style(), models()):
            cursor.execute(statement)


def _names(model: type[Model]) -> tuple[Identifier, Composed]:
    return Identifier(model._meta.db_table), SQL(", ").join(map(Identifier, columns(model)))
