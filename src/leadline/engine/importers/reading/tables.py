"""One file, or one sheet of a workbook, as a table of texts; nothing is dropped without a reason."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from io import TextIOWrapper
from itertools import chain, islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from leadline.engine.errors import BadFile
from leadline.engine.importers.cells.values import is_placeholder
from leadline.engine.importers.reading.cards import is_cards, read_cards
from leadline.engine.importers.reading.chat_lines import NAMES, is_chat, read_chat
from leadline.engine.importers.reading.dialects import (
    DELIMITERS,
    declared_delimiter,
    delimiter_words,
    find_delimiter,
)
from leadline.engine.importers.reading.encodings import TEXT, USUAL, Encoding, find_encoding, read_start
from leadline.engine.importers.reading.headers import Header, find_header, name_columns
from leadline.engine.importers.reading.markup import is_page, read_page
from leadline.engine.importers.reading.objects import is_json, read_objects
from leadline.engine.importers.reading.parquet import is_parquet, read_parquet
from leadline.engine.importers.reading.records import RecordSplitter
from leadline.engine.importers.reading.rows import RowGatherer
from leadline.engine.importers.reading.sheets import is_workbook, read_sheets
from leadline.engine.importers.reading.unused import UnusedRow
from leadline.engine.touches import Column

Progress = Callable[[int, int], None]
"""Is told how much of a file is read: bytes done, bytes in all."""
Batches = Iterator[tuple[list[list[str]], list[int]]]
"""Rows, a batch at a time, each batch with the lines on which its rows start."""

BATCH = 1 << 19
BATCH_ROWS = 20_000
SAMPLE = 500
BLANKS = " \t\r\n\ufeff" + DELIMITERS


HIDDEN = "hidden sheets left out"
"""How the note of sheets begins that nobody sees who opens the workbook."""


@dataclass(frozen=True, eq=False)
class Table:
    """One file or sheet as text.

    `columns` maps each header to its cells (code -1 where blank; labels are the distinct cells without the
    blanks around them); `line` is where each row starts, counted from 1 as an editor or spreadsheet does.
    `rows_read` counts all rows below the header: those of the table and those that are `unused`. `notes` say
    what was found out about the file, `doubts` those of them that somebody should know who reads the figures.
    """

    name: str
    columns: dict[str, Column]
    line: npt.NDArray[np.int64]
    unused: list[UnusedRow]
    notes: list[str]
    rows_read: int
    doubts: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.line)

    def placeholders(self) -> dict[str, dict[str, int]]:
        """How many rows of each column hold a text that looks like "no value", by that text."""
        counted = {}
        for name, column in self.columns.items():
            doubtful = [code for code, label in enumerate(column.labels) if is_placeholder(label)]
            if doubtful:
                rows = np.bincount(column.codes[column.codes >= 0], minlength=len(column.labels))
                counted[name] = {column.labels[code]: int(rows[code]) for code in doubtful}
        return counted


def read_table(path: Path, *, progress: Progress | None = None) -> list[Table]:
    """The tables of a file: one of a file of text, one of each sheet that has data and is not hidden.

    Web pages, as many programs write them for Excel, JSON and Parquet are read too.
    Encoding, delimiter and header are found from the contents, whatever the file is called. Rows that
    can't be rows of the table are in `unused` with their reason. Raises BadFile if the file is missing, a
    folder, empty, locked, or neither text nor a workbook.
    """
    start = read_start(path)
    tell = progress or (lambda _done, _total: None)
    with _uncollected():
        if is_workbook(start):
            return _read_workbook(path, tell)
        if is_parquet(start):
            return [_read_parquet(path)]
        if is_json(start):
            return _read_objects(path)
        return _read_page(path) if is_page(start) else [_read_text(path, start, tell)]


def _read_text(path: Path, start: bytes, tell: Progress) -> Table:
    encoding = find_encoding(path, start)
    with (
        path.open("rb") as file,
        TextIOWrapper(file, encoding=encoding.codec, errors=encoding.errors, newline="") as text,
    ):
        lines = text.readlines(BATCH)
        if is_chat(lines):
            rows, starts = read_chat([*lines, *text], path.stem)
            return _read_records(path, encoding, "a chat", NAMES, rows, starts)
        if is_cards(lines):
            return _read_records(path, encoding, "an address book", *read_cards([*lines, *text]))
        layout = _find_layout(path, lines)
        header, delimiter = layout.header, layout.delimiter
        notes = [f"read as {encoding.words}"] if encoding.words != USUAL else []
        notes += [delimiter_words(delimiter)]
        notes += [f"header on line {layout.head + 1}"] if header.cells else []
        splitter = RecordSplitter(delimiter, len(header.names))
        batches = _split_batches(text, lines, layout.begin, splitter)
        size = path.stat().st_size
        table = _gather(path.name, header, notes, batches, lambda _: tell(file.tell(), size))
    doubts = [encoding.doubt] if encoding.doubt else []
    if splitter.loose:
        doubts.append(f"{splitter.loose:,} row{'s' * (splitter.loose > 1)} with quotes that don't match")
    table.notes.extend(doubts)
    table.doubts.extend(doubts)
    return table


def _read_records(
    path: Path, encoding: Encoding, what: str, names: Sequence[str], rows: list[list[str]], starts: list[int]
) -> Table:
    """The table of a text that is no table, and each of whose records begins on one of these lines."""
    header = Header(1, tuple(names), name_columns(names), ())
    notes = [f"read as {encoding.words}"] if encoding.words != USUAL else []
    return _gather(path.name, header, [*notes, what], iter([(rows, starts)]), lambda _: None)


@dataclass(frozen=True)
class _Layout:
    """How a text is laid out: `head` lines stand above its header, `begin` lines above its data."""

    delimiter: str
    header: Header
    head: int
    begin: int


def _find_layout(path: Path, lines: list[str]) -> _Layout:
    """The layout of a file that begins with these lines. Raises BadFile if they are all blank."""
    declared = declared_delimiter(lines[0]) if lines else None
    written = (place for place, line in enumerate(lines) if line.strip(BLANKS))
    top = next(written, len(lines)) if declared is None else 1
    sample = lines[top : top + SAMPLE]
    whole = top + len(sample) == len(lines)
    delimiter = declared or find_delimiter(sample, whole=whole)
    splitter = RecordSplitter(delimiter)
    rows, starts, used = splitter.split(list(sample), last=whole)
    if not rows:
        rows, starts, used = splitter.split(list(sample), last=True)
    if not _has_text(rows):
        raise BadFile("the file has nothing but blank lines", where=str(path))
    header = find_header(rows)
    places = [top + start for start in starts] + [top + used]
    return _Layout(delimiter, header, places[header.first - 1], places[header.first])


def _split_batches(text: TextIOWrapper, lines: list[str], begin: int, splitter: RecordSplitter) -> Batches:
    """The records from line `begin` of the first `lines` on, to the end of the text."""
    more = lines
    lines = lines[begin:]
    while more:
        more = text.readlines(BATCH)
        rows, starts, used = splitter.split(lines, last=not more)
        yield rows, [begin + start + 1 for start in starts]
        begin += used
        lines = lines[used:] + more


def _read_workbook(path: Path, tell: Progress) -> list[Table]:
    sheets, hidden = read_sheets(path)
    size, total = path.stat().st_size, sum(sheet.rows for sheet in sheets)
    tables: list[Table] = []
    before = 0
    for sheet in sheets:
        sample = list(islice(sheet.cells, SAMPLE))
        if not _has_text(sample):
            continue
        header = find_header(sample)
        notes = [f"sheet {sheet.name}"] + ([f"header in row {header.first}"] if header.cells else [])
        notes += [f"{HIDDEN}: {', '.join(hidden)}"] if hidden else []
        name = path.name if len(sheets) == 1 else f"{path.name} [{sheet.name}]"
        batches = _number_batches(chain(sample[header.first :], sheet.cells), header.first)
        done = partial(_tell_rows, tell, size, before, total)
        tables.append(_gather(name, header, notes, batches, done, sheet.wide))
        tables[-1].doubts.extend(note for note in notes if note.startswith(HIDDEN) and len(tables) == 1)
        before += sheet.rows
    if not tables:
        raise BadFile("the workbook has no sheet with data", where=str(path))
    return tables


def _read_page(path: Path) -> list[Table]:
    """The tables of a web page; those of one row are there for its looks."""
    pages = [rows for rows in read_page(path) if len(rows) > 1 and _has_text(rows)]
    if not pages:
        raise BadFile(
            "the file is not a table",
            found="it looks like a web page without a table in it",
            allowed=TEXT,
            where=str(path),
        )
    tables = []
    for number, rows in enumerate(pages, start=1):
        header = find_header(rows[:SAMPLE])
        notes = ["a web page"] + ([f"header in row {header.first}"] if header.cells else [])
        name = path.name if len(pages) == 1 else f"{path.name} [table {number}]"
        batches = _number_batches(iter(rows[header.first :]), header.first)
        tables.append(_gather(name, header, notes, batches, lambda _: None))
    return tables


def _read_objects(path: Path) -> list[Table]:
    found = read_objects(path)
    tables = []
    for name, rows in found:
        header = Header(1, tuple(rows[0]), name_columns(rows[0]), ())
        told = path.name if len(found) == 1 else f"{path.name} [{name}]"
        batches = _number_batches(iter(rows[1:]), 0)
        tables.append(_gather(told, header, ["JSON"], batches, lambda _: None))
    return tables


def _read_parquet(path: Path) -> Table:
    names, pieces = read_parquet(path)
    header = Header(1, tuple(names), name_columns(names), ())
    batches = _number_batches((row for rows in pieces for row in rows), 0)
    return _gather(path.name, header, ["Parquet"], batches, lambda _: None)


def _has_text(rows: list[list[str]]) -> bool:
    return any(cell.strip() for row in rows for cell in row)


def _number_batches(cells: Iterator[list[str]], begin: int) -> Batches:
    """The rows of a sheet that follow its row `begin`, with the row numbers that a spreadsheet shows."""
    while rows := list(islice(cells, BATCH_ROWS)):
        yield rows, list(range(begin + 1, begin + 1 + len(rows)))
        begin += len(rows)


def _tell_rows(tell: Progress, size: int, before: int, total: int, row: int) -> None:
    tell(size * (before + row) // total, size)


def _gather(
    name: str,
    header: Header,
    notes: list[str],
    batches: Batches,
    done: Callable[[int], None],
    wide: frozenset[int] = frozenset(),
) -> Table:
    """The table of these rows; `done` is told the number of the last row of each batch."""
    gatherer = RowGatherer(name, header, wide)
    for rows, lines in batches:
        gatherer.add(rows, lines)
        done(lines[-1] if lines else 0)
    columns, line = gatherer.finish()
    doubts = [*header.notes, *_note_rows(gatherer)]
    return Table(name, columns, line, gatherer.unused, [*notes, *doubts], gatherer.rows_read, doubts)


def _note_rows(gatherer: RowGatherer) -> list[str]:
    """What happened to rows on the way, in words."""
    filled, padding = gatherer.filled, gatherer.padding
    notes = [] if gatherer.rows_read else ["a header and no rows"]
    notes += (
        [f"{filled:,} row{'s' * (filled > 1)} shorter than the header, filled with blanks"] if filled else []
    )
    return notes + ([f"{padding:,} blank rows at the end, passed over"] if padding else [])


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without garbage collection: rows are millions of lists without cycles, and the search costs a third."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
