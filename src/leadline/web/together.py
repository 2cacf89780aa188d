"""Several questions asked of the database at once: a page pays for each time that it asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, Expression, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler

from leadline.web.among import among

ERASED = RawSQL("SELECT id FROM web_contact WHERE erased_at IS NOT NULL", [])
"""The numbers of the erased, as SQL: a page asks it of each part of each list, and makes it once."""
AT_ONCE = 100
"""So many questions are one statement: SQLite takes 500, and fewer where each is put together of others."""
Told = Mapping[str, int | str | datetime | None]
"""What stands in the places of some questions (`Place`), by name, as the database takes it (`as_time`)."""
NOTHING: Told = MappingProxyType({})


class Place(Expression):
    """The place of a value in a question that is put together once, and told it each time it is asked."""

    output_field = BigIntegerField()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        """A place for a value, and instead of the value itself."""
        return "%s", [self]


class Question(NamedTuple):
    """A question as SQL with its values, some of which are told later; empty where nothing can answer it."""

    sql: str
    given: Sequence[Any]
    compiler: SQLCompiler

    def values(self, told: Told) -> list[Any]:
        """Its values, with those that are told."""
        return [told[one.name] if isinstance(one, Place) else one for one in self.given]


Asked = QuerySet[Any] | Question


def as_time(at: datetime) -> datetime | str:
    """A time as the database is told it."""
    return connection.ops.adapt_datetimefield_value(at) or at


def put_together(rows: QuerySet[Any]) -> Question:
    """A question whose SQL is made once, however often it is asked."""
    compiler = rows.query.get_compiler(using=rows.db)  # `connection` would be found anew at each use
    try:
        sql, given = compiler.as_sql()
    except EmptyResultSet:
        return Question("", (), compiler)
    return Question(sql, tuple(given), compiler)


def rows_of(parts: Sequence[Asked], told: Told = NOTHING) -> list[list[tuple[Any, ...]]]:
    """The rows of questions for columns of the same types (`values_list`), each with its own end."""
    if len(parts) == 1 and isinstance(parts[0], QuerySet):
        return [list(parts[0])]
    found: list[list[tuple[Any, ...]]] = [[] for _ in parts]
    asked = _asked(parts)
    for place, *row in _ask(asked, "part.*", told):
        found[place].append(tuple(row))
    for place, (_, _, compiler) in asked.items():
        columns = [column for column, *_ in (compiler.select or [])]
        if converters := compiler.get_converters(columns):
            found[place] = [tuple(row) for row in compiler.apply_converters(found[place], converters)]
    return found


def to_fetch(rows: QuerySet[Any]) -> Question:
    """Records of which some are asked for by their `numbers` (`listing.fetch_by`)."""
    return put_together(rows.filter(among(Place("numbers"))))


def records_of(question: Question, told: Told = NOTHING) -> list[Any]:
    """The records of a question for such (`put_together` of no `values_list`), with what is beside them.

    To put a question together takes longer than to answer it, where a few rows are looked up.
    """
    if not question.sql:
        return []
    with connection.cursor() as cursor:
        cursor.execute(question.sql, question.values(told))
        return list(ModelIterable(_Answered(question.compiler, cursor.fetchall())))  # type: ignore[arg-type]


class _Answered:
    """Rows in place of a queryset and its compiler, for Django to make records of them."""

    _known_related_objects: Mapping[Any, Any] = MappingProxyType({})

    def __init__(self, compiler: SQLCompiler, rows: list[Any]) -> None:
        self.db, self.rows = compiler.using, rows
        self.select, self.klass_info = compiler.select, compiler.klass_info
        self.annotation_col_map, self.results_iter = compiler.annotation_col_map, compiler.results_iter

    @property
    def query(self) -> _Answered:
        """What has the compiler."""
        return self

    def get_compiler(self, using: str) -> _Answered:
        """What makes records of the rows."""
        return self

    def execute_sql(self, **_: Any) -> list[list[Any]]:
        """The rows, in one portion."""
        return [self.rows]


def counts_of(parts: Sequence[Asked], most: int | None = None, told: Told = NOTHING) -> list[int]:
    """How many rows each question has, no more than so many of each where that is said (`to_count`)."""
    found = [0] * len(parts)
    asked = _asked([part if isinstance(part, Question) else to_count(part, most) for part in parts])
    for place, number in _ask(asked, "COUNT(*)", told):
        found[place] = number
    return found


def to_count(rows: QuerySet[Any], most: int | None = None) -> QuerySet[Any]:
    """Rows of which it is only asked how many they are, so many at most."""
    return rows.order_by().values_list("pk")[:most]


def _asked(parts: Sequence[Asked]) -> dict[int, Question]:
    """The questions by their places among others, without those that nothing can answer."""
    put = (part if isinstance(part, Question) else put_together(part) for part in parts)
    return {place: one for place, one in enumerate(put) if one.sql}


def _ask(asked: Mapping[int, Question], what: str, told: Told) -> list[tuple[Any, ...]]:
    """What is wanted of each question, with its place; the rows of one come in its order."""
    found: list[tuple[Any, ...]] = []
    places = list(asked)
    for first in range(0, len(places), AT_ONCE):
        some = {place: asked[place] for place in places[first : first + AT_ONCE]}
        said = (f"SELECT {place}, {what} FROM ({one.sql}) part" for place, one in some.items())  # noqa: S608 - as made by models
        values = [number for one in some.values() for number in one.values(told)]
        with connection.cursor() as cursor:
            cursor.execute(_with_erased(" UNION ALL ".join(said)), values)
            found += cursor.fetchall()
    return found


def _with_erased(sql: str) -> str:
    """A statement that looks for the erased once, in however many parts they are left out.

    PostgreSQL would plan for each part anew how to find them, in a table of many indexes: half of all that it
    plans.
    """
    if connection.vendor != "postgresql" or sql.count(ERASED.sql) < 2:
        return sql
    parts = sql.replace(ERASED.sql, "SELECT id FROM erased")
    return f"WITH erased AS MATERIALIZED ({ERASED.sql}) {parts}"
