"""Parquet as texts: the columns of a file as a spreadsheet would show them, instants in UTC."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from leadline.engine.errors import BadFile

MARK = b"PAR1"
"""How such a file begins, and ends."""
BATCH = 20_000


def is_parquet(start: bytes) -> bool:
    """Whether a file that begins so is Parquet."""
    return start[:4] == MARK


def read_parquet(path: Path) -> tuple[list[str], Iterator[list[list[str]]]]:
    """The headers of a file, and its rows in batches.

    Raises BadFile where it is broken: at once, or in the batch that can't be read.
    """
    return headers_of(path), _batches(path)


def headers_of(path: Path) -> list[str]:
    """The headers of a file. Raises BadFile where it is broken."""
    with _reading(path) as connection:
        found = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    return [str(name) for name, *_ in found]


def _batches(path: Path) -> Iterator[list[list[str]]]:
    with _reading(path) as found:
        found.execute("SET TimeZone = 'UTC'")
        found.execute("SELECT CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet(?)", [str(path)])
        while rows := found.fetchmany(BATCH):
            yield [["" if cell is None else str(cell) for cell in row] for row in rows]


@contextmanager
def _reading(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        with duckdb.connect() as connection:
            yield connection
    except (duckdb.Error, UnicodeError):
        raise BadFile("the file is not a table", found="Parquet that is broken", where=str(path)) from None
