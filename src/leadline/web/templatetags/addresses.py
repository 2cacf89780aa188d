"""Addresses of pages, for templates and views that write many of them."""

from __future__ import annotations

from functools import cache

from django.urls import reverse

_STANDS = 10**9
"""What stands for a number, or a word, where an address is looked up to be filled in."""


def address(name: str, *given: int | str) -> str:
    """The address of a page about the records of these numbers (or words of ours), as `url` says it.

    A list has hundreds: each page is looked up once, and its address filled in. Raises NoReverseMatch.
    """
    return _pattern(name, len(given)).format(*given)


@cache
def _pattern(name: str, count: int) -> str:
    """The address of a page with `{}` for each of so many that it is given."""
    stand = [_STANDS + place for place in range(count)]
    found = reverse(name, args=stand)
    for one in stand:
        found = found.replace(str(one), "{}")
    return found
