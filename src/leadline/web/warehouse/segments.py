"""Segments of the mirror: Parquet files of touches in force, in the order of their numbers.

A segment is never changed: one in which something was corrected is written anew, under another name. One that
was written before there was a column is read as if nothing stood in that: whatever gives touches something to
say in a new column notes them as changed (`TouchChange`), so that they are in segments of today.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from leadline.engine.kinds import Kinds
from leadline.engine.touches import MISSING, Column, Touches

TEXT = ("path", "channel", "campaign", "content", "offer", "deal", "currency", "actor")
"""The texts that reports tell by; notes and origins stay in the database."""
_RARE = ("deal",)
FIELDS = ("id", "contact_id", "kind", "happened_at", "value", "n", "machine", *TEXT)
"""The columns that are read from the database, in this order."""

Cells = dict[str, npt.NDArray[Any]]


def write_segment(
    path: Path, rows: Sequence[tuple[Any, ...]], old: Iterable[Path] = (), gone: Any = ()
) -> int:
    """Write rows (as FIELDS), joined with what older segments hold besides `gone`; how many there are."""
    numbers = np.array([*gone, *(row[0] for row in rows)], dtype=np.int64)
    with duckdb.connect() as connection:
        connection.register("fresh", _cells(rows))
        connection.register("replaced", {"id": numbers})
        kept = [f"SELECT * FROM read_parquet({_quoted(one)}) ANTI JOIN replaced USING (id)" for one in old]
        parts = " UNION ALL BY NAME ".join(["SELECT * FROM typed", *kept])
        connection.execute(f"CREATE VIEW typed AS SELECT {_TYPED} FROM fresh")
        connection.execute(f"COPY ({parts} ORDER BY id) TO {_quoted(path)} (FORMAT parquet)")
        return int(_one(connection, f"SELECT count(*) FROM read_parquet({_quoted(path)})"))


def checksum(path: Path) -> int:
    """What tells a whole segment from a torn one."""
    found = 0
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            found = zlib.crc32(part, found)
    return found


def read_segments(paths: Sequence[Path], kinds: Kinds) -> Touches:
    """The touches of some segments, as `warehouse.read` gives them, without number, note and origin.

    Raises UnknownName for a kind that is no longer declared, and duckdb.Error for a file that is no segment.
    """
    if not paths:
        return Touches.of([], kinds)
    with duckdb.connect() as connection:
        there = f"[{', '.join(_quoted(path) for path in paths)}], union_by_name = true"
        connection.execute(f"CREATE VIEW log AS {_NOTHING} UNION ALL BY NAME FROM read_parquet({there})")
        labels = {name: _labels(connection, name) for name in ("kind", *TEXT) if name not in _RARE}
        coded = (f"coalesce(enum_code({name}::{name}_label)::INTEGER, -1) AS {name}" for name in labels)
        rare = {name: _read_rare(connection, name) for name in _RARE}
        cells = connection.sql(
            "SELECT id, coalesce(contact, -1)::BIGINT AS contact, happened_at, machine,"
            f" coalesce(value, {MISSING})::BIGINT AS value, coalesce(n, {MISSING})::BIGINT AS n,"
            f" {', '.join(coded)} FROM log"
        ).fetchnumpy()
    cells = _in_order(cells)
    return _touches(cells, labels, _placed(rare, cells["id"]), kinds)


def _touches(cells: Cells, labels: dict[str, list[str]], rare: dict[str, Column], kinds: Kinds) -> Touches:
    if not len(cells["id"]):
        return Touches.of([], kinds)
    codes = np.array([kinds.code(name) for name in labels["kind"]], dtype=np.uint16)
    texts = {name: _as_they_come(cells[name], labels[name]) for name in TEXT if labels.get(name)}
    return Touches(
        kinds=kinds,
        contact=_contacts(cells["contact"]),
        kind=codes[cells["kind"]],
        happened_at=cells["happened_at"],
        columns=texts | rare,
        value=_unless_empty(cells["value"]),
        n=_unless_empty(cells["n"]),
        machine=cells["machine"],
    )


_TYPED = ", ".join(
    (
        "id::BIGINT AS id",
        "nullif(contact_id, -1)::BIGINT AS contact",
        "kind::VARCHAR AS kind",
        "happened_at::BIGINT AS happened_at",
        f"nullif(value, {MISSING})::BIGINT AS value",
        f"nullif(n, {MISSING})::BIGINT AS n",
        "machine::BOOLEAN AS machine",
        *(f"nullif({name}::VARCHAR, '') AS {name}" for name in TEXT),
    )
)
_NOTHING = f"SELECT {', '.join(f'NULL::VARCHAR AS {name}' for name in TEXT)} WHERE false"
"""No touch, which has all columns."""
_EMPTY = {"contact_id": -1, "value": MISSING, "n": MISSING}


def _cells(rows: Sequence[tuple[Any, ...]]) -> Cells:
    """Rows of the database column by column; no number is the one that stands for it."""
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(FIELDS)
    return {name: _array(name, column) for name, column in zip(FIELDS, columns, strict=True)}


def _array(name: str, column: Sequence[Any]) -> npt.NDArray[Any]:
    if name in _EMPTY:
        empty = _EMPTY[name]
        return np.array([empty if value is None else value for value in column], dtype=np.int64)
    kind = {"id": np.int64, "happened_at": np.int64, "machine": np.bool_}.get(name, np.object_)
    return np.array(column, dtype=kind)


def _labels(connection: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    """The different texts of a column, of which a type is made."""
    there = f"SELECT DISTINCT {name} FROM log WHERE {name} IS NOT NULL ORDER BY 1"
    connection.execute(f"CREATE TYPE {name}_label AS ENUM ({there})")
    return list(_one(connection, f"SELECT enum_range(NULL::{name}_label)") or [])


def _read_rare(connection: duckdb.DuckDBPyConnection, name: str) -> Cells:
    """The touches, by number and in that order, that have something in a column that few have, and what.

    Hardly two have the same there: to number the different texts first would take longer than all else.
    """
    return connection.sql(f"SELECT id, {name} FROM log WHERE {name} IS NOT NULL ORDER BY id").fetchnumpy()


def _placed(rare: dict[str, Cells], numbers: npt.NDArray[np.int64]) -> dict[str, Column]:
    """These as columns of all touches, which have these numbers in ascending order; none that is empty."""
    found = {}
    for name, told in rare.items():
        if len(told["id"]):
            known = Column.of(told[name].tolist())
            codes = np.full(len(numbers), -1, dtype=np.int32)
            codes[np.searchsorted(numbers, told["id"])] = known.codes
            found[name] = Column(codes, known.labels)
    return found


def _in_order(cells: Cells) -> Cells:
    """The rows in the order of their numbers, as they stand where segments follow each other."""
    cells = {name: np.asarray(column) for name, column in cells.items()}
    number = cells["id"]
    if not np.any(number[1:] < number[:-1]):
        return cells
    order = np.argsort(number, kind="stable")
    return {name: column[order] for name, column in cells.items()}


def _as_they_come(codes: npt.NDArray[Any], labels: Sequence[Any]) -> Column:
    """The column with its labels in the order in which they first appear."""
    codes = np.asarray(codes, dtype=np.int32)
    first = np.full(len(labels) + 1, len(codes), dtype=np.int64)  # the last place is that of -1
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    order = np.argsort(first[:-1], kind="stable")
    place = np.empty(len(labels) + 1, dtype=np.int32)
    place[order] = np.arange(len(labels), dtype=np.int32)
    place[-1] = -1
    return Column(place[codes], [labels[number] for number in order.tolist()])


def _contacts(numbers: npt.NDArray[np.int64]) -> Column:
    """The column of contacts; -1 where there is none."""
    there = np.zeros(int(numbers.max(initial=-1)) + 2, dtype=bool)
    there[numbers] = True
    there[-1] = False
    known = np.flatnonzero(there)
    place = np.full(len(there), -1, dtype=np.int32)
    place[known] = np.arange(len(known), dtype=np.int32)
    return _as_they_come(place[numbers], known.tolist())


def _unless_empty(numbers: npt.NDArray[Any]) -> npt.NDArray[np.int64] | None:
    return numbers.astype(np.int64, copy=False) if np.any(numbers != MISSING) else None


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    return connection.sql(query).fetchall()[0][0]
