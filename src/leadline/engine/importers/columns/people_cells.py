"""Cells that name a person together with an address, `Ann Lee (ann@alp.example)`: parted into two columns.

An address that somebody wrote `ann(at)alp.example`, so that no machine collects it, is that address.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from leadline.engine.importers.cells.values import spread
from leadline.engine.importers.columns.header_words import says
from leadline.engine.importers.reading.tables import Table
from leadline.engine.touches import Column

SAMPLE = 400
"""So many different texts of a column are looked at."""
MOST = 0.5
"""From this share of such texts on, a column is parted."""
ADDRESS = "e-mail of “{}”"
"""What the new column is called."""

_PERSON = re.compile(r"([^\s@(<;,|][^@(<;|]*?)\s*[(<]\s*([^\s@<>();,|]+@[^\s@<>();,|]+)\s*[)>]")

_GUARDED = re.compile(
    r"([^\s@()\[\]{}]+) ?[(\[{] ?(?:at|@|ät) ?[)\]}] ?([^\s@()\[\]{}]+\.[^\s@()\[\]{}]+)", re.IGNORECASE
)


def part_people(table: Table) -> Table:
    """The table with a further column of addresses for each that holds names with addresses.

    Of several people in one cell all addresses are kept, and the name of the first. Where only some cells are
    so, their addresses fill the blanks of a column of addresses.
    """
    table = replace(table, columns={header: _unguard(column) for header, column in table.columns.items()})
    columns: dict[str, Column] = {}
    beside = next((header for header, column in table.columns.items() if _holds_addresses(column)), None)
    for header, column in table.columns.items():
        columns.setdefault(header, column)
        if not _holds_people(header, column):
            _fill_in(header, beside, table, columns)
            continue
        found = [_PERSON.findall(str(label)) for label in column.labels]
        names = [
            people[0][0] if people else str(label) for people, label in zip(found, column.labels, strict=True)
        ]
        addresses = [";".join(address for _, address in people) or None for people in found]
        columns[header] = _relabel(column, names)
        columns[ADDRESS.format(header)] = _relabel(column, addresses)
    return replace(table, columns=columns)


def _unguard(column: Column) -> Column:
    """A column with each address that is written without its sign as others write it."""
    labels = [str(label) for label in column.labels]
    plain = [_GUARDED.sub(r"\1@\2", label) if _GUARDED.fullmatch(label) else label for label in labels]
    return column if plain == labels else _relabel(column, plain)


def _fill_in(header: str, beside: str | None, table: Table, columns: dict[str, Column]) -> None:
    """Single cells that are a name with an address, beside a column of addresses that is blank there."""
    column = table.columns[header]
    if beside is None or beside == header or says(header, "ours") or says(beside, "ours"):
        return
    labels = [str(label) for label in column.labels]
    cells = {code: _PERSON.fullmatch(label) for code, label in enumerate(labels) if "@" in label}
    found = {code: cell for code, cell in cells.items() if cell}
    if not found:
        return
    rows = np.isin(column.codes, list(found))
    texts = columns.get(beside, table.columns[beside]).values()
    for row in np.flatnonzero(rows).tolist():
        texts[row] = texts[row] or found[int(column.codes[row])][2]
    columns[beside] = Column.of(texts)
    names = [found[code][1] if code in found else label for code, label in enumerate(labels)]
    columns[header] = _relabel(column, names)


def _holds_addresses(column: Column) -> bool:
    sample = [str(label) for label in spread(column.labels, SAMPLE)]
    return bool(sample) and sum("@" in text and " " not in text for text in sample) >= MOST * len(sample)


def _holds_people(header: str, column: Column) -> bool:
    if says(header, "ours"):
        return False
    sample = [str(label) for label in spread(column.labels, SAMPLE)]
    return bool(sample) and sum(_PERSON.match(text) is not None for text in sample) >= MOST * len(sample)


def _relabel(column: Column, texts: list[str | None] | list[str]) -> Column:
    """A column with other texts in place of its labels, blank where there is none."""
    places: dict[str, int] = {}
    codes = [-1 if text is None else places.setdefault(text, len(places)) for text in texts]
    return Column(np.array([*codes, -1], dtype=np.int32)[column.codes], list(places))
