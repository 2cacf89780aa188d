"""Where the table begins and what its columns are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leadline.engine.importers.cells.dates import DateForm, parse_dates
from leadline.engine.importers.cells.values import is_placeholder, parse_number

Row = Sequence[str]
FULL = 0.6
"""The share of the table's width that a row has to fill to be its header, rather than a line above it."""


@dataclass(frozen=True)
class Header:
    """The header of a table: its data begin at row `first`; `cells` are the header's own, none if missing.

    `names` are unique and not blank, one for each column.
    """

    first: int
    cells: tuple[str, ...]
    names: tuple[str, ...]
    notes: tuple[str, ...]


def find_header(rows: Sequence[Row]) -> Header:
    """The header among the first rows of a table, which may have title lines above it, or none.

    The first row that fills most of the table's width is the header, unless the columns below it hold
    numbers, dates or addresses and so does the row itself, or it repeats what stands below it.
    """
    width = _width(rows)
    full = [place for place, row in enumerate(rows) if _filled(row) >= FULL * width]
    top = next((place for place in full if not _stands_apart(rows, place)), full[0] if full else 0)
    below = [row for row in rows[top + 1 :] if any(row)]
    if not _is_header(rows[top], below):
        names = name_columns([""] * max(len(row) for row in rows))
        return Header(0, (), names, ("no header line: the columns are numbered",))
    cells = tuple(rows[top])
    names, notes = _fit_names(cells, below)
    return Header(top + 1, cells, names, notes)


def clean_name(text: str) -> str:
    """A column's name without marks of encoding, line breaks and double spaces."""
    return " ".join(text.replace("\ufeff", "").replace("\0", "").split())


def name_columns(cells: Sequence[str]) -> tuple[str, ...]:
    """The names of columns, made unique: a blank one is `column 3`, the second `Name` is `Name (2)`."""
    names: dict[str, None] = {}
    for place, cell in enumerate(cells, 1):
        wanted = clean_name(cell) or f"column {place}"
        name, count = wanted, 1
        while name in names:
            count += 1
            name = f"{wanted} ({count})"
        names[name] = None
    return tuple(names)


def is_numbered(name: str) -> bool:
    """Whether `name_columns` made this name for a column that has none."""
    return re.fullmatch(r"column \d+(?: \(\d+\))?", name) is not None


def trim(cells: Iterable[str]) -> list[str]:
    """The cells up to the last one that is not blank."""
    cells = list(cells)
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _width(rows: Sequence[Row]) -> int:
    """How many cells the rows of the table have: of few the longest, of many the longest but a quarter."""
    lengths = sorted(length for row in rows if (length := len(trim(row))))
    return lengths[-1 if len(lengths) < 8 else len(lengths) * 3 // 4]


def _filled(row: Row) -> int:
    """How many cells a row fills, where the first may be blank (the corner above numbered rows)."""
    filled = sum(bool(cell.strip()) for cell in row)
    return filled + (filled > 0 and not row[0].strip())


def _stands_apart(rows: Sequence[Row], place: int) -> bool:
    """Whether a blank row follows, and later one that fills more: so stands a title, and not a header."""
    below = rows[place + 1 :]
    return bool(below) and not _filled(below[0]) and any(_filled(row) > _filled(rows[place]) for row in below)


def _is_header(row: Row, below: Sequence[Row]) -> bool:
    """Whether the row is unlike those below it; the kind of a column's values says more than a repetition."""
    head = [clean_name(cell) for cell in row]
    kinds = _kinds_of(head)
    if not below:
        return not any(kinds)
    below = [line for line in below if trim(clean_name(cell) for cell in line) != trim(head)]
    speaks_for = speaks_against = 0
    for place, (name, kind) in enumerate(zip(head, kinds, strict=True)):
        values = [line[place].strip() for line in below if len(line) > place]
        values = [value for value in values if not is_placeholder(value)]
        if not name or not values:
            continue
        common, count = Counter(_kinds_of(values)).most_common(1)[0]
        if common and count >= 0.8 * len(values):
            speaks_for += 2 * (not kind)
            speaks_against += 2 * (kind == common)
        else:
            speaks_against += name in values
    return speaks_for >= speaks_against


def _kinds_of(texts: Sequence[str]) -> list[str]:
    """What each text is: "date", "number", "address" (of mail), or "" for words."""
    dates = parse_dates(texts, DateForm("dmy"))[1] | parse_dates(texts, DateForm("mdy"))[1]
    return [
        "date" if date else "address" if "@" in text else "number" if parse_number(text) is not None else ""
        for text, date in zip(texts, dates.tolist(), strict=True)
    ]


def _fit_names(cells: Row, below: Sequence[Row]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names for the header's cells, and for columns that nearly all rows have and the header lacks."""
    longer = [row for row in below if len(trim(row)) > len(cells)]
    if len(longer) < max(3, 0.8 * len(below)):
        return name_columns(cells), ()
    extra = Counter(len(trim(row)) for row in longer).most_common(1)[0][0] - len(cells)
    numbered = [row[0].strip() for row in below] == [str(number) for number in range(1, len(below) + 1)]
    if extra == 1 and numbered:
        return name_columns(["", *cells]), (
            "the header lacks a name for the first column, which counts the rows",
        )
    return name_columns([*cells, *[""] * extra]), (
        f"columns at the end that the header does not name: {extra}",
    )
