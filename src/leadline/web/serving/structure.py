"""Tables, indexes and triggers: which the database is to have, which it lacks, and how they are put back."""

from __future__ import annotations

import re
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.models import Index, Model

from leadline.web.warehouse.changes import carry_owners, watch_touches
from leadline.web.warehouse.staged import keep_staged
from leadline.web.warehouse.values import keep_values

MAKERS = (carry_owners, watch_touches, keep_staged, keep_values)
"""What makes the triggers; called after each migration."""
_MADE = re.compile(r"\s*CREATE TRIGGER (?:IF NOT EXISTS )?(\w+) .*?\bON (\w+)", re.DOTALL)
_INDEXES = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'index'",
    "postgresql": "SELECT indexname, tablename FROM pg_indexes WHERE schemaname = current_schema()",
}
_TRIGGERS = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal",
}
"""What there is of each, by name and table."""


def missing_tables(using: str = "default") -> list[str]:
    """The names of the tables that there are to be, and aren't: those that a migration made, and are gone."""
    there = set(connections[using].introspection.table_names())
    models = apps.get_app_config("web").get_models(include_auto_created=True)
    return sorted({model._meta.db_table for model in models} - there)


def missing_indexes(using: str = "default") -> list[tuple[type[Model], Index]]:
    """The indexes that the tables are to have, and don't."""
    there = _there(_INDEXES, using)
    models = apps.get_app_config("web").get_models()
    wanted = [(model, index) for model in models for index in model._meta.indexes]
    return [(model, index) for model, index in wanted if (index.name, model._meta.db_table) not in there]


def missing_triggers(using: str = "default") -> list[str]:
    """The names of the triggers that the tables are to have, and don't."""
    wanted = set()

    def note(execute: Any, sql: Any, given: Any, many: bool, context: Any) -> Any:
        if made := _MADE.match(str(sql)):
            wanted.add((made[1].lower(), made[2]))
        return (
            None if str(sql).lstrip().startswith(("CREATE", "DROP")) else execute(sql, given, many, context)
        )

    with connections[using].execute_wrapper(note):
        for make in MAKERS:
            make(using)
    there = {(name.lower(), table) for name, table in _there(_TRIGGERS, using)}
    return sorted(name for name, _ in wanted - there)


def _there(queries: dict[str, str], using: str) -> set[tuple[str, str]]:
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute(queries[connection.vendor])
        return set(cursor.fetchall())


def missing() -> list[str]:
    """The names of the indexes and triggers that the tables of this version are to have, and don't."""
    return [str(index.name) for _, index in missing_indexes()] + missing_triggers()


def put_back_indexes(using: str = "default") -> None:
    """Make the indexes that the tables lack; triggers are made after each migration in any case."""
    for model, index in missing_indexes(using):
        with connections[using].schema_editor() as editor:
            editor.add_index(model, index)
