"""What the database itself keeps: which touches were changed, and whose is what hangs on a contact.

A touch is changed in few places (taken back, erased, merged, undone), and becomes another person's when its
contact is merged or parted again. A mirror must not miss any, so triggers write the number of each into
`TouchChange`. Who a contact belongs to is changed in many places, and stands in every record that carries it,
so a trigger keeps these equal.

Triggers are taken away before each migration and made anew after it: SQLite alters a table by making another
one, and refuses to while a trigger names it. Nobody writes meanwhile, nor after a migration that failed: the
application doesn't start before all of them are through.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from leadline.web.models.columns import Carried

_SQLITE = (
    """CREATE TRIGGER IF NOT EXISTS leadline_touch_UPDATE AFTER UPDATE ON web_touch
    BEGIN INSERT INTO web_touchchange (touch) VALUES (OLD.id); END""",
    """CREATE TRIGGER IF NOT EXISTS leadline_touch_DELETE AFTER DELETE ON web_touch
    BEGIN INSERT INTO web_touchchange (touch) VALUES (OLD.id); END""",
    """CREATE TRIGGER IF NOT EXISTS leadline_contact_merged AFTER UPDATE OF merged_into_id ON web_contact
    WHEN OLD.merged_into_id IS NOT NEW.merged_into_id
    BEGIN INSERT INTO web_touchchange (touch) SELECT id FROM web_touch WHERE contact_id = OLD.id; END""",
)
_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION leadline_note_touch() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO web_touchchange (touch) VALUES (OLD.id); RETURN NULL; END $$""",
    "DROP TRIGGER IF EXISTS leadline_touch_changed ON web_touch",
    """CREATE TRIGGER leadline_touch_changed AFTER UPDATE OR DELETE ON web_touch
    FOR EACH ROW EXECUTE FUNCTION leadline_note_touch()""",
    """CREATE OR REPLACE FUNCTION leadline_note_merged() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO web_touchchange (touch) SELECT id FROM web_touch WHERE contact_id = OLD.id;
    RETURN NULL; END $$""",
    "DROP TRIGGER IF EXISTS leadline_contact_merged ON web_contact",
    """CREATE TRIGGER leadline_contact_merged AFTER UPDATE OF merged_into_id ON web_contact
    FOR EACH ROW WHEN (OLD.merged_into_id IS DISTINCT FROM NEW.merged_into_id)
    EXECUTE FUNCTION leadline_note_merged()""",
)
_TABLES = {"web_touch", "web_contact", "web_touchchange"}

_WRITTEN = ("web_ask", "web_contract", "web_contact_tags")
"""What actions write and move; whatever else carries an owner is written with it."""
_GIVEN = "OLD.owner_id IS DISTINCT FROM NEW.owner_id OR OLD.team_id IS DISTINCT FROM NEW.team_id"
_CARRY = "UPDATE {table} SET owner_id = NEW.owner_id, team_id = NEW.team_id WHERE contact_id = NEW.id;"
_CONTACTS = "(SELECT owner_id, team_id FROM web_contact WHERE id = NEW.contact_id)"
_CARRY_IN_SQLITE = (
    "DROP TRIGGER IF EXISTS leadline_contact_given",
    """CREATE TRIGGER leadline_contact_given AFTER UPDATE OF owner_id, team_id ON web_contact
    WHEN {given} BEGIN {carry} END""",
)
_TAKE_IN_SQLITE = (
    """CREATE TRIGGER IF NOT EXISTS leadline_{table}_made AFTER INSERT ON {table}
    WHEN (NEW.owner_id, NEW.team_id) IS NOT {contacts}
    BEGIN UPDATE {table} SET (owner_id, team_id) = {contacts} WHERE id = NEW.id; END""",
    """CREATE TRIGGER IF NOT EXISTS leadline_{table}_moved AFTER UPDATE OF contact_id ON {table}
    BEGIN UPDATE {table} SET (owner_id, team_id) = {contacts} WHERE id = NEW.id; END""",
)
_CARRY_IN_POSTGRESQL = (
    """CREATE OR REPLACE FUNCTION leadline_carry_owner() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN {carry} RETURN NULL; END $$""",
    "DROP TRIGGER IF EXISTS leadline_contact_given ON web_contact",
    """CREATE TRIGGER leadline_contact_given AFTER UPDATE OF owner_id, team_id ON web_contact
    FOR EACH ROW WHEN ({given}) EXECUTE FUNCTION leadline_carry_owner()""",
    """CREATE OR REPLACE FUNCTION leadline_take_owner() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN SELECT owner_id, team_id INTO NEW.owner_id, NEW.team_id FROM web_contact
    WHERE id = NEW.contact_id; RETURN NEW; END $$""",
)
_TAKE_IN_POSTGRESQL = (
    "DROP TRIGGER IF EXISTS leadline_owner_taken ON {table}",
    """CREATE TRIGGER leadline_owner_taken BEFORE INSERT OR UPDATE OF contact_id ON {table}
    FOR EACH ROW EXECUTE FUNCTION leadline_take_owner()""",
)


def drop_triggers(using: str = "default", **told: Any) -> None:
    """Take away the triggers of a SQLite database, before its tables are altered."""
    connection = connections[using]
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB 'leadline_*'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


def carry_owners(using: str = "default", **told: Any) -> None:
    """Make the triggers that give what hangs on a contact to whom the contact belongs.

    A table that an earlier state has without an owner is left out.
    """
    connection = connections[using]
    carrying = [model._meta.db_table for model in apps.get_models() if issubclass(model, Carried)]
    if not _are_owned(connection, {"web_contact", *carrying}):
        return
    sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        described = {one: connection.introspection.get_table_description(cursor, one) for one in carrying}
        owned = {one for one, columns in described.items() if "owner_id" in {each.name for each in columns}}
        carry = " ".join(_CARRY.format(table=table) for table in sorted(owned))
        for statement in _CARRY_IN_SQLITE if sqlite else _CARRY_IN_POSTGRESQL:
            cursor.execute(statement.format(given=_GIVEN, carry=carry))
        for table in owned.intersection(_WRITTEN):
            for statement in _TAKE_IN_SQLITE if sqlite else _TAKE_IN_POSTGRESQL:
                cursor.execute(statement.format(table=table, contacts=_CONTACTS))


def _are_owned(connection: BaseDatabaseWrapper, tables: set[str]) -> bool:
    """Whether tables are there and say whose their rows are: some of an earlier version don't."""
    told = connection.introspection
    if not tables <= set(told.table_names()):
        return False
    with connection.cursor() as cursor:
        return all("owner_id" in {one.name for one in told.get_table_description(cursor, t)} for t in tables)


def watch_touches(using: str = "default", **told: Any) -> None:
    """Make the triggers, where the tables are there; called after each migration."""
    connection = connections[using]
    if not _TABLES.issubset(connection.introspection.table_names()):
        return
    with connection.cursor() as cursor:
        for statement in _SQLITE if connection.vendor == "sqlite" else _POSTGRESQL:
            cursor.execute(statement)
