"""Values of one's own fields, read by their types."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from leadline.engine.errors import nearest
from leadline.engine.importers.cells.values import parse_typed
from leadline.web.actions.texts import tidy
from leadline.web.errors import Invalid
from leadline.web.models import Field

YES, NO = ("yes", "true", "on", "1"), ("no", "false", "off", "0")


def declared(of: str) -> dict[str, Field]:
    """The fields that are declared, of contacts or companies, by name."""
    return {field.name: field for field in Field.objects.filter(of=of)}


def read_fields(
    of: str, given: Mapping[str, Any], known: Mapping[str, Field] | None = None
) -> dict[str, Any]:
    """The values of some fields as they are kept; None where one was emptied. `known` are those declared.

    Raises Invalid for a field that nobody declared, and for a value that isn't of its type.
    """
    if not given:
        return {}
    known = declared(of) if known is None else known
    for name in given:
        if name not in known:
            raise Invalid(
                f"A field of a {of} was given",
                found=f"“{name}”",
                allowed=", ".join(known) or "none: no fields are declared",
                suggestion=nearest(name, known),
            )
    return {name: _read(known[name], value) for name, value in given.items()}


def read_field(field: Field, text: str) -> Any:
    """The value of a field as it is kept, from a cell of a file; raises Invalid for what isn't of its type.

    Files write numbers and days as their programs do: `1,200.50`, `2026-03-31 10:00`.
    """
    if field.type == Field.Type.TEXT:
        return text.strip() or None
    if field.type == Field.Type.NUMBER and (number := parse_typed(text)) is not None:
        text = str(number)
    if field.type == Field.Type.DATE and len(text) > 10 and text[10] in " T":
        text = text[:10]
    if field.type == Field.Type.CHOICE:
        same = {str(one).casefold(): str(one) for one in field.choices}
        text = same.get(text.strip().casefold(), text)
    return _read(field, text)


def without_blanks(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that say something."""
    return {name: value for name, value in fields.items() if value is not None}


def _read(field: Field, value: Any) -> Any:
    """A value that was typed, or one of JSON, which has its own type."""
    where = f"field.{field.name}"
    if not _may_be(field, value):
        raise Invalid(
            f"The field {field.label} was given",
            found=f"“{str(value)[:80]}”",
            allowed=f"what it holds: {field.get_type_display().lower()}",
            field=where,
        )
    text = tidy("" if value is None else str(value), f"The field {field.label}", 1000, where)
    if not text:
        return None
    try:
        return _of_type(field, text)
    except ValueError:
        allowed = {
            Field.Type.NUMBER: "a number, as 12, 12.5 or 12,5",
            Field.Type.DATE: "a date, as 2026-03-31",
            Field.Type.FLAG: "yes or no",
            Field.Type.CHOICE: ", ".join(map(str, field.choices)),
        }[Field.Type(field.type)]
        found = f"“{text[:80]}”"
        asked = f"The field {field.label} was given"
        raise Invalid(asked, found=found, allowed=allowed, field=where) from None


def _may_be(field: Field, value: Any) -> bool:
    if value is None or isinstance(value, str):
        return True
    if isinstance(value, bool):
        return field.type == Field.Type.FLAG
    return isinstance(value, int | float) and field.type in (Field.Type.NUMBER, Field.Type.CHOICE)


def _of_type(field: Field, text: str) -> Any:
    if field.type == Field.Type.NUMBER:
        number = _number(text)
        if not math.isfinite(number) or abs(number) > 1e15:
            raise ValueError
        return int(number) if number.is_integer() else number
    if field.type == Field.Type.DATE:
        return date.fromisoformat(text).isoformat()
    if field.type == Field.Type.FLAG:
        if text.casefold() not in (*YES, *NO):
            raise ValueError
        return text.casefold() in YES
    if field.type == Field.Type.CHOICE and text not in map(str, field.choices):
        raise ValueError
    return text


def _number(text: str) -> float:
    """A number as programs write it, or with a comma: on many phones there is no other key."""
    typed = parse_typed(text) if "," in text else None
    return float(text if typed is None else typed)
