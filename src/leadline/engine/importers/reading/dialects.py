"""Which character parts the cells of a table that is written as text."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from leadline.engine.importers.reading.records import RecordSplitter

DELIMITERS = "\t;|,"
"""The characters that may part cells, the surer first."""
ONE_COLUMN = "\x1f"
"""The delimiter of a table that has only one column: a character that no text has."""

_NAMES = {"\t": "tabs", ";": "semicolons", "|": "upright strokes", ",": "commas"}
_DECLARED = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)


def declared_delimiter(line: str) -> str | None:
    """The delimiter that a first line `sep=;` declares for spreadsheets, or None if it is another line."""
    found = _DECLARED.fullmatch(line)
    return found[1] if found else None


def delimiter_words(delimiter: str) -> str:
    """What parts the columns of a table, in words: “columns parted by semicolons”."""
    if delimiter == ONE_COLUMN:
        return "a single column"
    return f"columns parted by {_NAMES.get(delimiter, f'“{delimiter}”')}"


def find_delimiter(lines: Sequence[str], *, whole: bool = True) -> str:
    """The delimiter that parts these lines most evenly into most cells; `ONE_COLUMN` where none does.

    The lines are the beginning of a file, or the `whole` of it.
    """
    scores = {delimiter: _score(lines, delimiter, whole=whole) for delimiter in DELIMITERS}
    best = max(scores, key=scores.__getitem__)
    return best if scores[best] > 0 else ONE_COLUMN


def _score(lines: Sequence[str], delimiter: str, *, whole: bool) -> float:
    """How evenly a delimiter parts the lines, times the root of how many cuts it makes.

    Halved for each line above those that it parts evenly: to a wrong delimiter the header is such a line.
    Rows in which it parts a quote from its fellow speak against it.
    """
    rows, _, _ = RecordSplitter(delimiter).split(list(lines), last=whole)
    rows = [row for row in rows if any(row)]
    widths = [len(row) for row in rows]
    counts = Counter(width for width in widths if width > 1)
    if not counts:
        return 0.0
    width = max(counts, key=lambda cells: (counts[cells], cells))
    even = [place for place, row in enumerate(rows) if len(row) == width]
    torn = sum(any(cell.count('"') % 2 for cell in row) for row in rows) / len(rows)
    if len(even) < 0.3 * len(rows):
        return 0.0
    begin = next((place for place in even if widths[place + 1 : place + 2] in ([width], [])), even[0])
    return len(even) / len(rows) * math.sqrt(width - 1) * math.ldexp(1 - torn / 2, -begin)
