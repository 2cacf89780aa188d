"""Rows of text gathered into columns, those that can't be rows of the table set apart with the reason."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from leadline.engine.importers.reading.cells import CellCodes
from leadline.engine.importers.reading.footers import TAIL, find_footers
from leadline.engine.importers.reading.headers import Header, clean_name, is_numbered, trim
from leadline.engine.importers.reading.months import find_months
from leadline.engine.importers.reading.unused import UnusedRow
from leadline.engine.touches import Column

BLANK = "blank row"
REPEATED = "the header again"
TITLE = "the title of a part"
BROKEN = "NUL bytes, which no text has: the row is damaged"
PADDING = 100
"""More blank rows than this at the end are the padding of a spreadsheet, and not told one by one."""

Row = Sequence[str]


class RowGatherer:
    """Takes the rows of one table, batch by batch; `finish` makes them into columns.

    Of a row on one of the lines `wide` a cell is merged over several columns: with nothing beside it, it is
    the title of what follows, and not a record.
    """

    def __init__(self, file: str, header: Header, wide: frozenset[int] = frozenset()) -> None:
        self.file, self.header, self.wide = file, header, wide
        self.rows_read = self.filled = self.padding = 0
        self.unused: list[UnusedRow] = []
        self._head = trim(clean_name(cell) for cell in header.cells)
        self._columns = [CellCodes() for _ in header.names]
        self._lines = [np.zeros(0, np.int64)]
        self._held: tuple[list[Row], list[int]] = ([], [])

    def add(self, rows: Sequence[Row], lines: Sequence[int]) -> None:
        """Take rows and the line on which each starts. The last ones are held back: they may be footers."""
        self.rows_read += len(rows)
        all_rows, all_lines = [*self._held[0], *rows], [*self._held[1], *lines]
        self._held = (all_rows[-TAIL:], all_lines[-TAIL:])
        self._take(all_rows[:-TAIL], all_lines[:-TAIL])

    def finish(self) -> tuple[dict[str, Column], npt.NDArray[np.int64]]:
        """The columns by name and the line of each row; afterwards all counts and `unused` are complete.

        A column that is blank and has no name either is left out.
        """
        rows, lines = self._held
        footers = find_footers(rows, len(self.header.names))
        for place, reason in footers.items():
            self._set_apart(rows[place], lines[place], reason)
        kept = [place for place in range(len(rows)) if place not in footers]
        self._take([rows[place] for place in kept], [lines[place] for place in kept])
        columns = [codes.finish() for codes in self._columns]
        line = np.concatenate(self._lines)
        if (months := find_months(columns)).any():
            columns, line = self._set_months_apart(columns, line, months)
        filled = np.logical_or.reduce([column.codes >= 0 for column in columns])
        if not filled.all():
            self._set_blanks_apart(line, filled)
            columns, line = [column.take(filled) for column in columns], line[filled]
        self.unused.sort(key=lambda row: row.line)
        named = zip(self.header.names, columns, strict=True)
        return {name: column for name, column in named if column.labels or not is_numbered(name)}, line

    def _set_months_apart(
        self, columns: list[Column], line: npt.NDArray[np.int64], months: npt.NDArray[np.bool_]
    ) -> tuple[list[Column], npt.NDArray[np.int64]]:
        """The columns and lines without the rows that say of which month those below are."""
        for row in np.flatnonzero(months).tolist():
            self._set_apart([str(column[row] or "") for column in columns], int(line[row]), TITLE)
        return [column.take(~months) for column in columns], line[~months]

    def _set_blanks_apart(self, line: npt.NDArray[np.int64], filled: npt.NDArray[np.bool_]) -> None:
        """Name the blank rows one by one, except for the padding at the end."""
        end = max(
            [int(number) for number in line[filled][-1:]] + [row.line for row in self.unused], default=0
        )
        self.padding = int((line > end).sum())
        if self.padding > PADDING:
            self.rows_read -= self.padding
            filled = filled | (line > end)
        else:
            self.padding = 0
        for number in line[~filled].tolist():
            self._set_apart((), number, BLANK)

    def _take(self, rows: list[Row], lines: list[int]) -> None:
        if any("\0" in "".join(row) for row in rows):
            rows, lines = self._set_broken_apart(rows, lines)
        if not self.wide.isdisjoint(lines):
            rows, lines = self._set_titles_apart(rows, lines)
        if set(map(len, rows)) != {len(self._columns)}:
            rows, lines = self._fit(rows, lines)
        columns = list(zip(*rows, strict=True))
        if columns and self._head and not {self._head[0], "\ufeff" + self._head[0]}.isdisjoint(columns[0]):
            rows, lines = self._set_headers_apart(rows, lines)
            columns = list(zip(*rows, strict=True))
        self._lines.append(np.array(lines, np.int64))
        for codes, cells in zip(self._columns, columns, strict=bool(rows)):
            codes.add(cells, len(rows))

    def _set_broken_apart(self, rows: list[Row], lines: list[int]) -> tuple[list[Row], list[int]]:
        """The rows without those in which NUL bytes stand: what was there is lost."""
        broken = {place for place, row in enumerate(rows) if "\0" in "".join(row)}
        for place in broken:
            self._set_apart([cell.replace("\0", "") for cell in rows[place]], lines[place], BROKEN)
        kept = [place for place in range(len(rows)) if place not in broken]
        return [rows[place] for place in kept], [lines[place] for place in kept]

    def _set_titles_apart(self, rows: list[Row], lines: list[int]) -> tuple[list[Row], list[int]]:
        """The rows without those of which a cell is merged over several columns, and says all there is."""
        alone = [sum(bool(cell.strip()) for cell in row) == 1 for row in rows]
        titles = {place for place, line in enumerate(lines) if alone[place] and line in self.wide}
        for place in titles:
            self._set_apart(rows[place], lines[place], TITLE)
        kept = [place for place in range(len(rows)) if place not in titles]
        return [rows[place] for place in kept], [lines[place] for place in kept]

    def _set_headers_apart(self, rows: list[Row], lines: list[int]) -> tuple[list[Row], list[int]]:
        """The rows without those that say the header again, as in files of several parts, and titles."""
        again = {
            place for place, row in enumerate(rows) if trim(clean_name(cell) for cell in row) == self._head
        }
        titles = {
            place - 1 for place in again if place and sum(bool(c.strip()) for c in rows[place - 1]) == 1
        }
        for place in again | titles:
            self._set_apart(rows[place], lines[place], REPEATED if place in again else TITLE)
        kept = [place for place in range(len(rows)) if place not in again | titles]
        return [rows[place] for place in kept], [lines[place] for place in kept]

    def _fit(self, rows: list[Row], lines: list[int]) -> tuple[list[Row], list[int]]:
        """The rows with as many cells as the table has columns; too long ones with values are set apart."""
        width = len(self._columns)
        fitting: list[Row] = []
        kept: list[int] = []
        for row, line in zip(rows, lines, strict=True):
            if any(cell.strip() for cell in row[width:]):
                self._set_apart(row, line, f"{len(trim(row))} cells, but the table has {width} columns")
                continue
            self.filled += len(row) < width and any(cell.strip() for cell in row)
            fitting.append([*row[:width], *[""] * (width - len(row))])
            kept.append(line)
        return fitting, kept

    def _set_apart(self, row: Row, line: int, reason: str) -> None:
        self.unused.append(UnusedRow(self.file, line, reason, tuple(row)))
