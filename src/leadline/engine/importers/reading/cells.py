"""Cells as they are read, made into a column of distinct texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import count

import numpy as np
import numpy.typing as npt

from leadline.engine.touches import Column

_AROUND = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\ufeff\u200b\0\x1a"


def clean_cells(cells: Sequence[str]) -> list[str]:
    """Cells without the blanks around them, and without what guards them from spreadsheets.

    That is `="…"` around a cell, or a `'` before a number.
    """
    bare = [cell.strip(_AROUND) for cell in cells]
    return [_unwrap(cell) if cell.startswith(("=", "'")) else cell for cell in bare]


def _unwrap(cell: str) -> str:
    if cell.startswith("'"):
        return cell[1:] if cell[1:].isdecimal() or (cell[1:2] in "+=-@" and len(cell) > 2) else cell
    wrapped = cell.startswith('="') and cell.endswith('"') and len(cell) > 2
    return cell[2:-1].strip(_AROUND) if wrapped else cell


class CellCodes:
    """The cells of one column as numbers of distinct texts, taken batch by batch."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = defaultdict(count().__next__)
        self._parts: list[npt.NDArray[np.int32]] = [np.zeros(0, np.int32)]

    def add(self, cells: Iterable[str], size: int) -> None:
        """Take `size` cells."""
        self._parts.append(np.fromiter(map(self._codes.__getitem__, cells), np.int32, size))

    def finish(self) -> Column:
        """The column of all cells taken, cleaned; blank ones are missing. Cells are forgotten here."""
        labels = list(self._codes)
        codes = np.concatenate(self._parts)
        self._codes.clear()
        self._parts.clear()
        clean = clean_cells(labels)
        if clean != labels or "" in clean:
            labels, numbers = _number(clean)
            codes = numbers[codes]
        return Column(codes, labels)


def _number(texts: Sequence[str]) -> tuple[list[str], npt.NDArray[np.int32]]:
    """The distinct texts that are not blank, and for each text the number of its equal, or -1."""
    numbers: dict[str, int] = defaultdict(count().__next__)
    of_text = np.fromiter((numbers[text] if text else -1 for text in texts), np.int32, len(texts))
    return list(numbers), of_text
