"""Rows that stand in a file more than once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.engine.importers.evidence import Integers
from leadline.engine.importers.exports import Export
from leadline.engine.touches import Column

_MIX = np.uint64(0x9E3779B97F4A7C15)


def leave_out_repeats(export: Export) -> None:
    """Leaves out rows whose every cell is that of an earlier row, and touches whose id came before."""
    columns = list(export.table.columns.values())
    if not any(_all_differ(column) for column in columns):
        rows, firsts = find_repeats([column.codes for column in columns])
        lines = export.table.line[firsts].tolist()
        export.leave_out_each(rows, [f"the same as line {line}" for line in lines])
    ids = export.column("touch id") if export.proposal.shape in ("touch log", "activities") else None
    if ids is not None and not _all_differ(ids):
        rows, firsts = find_repeats([ids.codes])
        known = ids.codes[rows] >= 0
        lines = export.table.line[firsts[known]].tolist()
        export.leave_out_each(rows[known], [f"the touch with the id of line {line}" for line in lines])


def find_repeats(fields: Sequence[npt.NDArray[np.integer[Any]]]) -> tuple[Integers, Integers]:
    """The places where all fields are as at an earlier one, in order, and for each the first like it."""
    marks = np.zeros(len(fields[0]), dtype=np.uint64)
    for field in fields:
        marks = (marks ^ (field.astype(np.int64) + 2).astype(np.uint64)) * _MIX
        marks ^= marks >> np.uint64(29)
    order = np.argsort(marks, kind="stable")
    same = np.concatenate([[False], marks[order[1:]] == marks[order[:-1]]])[: len(order)]
    starts = np.maximum.accumulate(np.where(same, 0, np.arange(len(order))))
    rows, firsts = order[same], order[starts[same]]
    equal = np.ones(len(rows), dtype=bool)
    for field in fields:
        equal &= field[rows] == field[firsts]
    place = np.argsort(rows[equal])
    return rows[equal][place], firsts[equal][place]


def _all_differ(column: Column) -> bool:
    return len(column.labels) == len(column) and not (column.codes < 0).any()
