"""Lines of text parted into records, so that a quote that is never closed can't swallow the file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from io import StringIO

LONGEST = 1000
"""No cell of a table has more lines than this: beyond, its quote is taken for a character."""
WIDEST = 1 << 30
"""No cell has more characters than this."""
MENDED = 50
"""How many lines are looked at to mend a record with quotes that don't match."""


class RecordSplitter:
    """Parts lines, a batch at a time, into records; counts in `loose` those with quotes that don't match.

    A quote that opens a cell which runs over several lines is taken for a character if there are more lines
    than any cell has, if the record misses the `width` that its first line alone would have, or if it isn't
    well formed. Before that, it is tried whether the record has the `width` if a quote ends a cell only in
    front of a delimiter, as where quotes inside of cells were not doubled, or have a backslash before them.
    """

    def __init__(self, delimiter: str, width: int | None = None) -> None:
        self.delimiter, self.width, self.loose = delimiter, width, 0
        mark = re.escape(delimiter)
        end = rf"(?=[{mark}\r\n]|\Z)"
        quoted = rf' *"[^"]*(?:""[^"]*)*" *{end}'
        plain = rf'(?! *")[^{mark}\r\n]*'
        # No two of these parts can match at one place, so that a cell is read in one way only.
        loose = rf' *"(?:[^"\\]|\\.|""(?!{end})|"(?!"(?!{end}))(?! *{end}))*" *{end}|{plain}'
        self._cell = re.compile(rf"{quoted}|[^{mark}\r\n]*")
        self._record = re.compile(rf"(?:{quoted}|{plain})(?:[{mark}](?:{quoted}|{plain}))*[\r\n]*")
        self._loose_cell = re.compile(loose, re.DOTALL)
        self._loose_record = re.compile(
            rf"(?:{loose})(?:[{mark}](?:{loose})){{{(width or 1) - 1}}}[\r\n]*", re.DOTALL
        )
        csv.field_size_limit(WIDEST)

    def split(self, lines: list[str], *, last: bool) -> tuple[list[list[str]], list[int], int]:
        """The records, the place in `lines` where each starts, and how many lines they use up.

        Unless these are the `last` lines, the final record is left over, to be given again with what follows.
        Lines that had to be mended are changed in `lines`.
        """
        rows = list(csv.reader(lines, delimiter=self.delimiter, skipinitialspace=True))
        if len(rows) == len(lines) and not self._doubts(rows, lines):
            used = len(rows) if last else max(0, len(rows) - 1)
            return rows[:used], list(range(used)), used
        return self._split_carefully(lines, last=last)

    def _split_carefully(self, lines: list[str], *, last: bool) -> tuple[list[list[str]], list[int], int]:
        rows: list[list[str]] = []
        starts: list[int] = []
        start = 0
        while start < len(lines):
            for row, end in self._read(lines, start):
                if end == len(lines) and not last and end - start <= LONGEST:
                    return rows, starts, start
                doubtful = end - start > 1 or (len(row) != self.width and '"' in lines[start])
                if doubtful and not self._holds_together(lines, start, end, row) and self._mend(lines, start):
                    self.loose += 1
                    break
                rows.append(row)
                starts.append(start)
                start = end
        return rows, starts, start

    def _read(self, lines: list[str], start: int) -> Iterator[tuple[list[str], int]]:
        """Records from line `start` on, each with the line after its last."""
        rest = map(lines.__getitem__, range(start, len(lines)))
        reader = csv.reader(rest, delimiter=self.delimiter, skipinitialspace=True)
        for row in reader:
            yield row, start + reader.line_num

    def _doubts(self, rows: list[list[str]], lines: list[str]) -> bool:
        """Whether quotes may be why some records, each on one line, don't have the right number of cells."""
        return set(map(len, rows)) != {self.width} and any(
            '"' in line for row, line in zip(rows, lines, strict=True) if len(row) != self.width
        )

    def _holds_together(self, lines: list[str], start: int, end: int, row: list[str]) -> bool:
        """Whether the lines from `start` to `end` are one record, and no quote was left open."""
        if end - start > LONGEST:
            return False
        if self._record.fullmatch("".join(lines[start:end])):
            return (
                end == start + 1 or self.width in (None, len(row)) or self._count(lines[start]) != self.width
            )
        return self.width == len(row) and not any(
            self._count(line) == self.width for line in lines[start:end]
        )

    def _mend(self, lines: list[str], start: int) -> bool:
        """Change the lines from `start` on so that their quotes match; whether anything had to be changed."""
        for end in range(start + 1, min(start + MENDED, len(lines)) + 1):
            if end > start + 1 and self._count(lines[end - 1]) == self.width:
                break
            text = "".join(lines[start:end])
            if self.width and self._loose_record.fullmatch(text):
                lines[start:end] = StringIO(self._rewrite(text, self._loose_cell), newline="").readlines()
                return True
        closed = self._rewrite(lines[start], self._cell)
        changed, lines[start] = closed != lines[start], closed
        return changed

    def _rewrite(self, text: str, cell: re.Pattern[str]) -> str:
        """The text of one record with the quotes of its cells, which the pattern finds, put right."""
        ending = text[len(text.rstrip("\r\n")) :]
        return self.delimiter.join(map(self._requote, self._part(text, cell))) + ending

    def _requote(self, cell: str) -> str:
        bare = cell.strip(" ")
        if not bare.startswith('"') or self._record.fullmatch(bare):
            return cell
        closed = len(bare) > 1 and bare.endswith('"')
        inside = bare[1:-1].replace('\\"', '"').replace('""', '"') if closed else bare
        return '"' + inside.replace('"', '""') + '"'

    def _count(self, line: str) -> int:
        """How many cells a line has by itself, a quote that it doesn't close being a character."""
        return len(self._part(line, self._cell))

    def _part(self, text: str, cell: re.Pattern[str]) -> list[str]:
        """The cells of one record as they are written, quotes included."""
        text = text.rstrip("\r\n")
        cells, place = [], 0
        while (found := cell.match(text, place)) and found.end() < len(text):
            cells.append(found[0])
            place = found.end() + 1
        return [*cells, found[0] if found else ""]
