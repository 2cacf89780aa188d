"""Rows of text gathered into columns, those that can't be rows of the table set apart with the reason."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from leadline.engine.importers.footers import TAIL, find_footers
from leadline.engine.importers.headers import Header, clean_name, is_numbered
from leadline.engine.importers.unused import UnusedRow
from leadline.engine.touches import Column

BLANK = "blank row"
REPEATED = "the header again"
PADDING = 100
"""More blank rows than this at the end are the padding of a spreadsheet, and not told one by one."""

Row = Sequence[str]


class _Codes(dict[str, int]):
    """The code of each text of a column, given when it is first met; -1 for a blank one."""

    def __init__(self) -> None:
        super().__init__()
        self.labels: list[str] = []

    def __missing__(self, cell: str) -> int:
        text = clean_cell(cell)
        if text == cell and text:
            self.labels.append(text)
            code = len(self.labels) - 1
        else:
            code = self[text] if text else -1
        self[cell] = code
        return code


def clean_cell(cell: str) -> str:
    """A cell without the blanks around it, and without the `="…"` that keeps spreadsheets from reading it."""
    text = cell.strip().strip("\ufeff\u200b\0").strip()
    return clean_cell(text[2:-1]) if text.startswith('="') and text.endswith('"') and len(text) > 2 else text


class RowGatherer:
    """Takes the rows of one table, batch by batch; once finished, its columns are as long as its `line`."""

    def __init__(self, file: str, header: Header) -> None:
        self.file, self.header = file, header
        self.rows_read = self.filled = self.padding = 0
        self.unused: list[UnusedRow] = []
        self._head = _trim([clean_name(cell) for cell in header.cells])
        self._codes = [_Codes() for _ in header.names]
        self._parts: list[list[npt.NDArray[np.int32]]] = [[] for _ in header.names]
        self._lines: list[npt.NDArray[np.int64]] = []
        self._held: tuple[list[Row], list[int]] = ([], [])

    def add(self, rows: Sequence[Row], lines: Sequence[int]) -> None:
        """Take rows and the line on which each starts. The last ones are held back: they may be footers."""
        self.rows_read += len(rows)
        held_rows, held_lines = self._held
        all_rows, all_lines = [*held_rows, *rows], [*held_lines, *lines]
        self._held = (all_rows[-TAIL:], all_lines[-TAIL:])
        self._take(all_rows[:-TAIL], all_lines[:-TAIL])

    def finish(self) -> None:
        """Take the rows that were held back, except for the footers among them."""
        rows, lines = self._held
        footers = find_footers(rows, len(self.header.names))
        for place, reason in footers.items():
            self._set_apart(rows[place], lines[place], reason)
        kept = [place for place in range(len(rows)) if place not in footers]
        self._take([rows[place] for place in kept], [lines[place] for place in kept])
        self._held = ([], [])
        self.unused.sort(key=lambda row: row.line)
        self._drop_padding()

    def _drop_padding(self) -> None:
        said = [int(lines[-1]) for lines in self._lines if len(lines)]
        said += [row.line for row in self.unused if row.reason != BLANK]
        end = bisect(self.unused, max(said, default=0), key=lambda row: row.line)
        if len(self.unused) - end > PADDING:
            self.padding = len(self.unused) - end
            self.rows_read -= self.padding
            del self.unused[end:]

    @property
    def line(self) -> npt.NDArray[np.int64]:
        """The line on which each row of the table starts."""
        return np.concatenate([np.zeros(0, np.int64), *self._lines])

    @property
    def columns(self) -> dict[str, Column]:
        """The columns by name; one that is blank and has no name either is left out."""
        return {
            name: Column(np.concatenate([np.zeros(0, np.int32), *parts]), codes.labels)
            for name, codes, parts in zip(self.header.names, self._codes, self._parts, strict=True)
            if codes.labels or not is_numbered(name)
        }

    @property
    def notes(self) -> list[str]:
        """What happened to rows, in words."""
        notes = []
        if not self.rows_read:
            notes.append("a header and no rows")
        if self.filled:
            notes.append(
                f"{self.filled:,} row{'s' * (self.filled > 1)} shorter than the header, filled with blanks"
            )
        if self.padding:
            notes.append(f"{self.padding:,} blank rows at the end were passed over")
        return notes

    def _take(self, rows: list[Row], lines: list[int]) -> None:
        rows, lines = self._set_headers_apart(rows, lines)
        if any(len(row) != len(self._codes) for row in rows):
            rows, lines = self._fit(rows, lines)
        if not rows:
            return
        encoded = [
            np.fromiter(map(codes.__getitem__, cells), np.int32, len(rows))
            for codes, cells in zip(self._codes, zip(*rows, strict=True), strict=True)
        ]
        place = np.array(lines, np.int64)
        filled = np.logical_or.reduce([codes >= 0 for codes in encoded])
        if not filled.all():
            for row in np.flatnonzero(~filled).tolist():
                self._set_apart((), lines[row], BLANK)
            encoded, place = [codes[filled] for codes in encoded], place[filled]
        self._lines.append(place)
        for parts, codes in zip(self._parts, encoded, strict=True):
            parts.append(codes)

    def _set_headers_apart(self, rows: list[Row], lines: list[int]) -> tuple[list[Row], list[int]]:
        """The rows without those that say the header again, as in files put together from several."""
        if not self.header.cells:
            return rows, lines
        first = self.header.cells[0]
        firsts = {first, first.strip(), "\ufeff" + first}
        again = {place for place, row in enumerate(rows) if row and row[0] in firsts and self._is_header(row)}
        for place in again:
            self._set_apart(rows[place], lines[place], REPEATED)
        kept = [place for place in range(len(rows)) if place not in again] if again else []
        return ([rows[place] for place in kept], [lines[place] for place in kept]) if again else (rows, lines)

    def _is_header(self, row: Row) -> bool:
        return bool(self._head) and _trim([clean_name(cell) for cell in row]) == self._head

    def _fit(self, rows: list[Row], lines: list[int]) -> tuple[list[Row], list[int]]:
        """The rows with as many cells as the table has columns; too long ones with values are set apart."""
        width = len(self._codes)
        fitting: list[Row] = []
        kept: list[int] = []
        for row, line in zip(rows, lines, strict=True):
            if any(cell.strip() for cell in row[width:]):
                self._set_apart(row, line, f"{len(_trim(row))} cells, but the table has {width} columns")
                continue
            self.filled += len(row) < width and any(cell.strip() for cell in row)
            fitting.append([*row[:width], *[""] * (width - len(row))])
            kept.append(line)
        return fitting, kept

    def _set_apart(self, row: Row, line: int, reason: str) -> None:
        self.unused.append(UnusedRow(self.file, line, reason, tuple(row)))


def _trim(cells: Sequence[str]) -> list[str]:
    """The cells up to the last that is not blank."""
    end = max((place for place, cell in enumerate(cells, 1) if cell.strip()), default=0)
    return list(cells[:end])
