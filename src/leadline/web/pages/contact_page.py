"""One contact: facts, timeline, and the stage with why and what is missing."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET

from leadline.web import access, warehouse
from leadline.web.actions.reverting import UNDOABLE
from leadline.web.errors import Refused, leaving
from leadline.web.models import Contact, Field, Import, ImportChange, PathDefinition, User
from leadline.web.pages import columns, dates
from leadline.web.pages.changes import by_words, called, of_contact, parts_of, said
from leadline.web.pages.entries import entries_of, kinds_offered, kinds_usual
from leadline.web.pages.frame import View, now, page, user_of
from leadline.web.pages.going import see
from leadline.web.pages.reasons import facts_of, places_of
from leadline.web.pages.sales_forms import usual_currency
from leadline.web.templatetags.words import money

MOST_CHANGES = 30
MOST_HANGING = 50


@require_GET
@page("web/contacts/contact.html")
def show_contact(request: HttpRequest, number: int) -> dict[str, Any] | HttpResponse:
    """A contact's page. Whoever was merged is to be found under whom they were merged into."""
    user = user_of(request)
    contact = _found(number, user)
    return _whole(contact, user) if contact.pk == number else see("contact", contact.pk)


def _found(number: int, user: User) -> Contact:
    return access.find_contact(access.contacts(user).select_related("company", "owner", "team"), number)


def _whole(contact: Contact, user: User) -> dict[str, Any]:
    kinds = kinds_offered(user) if access.may(user, "change") else []
    return shown(contact, user) | {
        "owners": User.objects.filter(is_active=True).order_by("name", "email"),
        "kinds": kinds,
        "usual": kinds_usual(kinds) if kinds else [],
        "currency": usual_currency(user),
        "paths": list(PathDefinition.objects.values_list("name", flat=True)),
        "changes": _changes(contact, user),
        "may_erase": access.may(user, "erase"),
    }


def shown(contact: Contact, user: User) -> dict[str, Any]:
    """What of the page changes with a touch, and what stands beside it."""
    instant = now()
    twins = list(contact.merged.order_by("pk"))
    happened = warehouse.touches_of([contact.pk], same={one.pk: contact.pk for one in twins})
    places = places_of(happened, contact.pk, instant, user)
    entries, cursor = entries_of(contact, user, twins=[one.pk for one in twins])
    return {
        "contact": contact,
        "addresses": list(contact.addresses.all()),
        "tags": [tag.name for tag in contact.tags.order_by("name")],
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
    declared = Field.objects.filter(of="contact").order_by("label")
    return [
        {"field": one, "text": text}
        for one in declared
        if (text := columns.said(contact.fields.get(one.name)))
    ]


def _hanging(contact: Contact, user: User) -> dict[str, Any]:
    """Asks, contracts and tasks, the open ones first."""
    asks = contact.asks.select_related("offer").order_by("answer", "-asked_at")[:MOST_HANGING]
    contracts = contact.contracts.select_related("offer").order_by("-starts_on")[:MOST_HANGING]
    recent = Q(done_at=None) | Q(done_at__gte=dates.days_ago(now(), 7))
    tasks = contact.tasks.filter(recent).select_related("owner").order_by("done_at", "due_on", "pk")
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
        "tasks": list(tasks[:MOST_HANGING]),
    }


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
    made = ImportChange.objects.filter(record=f"contact:{contact.pk}", before=None).select_related(
        "of__made_by"
    )
    return told + [_imported(one.of, user) for one in made[:1]]


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
