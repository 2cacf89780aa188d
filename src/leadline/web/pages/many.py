"""Many records of a list at once: those ticked, whose they are to be, and all of them as a file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet, Value
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse

from leadline.engine.wording import counted
from leadline.web import access, together
from leadline.web.actions import edits, several
from leadline.web.actions.companies import change_companies
from leadline.web.actions.contacts import change_contacts
from leadline.web.actions.importing.unused import guard
from leadline.web.errors import Forbidden, Refused
from leadline.web.filters import Filters
from leadline.web.models import PathDefinition, Team, User
from leadline.web.pages import undoing
from leadline.web.pages.frame import actor_of, user_of
from leadline.web.pages.going import see
from leadline.web.pages.own_fields import as_meant
from leadline.web.refusals import plainly
from leadline.web.together import Question, put_together

MOST, MOST_CHOICES = several.MOST_AT_ONCE, 200
_Choice = tuple[int, str, str, bool]
"""A number, a name, an address where there is one, and whether it can be chosen for what is new."""
Meant = Callable[[QueryDict], tuple[Filters, QuerySet[Any]]]
"""What the address of a list asks for, and the records that it means."""


class _Echo:
    """A file that gives back what is written to it, for csv."""

    def write(self, text: str) -> str:
        return text


def ticked(form: QueryDict) -> list[int]:
    """The numbers of the rows that were ticked."""
    return [int(number) for number in form.getlist("id") if number.isdecimal() and len(number) <= 18]


def change_many(request: HttpRequest, of: several.Of, rows: QuerySet[Any], meant: Meant) -> HttpResponse:
    """Do what the button says with those ticked of `rows`, or with all that are filtered.

    More than somebody can wait for is left to the worker. Then back to the list, or on to how far it is.
    """
    user, form = user_of(request), request.POST
    access.require(user, "change")
    query, every = QueryDict(form.get("query", "")), form.get("every") == "1"
    filters, found = meant(query) if every else (Filters(), rows.filter(pk__in=ticked(form)))
    numbers = list(found.order_by().values_list("pk", flat=True)[: MOST + 1])
    there = {"contact": "contacts", "company": "companies"}[of]
    since = undoing.mark()
    try:
        change = _wanted(user, form, of)
        if len(numbers) > MOST and every:
            return see("edit", edits.start(actor_of(request), of, filters.given, change).pk)
        do = change_contacts if of == "contact" else change_companies
        changed = do(actor_of(request), numbers, change)
    except Refused as refusal:
        messages.error(request, plainly(refusal))
    else:
        undoing.say(request, f"Changed: {counted(changed, of)}.", since)
    return see(there, query=f"all=1&{query.urlencode()}")


def _wanted(user: User, form: QueryDict, of: several.Of) -> dict[str, Any]:
    """What is to be done with each, as `several` has it."""
    do = form.get("do", "")
    if do == "owner":
        owner = new_owner(user, form.get("owner", ""))
        return several.to_owner(owner, owner.team if owner else user.team)
    if do == "team":
        return {"do": do, "team": new_team(user, form.get("team", ""))}
    if do == "field":
        name, text = form.get("field", ""), form.get("value", "").strip()
        return {"do": do, "field": name, "value": as_meant(of, {name: text})[name]}
    return {"do": do, "add": form.get("add", ""), "remove": form.get("remove", "")}


def new_team(user: User, number: str) -> int | None:
    """The team of which records are to be; that is for those who see all of a team. Raises Forbidden."""
    if not access.may(user, "export"):
        raise Forbidden(
            "Records were to be of a team", found=f"the role {user.role}", allowed="the role manager"
        )
    return access.find(Team.objects.all(), whole_of(number)).pk if number else None


def new_owner(user: User, number: str) -> User | None:
    """Who is to have records; managers and owners may leave them to nobody."""
    if not number:
        if not access.may(user, "export"):
            raise Forbidden(
                "Records were to belong to nobody", found=f"the role {user.role}", allowed="the role manager"
            )
        return None
    return access.find(User.objects.filter(is_active=True), whole_of(number))


def keepers_offered() -> dict[str, list[tuple[str, str]]]:
    """Whose a list can be, and to whom its records can be given: those who were let go come last."""
    return _keepers(*together.rows_of(_of_everybody()))


def offered(user: User) -> dict[str, list[Any]]:
    """The same, with the paths, and the tags that somebody sees: all that a list of contacts offers."""
    *keepers, paths, tags = together.rows_of(_of_contacts(access.Alike.of(user)), access.told(user))
    return _keepers(*keepers) | {"paths": _names(paths), "tags": _names(tags)}


def tags_offered(user: User) -> list[str]:
    """The tags that somebody sees, by name."""
    return _names(together.rows_of(_of_contacts(access.Alike.of(user))[-1:], access.told(user))[0])


def _keepers(people: list[_Choice], teams: list[_Choice]) -> dict[str, list[tuple[str, str]]]:
    return {
        "owners": [
            (str(number), (name or email) + ("" if active else " (let go)"))
            for number, name, email, active in people
        ],
        "takers": [(str(number), name or email) for number, name, email, active in people if active],
        "teams": [(str(number), name) for number, name, *_ in teams],
    }


def _names(choices: list[_Choice]) -> list[str]:
    return [name for _, name, *_ in choices]


@cache
def _of_everybody() -> list[Question]:
    """The people and the teams, to be asked for at once."""
    people = User.objects.order_by("-is_active", "name", "email")[:MOST_CHOICES]
    teams = Team.objects.order_by("name")[:MOST_CHOICES]
    return [put_together(people.values_list("pk", "name", "email", "is_active")), _named(teams)]


@cache
def _of_contacts(alike: access.Alike) -> list[Question]:
    """These, the paths, and the tags that somebody sees."""
    tags = access.tags(alike.anybody()).order_by("name")[:MOST_CHOICES]
    return [*_of_everybody(), _named(PathDefinition.objects.all()[:MOST_CHOICES]), _named(tags)]


def _named(rows: QuerySet[Any]) -> Question:
    """What has a name alone, in the columns of people."""
    return put_together(rows.values_list("pk", "name", Value(""), Value(value=True)))


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
