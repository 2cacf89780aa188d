"""Rows of a table that only say of which month those below them are: `October`, by itself in its row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from leadline.engine.importers.cells.month_names import MONTHS
from leadline.engine.importers.words import synonyms
from leadline.engine.touches import Column

LONGEST = 30
"""Longer texts are no month and its year."""
SHORT = 3
"""Names of so few letters are those of people too, if no year is beside them."""
_MONTH = re.compile(r"([^\W\d_]+)\.?(?:\s*(?:'?\d{2}|\d{4}|de \d{4}|del \d{4}))?:?")


def find_months(columns: Sequence[Column]) -> npt.NDArray[np.bool_]:
    """Which rows have one cell that holds anything, and that the name of a month, perhaps with its year.

    Where no year stands beside any of them, one is no name of people (April and Jan are). A table of one
    column has none: each of its rows has one cell.
    """
    rows = len(columns[0].codes) if columns else 0
    alone = np.sum([column.codes >= 0 for column in columns], axis=0) == 1 if rows else np.zeros(0, bool)
    found = np.zeros(rows, dtype=bool)
    if len(columns) == 1 or not alone.any() or alone.all():
        return found
    for column in columns:
        codes = np.unique(column.codes[alone & (column.codes >= 0)]).tolist()
        named = {code: str(column.labels[code]) for code in codes if _is_month(str(column.labels[code]))}
        dated = any(text[-1:].isdigit() for text in named.values())
        if dated or any(_name_of(text) not in _called() for text in named.values()):
            told = np.zeros(len(column.labels) + 1, dtype=bool)
            told[list(named)] = True
            found |= alone & told[column.codes]
    return found


def _is_month(text: str) -> bool:
    dated, name = text[-1:].isdigit(), _name_of(text)
    return name in MONTHS and (dated or len(name) > SHORT)


@cache
def _called() -> frozenset[str]:
    """Names of months by which people are called as well."""
    return frozenset(synonyms()["months"]["people"])


def _name_of(text: str) -> str:
    """The first word of a text that may be a month, in small letters; "" for other texts."""
    said = _MONTH.fullmatch(text.strip()) if len(text) <= LONGEST else None
    return said[1].lower() if said else ""
