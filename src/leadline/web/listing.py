"""Long lists, a page at a time: each page begins where the last one ended, however long the list is."""

from __future__ import annotations

import base64
import binascii
import heapq
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar

from django.db import connection
from django.db.models import Case, F, Model, OrderBy, Q, QuerySet, When
from django.db.models.expressions import Col
from django.db.models.lookups import Exact, In, IsNull
from django.db.models.sql.where import AND, WhereNode

from leadline.engine.wording import counted
from leadline.web import together
from leadline.web.access import Part
from leadline.web.among import as_told
from leadline.web.models import Contact

M = TypeVar("M", bound=Model)
Key = tuple[Any, int]
"""Where a row stands in an order: its value, and its number among those of the same value."""
SIZE = 50
COUNTED = 1000
"""So many are counted; of more it is said that they are more."""
TOLD = 10_000
"""So many, where an index tells who they are and none of them is looked at."""
SAMPLE = 1200
"""So many of those whom an index tells are looked up, to say how many there are at least."""
LOOKED = 5000
"""So many are looked at, of each part, to count those of whom something holds that no index says."""


@dataclass(frozen=True)
class Order:
    """An order of contacts: by a column, and by number among those for whom it is the same.

    `staged` is the column where each row stands in a stage (`filters.in_stage`), whose index has that order.
    Of a `whole` one everybody has something in the column, so that nobody comes after those who have.
    """

    label: str
    column: str
    staged: str
    falling: bool
    type: type[int | str] = int
    whole: bool = False


ORDERS = {
    "last": Order("Last touch", "last_touch_at", "here__last_touch_at", falling=True),
    "name": Order("Name", "name_small", "name_small", falling=False, type=str, whole=True),
    "stage": Order("Stage entered", "", "here__entered_at", falling=True),
}


@dataclass(frozen=True)
class Listed:
    """The numbers of one page of contacts, and where the next page begins (empty: nowhere).

    Where all of them were looked up, it is known how many there are.
    """

    numbers: list[int]
    next: str
    count: Count | None = None


@dataclass(frozen=True)
class Sought:
    """Contacts that are wanted, in parts of which each has the orders of ORDERS by an index of its own.

    Nobody is in two parts. Of the rows of each those are wanted whose number is among all of `numbers`, and
    for whom `asked` holds, which is asked of one row after the other: a condition on `rows`. They are counted
    by records of which each of them has one (`counted`, up to `most`); else some are looked up (`sample`), or
    the first of each part by the column `looked` are asked.
    `staged`: each row of a part stands in a stage (`here`). Whoever is `untouched` comes after all others.
    `few`: all of them are looked up by their numbers, and put in order here; `placed`: with the stage in
    which each stands (`here`), if in any.
    """

    parts: list[Part]
    few: bool = False
    placed: bool = False
    staged: bool = False
    untouched: list[Part] = field(default_factory=list)
    rows: QuerySet[Contact] = field(default_factory=Contact.objects.all)
    asked: Q = field(default_factory=Q)
    counted: Sequence[QuerySet[Any]] = ()
    most: int = COUNTED
    sample: Callable[[], Sought] | None = None
    looked: str = "last_touch_at"
    numbers: tuple[QuerySet[Any], ...] = ()

    @property
    def has_stages(self) -> bool:
        """Whether they can be put in the order in which they came to their stages."""
        return self.staged or self.placed

    def all_in(
        self, parts: list[Part], number: str = "pk", *, in_order: bool = True
    ) -> list[QuerySet[Contact]]:
        """Those of some parts who are wanted, by the column that has the number of each.

        Where no order is asked for, a database may look the numbers up. Else SQLite is told a sum: so an
        index is gone through in its order, and the numbers are not looked up; but where a part is everybody.
        PostgreSQL is told a case: so it keeps the numbers by a hash, and does not go through all of them
        for each row.
        """

        def these(where: Q) -> list[Any]:
            if not in_order:
                return [In(F(number), one.query) for one in self.numbers]
            if connection.vendor == "postgresql":
                among = (Q(In(F(number), one.query)) for one in self.numbers)
                return [Q(Case(When(one, then=True), default=False)) for one in among]
            return [In(F(number) + 0 if where else F(number), one.query) for one in self.numbers]

        return [rows.filter(where, *these(where)).filter(self.asked) for rows, where in parts]

    def besides(self, where: Q) -> Sought:
        """Those of them for whom something else holds as well."""
        both = ([(rows, one & where) for rows, one in some] for some in (self.parts, self.untouched))
        parts, untouched = both
        return replace(self, parts=parts, untouched=untouched)


def turn(sought: Sought, order: str, cursor: str = "", size: int = SIZE) -> Listed:
    """The page of contacts that begins after a cursor, in an order of ORDERS; no more than their numbers."""
    by = ORDERS[order]
    after = _read(cursor, by.type)
    if sought.few:
        every = _all_in_order(sought, by)
        found, counted = [key for key in every if _is_after(key, by, after)], Count(len(every))
    else:
        found, counted = _by_column(sought, by, after, size + 1), None
    last = found[size - 1] if len(found) > size else None
    return Listed([one[1] for one in found[:size]], _write(*last) if last else "", counted)


def _by_column(sought: Sought, by: Order, after: list[Any] | None, size: int) -> list[Key]:
    """The first ones after a place, as each part has them by an index."""
    staged = sought.staged
    column, number = (by.staged, "here__contact_id") if staged else (by.column, "pk")
    found: list[Key] = []
    if not (after and after[0] is None):
        known = Q(**{f"{column}__isnull": False}) & _after(column, number, by, after)
        sign = "-" if by.falling else ""
        parts = sought.all_in([(rows, where & known) for rows, where in sought.parts], number)
        keys = [in_order(part, f"{sign}{column}", f"{sign}{number}") for part in parts]
        found = merge([part.values_list(column, number) for part in keys], tuple, size, falling=by.falling)
    if len(found) < size:  # those without a value come last
        without = Q(**{f"{column}__isnull": True})
        others = () if by.whole else sought.parts
        silent = sought.untouched if staged else [(rows, where & without) for rows, where in others]
        later = Q(pk__lt=after[1]) if after and after[0] is None else Q()
        parts = sought.all_in([(rows, where & later) for rows, where in silent])
        keys = [in_order(part, "-last_touch_at", "-pk") for part in parts]
        numbers = [part.values_list("pk") for part in keys]
        lacking = size - len(found)
        found += [(None, one) for (one,) in merge(numbers, tuple, lacking, falling=True)]
    return found


def _all_in_order(sought: Sought, by: Order) -> list[Key]:
    """All of a few: by a column, and whoever has nothing there by number."""
    column = by.column or by.staged
    keys: list[Key] = [
        key for part in sought.all_in(sought.parts) for key in part.order_by().values_list(column, "pk")
    ]
    valued = sorted((key for key in keys if key[0] is not None), reverse=by.falling)
    return valued + sorted((key for key in keys if key[0] is None), reverse=True)


def _is_after(key: Key, by: Order, after: list[Any] | None) -> bool:
    """Whether one of them comes after a place."""
    if after is None:
        return True
    value, number = after
    if key[0] is None or value is None:
        return key[0] is None and (value is not None or key[1] < number)
    return key < (value, number) if by.falling else key > (value, number)


def in_order(rows: QuerySet[M], *columns: str) -> QuerySet[M]:
    """Rows in the order of some columns, all of them rising or all falling (`-`).

    Whose they are comes first where it is nobody: the team, or the owner where no team is asked for. That
    changes nothing, but PostgreSQL, to which a column that is none has not a single value, goes through an
    index that begins with it only then; and its index of what no person has begins with the team.
    """
    falling = columns[0].startswith("-")
    known = {column.target.name: (column, none) for column, none in _known(rows.query.where)}
    whose = known.get("team") or known.get("owner")
    nobodys = [OrderBy(whose[0], descending=falling)] if whose and whose[1] else []
    return rows.order_by(*nobodys, *columns)


def _known(where: Any) -> Iterator[tuple[Col, bool]]:
    """The columns that have one value wherever a condition holds, and whether it is none."""
    if isinstance(where, Exact | IsNull) and isinstance(where.lhs, Col):
        if isinstance(where, Exact) or where.rhs is True:
            yield where.lhs, isinstance(where, IsNull)
    elif isinstance(where, WhereNode) and where.connector == AND and not where.negated:
        for one in where.children:
            yield from _known(one)


def merge(
    parts: Sequence[QuerySet[Any]], key: Callable[[Any], Any], size: int, *, falling: bool
) -> list[Any]:
    """The first rows (`values_list`) of all parts, each of which is in the order of the key already."""
    return merge_each([parts], key, size, falling=falling)[0]


def merge_each(
    lists: Sequence[Sequence[QuerySet[Any]]], key: Callable[[Any], Any], size: int, *, falling: bool
) -> list[list[Any]]:
    """The first rows of several lists, each of them of its parts; all are asked for at once."""
    return first_of(
        [[part[:size] for part in parts] for parts in lists], key, size, together.NOTHING, falling=falling
    )


def first_of(
    lists: Sequence[Sequence[together.Asked]],
    key: Callable[[Any], Any],
    size: int,
    told: together.Told,
    *,
    falling: bool,
) -> list[list[Any]]:
    """The same of questions that end after so many rows by themselves, and are told some numbers."""
    rows = iter(together.rows_of([part for parts in lists for part in parts], told))
    return [
        list(heapq.merge(*(next(rows) for _ in parts), key=key, reverse=falling))[:size] for parts in lists
    ]


def is_cursor(cursor: str, order: str) -> bool:
    """Whether a cursor says where a page in an order of ORDERS begins."""
    return _read(cursor, ORDERS[order].type) is not None


def fetch(rows: QuerySet[M], numbers: Iterable[int]) -> list[M]:
    """The records of these numbers, in their order."""
    found = rows.in_bulk(list(numbers))
    return [found[number] for number in numbers if number in found]


def fetch_by(
    question: together.Question, numbers: Sequence[int], told: together.Told = together.NOTHING
) -> list[Any]:
    """The same by a question that was put together for it (`together.to_fetch`), and may be told more."""
    if not numbers:
        return []
    rows = together.records_of(question, {**told, "numbers": as_told(numbers)})
    found = {one.pk: one for one in rows}
    return [found[number] for number in numbers if number in found]


def _after(column: str, number: str, by: Order, after: list[Any] | None) -> Q:
    if not after:
        return Q()
    side, (value, last) = "lt" if by.falling else "gt", after
    later = Q(**{f"{column}__{side}": value}) | Q(**{column: value, f"{number}__{side}": last})
    return Q(**{f"{column}__{side}e": value}) & later


class Count(NamedTuple):
    """How many there are; at least so many where not all of them were looked at."""

    number: int
    whole: bool = True


def count(sought: Sought) -> Count:
    """How many there are, up to one more than TOLD where an index tells who they are, else than COUNTED.

    Those of whom something is asked are counted as far as LOOKED goes.
    """
    if sought.counted:
        return _count_of(sum(together.counts_of(sought.counted, sought.most + 1)), sought.most)
    if sought.sample is not None:
        some = count(sought.sample())
        return Count(some.number, whole=False)
    found, whole = 0, True
    most = COUNTED if sought.asked or sought.numbers else TOLD
    everybody = replace(sought, asked=sought.asked if sought.few else Q())
    staged = everybody.all_in(
        sought.parts, "here__contact_id" if sought.staged else "pk", in_order=bool(sought.asked)
    )
    for part in (*staged, *everybody.all_in(sought.untouched, in_order=False)):
        span, left = part.order_by(), most + 1 - found
        if sought.few or not sought.asked:
            found += span[:left].count()
        else:
            first = span.order_by(f"-{sought.looked}").values("pk")[:LOOKED]
            found += sought.rows.filter(sought.asked, pk__in=first)[:left].count()
            whole = whole and (found > most or span[:LOOKED].count() < LOOKED)
        if found > most:
            break
    return _count_of(found, most, whole=whole)


def _count_of(found: int, most: int, *, whole: bool = True) -> Count:
    return Count(most + 1, whole=False) if found > most else Count(found, whole)


def count_words(number: int, *, whole: bool = True) -> str:
    """A count as it is said: “12 contacts”, “more than 1,000 contacts”, “at least 12 contacts”."""
    if number > COUNTED and not whole:
        return f"more than {number - 1:,} contacts"
    return counted(number, "contact") if whole else f"at least {counted(number, 'contact')}"


def _write(value: Any, number: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([value, number]).encode()).decode()


def _read(cursor: str, kind: type[int | str]) -> list[Any] | None:
    """Where the last page ended; None for the first page, and for a cursor that nobody wrote."""
    try:
        value, number = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        return None
    whole = isinstance(number, int) and abs(number) < 2**63
    big = isinstance(value, int) and abs(value) >= 2**63
    fits = isinstance(value, (kind, type(None))) and not big and "\x00" not in str(value)
    return [value, number] if whole and fits else None
