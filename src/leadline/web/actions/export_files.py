"""Tables as files: each written in pieces while it is read, so that a file begins to come at once."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import duckdb

from leadline.web.actions.exports import Dataset, plain
from leadline.web.actions.importing.unused import guard

LINES = 500
"""Rows that are sent at a time."""
TYPES = {
    "text": "VARCHAR",
    "number": "BIGINT",
    "money": "DECIMAL(28, 4)",
    "instant": "TIMESTAMPTZ",
    "day": "DATE",
    "truth": "BOOLEAN",
}


class _Pipe(io.RawIOBase):
    """Takes what is written, until somebody fetches it."""

    def __init__(self) -> None:
        self.held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self.held += piece
        return len(piece)

    def fetch(self) -> bytes:
        """What was written since the last time."""
        found = bytes(self.held)
        self.held.clear()
        return found


def stream_zip(parts: Iterable[tuple[str, Iterator[bytes]]]) -> Iterator[bytes]:
    """The bytes of a zip file, while its parts are being made."""
    pipe = _Pipe()
    with ZipFile(pipe, "w", ZIP_DEFLATED) as archive:
        for name, pieces in parts:
            with archive.open(name, "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    if pipe.held:
                        yield pipe.fetch()
    yield pipe.fetch()


def write_csv(table: Dataset) -> Iterator[bytes]:
    """A table as CSV with a byte order mark, as spreadsheets want it; no cell is a formula.

    Headers are quoted: programs that guess how a file is written find quotes in its first lines, though the
    first cell that needs any may stand far below.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    csv.writer(buffer, quoting=csv.QUOTE_ALL).writerow([guard(header) for header, _ in table.columns])
    sorts = [sort for _, sort in table.columns]
    for count, row in enumerate(table.rows(), start=1):
        cells = (plain(cell, sort) for cell, sort in zip(row, sorts, strict=True))
        told = (
            (guard(cell) if sort == "text" else cell)
            for cell, sort in zip(map(_text, cells), sorts, strict=True)
        )
        writer.writerow(list(told))
        if count % LINES == 0:
            yield _empty(buffer)
    yield _empty(buffer)


def write_json(table: Dataset) -> Iterator[bytes]:
    """A table as JSON, an object a line."""
    lines: list[str] = []
    names = [header for header, _ in table.columns]
    sorts = [sort for _, sort in table.columns]
    for row in table.rows():
        cells = (plain(cell, sort) for cell, sort in zip(row, sorts, strict=True))
        lines.append(json.dumps(dict(zip(names, cells, strict=True)), ensure_ascii=False) + "\n")
        if len(lines) == LINES:
            yield "".join(lines).encode("utf-8", "replace")
            lines.clear()
    yield "".join(lines).encode("utf-8", "replace")


def write_parquet(table: Dataset) -> Iterator[bytes]:
    """A table as Parquet, with types. It is made on the disk first, since Parquet ends with its own index."""
    with tempfile.TemporaryDirectory(prefix="leadline-export-") as folder:
        lines, made = Path(folder) / "rows.jsonl", Path(folder) / "rows.parquet"
        with lines.open("wb") as file:
            file.writelines(write_json(table))
        columns = ", ".join(f"{_quoted(header)}: '{TYPES[sort]}'" for header, sort in table.columns)
        source = f"read_json('{lines}', format = 'newline_delimited', columns = {{{columns}}})"
        with duckdb.connect() as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(f"COPY (SELECT * FROM {source}) TO '{made}' (FORMAT parquet)")  # noqa: S608
        with made.open("rb") as file:
            while piece := file.read(1 << 18):
                yield piece


WRITERS: dict[str, Callable[[Dataset], Iterator[bytes]]] = {
    "csv": write_csv,
    "jsonl": write_json,
    "parquet": write_parquet,
}


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell)


def _empty(buffer: io.StringIO) -> bytes:
    found = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return found
