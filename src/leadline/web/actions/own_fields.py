"""The values of fields of one's own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from leadline.engine.errors import nearest
from leadline.web.errors import Invalid
from leadline.web.models import Field

LONGEST = 2000
ALLOWED = {
    Field.Type.TEXT: f"a text of at most {LONGEST:,} letters",
    Field.Type.NUMBER: "a number",
    Field.Type.DATE: "a day as 2026-03-31",
    Field.Type.FLAG: "true or false",
}


def check_fields(of: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are kept. Raises Invalid for an unknown field and a wrong value."""
    known = {field.name: field for field in Field.objects.filter(of=of)}
    for name, value in given.items():
        if name not in known:
            raise Invalid(
                f"The field “{name}” was given",
                found="no field of that name",
                allowed=", ".join(known) or "none: no fields have been made",
                suggestion=nearest(name, known),
            )
        if value is not None and not _fits(known[name], value):
            choices = ", ".join(map(str, known[name].choices))
            raise Invalid(
                f"The field “{name}” was given",
                found=repr(value)[:80],
                allowed=ALLOWED.get(Field.Type(known[name].type), f"one of: {choices}"),
            )
    return dict(given)


def _fits(field: Field, value: Any) -> bool:
    match field.type:
        case Field.Type.TEXT:
            return isinstance(value, str) and len(value) <= LONGEST
        case Field.Type.NUMBER:
            return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        case Field.Type.FLAG:
            return isinstance(value, bool)
        case Field.Type.CHOICE:
            return value in field.choices
    return isinstance(value, str) and _is_day(value)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
