"""Lines below a table that are no records: totals, and what the report says about itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from leadline.engine.importers.values import parse_number

TAIL = 20
"""How many rows at the end of a table may be footers."""

TOTAL = "the line of totals, not a record"
REMARK = "a remark below the table, not a record"

_TOTAL = re.compile(
    r"(?:(?:grand|overall|report|sub)[ -]?)?totals?|sums?|summe|gesamt(?:summe)?|total général|total general|"
    r"totale|somme|suma|averages?|count",
    re.IGNORECASE,
)
_REMARK = re.compile(
    r"(?:report )?(?:generated|exported|created|printed|downloaded|run|erstellt|généré|generado|generato)"
    r" (?:by|on|at|from|with|am|von|le|par|el|por|il|da)\b.*|"
    r"(?:generated|exported|created|printed|downloaded|filters?(?: applied)?|filtered by|sources?|notes?):.*|"
    r"copyright\b.*|©.*|.*\ball rights reserved\b.*|confidential(?: information)? ?[-–:].*|"
    r"(?:total |number of |anzahl )?(?:records|rows|results|entries) ?[:=]? ?\d+|"
    r"\(?[\d.,]+ (?:records|rows|results|entries|items|contacts|leads|deals)\b.*|"
    r"page \d+(?: of \d+)?|end of (?:the )?(?:report|file|export|list).*",
    re.IGNORECASE,
)


def find_footers(rows: Sequence[Sequence[str]], width: int) -> dict[int, str]:
    """The places of footers among the last rows of a table of `width` columns, each with its reason.

    A line of totals begins with that word, has numbers besides, and a blank; a remark is a line of one cell
    that says who made the report, or stands in one block with such a line after a blank row. Only what has
    nothing but blank rows and footers below it is one: a doubtful row is kept.
    """
    found: dict[int, str] = {}
    if width < 2:
        return found
    for place in range(len(rows) - 1, -1, -1):
        cells = [cell.strip() for cell in rows[place]]
        reason = _name_footer(cells, width)
        if reason:
            found[place] = reason
        elif any(cells):
            break
    return found | _find_block(rows, found)


def _name_footer(cells: Sequence[str], width: int) -> str:
    """Why a row is a footer, or "" if it may be a record."""
    said = [cell for cell in cells if cell]
    if len(said) == 1 and cells[0] and _REMARK.fullmatch(cells[0].strip("*=-~ ")):
        return REMARK
    numbers = len(said) > 1 and all(parse_number(cell) is not None for cell in said[1:])
    if said and numbers and len(said) < width and _TOTAL.fullmatch(said[0].rstrip(":= ")):
        return TOTAL
    return ""


def _find_block(rows: Sequence[Sequence[str]], found: dict[int, str]) -> dict[int, str]:
    """The lines of one cell that stand between a blank row and a remark, without a blank between."""
    block: dict[int, str] = {}
    for place in range(min(found, default=0) - 1, -1, -1):
        said = [cell.strip() for cell in rows[place] if cell.strip()]
        if not said:
            return block
        if len(said) > 1 or not rows[place][0].strip() or REMARK not in found.values():
            break
        block[place] = REMARK
    return {}
