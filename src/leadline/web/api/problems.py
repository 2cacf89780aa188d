"""How an error leaves the API: as a problem of RFC 9457, by the one table of errors."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as BadRequest
from pydantic import BaseModel, Field

from leadline.engine.errors import LeadlineError
from leadline.web.actions.replies import Repeated
from leadline.web.api.misfits import DESCRIBED, misfit
from leadline.web.api.reading import check_body
from leadline.web.errors import Invalid, NoSuchMethod, NotFound, leaving, trouble
from leadline.web.tokens import refusal

log = logging.getLogger(__name__)
PROBLEM = "application/problem+json"


class Problem(BaseModel):
    """What went wrong. `code` never changes; `detail` is a sentence for people."""

    type: str = Field(examples=["urn:leadline:error:not-found"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str
    code: str = Field(examples=["not-found"])
    asked: str = ""
    found: str = ""
    allowed: str = ""
    suggestion: str = ""
    where: str = Field(default="", description="The row of a request that it is about, as “row 3”.")


def problem(status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    """One problem as a response."""
    body = {
        "type": f"urn:leadline:error:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    return JsonResponse(body | more, status=status, content_type=PROBLEM)


def of_error(error: LeadlineError) -> HttpResponse:
    """The problem of an error, by the table."""
    left, told = leaving(error), error.as_dict()
    detail, code = told.pop("message"), told.pop("code")
    return left.mark(problem(left.status, code, detail, **told))


def answer_with_problems(api: NinjaAPI) -> None:
    """Let every error leave as a problem."""

    def said(request: HttpRequest, error: Any) -> HttpResponse:
        return of_error(error)

    def refused(request: HttpRequest, error: Any) -> HttpResponse:
        response = of_error(refusal(request))
        response["WWW-Authenticate"] = "Bearer"
        return response

    def unreadable(request: HttpRequest, error: Any) -> HttpResponse:
        return of_error(misfit(error))

    def http(request: HttpRequest, error: Any) -> HttpResponse:
        if isinstance(error.__cause__, LeadlineError):  # raised while the body was read
            return of_error(error.__cause__)
        return problem(error.status_code, "bad-request", str(error))

    def absent(request: HttpRequest, error: Any) -> HttpResponse:
        return of_error(NotFound("Something was asked for", found="nothing of that address"))

    def failing(request: HttpRequest, error: Any) -> HttpResponse:
        told = trouble(error)
        if told is None:
            raise error
        log.warning("%s: %s", told.code, error)
        return of_error(told)

    api.add_exception_handler(LeadlineError, said)
    api.add_exception_handler(Repeated, _repeated)
    api.add_exception_handler(AuthenticationError, refused)
    api.add_exception_handler(BadRequest, unreadable)
    api.add_exception_handler(HttpError, http)
    api.add_exception_handler(Http404, absent)
    for kind in (DatabaseError, InterfaceError, OSError):
        api.add_exception_handler(kind, failing)


class ProblemsMiddleware:
    """Lets what fails before an operation is found leave as a problem too: the address, method or body."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer; in place of a page that tells people of a failure the problem."""
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        try:
            check_body(request)
        except Invalid as error:
            return of_error(error)
        response = self.get_response(request)
        told = response.get("Content-Type", "").startswith(PROBLEM)
        if response.status_code < 400 or told:
            return response
        return _as_problem(request, response)


def _as_problem(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The problem of an address, a method or a request that Django turned away, and of what is broken."""
    status, asked = HTTPStatus(response.status_code), f"{request.method} {request.path[:200]}"
    if status == HTTPStatus.NOT_FOUND:
        return of_error(
            NotFound(f"{asked} was asked for", found="nothing of that address", allowed=DESCRIBED)
        )
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = response["Allow"].replace("GET", "GET, HEAD")
        found = of_error(
            NoSuchMethod(f"{asked} was asked for", found="that address, and no such method", allowed=allowed)
        )
        found["Allow"] = allowed
        return found
    broken = "broken" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "bad-request"
    return problem(status, broken, f"{status.phrase}: {status.description}.", asked=asked)


def _repeated(request: HttpRequest, error: Any) -> HttpResponse:
    return HttpResponse(error.content, status=error.status, content_type="application/json; charset=utf-8")
