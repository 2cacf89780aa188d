"""Prices of one piece, which make an amount only together with how many pieces there were."""

from __future__ import annotations

import numpy as np

from leadline.engine.currencies import decimals_of
from leadline.engine.importers.cells.values import NumberForm, parse_numbers
from leadline.engine.importers.evidence import Integers
from leadline.engine.importers.exports import Export
from leadline.engine.importers.words import tokens
from leadline.engine.touches import MISSING, Column

PRICES = frozenset({"price", "unitprice", "rate", "preis", "prix", "precio", "prezzo", "preco"})
"""A column called so may hold the price of one piece, where there is a quantity beside it."""
PIECES = frozenset(
    {"unit", "each", "unitprice", "piece", "einzelpreis", "stuckpreis", "unitaire", "unitario"}
)
"""A column called so holds the price of one piece in any case."""
WHOLE = frozenset(
    {"total", "subtotal", "gesamtpreis", "gesamt", "sum", "extended", "order", "deal", "invoice"}
)
"""A column called so holds the whole amount."""
QUANTITIES = frozenset(
    {"quantity", "qty", "menge", "anzahl", "stuckzahl", "quantite", "cantidad", "quantita", "quantidade"}
)
OTHERS = frozenset({"refunded", "returned", "cancelled", "stock", "available", "minimum", "min", "max"})
"""Quantities of these are not how many were bought."""


def is_price_of_one(header: str) -> bool:
    """Whether a column says by its name that it holds prices of one piece."""
    return bool(PIECES & set(tokens(header))) and not WHOLE & set(tokens(header))


def find_quantity(export: Export, header: str) -> str | None:
    """The column that says how many pieces were bought at the price in column `header`, or None."""
    said = set(tokens(header))
    if not (said & (PRICES | PIECES)) or said & WHOLE:
        return None
    for other, held in export.contents.items():
        words = set(tokens(other))
        if other != header and words & QUANTITIES and not words & OTHERS and held.numbers >= 0.7:
            return other
    return None


def multiply(
    price: Column, form: NumberForm, quantity: Column, minor: Integers, currencies: Column | None
) -> Integers:
    """Minor units of price times quantity, rounded half away from zero; MISSING where either isn't known."""
    prices, pieces = _numbers(price, form), _numbers(quantity, None)
    names = [] if currencies is None else [str(name) for name in currencies.labels]
    scales = np.array([10.0 ** decimals_of(name) for name in names] + [100.0])
    scale = scales[currencies.codes] if currencies is not None else scales[-1]
    exact = prices * pieces * scale
    known = (minor != MISSING) & np.isfinite(exact) & (np.abs(exact) < 2.0**53)
    exact = np.where(known, exact, 0.0)
    rounded = np.copysign(np.floor(np.abs(exact) + 0.5 + 1e-6), exact).astype(np.int64)
    return np.where(known, rounded, MISSING)


def _numbers(column: Column, form: NumberForm | None) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The number in each row; not a number where there is none."""
    numbers, ok = parse_numbers(column.labels, form)
    return np.append(np.where(ok, numbers, np.nan), np.nan)[column.codes]
