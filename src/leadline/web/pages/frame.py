"""What every page is set in: who looks, when, and how an error is said."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from leadline.engine.errors import LeadlineError
from leadline.web.actions.acting import Actor
from leadline.web.errors import leaving
from leadline.web.models import User

View = Callable[..., HttpResponse]


def now() -> int:
    """The instant that it is, in microseconds UTC: the one clock of the pages."""
    return time.time_ns() // 1000


def user_of(request: HttpRequest) -> User:
    """Who is signed in; pages are only reached by somebody who is."""
    return cast("User", request.user)


def actor_of(request: HttpRequest) -> Actor:
    """Who acts, and when."""
    return Actor.of(user_of(request), now())


def page(template: str) -> Callable[[Callable[..., dict[str, Any] | HttpResponse]], View]:
    """A page: the view answers with what its template needs, or with a response of its own.

    A LeadlineError becomes a sentence with its status: a whole page, or the part that htmx asked for.
    """

    def wrapped(view: Callable[..., dict[str, Any] | HttpResponse]) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
            try:
                found = view(request, *given, **named)
            except LeadlineError as error:
                part = "web/parts/error.html" if request.headers.get("HX-Request") else "web/error.html"
                return render(request, part, {"error": error}, status=leaving(error).status)
            return found if isinstance(found, HttpResponse) else render(request, template, found)

        return answer

    return wrapped
