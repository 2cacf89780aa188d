"""What in a request doesn't fit the description: which part of it, what was found there, what would fit."""

from __future__ import annotations

import json
import re
from typing import Any

from ninja.errors import ValidationError

from leadline.web.errors import Invalid

ROWS = {"contacts", "touches"}
"""Lists of the records that requests of many are about."""
DESCRIBED = "what /api/v1/openapi.json describes"
_CHOICE = re.compile(r"[\['(]|^constrained-")
"""Parts of a place that name a choice of pydantic's, and nothing that was written."""
_SHOULD = re.compile(r"^(Value error, |\w+ should (be |have )?)| after validation.*$")
_UNREAD = re.compile(r"_(parsing|type)$|^int_from_float$")
_OBJECT = re.compile("^(model|dict)_.*type$")


def misfit(error: ValidationError) -> Invalid:
    """The first thing that doesn't fit; of a row of many, `where` names the row."""
    first = error.errors[0]
    place = _place_of(first)
    where = None
    if len(place) > 1 and place[0] in ROWS and place[1].isdigit():
        where, place = f"row {int(place[1]) + 1}", place[2:]
    named = f"“{'.'.join(place)[:80]}”" if place else "A row" if where else "The body of a request"
    if first["type"] == "missing":
        return Invalid(f"{named} is needed", found="nothing", allowed=DESCRIBED, where=where)
    if first["type"] == "extra_forbidden":
        known = "a name that nobody knows here"
        return Invalid(f"{named} was given", found=known, allowed=DESCRIBED, where=where)
    return Invalid(f"{named} was given", found=_seen(first["input"]), allowed=_fitting(first), where=where)


def _place_of(first: dict[str, Any]) -> list[str]:
    """Where in the body or the address it stands, by the names and numbers that were written there."""
    source, *parts = first["loc"]
    if source == "body" or parts[:1] == ["asked"]:  # how the operation calls all of it
        parts = parts[1:]
    strange = first["type"] == "extra_forbidden"
    return [str(part) for part in parts if strange or not _CHOICE.search(str(part))]


def _seen(value: Any) -> str:
    """A value as it was sent, or how much of it there is."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return f"a list of {len(value):,}"
    if isinstance(value, str):
        return f"“{value}”" if len(value) <= 80 else f"{len(value):,} letters, “{value[:20]}…”"
    return json.dumps(value, default=str)[:80]


def _fitting(first: dict[str, Any]) -> str:
    """What would fit, in the words of whoever looked, without what these say of the value itself."""
    kind, said = first["type"], _SHOULD.sub("", str(first["msg"]))
    if _OBJECT.search(kind):
        return "an object: names and values in braces"
    if kind == "string_pattern_mismatch":
        return f"a text such as {first['ctx']['pattern']} says"
    return said.partition(", ")[0] if _UNREAD.search(kind) else said
