"""What is read of a request before anybody looks at it."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from leadline.web.errors import Invalid

DEEPEST = 20


class Reader(Parser):
    """JSON as RFC 8259 has it, of texts that can be kept: no NUL, no half of a pair, no NaN."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body of a request. Raises Invalid."""
        try:
            found = json.loads(request.body, parse_constant=_refuse)
        except RequestDataTooBig:
            raise Invalid(
                "The body of a request was read",
                found="too much at once",
                allowed=f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes",
            ) from None
        except (ValueError, RecursionError):
            raise Invalid(
                "The body of a request was read", found="something else", allowed="JSON, in UTF-8"
            ) from None
        check_texts(found)
        return found  # type: ignore[no-any-return]

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """The query of an address. Raises Invalid."""
        found = super().parse_querydict(data, list_fields, request)
        check_texts(found)
        return found


def check_texts(found: Any, depth: int = 0) -> None:
    """Raise Invalid where a text, however deep, can't be kept."""
    if depth > DEEPEST:
        raise Invalid("A request was read", found="lists in lists, too deep", allowed=f"{DEEPEST} of them")
    if isinstance(found, str):
        if "\x00" in found or not _is_whole(found):
            raise Invalid("A text was given", found="a character that can't be kept", allowed="any but NUL")
    elif isinstance(found, dict):
        for name, value in found.items():
            check_texts(name, depth + 1)
            check_texts(value, depth + 1)
    elif isinstance(found, list):
        for value in found:
            check_texts(value, depth + 1)


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
