"""What may be recorded: texts, amounts and days, each with a sentence for what may not."""

from __future__ import annotations

from datetime import date

from leadline.engine.clocks import to_local
from leadline.engine.currencies import CODES, decimals_of
from leadline.engine.errors import nearest
from leadline.engine.importers.cells.values import parse_typed
from leadline.engine.instants import DAY
from leadline.web.errors import Invalid

BEGUN = 14 * DAY // 24
"""A day has begun somewhere so long before it begins in UTC."""
FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Days of other years were typed by mistake."""
MOST = 10**15
"""The greatest amount, in minor units."""


def text(value: str, most: int, what: str) -> str:
    """A text without blanks around it; raises Invalid where it is too long, or holds what no text holds."""
    value = value.strip()
    if "\0" in value:
        raise Invalid(f"{what} is a text", found="a NUL in it", allowed="letters, digits and signs")
    if len(value) > most:
        raise Invalid(
            f"{what} is a short text", found=f"{len(value):,} characters", allowed=f"{most:,} at most"
        )
    return value


def money(amount: int | None, currency: str, what: str = "An amount") -> tuple[int | None, str]:
    """An amount in minor units with its currency, or neither."""
    if amount is None:
        return None, ""
    if not 0 <= amount <= MOST:
        raise Invalid(f"{what} is a sum of money", found=f"{amount:,}", allowed=f"0 to {MOST:,} cents")
    check_currency(currency, f"{what} needs its currency")
    return amount, currency


def read_amount(text: str, currency: str, mark: str = ".") -> tuple[int, str]:
    """An amount as somebody typed it, in minor units, and its currency; `mark` as for `parse_typed`."""
    code, minor = currency.strip().upper(), None
    typed = parse_typed(text.strip(), mark, decimals_of(code or None))
    if typed is not None:
        check_currency(code, "An amount needs its currency")
        minor = typed.scaleb(decimals_of(code))
    if minor is None or minor != minor.to_integral_value() or abs(minor) > MOST:
        allowed = f"as 1200, 99.50 or 1.200,50, with at most {decimals_of(code or None)} decimals"
        raise Invalid("An amount was given", found=f"“{text[:40]}”", allowed=allowed, field="amount")
    return int(minor), code


def check_currency(code: str, asked: str) -> None:
    """Raise Invalid for what is no currency."""
    if code not in CODES:
        raise Invalid(
            asked,
            found=f"“{code[:10]}”" if code else "none",
            allowed="the code of a currency, as EUR or USD",
            suggestion=nearest(code, CODES),
            field="currency",
        )


def known_day(day: date, field: str = "") -> date:
    """A day in whose year something can have happened, or be due; raises Invalid for another one."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        years = f"a year from {FIRST_YEAR} to {LAST_YEAR}"
        raise Invalid("A day was asked for", found=f"{day}", allowed=years, field=field)
    return day


def past(at: int | None, now: int, what: str) -> int:
    """An instant that has come; now, where none is given."""
    at = now if at is None else at
    if is_to_come(at, now):
        raise Invalid(f"{what} has happened", found="a day to come", allowed="today, or before")
    return at


def is_to_come(at: int, now: int) -> bool:
    """Whether a day has begun nowhere yet, or a time is later than any clock shows."""
    return at > now + (DAY if at % DAY else BEGUN)


def day_of(instant: int) -> date:
    """The day of an instant, where whoever acts is."""
    return to_local(instant).date()
