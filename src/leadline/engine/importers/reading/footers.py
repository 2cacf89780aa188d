"""Lines below a table that are no records: totals, and what the report says about itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, takewhile

from leadline.engine.currencies import CODES
from leadline.engine.importers.cells.values import is_placeholder, parse_number

TAIL = 20
"""How many rows at the end of a table may be footers."""

TOTAL = "the line of totals, not a record"
REMARK = "a remark below the table, not a record"

_TOTAL = re.compile(
    r"(?:(?:grand|overall|report|sub)[ -]?)?totals?|sums?|summe|gesamt(?:summe)?|total général|total general|"
    r"totale|somme|suma|averages?|count|total: .*",
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

    A line of totals begins with that word, has numbers besides, and a blank; by itself, below a blank row,
    the word is enough. A remark is a line of one cell that says who made the report, or stands in one block
    with such a line, below a blank row. Only what has nothing but blank rows and footers below it is one: a
    doubtful row is kept.
    """
    found: dict[int, str] = {}
    for block in _parts_from_below(rows) if width > 1 else ():
        reasons = {place: _name_footer(rows[place], width) for place in block}
        lone = all(
            sum(map(bool, map(str.strip, rows[place]))) == 1 and rows[place][0].strip() for place in block
        )
        if block[-1] > 0 and lone and REMARK in reasons.values():
            reasons = dict.fromkeys(block, REMARK)
        if block[-1] > 0 and lone and len(block) == 1 and _is_total(rows[block[0]][0]):
            reasons = {block[0]: TOTAL}
        named = list(takewhile(reasons.__getitem__, block))
        found |= {place: reasons[place] for place in named}
        if len(named) < len(block):
            break
    return found


def _parts_from_below(rows: Sequence[Sequence[str]]) -> Iterator[list[int]]:
    """The places of the rows between blank rows, from the last part to the first, each from below."""
    places = range(len(rows) - 1, -1, -1)
    for filled, part in groupby(places, lambda place: any(cell.strip() for cell in rows[place])):
        if filled:
            yield list(part)


def _name_footer(row: Sequence[str], width: int) -> str:
    """Why a row is a footer, or "" if it may be a record."""
    said = [cell.strip() for cell in row if cell.strip()]
    if len(said) == 1 and row[0].strip() and _REMARK.fullmatch(said[0].strip("*=-~ ")):
        return REMARK
    numbers = len(said) > 1 and all(map(_is_figure, said[1:]))
    if numbers and len(said) < width and _is_total(said[0]):
        return TOTAL
    return ""


def _is_figure(cell: str) -> bool:
    """Whether a cell of a line of totals holds a number, its currency, or says that there is none."""
    return parse_number(cell) is not None or cell.upper() in CODES or is_placeholder(cell)


def _is_total(cell: str) -> bool:
    return _TOTAL.fullmatch(cell.strip().rstrip(":= ")) is not None
