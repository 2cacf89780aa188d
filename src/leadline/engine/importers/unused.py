"""Rows that were read and can't be used: none is dropped without its reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnusedRow:
    """A row that is not used: in which `file`, on which `line`, for what `reason`, and its `cells` as read."""

    file: str
    line: int
    reason: str
    cells: tuple[str, ...]
