"""A log of touches with what lies beside it: a list of its contacts, audiences, and files that are neither.

So come the tables that Leadline itself exports, as CSV, JSON lines or Parquet, and a warehouse's as Parquet.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import numpy as np

from leadline.engine.errors import BadFile, LeadlineError
from leadline.engine.importers import FileCount, Imported, Mapping
from leadline.engine.kinds import Kinds
from leadline.engine.logs import read_touches
from leadline.engine.touches import TEXT, Column, Touches
from leadline.engine.wording import counted, listed

PARQUET = frozenset({".parquet", ".pq"})
OWN = ("touch_id", "contact_id", "kind", "happened_at")
"""How the columns of touches begin that Leadline exports."""
AUDIENCES = ("day", "kind", "path", "people")
WITHDRAWN = frozenset({"touches_of_machines", "touches_taken_back"})
"""Tables of touches that count for nothing."""
NAMES = {"name": "name", "email": "e-mail", "phone": "phone"}
"""Columns by which somebody is called, and what an import calls them."""
_KEYS = ("contact", "contact_id")
_READERS = {
    ".csv": "read_csv({}, header = true, all_varchar = true)",
    ".jsonl": "read_json({}, format = 'newline_delimited', columns = {{{}}})",
    **dict.fromkeys(PARQUET, "read_parquet({})"),
}


@dataclass(frozen=True)
class Found:
    """Files by what they hold; `own` where the log is one that Leadline exported."""

    log: Path
    own: bool
    audiences: Path | None
    contacts: Path | None
    others: tuple[Path, ...]


def sort_out(paths: Sequence[Path]) -> Found | None:
    """Which file is the log, and what the others are; None where they are exports of another kind.

    Raises BadFile for several logs.
    """
    columns = {path: _columns(path) for path in paths}
    own = [path for path in paths if columns[path][:4] == OWN and path.stem not in WITHDRAWN]
    logs = own or [path for path in paths if path.suffix.lower() in PARQUET and _is_log(columns[path])]
    logs = logs or [path for path in paths if path.suffix.lower() in PARQUET][:1]
    if not logs:
        return None
    if len(logs) > 1:
        names = listed([path.name for path in logs])
        raise BadFile(
            "One log of touches was asked for", found=f"{len(logs)}: {names}", allowed="one of them"
        )
    rest = [path for path in paths if path != logs[0]]
    audiences = [path for path in rest if own and columns[path][:4] == AUDIENCES and _is_touches(path)]
    contacts = [path for path in rest if path not in audiences and _is_list(columns[path])]
    kept = [*audiences[:1], *contacts[:1]]
    others = tuple(path for path in rest if path not in kept)
    first_audiences, first_contacts = next(iter(audiences), None), next(iter(contacts), None)
    return Found(logs[0], bool(own), first_audiences, first_contacts, others)


def read_sorted(found: Found, kinds: Kinds | None, mapping: Mapping | None) -> Imported:
    """The touches of a log, who its contacts are, and a sentence on the files that are neither."""
    touches = _read_own(found, kinds) if found.own else _read_log(found.log, kinds)
    contact, rows = touches.contact, 0
    names: dict[str, Column] = {}
    attributes: dict[str, Column] = {}
    if found.contacts is not None:
        contact, names, attributes, rows = _read_contacts(found.contacts, touches.contact)
    files = [FileCount(found.log.name, len(touches), len(touches), 0, ())]
    if found.audiences is not None:
        nobodys = int(np.count_nonzero(touches.contact.codes < 0))
        files[0] = replace(files[0], rows_read=len(touches) - nobodys, rows_used=len(touches) - nobodys)
        files.append(
            FileCount(found.audiences.name, nobodys, nobodys, 0, ("touches of people without names",))
        )
    if found.contacts is not None:
        files.append(FileCount(found.contacts.name, rows, rows, 0, (_told(touches, contact),)))
    left = "holds no touches that count, and was left aside"
    files += [FileCount(path.name, 0, 0, 0, (left,)) for path in found.others]
    return Imported(
        touches=replace(touches, contact=contact),
        unit="contact",
        attributes=attributes,
        typed=None,
        outcome=None,
        value=None,
        files=tuple(files),
        unused=(),
        mapping=mapping or Mapping(),
        notes=_left_aside(found.others),
        names=names,
    )


def _left_aside(others: Sequence[Path]) -> tuple[str, ...]:
    if not others:
        return ()
    hold = (
        "hold no touches that count, and were" if len(others) > 1 else "holds no touches that count, and was"
    )
    return (f"{listed([path.name for path in others])} {hold} left aside",)


def _told(touches: Touches, contact: Column) -> str:
    silent = len(contact.labels) - len(touches.contact.labels)
    more = f", of whom {counted(silent, 'more contact')} without a touch" if silent else ""
    return f"names and attributes of contacts{more}"


def _columns(path: Path) -> tuple[str, ...]:
    """The names of a table's columns, as far as they can be told at a glance."""
    suffix = path.suffix.lower()
    try:
        if suffix in PARQUET:
            with duckdb.connect() as connection:
                return tuple(connection.read_parquet(str(path)).columns)
        if suffix not in _READERS:
            return ()
        with path.open(encoding="utf-8-sig", newline="") as file:
            return tuple(json.loads(file.readline())) if suffix == ".jsonl" else tuple(next(csv.reader(file)))
    except (duckdb.Error, OSError, ValueError, TypeError, StopIteration, csv.Error):
        return ()


def _is_log(columns: Sequence[str]) -> bool:
    plain = {name.casefold() for name in columns}
    return {"kind", "happened_at"} <= plain and not plain.isdisjoint(_KEYS)


def _is_touches(path: Path) -> bool:
    """Audiences are exported twice: as touches, and as what was written down day by day."""
    return path.stem == "audience_touches"


def _is_list(columns: Sequence[str]) -> bool:
    """Whether each row is somebody: a key, a name or an address, and nothing that happened."""
    return (
        not set(_KEYS).isdisjoint(columns) and not NAMES.keys().isdisjoint(columns) and "kind" not in columns
    )


def _read_own(found: Found, kinds: Kinds | None) -> Touches:
    """Touches that Leadline exported, and those of people without names, as one log."""
    texts = ", ".join(name for name in TEXT if name in _columns(found.log))
    log = f"SELECT contact_id AS contact, kind, happened_at::TIMESTAMPTZ AS happened_at, {texts}, "
    log += f"value::DECIMAL(28, 4) AS value, NULL::BIGINT AS n FROM {_source(found.log)}"
    if found.audiences is not None:
        log += " UNION ALL BY NAME SELECT NULL AS contact, kind, day::TIMESTAMPTZ AS happened_at, path, "
        log += f"content, people::BIGINT AS n FROM {_source(found.audiences)}"
    with TemporaryDirectory(prefix="leadline-") as folder:
        joined = Path(folder) / "touches.parquet"
        try:
            with duckdb.connect() as connection:
                connection.execute("SET TimeZone = 'UTC'")
                connection.execute(f"COPY ({log}) TO '{joined}' (FORMAT parquet)")
        except duckdb.Error as error:
            said = str(error).splitlines()[0]
            raise BadFile("What Leadline exported can't be read", found=said, where=str(found.log)) from None
        return read_touches(joined, kinds=kinds)


def _source(path: Path) -> str:
    suffix = path.suffix.lower()
    columns = _columns(path) if suffix == ".jsonl" else ()
    return _READERS[suffix].format(
        _quoted(str(path)), ", ".join(f"{_quoted(one)}: 'VARCHAR'" for one in columns)
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _read_contacts(path: Path, contact: Column) -> tuple[Column, dict[str, Column], dict[str, Column], int]:
    """Everybody: those of the touches, then those without any; what they are called; what else is known."""
    with duckdb.connect() as connection:
        relation = connection.sql(f"SELECT * FROM {_source(path)}")  # noqa: S608 - a quoted path
        key = next(name for name in _KEYS if name in relation.columns)
        headers = [key, *(name for name in relation.columns if name != key)]
        chosen = ", ".join('"' + name.replace('"', '""') + '"::VARCHAR' for name in headers)
        rows = relation.project(chosen).fetchall()
    place = {str(label): number for number, label in enumerate(contact.labels)}
    told: dict[int, Sequence[Any]] = {}
    for row in rows:
        if row[0] is not None:
            told.setdefault(place.setdefault(row[0], len(place)), row)
    labels = [*contact.labels, *list(place)[len(contact.labels) :]]
    nothing = (None,) * len(headers)
    known = [told.get(number, nothing) for number in range(len(labels))]
    columns = {
        header: Column.of(row[number] or None for row in known) for number, header in enumerate(headers)
    }
    names = {NAMES[header]: columns[header] for header in headers if header in NAMES}
    attributes = {
        header: column
        for header, column in columns.items()
        if header != key and header not in NAMES and column.labels
    }
    return Column(contact.codes, labels), names, attributes, len(rows)


def _read_log(path: Path, kinds: Kinds | None) -> Touches:
    """The touches of a log; who is at a terminal can't say, as in Python, which `names` its columns have."""
    try:
        return read_touches(path, kinds=kinds)
    except LeadlineError as error:
        if "names=" not in error.allowed:
            raise
        raise BadFile(
            "a log of touches in Parquet needs the columns contact, kind and happened_at",
            found=error.found,
            allowed="these names; or the same table as CSV, whose columns may be called as they are",
            where=str(path),
        ) from None
