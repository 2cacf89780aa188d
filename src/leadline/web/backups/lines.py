"""The rows of a PostgreSQL database as JSON lines, in an order in which they can be read back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any

from django.apps import apps
from django.core import serializers
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

BATCH = 1000


def applied() -> list[str]:
    """The migrations that the database has."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def write(to: Path) -> dict[str, int]:
    """Write every row as it is at one instant; how many there are, by table."""
    rows: dict[str, int] = {}
    with transaction.atomic(durable=True), to.open("w", encoding="utf-8") as out:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for model in _models():
            count, names = 0, [field.name for field in model._meta.concrete_fields]
            for row in model._default_manager.order_by("pk").iterator(chunk_size=BATCH):
                out.write(serializers.serialize("jsonl", [row], fields=names))
                count += 1
            rows[model._meta.db_table] = count
    return rows


def read(source: IO[bytes]) -> None:
    """Make the tables and put the rows back."""
    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic(durable=True), connection.constraint_checks_disabled():
        _empty()
        for batch in _batches(line.decode() for line in source):
            for model, rows in _by_model(batch):
                model._base_manager.bulk_create(rows)
        _set_sequences()


def _models() -> list[type[Model]]:
    """Every table, those of many-to-many relations too, each after those that it refers to."""
    found = [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]
    ordered: list[type[Model]] = []
    while found:
        ready = [
            model
            for model in found
            if all(_refers(field.related_model, model, ordered) for field in model._meta.concrete_fields)
        ]
        ordered += ready or found
        found = [model for model in found if model not in ordered]
    return ordered


def _refers(to: Any, model: type[Model], ordered: list[type[Model]]) -> bool:
    return to is None or to is model or to in ordered


def _empty() -> None:
    """What migrations themselves have put there: content types and the like."""
    tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in _models())
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} CASCADE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _batches(rows: Iterable[str]) -> Iterator[list[str]]:
    lines = iter(rows)
    while batch := list(islice(lines, BATCH)):
        yield batch


def _by_model(batch: list[str]) -> Iterator[tuple[type[Model], list[Model]]]:
    """Rows of one table that stand one after another."""
    together: list[str] = []
    for line in [*batch, ""]:
        if together and (not line or json.loads(line)["model"] != json.loads(together[0])["model"]):
            rows = [found.object for found in serializers.deserialize("jsonl", "".join(together))]
            yield type(rows[0]), rows
            together = []
        together.append(line)


def _set_sequences() -> None:
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), _models()):
            cursor.execute(statement)
