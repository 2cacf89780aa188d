"""Tables that Leadline itself wrote: known by their headers, and taken in as what they were.

Contacts and touches are read as all files are, with meanings that need no guessing. Companies, and the
fields that somebody declared, are no people: they are read here.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leadline.engine.importers import FileMapping, Mapping, Meaning, read_table
from leadline.engine.importers.reading.parquet import headers_of, is_parquet
from leadline.web.actions.exports import COMPANIES, CONTACTS, FIELDS, TOUCHES, Columns
from leadline.web.actions.importing.intake import FORMULA

WHY = "an export of Leadline’s own"
LEFT = "left out"
LEFT_OUT = ("touches_taken_back", "touches_of_machines")
"""How the names of files begin whose touches count for nothing."""
OTHERS = frozenset({
    "audience_touches", "audiences", "standings", "asks", "purchases", "contracts", "tasks",
    "tasks_of_nobody", "notes", "offers", "goals", "capacities", "costs", "own_kinds", "own_paths",
    "profiles", "funnels",
})  # fmt: skip
"""What the other tables of an export are called: records that the touches stand for, or that are declared."""
_MEANS = {
    "contact_id": "contact id", "email": "e-mail", "job title": "attribute", "touch_id": "touch id",
    "kind": "what happened", "happened_at": "happened at", "deal": "deal id",
}  # fmt: skip
"""What columns mean that aren’t called as their meaning is."""
_LATER = frozenset({"deal"})
"""Columns that earlier exports don't have."""
_LINE = 1 << 20


@dataclass(frozen=True)
class OwnTables:
    """What was read of companies and fields, row by row, by headers."""

    companies: tuple[dict[str, str], ...] = ()
    fields: tuple[dict[str, str], ...] = ()


def sort_of(path: Path) -> str:
    """Which table of Leadline's own a file holds: contacts, touches, companies, fields; "" for another."""
    headers = _headers(path)
    for name, columns in _TABLES.items():
        known = [header for header, _ in columns if header in headers or header not in _LATER]
        if headers[: len(known)] == known and (name == "contacts" or len(headers) == len(known)):
            return LEFT if name == "touches" and path.stem.startswith(LEFT_OUT) else name
    return ""


def sorts_of(paths: Iterable[Path]) -> dict[Path, str]:
    """The sort of each of several files: beside contacts or touches, others of an export are left out."""
    found = {path: sort_of(path) for path in paths}
    if not {"contacts", "touches"} & set(found.values()):
        return found
    return {path: LEFT if not sort and path.stem in OTHERS else sort for path, sort in found.items()}


def of_people(paths: Iterable[Path]) -> list[Path]:
    """The files that are read for people and touches."""
    return [path for path, sort in sorts_of(paths).items() if sort in ("", "contacts", "touches")]


def read_own(paths: Iterable[Path]) -> OwnTables:
    """What the other files say. Raises BadFile."""
    found: dict[str, list[dict[str, str]]] = {"companies": [], "fields": []}
    for path in paths:
        if (sort := sort_of(path)) in found:
            for table in read_table(path):
                rows = zip(*(column.values() for column in table.columns.values()), strict=True)
                found[sort] += [
                    {name: _bare(cell) for name, cell in zip(table.columns, row, strict=True)} for row in rows
                ]
    return OwnTables(tuple(found["companies"]), tuple(found["fields"]))


def with_own(mapping: Mapping, paths: Sequence[Path]) -> Mapping:
    """A mapping that says what the columns of contacts and touches mean, unless somebody said so."""
    known = []
    for path in paths:
        sort, headers = sort_of(path), _headers(path)
        said = mapping.of_file(path.name, headers)
        if sort in ("contacts", "touches") and not said.columns and said.shape is None:
            means = {header: Meaning(means=_means(sort, header), why=WHY) for header in headers}
            shape: Any = "touch log" if sort == "touches" else "contacts"
            known.append(FileMapping(name=path.name, shape=shape, path=said.path, columns=means))
    return mapping.model_copy(update={"files": (*mapping.files, *known)}) if known else mapping


def values_of(text: str | None) -> Any:
    """What a cell of JSON holds; None where it is none."""
    try:
        return json.loads(text or "null")
    except json.JSONDecodeError:
        return None


def _means(sort: str, header: str) -> str:
    if header not in {name for name, _ in _TABLES[sort]}:
        return "attribute"
    return _MEANS.get(header, header)


def _headers(path: Path) -> list[str]:
    with path.open("rb") as file:
        start = file.readline(_LINE)
    if is_parquet(start):
        return headers_of(path)
    text = start.decode("utf-8-sig", "replace")
    if text.startswith("{"):
        told = values_of(text)
        return list(told) if isinstance(told, dict) else []
    return next(csv.reader([text]), []) if "," in text else []


def _bare(cell: Any) -> str:
    """A cell without the mark that keeps spreadsheets from taking it for a formula."""
    text = str(cell or "")
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA else text


_TABLES: dict[str, Columns] = {
    "contacts": CONTACTS, "touches": TOUCHES, "companies": COMPANIES, "fields": FIELDS,
}  # fmt: skip
