"""What every page is set in: who looks, when, and how an error is said."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render

from leadline.engine.errors import LeadlineError
from leadline.web.actions.acting import Actor
from leadline.web.errors import leaving
from leadline.web.models import User

View = Callable[..., HttpResponseBase]
Told = Callable[..., dict[str, Any] | HttpResponseBase]
Shown = Callable[[], dict[str, Any]]
MEANINGS = ("funnel", "currency", "by", "which", "sort")
"""Parameters of addresses that say what others mean, or how what is meant is shown."""
_SENSELESS = 422


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


def page(template: str, *, filtered: bool = False) -> Callable[[Told], View]:
    """A page: the view answers with what its template needs, or with a response of its own.

    A LeadlineError becomes a sentence with its status: a whole page, or the part that htmx asked for. What a
    page is `filtered` by that makes no sense is left out, and the same sentence stands above the rest.
    """

    def wrapped(view: Told) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *given: Any, **named: Any) -> HttpResponseBase:
            def shown() -> dict[str, Any]:
                return cast("dict[str, Any]", view(request, *given, **named))

            try:
                found = view(request, *given, **named)
            except LeadlineError as error:
                left = leaving(error)
                if filtered and left.status == _SENSELESS and not request.headers.get("HX-Request"):
                    rest = _without_wrong(request, shown, error)
                    return render(request, template, rest, status=left.status)
                return left.mark(explain(request, left.status, {"error": error}))
            return found if isinstance(found, HttpResponseBase) else render(request, template, found)

        return answer

    return wrapped


def _without_wrong(request: HttpRequest, shown: Shown, first: LeadlineError) -> dict[str, Any]:
    """What a view shows by those parameters of its address that make sense, and why the others make none.

    One is added after the other, first those that say what others mean.
    """
    asked, wrong = request.GET, list[LeadlineError]()
    kept = QueryDict("all=1", mutable=True)  # and not what is usual where nothing is asked for
    request.GET = QueryDict(kept.urlencode())
    found = shown()
    for name in sorted(asked, key=lambda one: one not in MEANINGS):
        kept.setlist(name, asked.getlist(name))
        request.GET = QueryDict(kept.urlencode())
        try:
            found = shown()
        except LeadlineError as error:
            wrong.append(error)
            del kept[name]
    return found | {"left_out": wrong or [first]}  # of a view that comes first
