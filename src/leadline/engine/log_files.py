"""Files and frames as relations of DuckDB, their dates and amounts as they are written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from leadline.engine.errors import BadFile, BadTouches

READABLE = (
    "a .parquet, .csv or .jsonl file, an Arrow table, a pandas or polars frame, a relation of DuckDB, or a "
    "list of dicts"
)
_PLAIN = ("BOOLEAN", "BIGINT", "UBIGINT", "DOUBLE", "VARCHAR")


def open_log(connection: duckdb.DuckDBPyConnection, source: Any, amounts: str) -> duckdb.DuckDBPyRelation:
    """The relation of a file or a frame; in a file of text the column `amounts` stays text.

    Raises BadFile, or BadTouches for what is neither.
    """
    if isinstance(source, (str, Path)):
        return _open_file(connection, Path(source), amounts)
    try:
        if isinstance(source, duckdb.DuckDBPyRelation):  # of another connection, which alone can read it
            source = source.to_arrow_table()
        connection.register("given", source)
        return connection.table("given")
    except (duckdb.Error, TypeError, RuntimeError, ImportError):
        raise BadTouches("Touches were asked for", found=type(source).__name__, allowed=READABLE) from None


def _open_file(connection: duckdb.DuckDBPyConnection, path: Path, amounts: str) -> duckdb.DuckDBPyRelation:
    wrong = (
        "no such file"
        if not path.exists()
        else "a folder"
        if path.is_dir()
        else "an empty file"
        if not path.stat().st_size
        else ""
    )
    if wrong:
        raise BadFile("A log of touches was asked for", found=wrong, allowed=READABLE, where=str(path))
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            return connection.read_parquet(str(path))
        if path.suffix.lower() in (".jsonl", ".ndjson"):
            return _read_lines(connection, str(path), amounts)
        return _read_csv(connection, str(path), amounts)
    except duckdb.Error as error:
        found = str(error).splitlines()[0]
        raise BadFile(
            "The file can't be read as a log", found=found, allowed=READABLE, where=str(path)
        ) from None


def _read_csv(connection: duckdb.DuckDBPyConnection, path: str, amounts: str) -> duckdb.DuckDBPyRelation:
    """Dates are left as text, or DuckDB would guess which of 03/04/2026 is the day."""
    how: dict[str, Any] = {"header": True, "auto_type_candidates": ["BOOLEAN", "BIGINT", "DOUBLE", "VARCHAR"]}
    found = connection.read_csv(path, **how)
    named = {name: "VARCHAR" for name in found.columns if name.casefold() == amounts.casefold()}
    return connection.read_csv(path, dtype=named, **how) if named else found


def _read_lines(connection: duckdb.DuckDBPyConnection, path: str, amounts: str) -> duckdb.DuckDBPyRelation:
    """JSON lines, with dates as text as well, and what is nested as JSON."""
    found = connection.read_json(path, format="newline_delimited")
    columns = {
        name: str(of) if str(of) in _PLAIN and name.casefold() != amounts.casefold() else "VARCHAR"
        for name, of in zip(found.columns, found.types, strict=True)
    }
    return connection.read_json(path, format="newline_delimited", columns=columns)
