"""Contacts as a list: searched, filtered, sorted, changed many at once, exported."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leadline.web import access, listing, spans, warehouse
from leadline.web.actions import contacts as actions
from leadline.web.actions import exports
from leadline.web.currency import usual_currency
from leadline.web.filters import Filters
from leadline.web.knowing import NO
from leadline.web.models import Contact, User
from leadline.web.pages import columns, contact_changes, contact_page, timeline, views
from leadline.web.pages.chips import chips
from leadline.web.pages.forms import work
from leadline.web.pages.frame import actor_of, now, page, user_of
from leadline.web.pages.going import see
from leadline.web.pages.many import as_csv, change_many, offered
from leadline.web.pages.own_fields import declared, own_fields, own_filters, own_typed, read_where_one_is
from leadline.web.pages.sales_forms import CURRENCIES
from leadline.web.together import Question, to_fetch

MORE = (
    "path", "owner", "team", "tag", "fact", "after", "before", "title",
    *spans.MADE, *spans.SINCE, *spans.AMOUNT,
)  # fmt: skip
"""The filters that stand under “More filters”."""
KEPT = 128
"""So many choices of columns are kept as they were put together."""


@require_GET
@read_where_one_is("contact")
@page("web/contacts/list.html", filtered=True)
def show_contacts(request: HttpRequest) -> dict[str, Any] | HttpResponse:
    """The contacts that somebody sees, as they asked for them."""
    user = user_of(request)
    asked, view, seen = views.asked_of(request, "contacts")
    filters, funnels, fields = Filters.of(asked.dict()), warehouse.funnels(), declared("contact")
    slug, every = filters.funnel(funnels, user.funnel), columns.known(fields)
    kept, kept_as = views.kept_query(asked), funnels.kept_as.get(slug, "")
    shown = columns.chosen(asked.getlist("col"), every)
    found, count = _turned(user, filters, asked)
    rows = listing.fetch_by(_rows(access.Alike.of(user), tuple(shown)), found.numbers, access.told(user))

    def told(one: Contact) -> list[dict[str, Any]]:
        return columns.cells(one, list(shown), funnels.get(slug), user)

    return {
        "rows": [
            (one, zip(shown.values(), told(one), strict=True))
            for one in columns.completed(rows, shown, kept_as)
        ],
        "columns": shown,
        "every_column": columns.offered(every),
        "next": found.next,
        "first": not asked.get("cursor"),
        "count": listing.count_words(count.number, whole=count.whole),
        "filters": filters,
        "given": filters.given,
        "chips": chips(filters, kept, user, fields),
        "order": _order(asked),
        "orders": [(name, one.label) for name, one in listing.ORDERS.items()],
        "query": kept.urlencode(),
        "view": view,
        "views": seen,
        **_choices(user, slug, filters, funnels),
        "own_fields": own_filters(fields, filters.given),
        **_rights(user),
    }


@lru_cache(maxsize=KEPT)
def _rows(alike: access.Alike, shown: tuple[str, ...]) -> Question:
    """Those who are somebody's to see, with what stands in some columns."""
    return to_fetch(columns.narrowed(access.looked_up(alike.anybody()), shown))


def _turned(user: User, filters: Filters, asked: QueryDict) -> tuple[listing.Listed, listing.Count]:
    """One page of what was asked for, and how many there are."""
    order = _order(asked)
    sought = filters.sought(user, now(), user.funnel, order)
    turned = "last" if order == "stage" and not sought.has_stages else order
    found = listing.turn(sought, turned, asked.get("cursor", ""))
    if found.count is not None:
        return found, found.count
    if order == "name" and filters.get("stage"):  # a stage is counted as it stands, without looking for names
        sought = filters.sought(user, now(), user.funnel)
    return found, listing.count(sought)


def _order(asked: QueryDict) -> str:
    return asked.get("sort", "") if asked.get("sort") in listing.ORDERS else "last"


def _choices(user: User, slug: str, filters: Filters, funnels: warehouse.Funnels) -> dict[str, Any]:
    """What each filter offers."""
    facts = warehouse.kinds().facts
    return {
        "funnels": [(one, funnel.name) for one, funnel in funnels.items()],
        "slug": slug,
        "facts": [
            *((one, f"{one} holds") for one in facts),
            *((f"{NO}{one}", f"{one} not known to hold") for one in facts),
        ],
        "stages": funnels[slug].stage_names if slug else (),
        **offered(user),
        "currencies": [(code, code) for code, _ in CURRENCIES],
        "currency": filters.get("currency") or usual_currency(user),
        "more_asked": filters.any_of(MORE) or bool(filters.own()),
    }


def _rights(user: User) -> dict[str, bool]:
    return {"may_change": access.may(user, "change"), "may_export": access.may(user, "export")}


@require_http_methods(["GET", "POST"])
@page("web/contacts/new.html")
def add_contact(request: HttpRequest) -> HttpResponse:
    """The form of a new contact, and what it makes."""
    access.require(user_of(request), "change")
    return work(
        request,
        "web/contacts/new.html",
        {"": _make},
        "contacts",
        lambda: {"fields": own_fields("contact"), "company": request.GET.get("company", "")},
    )


def _make(request: HttpRequest) -> HttpResponse:
    form = request.POST
    made = actions.create_contact(
        actor_of(request),
        form.get("name", ""),
        email=form.get("email", ""),
        phone=form.get("phone", ""),
        company=form.get("company", ""),
        job_title=form.get("job_title", ""),
        fields=own_typed("contact", form),
    )
    messages.success(request, f"{made} is recorded.")
    return see("contact", made.pk)


@require_POST
@page("web/error.html")
def change_contacts(request: HttpRequest) -> HttpResponse:
    """Many contacts at once: given to somebody or a team, tagged, or a field of theirs filled in."""
    user = user_of(request)

    def meant(query: QueryDict) -> tuple[Filters, QuerySet[Contact]]:
        filters = Filters.of(query.dict())
        return filters, filters.apply(access.contacts(user), user, now(), user.funnel)

    return change_many(request, "contact", access.contacts(user), meant)


@require_GET
def export_contacts(request: HttpRequest) -> HttpResponseBase:
    """What is filtered, as CSV, row by row however many they are."""
    checked = _check_export(request)
    if checked.status_code != 200:
        return checked
    user = user_of(request)
    asked = views.asked_of(request, "contacts").query
    rows = Filters.of(asked.dict()).apply(access.contacts(user), user, now(), user.funnel)
    exports.note_export(actor_of(request), "csv", ["contacts"])
    every = columns.known(declared("contact"))
    shown = every if asked.get("columns") == "all" else columns.chosen(asked.getlist("col"), every)
    return as_csv("contacts.csv", ["Number", "Name", *shown.values()], _lines(rows, shown, asked, user))


@page("web/error.html")
def _check_export(request: HttpRequest) -> HttpResponse:
    """An empty answer where the export may go on, else why it may not: a stream can't say so any more."""
    user = user_of(request)
    access.require(user, "export")
    Filters.of(views.asked_of(request, "contacts").query.dict()).apply(
        access.contacts(user), user, now(), user.funnel
    )
    return HttpResponse()


def _lines(rows: Any, shown: dict[str, str], asked: QueryDict, user: User) -> Iterator[list[Any]]:
    funnels = warehouse.funnels()
    slug = Filters.of(asked.dict()).funnel(funnels, user.funnel)
    kept, funnel = funnels.kept_as.get(slug, ""), funnels.get(slug)
    last = 0
    rows = columns.narrowed(rows, shown).order_by("pk")
    while part := columns.completed(rows.filter(pk__gt=last)[:1000], shown, kept):
        last = part[-1].pk
        for one in part:
            texts = [cell["text"] for cell in columns.cells(one, list(shown), funnel, user)]
            yield [one.pk, one.name, *texts]


urlpatterns = [
    path("contacts/", show_contacts, name="contacts"),
    path("contacts/new/", add_contact, name="contact-new"),
    path("contacts/change/", change_contacts, name="contacts-change"),
    path("contacts/export/", export_contacts, name="contacts-export"),
    *views.urlpatterns,
    *contact_page.urlpatterns,
    *contact_changes.urlpatterns,
    *timeline.urlpatterns,
]
