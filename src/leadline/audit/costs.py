"""A file of costs: a table with a column of names and one of what each has cost."""

from __future__ import annotations

from pathlib import Path

from leadline.engine.currencies import CODES
from leadline.engine.errors import BadFile, nearest
from leadline.engine.importers.cells.values import decide_number_form, parse_moneys
from leadline.engine.importers.reading.tables import Table, read_table
from leadline.engine.importers.words import squeezed, synonyms, tokens
from leadline.engine.touches import Column

HEADERS = ("name", "cost")


def read_costs(path: Path, currency: str, names: list[str]) -> dict[str, int]:
    """Minor units by name; several rows of one name are added up, and `names` are matched whatever the case.

    Raises BadFile for a file that is no such table, a cost that is no amount of 0 or more in this currency
    (“”: that of the files isn't known), and names of which none is among `names`.
    """
    table = read_table(path)[0]
    name, cost = _columns(table, path, names)
    amounts = parse_moneys(cost.labels, decide_number_form(cost.labels), currency or None)
    plain = {known.casefold(): known for known in names}
    costs: dict[str, int] = {}
    for row in range(len(table)):
        code, called = int(cost.codes[row]), name[row]
        paid = amounts.currencies[code] if code >= 0 else None
        if code < 0 or called is None or not amounts.ok[code] or amounts.minor[code] < 0:
            raise _bad_cost(path, table, row, f"“{cost[row] or ''}” for “{called or ''}”", "an amount")
        if paid and currency and paid != currency:
            raise _bad_cost(path, table, row, f"an amount in {paid}", f"amounts in {currency}")
        known = plain.get(str(called).casefold(), str(called))
        costs[known] = costs.get(known, 0) + int(amounts.minor[code])
    if not costs:
        raise BadFile("a file of costs has no rows", allowed="a row for each name", where=str(path))
    _check_names(costs, names, path)
    return costs


def _columns(table: Table, path: Path, names: list[str]) -> tuple[Column, Column]:
    """The columns of names and costs: by their headers, or where there are two the first and the second.

    In a wider table, as programs for advertising write them, it is the one column whose header says cost, and
    the one that holds most of the `names`.
    """
    plain = {known.strip().casefold(): column for known, column in table.columns.items()}
    if not set(HEADERS) <= plain.keys() and len(plain) == len(HEADERS):
        plain = dict(zip(HEADERS, table.columns.values(), strict=True))
    if not set(HEADERS) <= plain.keys():
        plain |= _find_in_report(table, names)
    if not set(HEADERS) <= plain.keys():
        raise BadFile(
            f"a file of costs needs the columns {' and '.join(HEADERS)}",
            found=", ".join(table.columns) or "no columns",
            allowed="these, or two columns: a name and what it has cost, as in: speaking, 1200",
            where=str(path),
        )
    return plain["name"], plain["cost"]


def _find_in_report(table: Table, names: list[str]) -> dict[str, Column]:
    wanted = {name.casefold() for name in names}
    known = {
        header: len({str(label).casefold() for label in column.labels} & wanted)
        for header, column in table.columns.items()
    }
    named = max(known, key=known.__getitem__, default="")
    words = {squeezed(word) for word in synonyms()["costs"]["words"]}
    costs = [header for header in table.columns if _without_currency(header) in words]
    if len(costs) != 1 or not known.get(named):
        return {}
    return {"name": table.columns[named], "cost": table.columns[costs[0]]}


def _without_currency(header: str) -> str:
    return "".join(word for word in tokens(header) if word.upper() not in CODES)


def _bad_cost(path: Path, table: Table, row: int, found: str, allowed: str) -> BadFile:
    return BadFile(
        f"the cost on line {int(table.line[row])} can't be used",
        found=found,
        allowed=f"a name, and {allowed} of 0 or more",
        where=str(path),
    )


def _check_names(costs: dict[str, int], names: list[str], path: Path) -> None:
    """Raise BadFile if no name is one of those that are compared."""
    if costs and not set(costs) & set(names):
        first = next(iter(costs))
        raise BadFile(
            "none of the names with a cost is compared",
            found=", ".join(costs),
            allowed=", ".join(names[:20]) or "none: nothing is known there",
            suggestion=nearest(first, names),
            where=str(path),
        )
