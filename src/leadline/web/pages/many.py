"""Many records of a list at once: those ticked, whose they are to be, and all of them as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import QueryDict, StreamingHttpResponse

from leadline.web import access
from leadline.web.actions.imports import guard
from leadline.web.errors import Forbidden
from leadline.web.models import User


class _Echo:
    """A file that gives back what is written to it, for csv."""

    def write(self, text: str) -> str:
        return text


def ticked(form: QueryDict) -> list[int]:
    """The numbers of the rows that were ticked."""
    return [int(number) for number in form.getlist("id") if number.isdecimal() and len(number) <= 18]


def new_owner(user: User, number: str) -> User | None:
    """Who is to have records; managers and owners may leave them to nobody."""
    if not number:
        if not access.may(user, "export"):
            raise Forbidden(
                "Records were to belong to nobody", found=f"the role {user.role}", allowed="the role manager"
            )
        return None
    people = User.objects.filter(is_active=True)
    return access.find(people, int(number) if number.isdecimal() and len(number) <= 18 else 0)


def as_csv(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A file of rows as they come, however many; no cell of it is a formula to a spreadsheet."""
    writer = csv.writer(_Echo())

    def lines() -> Iterator[str]:
        yield "\ufeff" + writer.writerow(header)
        for row in rows:
            yield writer.writerow([guard(cell) if isinstance(cell, str) else cell for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
