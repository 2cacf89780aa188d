"""What is said where a page can't be shown: it isn't there, it isn't theirs, or something broke."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from leadline.web.errors import Leaving, leaving, trouble
from leadline.web.pages.frame import explain


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: it could not be read."""
    return explain(
        request,
        400,
        {
            "title": "That could not be read",
            "words": "What the browser sent was cut short or garbled. Go back and try once more.",
        },
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: their role doesn't allow it."""
    return explain(
        request,
        403,
        {"title": "That isn’t yours to do", "words": "Your role doesn’t allow it. An owner can change that."},
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: there is no such page, or it isn't theirs to see."""
    return explain(
        request,
        404,
        {
            "title": "There is nothing here",
            "words": "The address is misspelled, what was here is gone, or it isn’t yours to see.",
        },
    )


def broken(request: HttpRequest) -> HttpResponse:
    """500: a fault of ours; 503 where database or disk fail. Nothing is asked of either."""
    failing = trouble(sys.exc_info()[1])
    told = {"title": "Not just now", "error": failing} if failing else {"title": "Something broke"}
    left = leaving(failing) if failing else Leaving(500)
    part = bool(request.headers.get("HX-Request"))
    template = "web/parts/error.html" if part else "web/error.html"
    answer = left.mark(render(None, template, {"words": BROKEN} | told, status=left.status))
    if part:
        answer["HX-Retarget"], answer["HX-Reswap"] = "#toasts", "beforeend"
    return answer


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 of a form without its token: it had been open for too long, or came from elsewhere."""
    return explain(
        request,
        403,
        {
            "title": "That form is out of date",
            "words": "It was open since before you last signed in, or this browser keeps no cookies. "
            "Nothing was changed. Load the page anew and send it again.",
        },
    )


BROKEN = "That is our fault, not yours. Nothing was half done. The log of the server says what it was."
