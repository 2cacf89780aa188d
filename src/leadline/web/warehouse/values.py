"""The values of fields of one's own, kept by the database so that they can be looked for (`FieldValue`).

A contact's fields are one column, written in many places: triggers on it write a row for each value in the
same transaction. They are taken away and made anew as those of `warehouse/changes.py` are.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

from leadline.web.warehouse.triggers import Trigger, make

LENGTH = 200
"""So much of a text is kept to be looked for."""
_INTO = "INSERT INTO web_fieldvalue (contact_id, field, text, number, cut)"
_IN_SQLITE = f"""{_INTO}
    SELECT c.id, v.key,
        CASE v.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false'
            WHEN 'text' THEN substr(v.atom, 1, {LENGTH}) END,
        CASE WHEN v.type IN ('integer', 'real') THEN CAST(v.atom AS REAL) END,
        v.type = 'text' AND length(v.atom) > {LENGTH}
    FROM {{contacts}} c, json_each(c.fields) v
    WHERE v.atom IS NOT NULL AND length(v.key) <= 60"""  # noqa: S608 - of this file alone
_IN_POSTGRESQL = f"""{_INTO}
    SELECT c.id, v.key,
        CASE WHEN jsonb_typeof(v.value) <> 'number' THEN left(v.value #>> '{{{{}}}}', {LENGTH}) END,
        CASE WHEN jsonb_typeof(v.value) = 'number' THEN (v.value #>> '{{{{}}}}')::double precision END,
        jsonb_typeof(v.value) = 'string' AND length(v.value #>> '{{{{}}}}') > {LENGTH}
    FROM {{contacts}} c, jsonb_each(c.fields) v
    WHERE jsonb_typeof(v.value) IN ('string', 'number', 'boolean') AND length(v.key) <= 60"""  # noqa: S608 - of this file alone
_GONE = "DELETE FROM web_fieldvalue WHERE contact_id = OLD.id;"
_NEW = "(SELECT NEW.id AS id, NEW.fields AS fields)"


def values_of(contacts: str, *, sqlite: bool) -> str:
    """The statement that writes the values of some contacts: a table, or what is like one."""
    return (_IN_SQLITE if sqlite else _IN_POSTGRESQL).format(contacts=contacts)


def keep_values(using: str = "default", **told: Any) -> None:
    """Make the triggers, where the tables are there; called after each migration."""
    connection = connections[using]
    if not {"web_contact", "web_fieldvalue"} <= set(connection.introspection.table_names()):
        return
    sqlite = connection.vendor == "sqlite"
    put = f"{values_of(_NEW, sqlite=sqlite)};"
    with connection.cursor() as cursor:
        for event, when, does in (
            ("INSERT", "NEW.fields <> '{}'", put),
            ("UPDATE OF fields", "OLD.fields <> NEW.fields", _GONE + put),
            ("DELETE", "OLD.fields <> '{}'", _GONE),
        ):
            name = f"leadline_contact_values_{event.split()[0]}"
            make(cursor, Trigger(name, "web_contact", event, when, does), sqlite=sqlite)
