"""Rows that were read and can't be used: none is dropped without its reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnusedRow:
    """A row that is not used: its `file` and `line`, the `reason`, and its `cells` as they were read."""

    file: str
    line: int
    reason: str
    cells: tuple[str, ...]
