"""Tables of reports from their rows: each column says which field it shows, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from leadline.audit.tables import MOST_ON_PAGE, MOST_ROWS, Sheet, shown_of
from leadline.engine.currencies import decimals_of
from leadline.engine.estimates import Estimate
from leadline.engine.instants import DAY
from leadline.engine.money import money_words
from leadline.engine.wording import percent, quantity_words, share_words, time_words

_NO_CENTS = 100

Row = dict[str, Any]
Say = Callable[[Row], str]


@dataclass(frozen=True)
class Shown:
    """A column: its heading, what it says of a row, and whether that is a number, a long text or spare."""

    heading: str
    say: Say
    right: bool = False
    wide: bool = False
    spare: bool = False


def table(
    title: str,
    rows: Iterable[Row],
    columns: Sequence[Shown],
    *,
    lead: str = "",
    report: Any = None,
    most: int = MOST_ROWS,
) -> Sheet:
    """The sheet of some rows; spare columns that say nothing of any of them are left out."""
    rows = list(rows)
    columns = [one for one in columns if not one.spare or any(one.say(row) for row in rows)]
    cells = [tuple(column.say(row) for column in columns) for row in rows[:MOST_ON_PAGE]]
    return Sheet(
        title=title,
        headings=tuple(column.heading for column in columns),
        cells=tuple(cells),
        right=_places(columns, "right"),
        wide=_places(columns, "wide"),
        spare=_places(columns, "spare"),
        shown=shown_of(len(rows), most),
        total=len(rows),
        lead=lead,
        report=report,
    )


def text(field: str, heading: str | None = None, **how: bool) -> Shown:
    """A word or a sentence; nothing for None."""
    return Shown(field if heading is None else heading, lambda row: _plain(row[field]), **how)


def number(field: str, heading: str | None = None, **how: bool) -> Shown:
    """A whole number, or one with a decimal where it is small."""
    heading = field.replace("_", " ") if heading is None else heading
    return Shown(heading, lambda row: _number(row[field]), right=True, **how)


def share(field: str, heading: str | None = None, *, silent: Sequence[str] = (), **how: bool) -> Shown:
    """A share with its interval, from `field`, `field_low`, `field_high` and `field_unsaid`.

    Nothing in rows whose `status` is one of `silent`: there, no share is looked for.
    """
    return Shown(
        field if heading is None else heading,
        lambda row: "" if row.get("status") in silent else _share(row, field),
        **how,
    )


def ranged(field: str, heading: str | None = None, **how: bool) -> Shown:
    """A number with its interval, from the same fields."""
    return Shown(field if heading is None else heading, lambda row: _ranged(row, field), **how)


def days(field: str, heading: str | None = None, **how: bool) -> Shown:
    """A number of days, in the unit in which one would say it."""
    return Shown(
        field if heading is None else heading,
        lambda row: "" if row[field] is None else time_words(round(row[field] * DAY)),
        **how,
    )


def money(field: str, currency: str | None, heading: str | None = None, **how: bool) -> Shown:
    """An amount in minor units; without its cents where it has three digits or more before them."""
    return Shown(
        _in_currency(field if heading is None else heading, currency),
        lambda row: "" if row[field] is None else _amount(row[field], currency),
        right=True,
        **how,
    )


def money_range(field: str, currency: str | None, heading: str | None = None, **how: bool) -> Shown:
    """An amount in minor units with its interval, from `field`, `field_low` and `field_high`."""

    def say(row: Row) -> str:
        value, low, high = (_amount(row[name], currency) for name in (field, f"{field}_low", f"{field}_high"))
        return f"{value} ({low}–{high})"

    return Shown(_in_currency(field if heading is None else heading, currency), say, **how)


def _in_currency(heading: str, currency: str | None) -> str:
    return f"{heading}, {currency}" if currency else heading


def _amount(minor: float, currency: str | None) -> str:
    """An amount without its currency, which stands in the heading."""
    unit = 10 ** decimals_of(currency or None)
    whole = unit if abs(minor) >= _NO_CENTS * unit else 1
    return money_words(round(minor / whole) * whole, currency or "").removesuffix(f" {currency}")


def _places(columns: Sequence[Shown], what: str) -> frozenset[int]:
    return frozenset(place for place, column in enumerate(columns) if getattr(column, what))


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"-{quantity_words(-value)}" if value < 0 else quantity_words(float(value))


def _unsaid(row: Row, field: str) -> str:
    reason = row.get(f"{field}_unsaid") or ""
    return str(reason).partition(":")[0]


def _share(row: Row, field: str) -> str:
    if row[field] is None:
        return _unsaid(row, field)
    low, high = row.get(f"{field}_low"), row.get(f"{field}_high")
    if low is None or high is None:
        return percent(row[field])
    said = share_words(Estimate(row[field], low, high))
    return said.replace("between ", "").replace(" and ", "–")


def _ranged(row: Row, field: str) -> str:
    if row[field] is None:
        return _unsaid(row, field)
    return f"{_number(row[field])} ({_number(row[f'{field}_low'])}–{_number(row[f'{field}_high'])})"
