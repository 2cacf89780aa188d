"""Cells as they are read, made into a column of distinct texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import count

import numpy as np
import numpy.typing as npt

from leadline.engine.touches import Column

_ODD = frozenset('="\ufeff\u200b\0')


def clean_cell(cell: str) -> str:
    """A cell without the blanks around it, and without the `="…"` that keeps spreadsheets from reading it."""
    text = cell.strip()
    if text[:1] in _ODD or text[-1:] in _ODD:
        text = text.strip("\ufeff\u200b\0 ")
        if text.startswith('="') and text.endswith('"') and len(text) > 2:
            text = text[2:-1].strip()
    return text


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
        clean = list(map(clean_cell, labels))
        if clean != labels or "" in clean:
            labels, numbers = _number(clean)
            codes = numbers[codes]
        return Column(codes, labels)


def _number(texts: Sequence[str]) -> tuple[list[str], npt.NDArray[np.int32]]:
    """The distinct texts that are not blank, and for each text the number of its equal, or -1."""
    numbers: dict[str, int] = defaultdict(count().__next__)
    of_text = np.fromiter((numbers[text] if text else -1 for text in texts), np.int32, len(texts))
    return list(numbers), of_text
