"""What is done on PostgreSQL alone."""

from __future__ import annotations

from typing import Any

from django.db import migrations


class OnPostgreSQL(migrations.SeparateDatabaseAndState):
    """Steps that only PostgreSQL takes: the tables of SQLite stay as they are."""

    def database_forwards(self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == 'postgresql':
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == 'postgresql':
            super().database_backwards(app_label, schema_editor, from_state, to_state)
