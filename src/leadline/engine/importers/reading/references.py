"""Lists of names in a JSON document, to which the objects of its other lists refer by their ids.

Columns of a board, stages of a pipeline, labels: `{"id": "s1", "name": "Won"}`. They are no records of their
own; where another list says `"stage_id": "s1"`, it means “Won”.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from leadline.engine.importers.words import tokens

NAMES = ("name", "title", "label", "text")
"""How the name of something is called that others refer to; the first that is there holds."""
BESIDE = frozenset({"pos", "position", "order", "sort", "rank", "index", "color", "colour", "type", "slug"})
"""What else such a thing may have, besides yes and no, ids, and what stands further inside."""
IDS = frozenset({"id", "ids"})
"""One of these is a word of each reference."""
CALLED = "{} name"
"""What a reference is called once it holds the name."""
Objects = list[dict[str, Any]]


def name_references(lists: Sequence[tuple[str, Objects]]) -> list[tuple[str, Objects]]:
    """The lists of a document with names for ids, without those that hold nothing but such names."""
    named = {place: names for place, (_, rows) in enumerate(lists) if (names := _find_names(rows))}
    found = {place: rows for place, (_, rows) in enumerate(lists)}
    used = set()
    for place, names in named.items():
        for other, rows in found.items():
            keys = [] if other == place else [*_find_references(rows, names)]
            if keys:
                found[other] = [_resolve(row, keys, names) for row in rows]
                used.add(place)
    return [(name, found[place]) for place, (name, _) in enumerate(lists) if place not in used]


def _find_names(rows: Objects) -> dict[str, str]:
    """What each id of a list stands for, if that is all that its objects say; otherwise nothing."""
    names = {str(row["id"]): str(name) for row in rows if "id" in row and (name := _name(row))}
    only = len(names) == len(rows) and all(_only_names(row) for row in rows)
    return names if only else {}


def _name(row: dict[str, Any]) -> str | None:
    said = (row.get(key) for key in NAMES)
    return next((name for name in said if isinstance(name, str) and name), None)


def _only_names(row: dict[str, Any]) -> bool:
    """Whether an object says nothing besides its id and its name that anybody would miss."""
    for key, value in row.items():
        beside = key in NAMES or (BESIDE | IDS) & {*tokens(key)}
        if not beside and not isinstance(value, bool | dict | None) and value not in ("", []):
            return False
    return not any("@" in text for text in _texts(row))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def _find_references(rows: Objects, names: dict[str, str]) -> Iterator[str]:
    """The keys under which each object that has one refers to such a name."""
    for key in dict.fromkeys(key for row in rows for key in row):
        said = [row[key] for row in rows if row.get(key) not in (None, "", [])]
        words = tokens(key)
        if len(words) > 1 and IDS & {*words} and said and all(_is_reference(one, names) for one in said):
            yield key


def _is_reference(value: Any, names: dict[str, str]) -> bool:
    if isinstance(value, list):
        return all(not isinstance(one, dict | list) and str(one) in names for one in value)
    return isinstance(value, str | int) and str(value) in names


def _resolve(row: dict[str, Any], keys: Sequence[str], names: dict[str, str]) -> dict[str, Any]:
    return dict(_resolved(row, keys, names))


def _resolved(row: dict[str, Any], keys: Sequence[str], names: dict[str, str]) -> Iterator[tuple[str, Any]]:
    for key, value in row.items():
        if key not in keys or value in (None, "", []):
            yield key, value
            continue
        called = CALLED.format(" ".join(word for word in tokens(key) if word not in IDS))
        found = [names[str(one)] for one in value] if isinstance(value, list) else names[str(value)]
        yield (key if called in row else called), found
