"""Several questions asked of the database at once: a page pays for each time that it asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

Asked = tuple[int, SQLCompiler, str, tuple[Any, ...]]
"""The place of a question among others, what makes its SQL, and that with its values."""
AT_ONCE = 100
"""So many questions are one statement: SQLite takes 500, and fewer where each is put together of others."""


def rows_of(parts: Sequence[QuerySet[Any]]) -> list[list[tuple[Any, ...]]]:
    """The rows of questions for columns of the same types (`values_list`), each with its own end."""
    if len(parts) < 2:
        return [list(part) for part in parts]
    found: list[list[tuple[Any, ...]]] = [[] for _ in parts]
    asked = _asked(parts)
    for place, *row in _ask(asked, "part.*"):
        found[place].append(tuple(row))
    for place, compiler, *_ in asked:
        columns = [column for column, *_ in (compiler.select or [])]
        if converters := compiler.get_converters(columns):
            found[place] = [tuple(row) for row in compiler.apply_converters(found[place], converters)]
    return found


def counts_of(parts: Sequence[QuerySet[Any]], most: int | None = None) -> list[int]:
    """How many rows each question has, no more than so many of each where that is said."""
    found = [0] * len(parts)
    asked = _asked([part.order_by().values_list("pk")[:most] for part in parts])
    for place, number in _ask(asked, "COUNT(*)"):
        found[place] = number
    return found


def _asked(parts: Sequence[QuerySet[Any]]) -> list[Asked]:
    """The questions, without those that nothing can answer."""
    asked = []
    for place, part in enumerate(parts):
        compiler = part.query.get_compiler(using=part.db)  # `connection` would be found anew at each use
        try:
            sql, given = compiler.as_sql()
        except EmptyResultSet:
            continue
        asked.append((place, compiler, sql, tuple(given)))
    return asked


def _ask(asked: Sequence[Asked], what: str) -> list[tuple[Any, ...]]:
    """What is wanted of each question, with its place; the rows of one come in its order."""
    found: list[tuple[Any, ...]] = []
    for first in range(0, len(asked), AT_ONCE):
        some = asked[first : first + AT_ONCE]
        told = (f"SELECT {place}, {what} FROM ({sql}) part" for place, _, sql, _ in some)  # noqa: S608 - as made by models
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(told), [one for *_, given in some for one in given])
            found += cursor.fetchall()
    return found
