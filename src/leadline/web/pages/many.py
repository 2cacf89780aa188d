"""Many records of a list at once: those ticked, whose they are to be, and all of them as a file."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.http import QueryDict, StreamingHttpResponse

from leadline.web import access
from leadline.web.actions.imports import guard
from leadline.web.errors import Forbidden
from leadline.web.models import Team, User


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
    return access.find(User.objects.filter(is_active=True), whole_of(number))


def keepers_to_choose(user: User, owner: int | None) -> dict[str, list[tuple[object, object]]]:
    """To whom a record can be given, and of which team it can be; also whoever has it, if they were let go.

    Teams, and nobody, are for those who see all of a team.
    """
    people = User.objects.filter(Q(is_active=True) | Q(pk=owner)).order_by("-is_active", "name", "email")
    named = [(one.pk, one if one.is_active else f"{one} (let go)") for one in people]
    whole = access.may(user, "export")
    nobody: list[tuple[object, object]] = [("", "Nobody")] if whole or owner is None else []
    teams: list[tuple[object, object]] = [
        ("", "None"),
        *((one.pk, one) for one in Team.objects.order_by("name")),
    ]
    return {"owners": [*nobody, *named], "teams": teams if whole and len(teams) > 1 else []}


def keepers_of(user: User, form: Mapping[str, str]) -> dict[str, Any]:
    """Whose a record is to be by the fields that were changed; the team goes with the owner, unless said."""
    found: dict[str, Any] = {}
    if "owner" in form:
        found["owner"] = new_owner(user, form["owner"])
        found |= {"team": found["owner"].team} if found["owner"] else {}
    if "team" in form and access.may(user, "export"):
        found["team"] = access.find(Team.objects.all(), whole_of(form["team"])) if form["team"] else None
    return found


def whole_of(text: str) -> int:
    """The number that was chosen; 0, which nothing has, for anything else."""
    return int(text) if text.isdecimal() and len(text) <= 18 else 0


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
