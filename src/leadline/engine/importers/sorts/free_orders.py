"""Orders that cost nothing: no purchase, but that somebody registered, downloaded, or was recorded."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from leadline.engine.importers.evidence import Evidence, Integers, Mask
from leadline.engine.importers.exports import Export, spread_labels
from leadline.engine.importers.words import bag, synonyms, tokens
from leadline.engine.touches import MISSING, Column
from leadline.engine.wording import counted, listed

RECORDED = "recorded"
"""What it is evidence of where nothing says what was ordered."""


def find_free(amounts: Integers, repaid: Mask, number: Column | None) -> Mask:
    """The rows of orders that cost nothing: no row of these says an amount, or that any was given back."""
    cost = repaid | ((amounts != 0) & (amounts != MISSING))
    if number is not None:
        costly = np.zeros(len(number.labels) + 1, dtype=bool)
        costly[number.codes[cost]] = True
        costly[-1] = False
        cost |= costly[number.codes]
    free: Mask = (amounts == 0) & ~cost
    return free


def without_free(export: Export, bought: Evidence, free: Mask) -> Evidence:
    """The orders, with those of the `free` rows as what they are evidence of instead of a purchase."""
    here = free[bought.row]
    if not here.any():
        return bought
    names = (*synonyms()["free"]["kinds"], RECORDED)
    sorts = _find_sorts(export, names)[bought.row]
    kinds = np.array([export.kinds.code(name) for name in names], dtype=np.uint16)[sorts]
    counts = np.bincount(sorts[here], minlength=len(names)).tolist()
    told = [f"“{name}” ({count:,})" for name, count in zip(names, counts, strict=True) if count]
    export.notes.append(f"{counted(int(here.sum()), 'order')} of 0: no purchase, but {listed(told)}")
    return replace(
        bought, kind=np.where(here, kinds, bought.kind), value=np.where(here, MISSING, bought.value)
    )


def _find_sorts(export: Export, names: tuple[str, ...]) -> Integers:
    """For each row the place of its sort in `names`: by what was ordered, else by the headers."""
    said = [place for header in export.columns if (place := _find(header)) >= 0]
    found = np.full(export.rows, said[0] if said else len(names) - 1)
    items = frozenset(synonyms()["free"]["items"])
    for column in (column for header, column in export.columns.items() if items & set(tokens(header))):
        told = spread_labels(column, [_find(str(label)) for label in column.labels])
        found = np.where(told >= 0, told, found)
    return found


def _find(text: str) -> int:
    """The place of the sort of which a text has a word, -1 where it has none."""
    words = bag(text)
    return next((place for place, said in enumerate(_words()) if words & said), -1)


@cache
def _words() -> tuple[frozenset[str], ...]:
    return tuple(bag(" ".join(words)) for words in synonyms()["free"]["kinds"].values())
