"""One contact: facts, timeline, and the stage with why and what is missing."""

from __future__ import annotations

from functools import cache, wraps
from typing import Any, cast

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET

from leadline.web import access, warehouse
from leadline.web.actions.reverting import UNDOABLE
from leadline.web.currency import usual_currency
from leadline.web.errors import Refused, leaving
from leadline.web.models import (
    Address,
    Ask,
    Contact,
    Contract,
    Import,
    ImportChange,
    PathDefinition,
    Tag,
    Task,
    User,
)
from leadline.web.pages import columns, dates
from leadline.web.pages.changes import by_words, called, of_contact, parts_of, said
from leadline.web.pages.entries import entries_of, kinds_offered, kinds_usual
from leadline.web.pages.frame import View, now, page, user_of
from leadline.web.pages.going import see
from leadline.web.pages.own_fields import declared
from leadline.web.pages.reasons import facts_of, places_of
from leadline.web.templatetags.words import money
from leadline.web.together import Place, Question, as_time, put_together, records_of, rows_of

MOST_CHANGES = 30
MOST_HANGING = 50
MOST_NUMBER = 2**63
"""Below which the numbers of records are."""


@require_GET
@page("web/contacts/contact.html")
def show_contact(request: HttpRequest, number: int) -> dict[str, Any] | HttpResponse:
    """A contact's page. Whoever was merged is to be found under whom they were merged into."""
    user = user_of(request)
    contact = _found(number, user)
    return _whole(contact, user) if contact.pk == number else see("contact", contact.pk)


def _found(number: int, user: User) -> Contact:
    """Whoever has a number, or was merged with whom has it."""
    told = {**access.told(user), "contact": number}
    if number < MOST_NUMBER and (found := records_of(_seen(access.Alike.of(user)), told)):
        return cast("Contact", found[0])
    return access.find_contact(access.contacts(user).select_related("company", "owner", "team"), number)


def _whole(contact: Contact, user: User) -> dict[str, Any]:
    kinds = kinds_offered(user) if access.may(user, "change") else []
    return shown(contact, user) | {
        "kinds": kinds,
        "usual": kinds_usual(kinds) if kinds else [],
        "currency": usual_currency(user),
        "paths": [name for (name,) in rows_of([_paths()])[0]],
        "changes": _changes(contact, user),
        "may_erase": access.may(user, "erase"),
    }


def shown(contact: Contact, user: User) -> dict[str, Any]:
    """What of the page changes with a touch, and what stands beside it."""
    instant = now()
    twins = _its("twins", contact)
    happened = warehouse.touches_of([contact.pk], same={one.pk: contact.pk for one in twins})
    places = places_of(happened, contact.pk, instant, user)
    entries, cursor = entries_of(contact, user, twins=[one.pk for one in twins])
    return {
        "contact": contact,
        "addresses": _its("addresses", contact),
        "tags": [tag.name for tag in _its("tags", contact)],
        "own_fields": _own_fields(contact),
        "twins": twins,
        "facts": facts_of(happened, instant, user.zone),
        "places": places[:-1],
        "journey": places[-1],
        "entries": entries,
        "cursor": cursor,
        "may_change": access.may(user, "change"),
        "today": dates.field_value(instant, user.zone)[:10],
        **_hanging(contact, user),
    }


def answer(request: HttpRequest, contact: Contact, words: str, undo: str = "") -> HttpResponse:
    """What follows a change: for htmx the parts that changed, else the contact's page.

    `undo` is the address that undoes it.
    """
    if not request.headers.get("HX-Request"):
        messages.success(request, words, extra_tags=undo)
        return see("contact", contact.pk)
    user = user_of(request)
    again = access.find(access.contacts(user).select_related("company", "owner", "team"), contact.pk)
    found = shown(again, user) | {"said": words, "undo": undo}
    return render(request, "web/contacts/changed.html", found)


def on_the_page(view: View) -> View:
    """What is refused is said on the contact's page, whose forms keep what was typed.

    htmx gets the sentence alone, and puts it beside the form.
    """

    @wraps(view)
    def answer(request: HttpRequest, number: int, *given: Any, **named: Any) -> HttpResponseBase:
        try:
            return view(request, number, *given, **named)
        except Refused as refusal:
            if request.headers.get("HX-Request"):
                raise
            form = request.resolver_match.url_name if request.resolver_match else ""
            told = {"refused": refusal, "typed": request.POST, "form": form}
            user = user_of(request)
            found = _whole(_found(number, user), user) | told
            return render(request, "web/contacts/contact.html", found, status=leaving(refusal).status)

    return answer


def _own_fields(contact: Contact) -> list[dict[str, Any]]:
    """Fields of one's own that say something of somebody."""
    return [
        {"field": one, "text": text}
        for one in declared("contact")
        if (text := columns.said(contact.fields.get(one.name)))
    ]


def _hanging(contact: Contact, user: User) -> dict[str, Any]:
    """Asks, contracts and tasks, the open ones first."""
    asks, contracts = _its("asks", contact), _its("contracts", contact)
    tasks = _its("tasks", contact, since=as_time(dates.days_ago(now(), 7)))
    for one in (*asks, *contracts, *tasks):
        one.contact = contact
    return {
        "asks": [
            {
                "ask": one,
                "what": one.title or str(one.offer or "An ask"),
                "amount": money(one.amount, one.currency),
                "day": dates.day_said(one.asked_at, user.zone),
            }
            for one in asks
        ],
        "contracts": [{"contract": one, "value": money(one.value, one.currency)} for one in contracts],
        "tasks": tasks,
    }


def _its(what: str, contact: Contact, **told: Any) -> list[Any]:
    """Records of a sort that hang on a contact."""
    return records_of(_of_contact()[what], {"contact": contact.pk, **told})


@cache
def _of_contact() -> dict[str, Question]:
    """What hangs on a contact, each sort put together once."""
    number = Place("contact")
    its, lately = Q(contact=number), Q(done_at=None) | Q(done_at__gte=Place("since"))
    every: dict[str, QuerySet[Any]] = {
        "twins": Contact.objects.filter(merged_into=number).order_by("pk"),
        "addresses": Address.objects.filter(its),
        "tags": Tag.objects.filter(marks__contact=number).order_by("name"),
        "asks": Ask.objects.filter(its).select_related("offer").order_by("answer", "-asked_at"),
        "contracts": Contract.objects.filter(its).select_related("offer").order_by("-starts_on"),
        "tasks": Task.objects.filter(its & lately)
        .select_related("owner")
        .order_by("done_at", "due_on", "pk"),
    }
    most = dict.fromkeys(("asks", "contracts", "tasks"), MOST_HANGING)
    return {name: put_together(rows[: most.get(name)]) for name, rows in every.items()}


@cache
def _seen(alike: access.Alike) -> Question:
    """The contact of a number, with all that the head of their page says."""
    rows = access.contacts(alike.anybody()).select_related("company", "owner", "team")
    return put_together(rows.filter(pk=Place("contact")))


@cache
def _paths() -> Question:
    return put_together(PathDefinition.objects.values_list("name"))


@cache
def _made() -> Question:
    """Which import made a record."""
    made = ImportChange.objects.filter(record=Place("record"), before=None)
    return put_together(made.select_related("of__made_by")[:1])


def _changes(contact: Contact, user: User) -> list[dict[str, Any]]:
    """The latest changes: who, when, what was there before, what after; and the import that made them."""
    entries = list(of_contact(contact).order_by("-id")[:MOST_CHANGES])
    names = called(user, {one.record for one in entries if one.record != f"contact:{contact.pk}"})
    told = [
        {
            "by": by_words(one),
            "what": said(one),
            "on": names.get(one.record),
            "when": dates.time_said(dates.instant_of(one.at), user.zone),
            "parts": parts_of(one, names.get(one.record, {}).get("currency", "")),
            "undo": one.action in UNDOABLE and access.may(user, "change"),
            "entry": one,
        }
        for one in entries
    ]
    made = records_of(_made(), {"record": f"contact:{contact.pk}"})
    return told + [_imported(one.of, user) for one in made]


def _imported(record: Import, user: User) -> dict[str, Any]:
    """That an import made somebody, of which no change of their own is on record."""
    files = ", ".join(str(file["name"]) for file in record.files)
    there = reverse("import", args=[record.pk]) if access.may(user, "import") else ""
    return {
        "by": str(record.made_by or ""),
        "what": "made by the import of",
        "on": {"name": files, "href": there},
        "when": dates.time_said(dates.instant_of(record.made_at), user.zone),
    }


urlpatterns = [path("contacts/<int:number>/", show_contact, name="contact")]
