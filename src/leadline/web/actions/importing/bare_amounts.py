"""Amounts of files that don't say in which currency they are: they are in that of whoever imports them."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from leadline.engine.currencies import decimals_of
from leadline.engine.importers import Imported
from leadline.engine.importers.sorts.pipeline import Deal
from leadline.engine.importers.sorts.sales import Sold
from leadline.engine.touches import MISSING, Column

Told = TypeVar("Told", Sold, Deal)


def lacks_currency(imported: Imported) -> npt.NDArray[np.bool_]:
    """The touches with an amount of which the files don't say the currency."""
    touches = imported.touches
    if touches.value is None:
        return np.zeros(len(touches), dtype=np.bool_)
    valued: npt.NDArray[np.bool_] = touches.value != MISSING
    there = touches.columns.get("currency")
    return valued if there is None else valued & (there.codes < 0)


def in_currency(imported: Imported, currency: str) -> Imported:
    """What was read, its bare amounts in a currency and in its minor units; as it is, where none is given."""
    bare = lacks_currency(imported)
    touches = imported.touches
    if not currency or touches.value is None or not bare.any():
        return imported
    value = np.where(bare, touches.value * _minor(currency) // _minor(None), touches.value)
    there = touches.columns.get("currency") or Column(np.full(len(touches), -1, dtype=np.int32), [])
    codes = np.where(bare, len(there.labels), there.codes).astype(np.int32)
    columns = {**touches.columns, "currency": Column(codes, [*there.labels, currency])}
    sold = tuple(one if one.currency else _told_in(one, currency) for one in imported.sold)
    deals = tuple(one if one.currency else _told_in(one, currency) for one in imported.deals)
    paid = replace(touches, columns=columns, value=value)
    return replace(imported, touches=paid, sold=sold, deals=deals)


def _told_in(one: Told, currency: str) -> Told:
    value = None if one.value is None else one.value * _minor(currency) // _minor(None)
    return replace(one, currency=currency, value=value)


def _minor(currency: str | None) -> int:
    return int(10 ** decimals_of(currency))
