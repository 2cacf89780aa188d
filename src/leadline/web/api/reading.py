"""What is read of a request before anybody looks at it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NoReturn

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from leadline.web.errors import Invalid, NoLength, TooLarge, Unreadable

DEEPEST = 20
ASKED = "The body of a request was read"
KEPT = "any character but NUL and half of a pair"


class _NoJson(ValueError):
    """What RFC 8259 has no place for, in our words."""


class Reader(Parser):
    """JSON as RFC 8259 has it, of texts that can be kept: no NUL, no half of a pair, no NaN."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body of a request. Raises Invalid."""
        try:
            found = json.loads(
                request.body.decode("utf-8-sig"), parse_constant=_refuse, object_pairs_hook=_of_pairs
            )
        except RecursionError:
            raise _too_deep() from None
        except ValueError as error:
            found, allowed = _place_of(error), "JSON, in UTF-8"
            raise _of_its_sort(request)(ASKED, found=found, allowed=allowed) from None
        check_texts(found)
        return found  # type: ignore[no-any-return]

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """The query of an address. Raises Invalid."""
        found = super().parse_querydict(data, list_fields, request)
        check_texts(found)
        return found


class HeadMiddleware:
    """Answers HEAD as GET: whoever sends the answer leaves its body out. Of the API alone.

    A link on a page may work once, and those who look at links before people do ask with HEAD.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer; around it the request is what it was."""
        if request.method != "HEAD" or not request.path.startswith("/api/"):
            return self.get_response(request)
        request.method = "GET"
        try:
            return self.get_response(request)
        finally:
            request.method = "HEAD"


def check_body(request: HttpRequest) -> None:
    """Raise NoLength, TooLarge or Unreadable for a body that isn't read at all."""
    told = request.META
    if told.get("HTTP_TRANSFER_ENCODING"):  # of which Django would read nothing, and say nothing
        raise NoLength(ASKED, found="one in pieces", allowed="one with the header Content-Length")
    if told.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        raise Unreadable(ASKED, found="one that is packed", allowed="one without a Content-Encoding")
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if request.content_type != "multipart/form-data" and int(told.get("CONTENT_LENGTH") or 0) > most:
        raise TooLarge(ASKED, found=f"{int(told['CONTENT_LENGTH']):,} bytes", allowed=f"{most:,} at most")


def check_texts(found: Any, depth: int = 0) -> None:
    """Raise Invalid where a text, however deep, can't be kept."""
    if depth > DEEPEST:
        raise _too_deep()
    if isinstance(found, str):
        if "\x00" in found or not _is_whole(found):
            raise Invalid("A text was given", found="a character that can't be kept", allowed=KEPT)
    elif isinstance(found, dict):
        for name, value in found.items():
            check_texts(name, depth + 1)
            check_texts(value, depth + 1)
    elif isinstance(found, list):
        for value in found:
            check_texts(value, depth + 1)


def _too_deep() -> Invalid:
    return Invalid("A request was read", found="lists in lists, too deep", allowed=f"{DEEPEST} of them")


def _of_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which each name stands once: of two values nobody knows which is meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _NoJson(f"“{twice[:60]}” more than once in one object")
    return found


def _place_of(error: ValueError) -> str:
    """What a body is instead of JSON, and where."""
    if isinstance(error, json.JSONDecodeError):
        return f"no JSON from line {error.lineno}, letter {error.colno} on"
    if isinstance(error, UnicodeDecodeError):
        return "letters that aren't UTF-8"
    return str(error) if isinstance(error, _NoJson) else "a number of thousands of digits"


def _of_its_sort(request: HttpRequest) -> type[Invalid]:
    """How a body that is no JSON is refused: one that isn't meant to be any is of another sort."""
    return Invalid if request.content_type in ("", "application/json", "text/plain") else Unreadable


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse(constant: str) -> NoReturn:
    raise _NoJson(f"{constant}, which is no number")
