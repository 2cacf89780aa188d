"""Rows by the thousand, written past the models: ten times as quick, and all that an import has time for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import Model

from leadline.engine.touches import MISSING
from leadline.web.actions.importing.intake import TEXTS, Intake
from leadline.web.models import Touch

T = TypeVar("T")
Row = tuple[Any, ...]
Rows = npt.NDArray[np.int64]
"""The places of some rows."""
TOGETHER = 40
"""So many rows are written by one statement: each costs its own walk to the database and back."""
MOST_ASKED = 10_000
"""So many values fit into one question of any database."""
TOUCH = (
    "kind", "happened_at", "value", "n", *TEXTS, "machine", "origin", "recorded_at", "recorded_by_id",
    "in_force", "retracts_id",
)  # fmt: skip
"""The columns of a touch besides its number and its contact, in the order of `touch_rows`."""

_BLANK = {name: None if Touch._meta.get_field(name).null else "" for name in TEXTS}


def insert(model: type[Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write rows, inside a transaction. `columns` are attributes of the model that are kept as they are.

    An error ends the transaction, so SQLite needn't remember what was there before a statement of many rows.
    """
    ready = list(rows)
    if not ready:
        return
    quote = connection.ops.quote_name
    columns_of = {field.attname: str(field.column) for field in model._meta.concrete_fields}
    names = ", ".join(quote(columns_of[name]) for name in columns)
    how = "INSERT OR FAIL" if connection.vendor == "sqlite" else "INSERT"
    told = f"{how} INTO {quote(model._meta.db_table)} ({names}) VALUES "
    marks, alone = f"({', '.join(['%s'] * len(columns))})", len(ready) // TOGETHER * TOGETHER
    together = (chain.from_iterable(ready[low : low + TOGETHER]) for low in range(0, alone, TOGETHER))
    with connection.cursor() as cursor:
        cursor.executemany(told + ", ".join([marks] * TOGETHER), [tuple(values) for values in together])
        cursor.executemany(told + marks, ready[alone:])


def update(model: type[Model], columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write other values into rows: each is those of `columns`, and the number of the row last."""
    ready = list(rows)
    if not ready:
        return
    quote = connection.ops.quote_name
    columns_of = {field.attname: str(field.column) for field in model._meta.concrete_fields}
    values = ", ".join(f"{quote(columns_of[name])} = %s" for name in columns)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {quote(model._meta.db_table)} SET {values} WHERE id = %s", ready)  # noqa: S608


def rewrite(model: type[Model], columns: Sequence[str], rows: Iterable[tuple[Row, Row, int]]) -> None:
    """Write what differs of rows: each as `columns` were and as they are now, and the number of the row.

    A column that stays as it was isn't named: SQLite writes each index anew that has a column which is.
    """
    alike: dict[tuple[int, ...], list[Row]] = {}
    for before, after, number in rows:
        differing = tuple(place for place, value in enumerate(after) if value != before[place])
        alike.setdefault(differing, []).append((*(after[place] for place in differing), number))
    for differing, ready in alike.items():
        if differing:
            update(model, [columns[place] for place in differing], ready)


def parts_of(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Values in parts that one question each can be asked with: none where there are no values."""
    for low in range(0, len(values), MOST_ASKED):
        yield values[low : low + MOST_ASKED]


def reserve(model: type[Model], count: int) -> Sequence[int]:
    """So many numbers for new rows of a table, ascending, that nobody else is given.

    In SQLite that holds until the transaction ends, which has to write: no other one writes before.
    """
    if not count:
        return ()
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "nextval(pg_get_serial_sequence(%s, 'id'))"
            cursor.execute(f"SELECT {sequence} FROM generate_series(1, %s)", [table, count])  # noqa: S608
            return sorted(number for (number,) in cursor.fetchall())
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    last = int(found[0]) if found else 0
    return range(last + 1, last + count + 1)


def insert_touches(told: Sequence[tuple[int | None, Row]]) -> Sequence[int]:
    """Write touches, each with its contact, in the order of their numbers, which are answered with."""
    numbers = reserve(Touch, len(told))
    pairs = zip(numbers, told, strict=True)
    insert(Touch, ("id", "contact_id", *TOUCH), ((number, who, *row) for number, (who, row) in pairs))
    return numbers


def told_of(told: Row, **more: Any) -> Row:
    """The values of a touch, some of them others."""
    return tuple(more.get(name, value) for name, value in zip(TOUCH, told, strict=True))


def touch_rows(intake: Intake, rows: range | Rows, origin: str, now: int, user: int) -> list[Row]:
    """The touches of some rows of an intake, as values for TOUCH; each one's line is added to its origin."""
    here, touches, size = np.asarray(rows, dtype=np.int64), intake.touches, len(rows)
    kinds = [kind.name for kind in touches.kinds.kinds]
    columns: list[Sequence[Any]] = [
        [kinds[code] for code in touches.kind[here].tolist()],
        touches.happened_at[here].tolist(),
        _numbers(touches.value, here, size),
        _numbers(touches.n, here, size),
    ]
    for name in TEXTS:
        column, blank = intake.texts.get(name), _BLANK[name]
        if column is None:
            columns.append([blank] * size)
        else:
            labels = [*column.labels, blank]
            columns.append([labels[code] for code in column.codes[here].tolist()])
    columns.append([False] * size if touches.machine is None else touches.machine[here].tolist())
    columns.append([f"{origin}:{line}" for line in intake.line[here].tolist()])
    columns += [[value] * size for value in (now, user, True, None)]
    return list(zip(*columns, strict=True))


def _numbers(values: Any, here: Rows, size: int) -> list[int | None]:
    if values is None:
        return [None] * size
    return [None if value == MISSING else value for value in values[here].tolist()]
