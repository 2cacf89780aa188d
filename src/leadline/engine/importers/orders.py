"""Orders, invoices, payments: each row that brought money is something bought."""

from __future__ import annotations

import numpy as np

from leadline.engine.importers.evidence import Evidence, Integers
from leadline.engine.importers.exports import Export, spread_labels
from leadline.engine.importers.touch_log import read_instants
from leadline.engine.importers.words import is_unpaid


def read_orders(export: Export, amounts: Integers) -> list[Evidence]:
    """`bought`, with its amount, for each order that was not cancelled, refunded or never paid."""
    _leave_out_further_lines(export)
    instants = read_instants(export, "order placed")
    status = export.column("stage")
    if status is not None:
        unpaid = spread_labels(status, [is_unpaid(str(label)) for label in status.labels]) == 1
        export.leave_out_labels(unpaid, status, lambda label: f"the order is “{label}”")
    return [Evidence.of(export.used, export.kinds.code("bought"), instants, amounts)]


def _leave_out_further_lines(export: Export) -> None:
    """An order of several items has a line for each; only its first says when and how much."""
    number, header = export.column("order id"), export.proposal.of("order placed")
    if number is None or header is None:
        return
    undated = np.flatnonzero((export.columns[header].codes < 0) & (number.codes >= 0))
    first = np.full(len(number.labels), -1)
    rows = np.flatnonzero(number.codes >= 0)[::-1]
    first[number.codes[rows]] = rows
    further = undated[first[number.codes[undated]] != undated]
    lines = export.table.line[first[number.codes[further]]].tolist()
    export.leave_out_each(further, [f"a further item of the order on line {line}" for line in lines])
