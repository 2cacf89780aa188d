"""Orders, invoices, payments: each row that brought money is something bought."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from leadline.engine.importers.evidence import Evidence, Integers
from leadline.engine.importers.exports import Export, spread_labels
from leadline.engine.importers.quantities import find_quantity
from leadline.engine.importers.touch_log import read_instants
from leadline.engine.importers.words import is_unpaid, tokens
from leadline.engine.touches import MISSING, Column
from leadline.engine.wording import counted

_NUMBER = re.compile(r"#\w*\d+\w*")
_ITEM = frozenset({"item", "line", "lineitem", "position", "product", "artikel"})


def read_orders(export: Export, amounts: Integers) -> list[Evidence]:
    """`bought`, with its amount, for each order that was not cancelled or never paid; `refunded` below 0.

    The items of an order that stand on several rows are one purchase.
    """
    _leave_out_further_lines(export)
    instants = read_instants(export, "order placed")
    status = export.column("stage")
    if status is not None:
        unpaid = spread_labels(status, [is_unpaid(str(label)) for label in status.labels]) == 1
        export.leave_out_labels(unpaid, status, lambda label: f"the order is “{label}”")
    bought = Evidence.of(export.used, export.kinds.code("bought"), instants, amounts)
    number = _find_numbers(export)
    bought = _join_items(bought, number, export) if number is not None else bought
    back = (bought.value < 0) & (bought.value != MISSING)
    if back.any():
        many = counted(int(back.sum()), "order")
        export.notes.append(f"money given back in {many} is taken off what was bought, and is no purchase")
    kind = np.where(back, export.kinds.code("refunded"), bought.kind).astype(np.uint16)
    return [replace(bought, kind=kind)]


def _find_numbers(export: Export) -> Column | None:
    """The number of the order of each row; shops also write it, as `#1001`, where others have a name."""
    numbers, names = export.column("order id"), export.column("name")
    if numbers is None and names is not None and names.labels:
        return names if all(_NUMBER.fullmatch(str(label)) for label in names.labels) else None
    return numbers


def _are_of_items(export: Export) -> bool:
    """Whether the amounts are those of single items of an order, and not of the whole order."""
    header = export.proposal.of("value")
    if header is None:
        return False
    return find_quantity(export, header) is not None or bool(_ITEM & set(tokens(header)))


def _join_items(bought: Evidence, number: Column, export: Export) -> Evidence:
    """One touch an order; its amount is what all rows say, or their sum.

    It is the sum where the rows say different things, or where they say it of single items.
    """
    order = number.codes[bought.row].astype(np.int64)
    order = np.where(order >= 0, order, len(number.labels) + np.arange(len(order)))
    _, first, place = np.unique(order, return_index=True, return_inverse=True)
    if len(first) == len(order):
        return bought
    said = bought.value != MISSING
    total = np.zeros(len(first), dtype=np.int64)
    np.add.at(total, place[said], bought.value[said])
    rows = np.bincount(place[said], minlength=len(first))
    same = np.bincount(place[said & (bought.value == bought.value[first][place])], minlength=len(first))
    if (rows == same).all() and not _are_of_items(export):
        total //= np.maximum(rows, 1)
    further = counted(len(order) - len(first), "row")
    export.notes.append(f"{further} of further items belong to an order that counts as one purchase")
    value = np.where(rows > 0, total, MISSING)
    kept = np.sort(first)
    return Evidence(bought.row[kept], bought.kind[kept], bought.happened_at[kept], value[place[kept]])


def _leave_out_further_lines(export: Export) -> None:
    """An order of several items has a line for each; only its first says when and how much."""
    number, header = _find_numbers(export), export.proposal.of("order placed")
    if number is None or header is None:
        return
    undated = np.flatnonzero((export.columns[header].codes < 0) & (number.codes >= 0))
    first = np.full(len(number.labels), -1)
    rows = np.flatnonzero(number.codes >= 0)[::-1]
    first[number.codes[rows]] = rows
    further = undated[first[number.codes[undated]] != undated]
    lines = export.table.line[first[number.codes[further]]].tolist()
    export.leave_out_each(further, [f"a further item of the order on line {line}" for line in lines])
