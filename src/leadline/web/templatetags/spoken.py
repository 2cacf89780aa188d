"""Names as one says them."""

from __future__ import annotations

from django import template

register = template.Library()


@register.filter
def spoken(name: str) -> str:
    """The name of a kind as it is said: “had meeting”."""
    return name.replace("_", " ")
