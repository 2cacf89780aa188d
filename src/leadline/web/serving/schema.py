"""The tables of the database: none yet, as this version needs them, or older."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from leadline.web.errors import Conflict
from leadline.web.models import Contact, User
from leadline.web.serving.structure import put_back_indexes


def waiting_migrations() -> list[str]:
    """The names of the migrations that the database lacks."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def later_migrations(using: str = "default") -> list[str]:
    """The names of the migrations that the database has of a later version."""
    loader = MigrationExecutor(connections[using]).loader
    strange = loader.applied_migrations.keys() - loader.disk_migrations.keys()
    return sorted(f"{label}.{name}" for label, name in strange if label == Contact._meta.app_label)


def is_empty() -> bool:
    """Whether the database has no tables at all, or those that a first start made before it was cut off."""
    tables = set(connection.introspection.table_names())
    if not tables:
        return True
    return MigrationRecorder.Migration._meta.db_table in tables and not any(
        model._meta.db_table in tables and model.objects.exists() for model in (User, Contact)
    )


def migrate(database: str = "default") -> None:
    """Bring the tables to what this version needs, with every index and trigger.

    Raises Conflict for those of a later one.
    """
    _check_later(database)
    call_command("migrate", database=database, verbosity=0, interactive=False)
    put_back_indexes(database)


def make_ready() -> None:
    """Make the tables of an empty database. Raises Conflict where a database waits for `leadline migrate`."""
    if is_empty():
        migrate()
    else:
        check_version()
    connections.close_all()


def check_version() -> None:
    """Raise Conflict where a database waits for `leadline migrate`, is of a later version or of none."""
    _check_later()
    if Contact._meta.db_table not in connection.introspection.table_names():
        raise Conflict(
            "To work on this database was asked for",
            found="one without any table of Leadline",
            allowed="another LEADLINE_HOME or DATABASE_URL; or “leadline migrate”, which makes them here",
        )
    if waiting := waiting_migrations():
        raise Conflict(
            "To work on this database was asked for",
            found=f"one of an earlier version: it lacks {', '.join(waiting)}",
            allowed="first “leadline backup FILE”, then “leadline migrate”",
        )


def _check_later(using: str = "default") -> None:
    if strange := later_migrations(using):
        raise Conflict(
            "To work on this database was asked for",
            found=f"one of a later version: it has {', '.join(strange)}",
            allowed="that version of Leadline, or a later one",
        )
