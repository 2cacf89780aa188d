"""How an error leaves the API: as a problem of RFC 9457, by the one table of errors."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as BadRequest
from pydantic import BaseModel, Field

from leadline.engine.errors import LeadlineError
from leadline.web.errors import Busy, Invalid, NotFound, leaving

log = logging.getLogger(__name__)
PROBLEM = "application/problem+json"
WAIT = "1"


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
    response = problem(left.status, code, detail, **told)
    if left.again:
        response["Retry-After"] = WAIT
    return response


def answer_with_problems(api: NinjaAPI) -> None:
    """Let every error leave as a problem."""

    def said(request: HttpRequest, error: Any) -> HttpResponse:
        return of_error(error)

    def refused(request: HttpRequest, error: Any) -> HttpResponse:
        response = problem(401, "unauthorised", "A token is needed: Authorization: Bearer …")
        response["WWW-Authenticate"] = "Bearer"
        return response

    def unreadable(request: HttpRequest, error: Any) -> HttpResponse:
        return of_error(_told(error))

    def http(request: HttpRequest, error: Any) -> HttpResponse:
        if isinstance(error.__cause__, LeadlineError):  # raised while the body was read
            return of_error(error.__cause__)
        return problem(error.status_code, "bad-request", str(error))

    def absent(request: HttpRequest, error: Any) -> HttpResponse:
        return of_error(NotFound("Something was asked for", found="nothing of that address"))

    def locked(request: HttpRequest, error: Any) -> HttpResponse:
        log.warning("the database did not answer: %s", error)
        return of_error(Busy("The database was asked", found="that it is at work", allowed="another try"))

    api.add_exception_handler(LeadlineError, said)
    api.add_exception_handler(AuthenticationError, refused)
    api.add_exception_handler(BadRequest, unreadable)
    api.add_exception_handler(HttpError, http)
    api.add_exception_handler(Http404, absent)
    api.add_exception_handler(OperationalError, locked)


def _told(error: BadRequest) -> Invalid:
    first = error.errors[0]
    place = [str(part) for part in first.get("loc", ()) if part not in {"body", "query", "path", "given"}]
    return Invalid(
        f"“{'.'.join(place)}” was given" if place else "A request was made",
        found=str(first.get("msg", "something else")),
        allowed="what /api/v1/openapi.json describes",
    )
