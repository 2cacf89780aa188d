"""Touches that were changed after they were written, noted by the database itself.

A touch is changed in few places (taken back, erased, merged, undone), but a mirror must not miss any, so
triggers write the number of each into `TouchChange`. They are made anew after each migration, since SQLite
loses them when a table is altered.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

_SQLITE = (
    "CREATE TRIGGER IF NOT EXISTS leadline_touch_{verb} AFTER {verb} ON web_touch"
    " BEGIN INSERT INTO web_touchchange (touch) VALUES (OLD.id); END"
)
_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION leadline_note_touch() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO web_touchchange (touch) VALUES (OLD.id); RETURN NULL; END $$""",
    "DROP TRIGGER IF EXISTS leadline_touch_changed ON web_touch",
    """CREATE TRIGGER leadline_touch_changed AFTER UPDATE OR DELETE ON web_touch
    FOR EACH ROW EXECUTE FUNCTION leadline_note_touch()""",
)


def watch_touches(using: str = "default", **told: Any) -> None:
    """Make the triggers, where the tables are there; called after each migration."""
    connection = connections[using]
    tables = connection.introspection.table_names()
    if "web_touch" not in tables or "web_touchchange" not in tables:
        return
    sqlite = (_SQLITE.format(verb="UPDATE"), _SQLITE.format(verb="DELETE"))
    with connection.cursor() as cursor:
        for statement in sqlite if connection.vendor == "sqlite" else _POSTGRESQL:
            cursor.execute(statement)
