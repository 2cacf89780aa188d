"""What was won, in the currencies in which it was written down."""

from __future__ import annotations

import numpy as np

from leadline.engine.currencies import decimals_of
from leadline.engine.touches import MISSING, Touches


def won(touches: Touches, until: int) -> dict[str, int]:
    """Minor units by currency (“” where none is given): purchases less refunds, up to an instant."""
    if touches.value is None:
        return {}
    money = touches.kinds.named("purchased") | touches.kinds.named("refunded")
    bought = np.isin(touches.kind, list(money)) & touches.counting()
    bought &= touches.happened_at <= until
    rows = np.flatnonzero(bought & (touches.value != MISSING))
    currency = touches.columns.get("currency")
    codes = currency.codes[rows] if currency else np.full(len(rows), -1)
    values = touches.value[rows]
    named = {
        int(code): str(currency.labels[code]) if currency and code >= 0 else "" for code in np.unique(codes)
    }
    return {name: int(values[codes == code].sum()) for code, name in named.items()}


def money_words(minor: int, currency: str) -> str:
    """An amount as people write it: “10,005,534 EUR”, “99.50 USD”; whole amounts without decimals."""
    decimals = decimals_of(currency or None)
    whole, rest = divmod(abs(minor), 10**decimals)
    said = f"{'-' if minor < 0 else ''}{whole:,}" + (f".{rest:0{decimals}}" if rest else "")
    return f"{said} {currency}".strip()
