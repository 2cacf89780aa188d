"""How a trigger is made, in either database: what is written when a row of a table becomes another one."""

from __future__ import annotations

from typing import Any, NamedTuple


class Trigger(NamedTuple):
    """On an event of a table, where a condition holds: the statements that are carried out then."""

    name: str
    table: str
    event: str
    when: str
    does: str


def make(cursor: Any, trigger: Trigger, *, sqlite: bool) -> None:
    """Make a trigger, in the place of one of that name."""
    for statement in (_in_sqlite if sqlite else _in_postgresql)(*trigger):
        cursor.execute(statement)


def _in_sqlite(name: str, table: str, event: str, when: str, does: str) -> tuple[str, ...]:
    made = f"CREATE TRIGGER {name} AFTER {event} ON {table} WHEN {when} BEGIN {does} END"
    return f"DROP TRIGGER IF EXISTS {name}", made


def _in_postgresql(name: str, table: str, event: str, when: str, does: str) -> tuple[str, ...]:
    function = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
    made = f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW WHEN ({when})"
    return (
        f"{function} $$ BEGIN {does} RETURN NULL; END $$",
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"{made} EXECUTE FUNCTION {name}()",
    )
