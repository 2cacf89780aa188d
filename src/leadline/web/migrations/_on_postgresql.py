"""What is done on PostgreSQL alone."""

from __future__ import annotations

from typing import Any

from django.db import migrations


class OnPostgreSQL(migrations.SeparateDatabaseAndState):
    """Steps that only PostgreSQL takes: the tables of SQLite stay as they are."""

    def state_forwards(self, app_label: Any, state: Any) -> None:
        """What follows of the models; they are made anew once, when they are next asked for, not at each step."""
        if self.state_operations:
            vars(state).pop('apps', None)
        super().state_forwards(app_label, state)

    def database_forwards(self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == 'postgresql':
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: Any, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor == 'postgresql':
            super().database_backwards(app_label, schema_editor, from_state, to_state)
