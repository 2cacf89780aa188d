"""The sheets of a workbook (XLSX, XLSM, XLSB, XLS, ODS), their cells as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from leadline.engine.errors import BadFile
from leadline.engine.importers.cells.values import looks_like_number
from leadline.engine.importers.reading.encodings import TEXT, refuse_binary

MAGICS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How the files of workbooks begin; other files begin so too."""
SUFFIXES = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})

Cell = int | float | str | bool | time | date | datetime | timedelta


@dataclass(frozen=True)
class Sheet:
    """A sheet that can be seen: its `name`, how many `rows` it has, their `cells` as text from row 1 on.

    In the rows `wide`, also counted from 1, a cell is merged over several columns.
    """

    name: str
    rows: int
    cells: Iterator[list[str]]
    wide: frozenset[int] = frozenset()


def is_workbook(start: bytes) -> bool:
    """Whether a file that begins with `start` may be a workbook (other archives begin so too)."""
    return start.startswith(MAGICS)


def read_sheets(path: Path) -> tuple[list[Sheet], list[str]]:
    """The sheets with data of a workbook, and the names of those that are hidden and left out.

    Dates are ISO texts, whole numbers have no `.0`, truths are `true` and `false`, errors are blank.
    Raises BadFile if the file is locked, damaged or no workbook.
    """
    try:
        with path.open("rb") as file:
            book = CalamineWorkbook.from_filelike(file)
            hidden = [
                sheet.name for sheet in book.sheets_metadata if sheet.visible != SheetVisibleEnum.Visible
            ]
            names = [name for name in book.sheet_names if name not in hidden]
            sheets = [sheet for sheet in map(book.get_sheet_by_name, names) if sheet.start is not None]
    except PasswordError:
        raise BadFile("the workbook is locked with a password", allowed=TEXT, where=str(path)) from None
    except CalamineError:
        if path.suffix.lower() not in SUFFIXES:
            refuse_binary(path, path.read_bytes()[:8])
        found = "one that is damaged or cut off, or no workbook at all"
        raise BadFile("the workbook can't be read", found=found, allowed=TEXT, where=str(path)) from None
    return [
        Sheet(sheet.name, sheet.end[0] + 1, _read_rows(sheet), _wide(sheet)) for sheet in sheets if sheet.end
    ], hidden


def _read_rows(sheet: CalamineSheet) -> Iterator[list[str]]:
    """The rows as text; what stands in a cell merged over several rows is said of each, but no number is."""
    merged = _merged(sheet)
    held: dict[int, str] = {}
    for number, row in enumerate(sheet.iter_rows()):
        cells = [cell_text(cell) for cell in row]
        for column, first in merged.get(number, ()):
            if first:
                held[column] = "" if looks_like_number([cells[column]]) else cells[column]
            else:
                cells[column] = cells[column] or held.get(column, "")
        yield cells


def _merged(sheet: CalamineSheet) -> dict[int, list[tuple[int, bool]]]:
    """For each row its columns whose cells are merged with others, and whether it is the first of them."""
    found: dict[int, list[tuple[int, bool]]] = {}
    for (top, column), (bottom, _) in sheet.merged_cell_ranges or ():
        for row in range(top, bottom + 1) if bottom > top else ():
            found.setdefault(row, []).append((column, row == top))
    return found


def _wide(sheet: CalamineSheet) -> frozenset[int]:
    """The rows, counted from 1, that have a cell merged over several columns and over no other row."""
    ranges = sheet.merged_cell_ranges or ()
    return frozenset(top + 1 for (top, left), (bottom, right) in ranges if top == bottom and right > left)


def cell_text(cell: Cell) -> str:
    """A cell's value as the text that a person would have typed for it."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
    if isinstance(cell, datetime):
        midnight = cell.time() == time()
        precision = "milliseconds" if cell.microsecond else "seconds"
        return cell.date().isoformat() if midnight else cell.isoformat(" ", precision)
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
