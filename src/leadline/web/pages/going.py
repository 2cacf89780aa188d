"""Where a form leads, once it is done."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseRedirect
from django.shortcuts import resolve_url


class SeeOther(HttpResponseRedirect):
    """What was posted is done; what came of it is to be seen there."""

    status_code = 303


def see(to: str, *given: Any, query: str = "") -> SeeOther:
    """On to a page, by its name."""
    return SeeOther(resolve_url(to, *given) + (f"?{query}" if query else ""))
