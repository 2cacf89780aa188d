"""The currencies that amounts in exports are written in: their signs, their codes, their decimals."""

from __future__ import annotations

CODES = frozenset({
    "AED", "ARS", "AUD", "BDT", "BGN", "BHD", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP",
    "EUR", "GBP", "GHS", "HKD", "HUF", "IDR", "ILS", "INR", "ISK", "JOD", "JPY", "KES", "KRW", "KWD", "LKR",
    "MAD", "MXN", "MYR", "NGN", "NOK", "NZD", "OMR", "PEN", "PHP", "PKR", "PLN", "QAR", "RON", "RUB", "SAR",
    "SEK", "SGD", "THB", "TND", "TRY", "TWD", "UAH", "USD", "UYU", "VND", "XAF", "XOF", "ZAR",
})  # fmt: skip
"""ISO 4217 codes that count as a currency beside a number; any other three letters do not."""

SIGNS: dict[str, str | None] = {
    "$": "USD", "us$": "USD", "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD", "nz$": "NZD",
    "hk$": "HKD", "s$": "SGD", "r$": "BRL", "mx$": "MXN", "nt$": "TWD", "€": "EUR", "euro": "EUR", "£": "GBP",
    "¥": "JPY", "円": "JPY", "元": "CNY", "₹": "INR", "rs": "INR", "rs.": "INR", "₽": "RUB", "₩": "KRW",
    "₺": "TRY", "tl": "TRY", "₪": "ILS", "₫": "VND", "฿": "THB", "₴": "UAH", "₦": "NGN", "₱": "PHP",
    "zł": "PLN", "lei": "RON", "kč": "CZK", "ft": "HUF", "sfr": "CHF", "sfr.": "CHF", "fr.": "CHF",
    "rm": "MYR", "rp": "IDR", "kr": None, "kr.": None,
}  # fmt: skip
"""Signs in small letters and the currency each stands for; None where several countries share it."""

DECIMALS = dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "VND", "XAF", "XOF"), 0)
DECIMALS |= dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), 3)
"""How many decimals a currency's minor unit has, where it is not two (ISO 4217)."""


def decimals_of(currency: str | None) -> int:
    """The number of decimals of the minor unit: 2 for cents, 0 for yen; 2 where the currency is unknown."""
    return DECIMALS.get(currency or "", 2)


def name_currency(sign: str) -> str | None:
    """The ISO code that a sign or a code beside a number stands for, or None where that can't be told."""
    return sign.upper() if sign.upper() in CODES else SIGNS.get(sign.casefold())
