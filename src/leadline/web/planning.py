"""How PostgreSQL is to plan what Leadline asks: told once to each connection."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

TOLD = {"jit": "off", "random_page_cost": "1.1"}
"""What is set, where nobody set anything else.

A page asks some thirty questions of a few milliseconds each. Compiling one, which PostgreSQL does by itself
where it takes a question for a long one, lasts longer than all of them. And what lists need is in memory, or
on a disk without arms: there a page is fetched by an index as quickly as the next one of a table.
"""
_SET = """SELECT set_config(name, told, false) FROM pg_settings
    JOIN unnest(%s::text[], %s::text[]) AS wanted (name_told, told) ON name = name_told
    WHERE source = 'default'"""


def tell_planner(connection: BaseDatabaseWrapper, **told: Any) -> None:
    """Set TOLD for a connection that was just made, but for what is set for its server, database or role.

    Not by parameters of the connection, which poolers as PgBouncer refuse.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_SET, [list(TOLD), list(TOLD.values())])
