"""Words that people are marked with: several in a cell, parted as the file does it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence

import numpy as np

from leadline.engine.importers.evidence import Integers
from leadline.engine.importers.exports import Export

Tags = tuple[tuple[str, ...], ...]
MARKS = (";", "|", ",")
"""What parts the tags of a cell; of two that part as many cells the first does."""
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
GROUPS = ":::"
"""Parts the groups of an address book, whose own have a star before them."""


def gather_tags(parts: Iterable[tuple[Export, Integers]], subjects: int) -> Tags:
    """The tags of each subject, from all of its rows, each once; nothing where no column holds any."""
    found: list[dict[str, None]] | None = None
    for export, who in parts:
        for column in export.every("tags"):
            found = found if found is not None else [{} for _ in range(subjects)]
            words = part_cells([str(label) for label in column.labels])
            for row in np.flatnonzero((who >= 0) & (column.codes >= 0)).tolist():
                found[who[row]].update(dict.fromkeys(words[column.codes[row]]))
    return () if found is None else tuple(tuple(words) for words in found)


def part_cells(cells: Sequence[str]) -> list[tuple[str, ...]]:
    """The words of each cell of one column; whatever stands between quotes is one word."""
    bare = [_QUOTED.sub("", cell) for cell in cells]
    if any(GROUPS in cell for cell in bare):
        return [tuple(_words(cell.split(GROUPS))) for cell in cells]
    counts = {mark: sum(mark in cell for cell in bare) for mark in MARKS}
    mark = max(MARKS, key=lambda one: counts[one])
    return [part_cell(cell, mark) for cell in cells]


def part_cell(cell: str, mark: str) -> tuple[str, ...]:
    """The words of one cell between marks and ends of lines, each once; quotes hold a word together."""
    if '"' not in cell:
        return tuple(_words(part for line in cell.splitlines() for part in line.split(mark)))
    rows = csv.reader(cell.splitlines(), delimiter=mark, skipinitialspace=True)
    return tuple(_words(part for row in rows for part in row))


def join_cell(words: Iterable[str], mark: str) -> str:
    """Words as one cell, which `part_cell` parts again: a word with a mark or a quote is quoted."""
    return f"{mark} ".join(_quote(word, mark) for word in words)


def _quote(word: str, mark: str) -> str:
    plain = " ".join(word.splitlines())
    if mark not in plain and '"' not in plain:
        return plain
    return '"' + plain.replace('"', '""') + '"'


def _words(parts: Iterable[str]) -> dict[str, None]:
    told = (part.strip().removeprefix("* ").strip() for part in parts)
    return dict.fromkeys(word for word in told if word)
