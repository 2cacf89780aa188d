"""Rows that stand in a file more than once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from leadline.engine.importers.evidence import Integers
from leadline.engine.importers.exports import Export
from leadline.engine.touches import Column

_MIX = np.uint64(0x9E3779B97F4A7C15)


def leave_out_repeats(export: Export) -> None:
    """Leaves out rows whose every cell is that of an earlier row, and touches whose id came before."""
    rows, firsts = find_repeats(list(export.table.columns.values()))
    lines = export.table.line[firsts].tolist()
    export.leave_out_each(rows, [f"the same as line {line}" for line in lines])
    ids = export.column("touch id") if export.proposal.shape == "touch log" else None
    if ids is not None:
        rows, firsts = find_repeats([ids])
        known = ids.codes[rows] >= 0
        lines = export.table.line[firsts[known]].tolist()
        export.leave_out_each(rows[known], [f"the touch with the id of line {line}" for line in lines])


def find_repeats(columns: Sequence[Column]) -> tuple[Integers, Integers]:
    """The rows that repeat an earlier one in all of these columns, and for each the first row like it."""
    if not columns or any(_all_differ(column) for column in columns):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    marks = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        marks = (marks ^ (column.codes.astype(np.int64) + 2).astype(np.uint64)) * _MIX
        marks ^= marks >> np.uint64(29)
    order = np.argsort(marks, kind="stable")
    same = np.concatenate([[False], marks[order[1:]] == marks[order[:-1]]])
    starts = np.maximum.accumulate(np.where(same, 0, np.arange(len(order))))
    rows, firsts = order[same], order[starts[same]]
    equal = np.ones(len(rows), dtype=bool)
    for column in columns:
        equal &= column.codes[rows] == column.codes[firsts]
    line = np.argsort(rows[equal])
    return rows[equal][line], firsts[equal][line]


def _all_differ(column: Column) -> bool:
    return len(column.labels) == len(column) and not (column.codes < 0).any()
