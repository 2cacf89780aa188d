"""Lines of text parted into records, so that a quote that is never closed can't swallow the file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import islice

LONGEST = 1000
"""No cell of a table has more lines than this: beyond, its quote is taken for a character."""
WIDEST = 1 << 30
"""No cell has more characters than this."""


class RecordSplitter:
    """Parts lines, a batch at a time, into records; counts in `loose` the quotes it took for characters.

    A quote that opens a cell which runs over several lines is taken for a character if there are more lines
    than any cell has, if the record misses the `width` that its first line alone would have, or if it isn't
    well formed, unless it has the `width` and none of its lines alone would.
    """

    def __init__(self, delimiter: str, width: int | None = None) -> None:
        self.delimiter, self.width, self.loose = delimiter, width, 0
        mark = re.escape(delimiter)
        quoted = rf' *"[^"]*(?:""[^"]*)*" *(?=[{mark}\r\n]|\Z)'
        plain = rf'(?! *")[^{mark}\r\n]*'
        self._cell = re.compile(rf"{quoted}|[^{mark}\r\n]*")
        self._record = re.compile(rf"(?:{quoted}|{plain})(?:[{mark}](?:{quoted}|{plain}))*[\r\n]*")
        csv.field_size_limit(WIDEST)

    def split(self, lines: list[str], *, last: bool) -> tuple[list[list[str]], list[int], int]:
        """The records, the place in `lines` where each starts, and how many lines they use up.

        Unless these are the `last` lines, the final record is left over, to be given again with what follows.
        """
        rows: list[list[str]] = []
        starts: list[int] = []
        start = 0
        while start < len(lines):
            begun = start
            for row, end in self._read(lines, begun):
                unsure = not last and end == len(lines) and end - start <= LONGEST
                if unsure:
                    return rows, starts, start
                if end - start > 1 and not self._holds_together(lines, start, end, row):
                    lines[start] = self._close(lines[start])
                    self.loose += 1
                    break
                rows.append(row)
                starts.append(start)
                start = end
        return rows, starts, start

    def _read(self, lines: list[str], start: int) -> Iterator[tuple[list[str], int]]:
        """Records from line `start` on, each with the line after its last."""
        reader = csv.reader(islice(lines, start, None), delimiter=self.delimiter, skipinitialspace=True)
        for row in reader:
            yield row, start + reader.line_num

    def _holds_together(self, lines: list[str], start: int, end: int, row: list[str]) -> bool:
        """Whether the lines from `start` to `end` are one record, rather than a quote that was never closed."""
        if end - start > LONGEST:
            return False
        well_formed = self._record.fullmatch("".join(lines[start:end])) is not None
        if well_formed:
            return self.width in (None, len(row)) or len(self._cells(lines[start])) != self.width
        records = (line for line in lines[start:end] if len(self._cells(line)) == self.width)
        return self.width == len(row) and next(records, None) is None

    def _cells(self, line: str) -> list[str]:
        """The cells of one line as they are written, quotes included; a loose quote is a character."""
        text = line.rstrip("\r\n")
        cells, place = [], 0
        while (found := self._cell.match(text, place)) and found.end() < len(text):
            cells.append(found[0])
            place = found.end() + 1
        return [*cells, found[0] if found else ""]

    def _close(self, line: str) -> str:
        """The line with every cell that has a loose quote put into quotes of its own."""
        closed = [
            cell if not cell.lstrip().startswith('"') or self._record.fullmatch(cell) else _quote(cell)
            for cell in self._cells(line)
        ]
        return self.delimiter.join(closed) + line[len(line.rstrip("\r\n")) :]


def _quote(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'
