"""Amounts of money in an export, in minor units, and their currency."""

from __future__ import annotations

import re

import numpy as np

from leadline.engine.currencies import CODES, decimals_of, name_currency
from leadline.engine.importers.cells.values import (
    NumberForm,
    decide_number_form,
    parse_moneys,
    parse_truth,
)
from leadline.engine.importers.columns.contents import Contents
from leadline.engine.importers.columns.header_words import says
from leadline.engine.importers.columns.mapping import CENTS
from leadline.engine.importers.evidence import Integers, Mask
from leadline.engine.importers.exports import Export, spread_labels
from leadline.engine.importers.sorts.quantities import QUANTITIES, find_quantity, is_price_of_one, multiply
from leadline.engine.importers.words import tokens
from leadline.engine.touches import MISSING, Column
from leadline.engine.wording import counted, listed

LEAST_CENTS = 50
"""Nobody is charged less than so many cents."""
REFUNDS = frozenset({"refund", "refunds", "refunded", "erstattet", "erstattung", "rembourse", "reembolso"})
"""A column of amounts called so says how much of an order was given back."""
_NUMBERS = re.compile(r"\d[\d.,' ]*")
_SIGN = re.compile(r"[^\w\s()\[\],.:;/-]")


def read_amounts(export: Export) -> tuple[Integers, Column | None]:
    """The amount of each row (MISSING where there is none), and its currency."""
    header = export.proposal.of("value")
    if header is None:
        return np.full(export.rows, MISSING), export.column("currency")
    column = export.columns[header]
    currencies = _named(export.column("currency")) or _of_header(header, export.rows)
    form = _decide_form(column)
    amounts = parse_moneys(column.labels, form)
    beside = _of_amounts(column, amounts.currencies) if currencies is None else None
    currencies = currencies or beside
    if currencies is None or (beside is not None and len(beside.labels) > 1):
        minor = _spread(column, amounts.minor, amounts.ok)
    else:
        minor = _read_minor(column, form, currencies)
    if _are_cents(export):
        minor = _from_cents(minor, currencies)
    else:
        _note_perhaps_cents(export, header, currencies)
    _note(export, header, minor, currencies)
    return _of_all_pieces(export, header, form, minor, currencies), currencies


def _read_minor(column: Column, form: NumberForm, currencies: Column) -> Integers:
    """The amount of each row in the minor unit of its currency; MISSING where there is none."""
    minor = np.full(len(column), MISSING)
    for code in (*range(len(currencies.labels)), -1):
        name = str(currencies.labels[code]) if code >= 0 else None
        amounts = parse_moneys(column.labels, form, name)
        minor = np.where(currencies.codes == code, _spread(column, amounts.minor, amounts.ok), minor)
    return minor


def read_given_back(export: Export, currencies: Column | None) -> Integers:
    """What was given back of each row, where a column of amounts says so; 0 where nothing was."""
    back = next((header for header, held in export.contents.items() if _is_refund(header, held)), None)
    if back is None or back == export.proposal.of("value"):
        return np.zeros(export.rows, dtype=np.int64)
    given = read_beside(export, back, currencies)
    given = np.where(given == MISSING, 0, np.abs(given))
    if given.any():
        count = counted(int(np.count_nonzero(given)), "row")
        export.notes.append(f"“{back}” says what was given back, in {count}")
    return given


def read_beside(export: Export, header: str, currencies: Column | None) -> Integers:
    """The amount of each row in a column beside the amounts; MISSING where there is none."""
    column = export.columns[header]
    unknown = Column(np.full(export.rows, -1, dtype=np.int32), [])
    minor = _read_minor(column, _decide_form(column), currencies or unknown)
    return _from_cents(minor, currencies) if _are_cents(export) or says(header, "minor") else minor


def _are_cents(export: Export) -> bool:
    header = export.proposal.of("value")
    return header is not None and export.proposal.columns[header].means == CENTS


def _from_cents(minor: Integers, currencies: Column | None) -> Integers:
    """Amounts that were read as if in whole units, and are in the smallest ones."""
    units = [10 ** decimals_of(str(label)) for label in currencies.labels] if currencies is not None else []
    unit = np.array([*units, 10 ** decimals_of(None)])
    unit = unit[-1 if currencies is None else currencies.codes] + np.zeros_like(minor)
    rounded = np.sign(minor) * ((np.abs(minor) + unit // 2) // unit)
    return np.where(minor == MISSING, MISSING, rounded)


def _note_perhaps_cents(export: Export, header: str, currencies: Column | None) -> None:
    """Notes of payments without any decimals that they may be in cents, as programs write them for programs.

    These use JSON, or the small letters of a currency.
    """
    labels = export.columns[header].labels
    if export.proposal.shape != "orders" or currencies is None or not labels:
        return
    if any(not str(label).isdecimal() or 0 < int(label) < LEAST_CENTS for label in labels):
        return
    small = any(str(label).islower() for label in (export.column("currency") or currencies).labels)
    if small or "JSON" in export.table.notes:
        export.notes.append(
            f"“{header}” has no decimals: “{labels[0]}” is taken for {int(labels[0]):,}.00; "
            f"if it is in cents, say that the column means “{CENTS}”"
        )


def _is_refund(header: str, held: Contents) -> bool:
    words = set(tokens(header))
    return bool(words & REFUNDS) and not words & QUANTITIES and held.numbers >= 0.7 and not held.truths


def find_refunded(export: Export) -> Mask:
    """The rows of which a column of yes and no says that they were given back."""
    found = np.zeros(export.rows, dtype=bool)
    for header, held in export.contents.items():
        if held.truths and REFUNDS & set(tokens(header)):
            column = export.columns[header]
            found |= spread_labels(column, [parse_truth(str(label)) is True for label in column.labels]) == 1
    return found


def _named(column: Column | None) -> Column | None:
    """A column of currencies by their ISO codes: `usd` and `US$` are USD; what is no currency stays."""
    if column is None:
        return None
    names = [name_currency(str(label).strip()) or str(label) for label in column.labels]
    different = list(dict.fromkeys(names))
    places = [different.index(name) for name in names]
    return Column(spread_labels(column, places).astype(np.int32), different)


def _of_all_pieces(
    export: Export, header: str, form: NumberForm, minor: Integers, currencies: Column | None
) -> Integers:
    """The amounts of whole lines: a price of one piece is multiplied, or no amount without a quantity."""
    quantity = find_quantity(export, header)
    if quantity is not None:
        export.notes.append(f"“{header}” is the price of one piece, and multiplied by “{quantity}”")
        return multiply(export.columns[header], form, export.columns[quantity], minor, currencies)
    if is_price_of_one(header):
        export.notes.append(f"“{header}” is the price of one piece, and how many were bought isn't said")
        return np.full(export.rows, MISSING)
    return minor


def _decide_form(column: Column) -> NumberForm:
    """How the amounts are written; since no amount has three decimals, `1.200` is more than a thousand."""
    form = decide_number_form(column.labels)
    return form if form.certain or not any("." in str(label) for label in column.labels) else NumberForm(",")


def _spread(column: Column, minor: Integers, ok: object) -> Integers:
    told = spread_labels(column, np.where(np.asarray(ok), minor, MISSING))
    return np.where(column.codes >= 0, told, MISSING)


def _of_header(header: str, rows: int) -> Column | None:
    """The currency that a header names: `Amount (EUR)`, `Sum €`."""
    named = [word.upper() for word in tokens(header) if word.upper() in CODES]
    named += [code for sign in _SIGN.findall(header) if (code := name_currency(sign))]
    return Column(np.zeros(rows, dtype=np.int32), named[:1]) if named else None


def _of_amounts(column: Column, currencies: tuple[str | None, ...]) -> Column | None:
    """The currencies that stand beside the amounts themselves; the only one is that of the bare ones too."""
    named = sorted({currency for currency in currencies if currency})
    if not named:
        return None
    bare = 0 if len(named) == 1 else -1
    places = [named.index(currency) if currency else bare for currency in currencies]
    return Column(spread_labels(column, places).astype(np.int32), named)


def _say_forms(export: Export, column: Column, rows: Integers) -> str:
    """Of which forms cells that are no amounts are: how many of each, with one example."""
    forms = [_form_of(str(label)) for label in column.labels]
    by: dict[str, list[int]] = {}
    for row in rows.tolist():
        by.setdefault(forms[column.codes[row]], []).append(row)
    return listed(
        [
            f"{len(those):,} of {form} (line {export.table.line[those[0]]}: “{column[those[0]]}”)"
            for form, those in by.items()
        ]
    )


def _form_of(text: str) -> str:
    """In words, how a text is written that is no amount."""
    numbers = _NUMBERS.findall(text)
    if not numbers:
        return "words alone"
    if "%" in text:
        return "percentages"
    return "several numbers" if len(numbers) > 1 else "a number with something else"


def _note(export: Export, header: str, minor: Integers, currencies: Column | None) -> None:
    column = export.columns[header]
    bad = np.flatnonzero((column.codes >= 0) & (minor == MISSING))
    if len(bad):
        export.notes.append(
            f"{counted(len(bad), 'cell')} of “{header}” could not be read as an amount, and "
            f"{int(np.count_nonzero(minor != MISSING)):,} could: {_say_forms(export, column, bad)}"
        )
    there = np.unique(currencies.codes[minor != MISSING]) if currencies is not None else np.zeros(0, np.int32)
    names = [str(currencies.labels[code]) for code in there.tolist() if code >= 0] if currencies else []
    if len(names) > 1:
        export.notes.append(f"amounts are in {listed(names)}, and none is converted into another")
