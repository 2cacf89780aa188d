"""What every page is set in: who looks, when, and how an error is said."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from leadline.engine.errors import LeadlineError
from leadline.web.actions.acting import Actor
from leadline.web.errors import leaving
from leadline.web.models import User

View = Callable[..., HttpResponseBase]


def now() -> int:
    """The instant that it is, in microseconds UTC: the one clock of the pages."""
    return time.time_ns() // 1000


def user_of(request: HttpRequest) -> User:
    """Who is signed in; pages are only reached by somebody who is."""
    return cast("User", request.user)


def actor_of(request: HttpRequest) -> Actor:
    """Who acts, and when."""
    return Actor.of(user_of(request), now())


def say(request: HttpRequest, words: str, undo: str = "") -> None:
    """Say on the page shown next what was done, with a button that undoes it by a POST to an address."""
    messages.success(request, words, extra_tags=undo)


def explain(request: HttpRequest, status: int, told: dict[str, Any]) -> HttpResponse:
    """What went wrong: a whole page, or where htmx asked for a part, a message beside what is there."""
    if not request.headers.get("HX-Request"):
        return render(request, "web/error.html", told, status=status)
    answer = render(request, "web/parts/error.html", told, status=status)
    answer["HX-Retarget"], answer["HX-Reswap"], answer["HX-Reselect"] = "#toasts", "beforeend", ".toast"
    return answer


def page(template: str) -> Callable[[Callable[..., dict[str, Any] | HttpResponseBase]], View]:
    """A page: the view answers with what its template needs, or with a response of its own.

    A LeadlineError becomes a sentence with its status: a whole page, or the part that htmx asked for.
    """

    def wrapped(view: Callable[..., dict[str, Any] | HttpResponseBase]) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *given: Any, **named: Any) -> HttpResponseBase:
            try:
                found = view(request, *given, **named)
            except LeadlineError as error:
                left = leaving(error)
                return left.mark(explain(request, left.status, {"error": error}))
            return found if isinstance(found, HttpResponseBase) else render(request, template, found)

        return answer

    return wrapped
