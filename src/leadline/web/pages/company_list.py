"""Companies as a list: searched, filtered, kept as views, given to somebody many at once, exported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from leadline.web import access, listing, spans
from leadline.web.actions import exports
from leadline.web.filters import OWN, Filters
from leadline.web.models import Company, Contact, User
from leadline.web.pages import columns, views
from leadline.web.pages.chips import chips
from leadline.web.pages.frame import actor_of, page, user_of
from leadline.web.pages.many import as_csv, change_many, keepers_offered
from leadline.web.pages.own_fields import declared, own_filters, read_where_one_is
from leadline.web.together import Question, to_fetch

SIZE, PIECE = 50, 1000
FILTERS = ("q", "owner", "team", *spans.MADE, *spans.PEOPLE)
"""What companies can be filtered by, besides fields of one's own."""


@require_GET
@read_where_one_is("company")
@page("web/companies/list.html", filtered=True)
def show_companies(request: HttpRequest) -> dict[str, Any]:
    """The companies that somebody sees, by name, as they asked for them."""
    user = user_of(request)
    asked, view, seen = views.asked_of(request, "companies")
    filters, fields = _filters(asked), declared("company")
    every = columns.known(fields, "company")
    shown = columns.chosen(asked.getlist("col"), every, "company")
    found, more = _turned(user, filters, asked.get("cursor", ""))
    people, last, kept = _people(user, found), found[-1] if more else None, views.kept_query(asked)
    return {
        "rows": [
            (
                one,
                list(
                    zip(
                        shown.values(),
                        columns.company_cells(one, list(shown), people.get(one.pk, 0), user),
                        strict=True,
                    )
                ),
            )
            for one in found
        ],
        "columns": shown,
        "every_column": columns.offered(every),
        "next": f"{last.name_small}~{last.pk}" if last else "",
        "first": not asked.get("cursor"),
        "given": filters.given,
        "chips": chips(filters, kept, user, fields),
        "more_asked": filters.any_of((*spans.MADE, *spans.PEOPLE)) or bool(filters.own()),
        "query": kept.urlencode(),
        "view": view,
        "views": seen,
        **keepers_offered(),
        "own_fields": own_filters(fields, filters.given),
        "may_change": access.may(user, "change"),
        "may_export": access.may(user, "export"),
    }


def _turned(user: User, filters: Filters, cursor: str) -> tuple[list[Company], bool]:
    """One page of the companies that are meant, and whether there are more."""
    parts = filters.parts_of_companies(access.every_company(user), user)
    parts = [_after(part, cursor).order_by("name_small", "pk") for part in parts]
    keys = listing.merge(
        [part.values_list("name_small", "pk") for part in parts], tuple, SIZE + 1, falling=False
    )
    return listing.fetch_by(_rows(), [number for _, number in keys[:SIZE]]), len(keys) > SIZE


@cache
def _rows() -> Question:
    return to_fetch(Company.objects.select_related("owner", "team"))


def _filters(asked: QueryDict) -> Filters:
    return Filters.of({n: v for n, v in asked.dict().items() if n in FILTERS or n.startswith(OWN)})


def _after(rows: QuerySet[Company], cursor: str) -> QuerySet[Company]:
    """Those that come after the last row of a page."""
    name, _, number = cursor.replace("\x00", "").rpartition("~")
    if not (name and number.isdecimal() and len(number) <= 18):
        return rows
    later = Q(name_small__gt=name) | Q(name_small=name, pk__gt=int(number))
    return rows.filter(name_small__gte=name).filter(later)


def _people(user: User, companies: Sequence[Company]) -> dict[int, int]:
    """How many people of each somebody sees."""
    found: dict[int, int] = {}
    theirs = access.asked_of_each(user, Contact.objects.filter(company__in=[one.pk for one in companies]))
    for number in theirs.values_list("company_id", flat=True)[:10_000]:
        found[number or 0] = found.get(number or 0, 0) + 1
    return found


@require_POST
@page("web/error.html")
def change_companies(request: HttpRequest) -> HttpResponse:
    """Many companies at once: given to somebody or a team, or a field of theirs filled in."""
    user = user_of(request)

    def meant(query: QueryDict) -> tuple[Filters, QuerySet[Company]]:
        filters = _filters(query)
        return filters, filters.of_companies(access.every_company(user), user)

    return change_many(request, "company", access.every_company(user), meant)


@require_GET
@page("web/error.html")
def export_companies(request: HttpRequest) -> HttpResponseBase:
    """What is filtered, as CSV, row by row however many they are."""
    user = user_of(request)
    access.require(user, "export")
    asked = views.asked_of(request, "companies").query
    rows = _filters(asked).of_companies(access.every_company(user), user).select_related("owner", "team")
    exports.note_export(actor_of(request), "csv", ["companies"])
    every = columns.known(declared("company"), "company")
    shown = columns.chosen(asked.getlist("col"), every, "company")
    return as_csv("companies.csv", ["Number", "Name", *shown.values()], _lines(rows, shown, user))


def _lines(rows: QuerySet[Company], shown: dict[str, str], user: User) -> Iterator[list[Any]]:
    last = 0
    while part := list(rows.filter(pk__gt=last).order_by("pk")[:PIECE]):
        last, people = part[-1].pk, _people(user, part)
        for one in part:
            cells = columns.company_cells(one, list(shown), people.get(one.pk, 0), user)
            yield [one.pk, one.name, *(cell["text"] for cell in cells)]


urlpatterns = [
    path("companies/", show_companies, name="companies"),
    path("companies/change/", change_companies, name="companies-change"),
    path("companies/export/", export_companies, name="companies-export"),
]
