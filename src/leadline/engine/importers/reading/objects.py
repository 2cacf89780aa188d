"""Tables of JSON files: objects of a list, or one a line, as programs hand out what they hold.

| found in an object | becomes |
|---|---|
| an object | a column for each name in it: `properties.email`, or `email` where nothing else is called so |
| a list of texts | one cell, with commas |
| a list of objects with a `value` each | the same of these values, the one that is `primary` first |
| any other list | left out |

A document of conversations is one table of their messages (`conversations`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from leadline.engine.errors import BadFile
from leadline.engine.importers.reading.conversations import read_conversations
from leadline.engine.importers.reading.references import name_references
from leadline.engine.importers.reading.sheets import cell_text

FORMS = "[{…}, {…}], or {…} a line"
"""How JSON is written that can be a table."""
SHOWN = 30
"""So many characters are shown of what is no JSON."""
DEEPEST = 4
"""Objects in objects in objects: those further down are left out."""
Rows = list[list[str]]


def is_json(start: bytes) -> bool:
    """Whether a file that begins with `start` holds JSON."""
    text = start[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return text.startswith((b'{"', b"[{", b"{}", b"[]")) or (
        text[:1] in (b"{", b"[") and text[1:].lstrip()[:1] in (b'"', b"{", b"]", b"}")
    )


def is_lines(start: bytes) -> bool:
    """Whether it holds an object a line, so that its beginning can be read by itself."""
    first = start.removeprefix(b"\xef\xbb\xbf").lstrip().partition(b"\n")[0]
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


GENERAL = frozenset(
    {"name", "id", "key", "title", "label", "type", "status", "code", "uuid", "email", "phone"}
)
"""What many things have: of whom it is, is said by what it stands in."""
AROUND = frozenset({
    "properties", "attributes", "fields", "values", "traits", "data", "record", "item", "node", "contact",
    "person", "user", "customer", "lead", "client", "profile", "subscriber", "member",
})  # fmt: skip
"""Names of what stands around the whole of a record, or of a person."""


def read_objects(path: Path) -> list[tuple[str, Rows]]:
    """The tables of a file, each with its name and its rows, of which the first is the header.

    An object that holds lists of objects has one table for each of them, but for lists of the names to which
    the others refer by ids. Raises BadFile.
    """
    text = path.read_bytes().decode("utf-8-sig", "replace")
    found = _load(path, text)
    messages = read_conversations(found)
    lists = [("", messages)] if messages else name_references([*_lists(found)])
    tables = [(name, _rows(rows)) for name, rows in lists if any(rows)]
    if not tables:
        raise BadFile("the JSON has no list of objects", allowed=FORMS, where=str(path))
    return tables


def _load(path: Path, text: str) -> Any:
    """What the text says, as a whole or line by line. Raises BadFile, saying where it is no JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        whole = _refuse(path, text, error)
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise whole if number == 1 else _refuse(path, line, error, number) from None
    return found


def _refuse(path: Path, text: str, error: Exception, number: int = 0) -> BadFile:
    """The sentence for a text that is no JSON; `number` is that of its only line."""
    if isinstance(error, RecursionError):
        found = f"lists in lists, too deep to be read{f', on line {number}' if number else ''}"
    elif not isinstance(error, json.JSONDecodeError):
        found = "a number with too many digits"
    elif error.pos >= len(text.rstrip()):
        found = f"an end on line {number or error.lineno} before all brackets and quotes are closed"
    else:
        there = text[error.pos : error.pos + SHOWN].split("\n", maxsplit=1)[0].strip()
        place = f"line {number or error.lineno}, character {error.colno}"
        found = f"what is no JSON on {place}" + (f": “{there}”" if there.isprintable() and there else "")
    return BadFile("the JSON can't be read", found=found, allowed=FORMS, where=str(path))


def _lists(found: Any) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    if isinstance(found, dict):
        inner = {name: rows for name, rows in found.items() if _is_list(rows)}
        if not inner:
            yield "", [found]
        for name, rows in inner.items():
            yield name, [row for row in rows if isinstance(row, dict)]
    elif isinstance(found, list):
        yield "", [row for row in found if isinstance(row, dict)]


def _is_list(rows: Any) -> bool:
    return isinstance(rows, list) and bool(rows) and all(isinstance(row, dict) for row in rows)


def _rows(objects: Iterable[dict[str, Any]]) -> Rows:
    flat = [dict(_cells(one)) for one in objects]
    names = list(dict.fromkeys(name for row in flat for name in row))
    ends = Counter(name.rpartition(".")[2] for name in names)
    header = [
        end if ends[end := name.rpartition(".")[2]] == 1 and _says_all(name) else name for name in names
    ]
    return [header, *([row.get(name, "") for name in names] for row in flat)]


def _says_all(name: str) -> bool:
    """Whether the last part of a nested name says what it is of: `name` does not, inside of `company`."""
    *inside, end = name.split(".")
    return not inside or end.casefold() not in GENERAL or inside[-1].casefold() in AROUND


def _cells(found: dict[str, Any], before: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    for name, value in found.items():
        if isinstance(value, dict):
            if depth < DEEPEST:
                yield from _cells(value, f"{before}{name}.", depth + 1)
        else:
            yield f"{before}{name}", _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        ordered = sorted(value, key=lambda one: not (isinstance(one, dict) and one.get("primary")))
        texts = [_text(one.get("value") if isinstance(one, dict) else one) for one in ordered]
        return ", ".join(text for text in texts if text)
    return cell_text(value)
