"""Money as people write it."""

from __future__ import annotations

from leadline.engine.currencies import decimals_of


def money_words(minor: int, currency: str) -> str:
    """An amount as people write it: “10,005,534 EUR”, “99.50 USD”; whole amounts without decimals."""
    decimals = decimals_of(currency or None)
    whole, rest = divmod(abs(minor), 10**decimals)
    said = f"{'-' if minor < 0 else ''}{whole:,}" + (f".{rest:0{decimals}}" if rest else "")
    return f"{said} {currency}".strip()
