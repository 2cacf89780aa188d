"""Rows of an upload that aren't used: told together where they are alike, kept one by one as a file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from leadline.web.actions.importing.intake import Refused
from leadline.web.actions.importing.uploads import folder_of

UNUSED = ".unused.csv"
"""What the list of them is called: no upload is, since theirs never begin with a dot."""
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet may take for a formula, where a cell begins with it."""
LINES, REASONS = 5, 3
"""So many lines, and so many reasons that differ in what they name, are told of rows that are alike."""
_NAMED = re.compile(r"“[^”]*”|\d[\d.,:]*")
"""What differs in sentences that say the same: what they quote, and numbers."""


def told_together(rows: Sequence[Refused]) -> list[dict[str, Any]]:
    """The reasons for which rows aren't used, in the order of the rows.

    Each has its `file`, how many rows it holds for (`count`), the first of their `lines`, the first `reason`,
    and `others` that say the same of something else.
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        alike = row.file, _NAMED.sub("…", row.reason)
        one = found.setdefault(
            alike,
            {"file": row.file, "line": row.line, "reason": row.reason, "count": 0, "lines": [], "others": []},
        )
        one["count"] += 1
        if row.line and len(one["lines"]) < LINES:
            one["lines"].append(row.line)
        if row.reason not in (one["reason"], *one["others"]) and len(one["others"]) < REASONS - 1:
            one["others"].append(row.reason)
    return list(found.values())


def unused_of(folder: str) -> Path:
    """Where the rows stand that aren't used of an upload."""
    return folder_of(folder) / UNUSED


def write_unused(folder: str, rows: Iterable[Refused]) -> int:
    """Keep every row that isn't used, with its reason, as a file beside the upload; how many they are."""
    path, count = unused_of(folder), 0
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "line", "reason", "cells"])
        for row in rows:
            count += 1
            cells = [guard(cell) for cell in (row.file, str(row.line or ""), row.reason, *row.cells)]
            writer.writerow([cell.replace("\0", "") for cell in cells])
    return count


def guard(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell
