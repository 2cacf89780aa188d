"""What is typed, before it is written: no longer than its column, and made of characters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models

from leadline.web.errors import Invalid

LONGEST = 20_000
"""Characters of a text that has no length of its own."""


def tidy(text: str, what: str, most: int = LONGEST, field: str = "") -> str:
    """The text without blanks at its ends; raises Invalid for one too long, or with a NUL in it.

    `field` is the field of a form in which it was typed.
    """
    text = text.strip()
    if "\x00" in text:
        raise Invalid(f"{what} was given", found="a NUL character", allowed="text", field=field)
    if len(text) > most:
        found = f"{len(text):,} characters"
        raise Invalid(f"{what} was given", found=found, allowed=f"at most {most:,}", field=field)
    return text


def tidy_columns(model: type[models.Model], columns: Mapping[str, Any]) -> dict[str, Any]:
    """The same columns, their texts tidied to the lengths that the model declares."""
    found = dict(columns)
    for name, value in found.items():
        if isinstance(value, str):
            column = model._meta.get_field(name)
            most = getattr(column, "max_length", None) or LONGEST
            found[name] = tidy(value, f"The {name.replace('_', ' ')}", most, name)
    return found
