"""What one can do on the timeline of a contact: record a touch, take one back, correct one, read on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_POST

from leadline.engine.currencies import decimals_of
from leadline.web import access
from leadline.web.actions import corrections, touches
from leadline.web.actions.checks import read_amount
from leadline.web.currency import usual_currency
from leadline.web.models import Contact, Touch
from leadline.web.pages import dates
from leadline.web.pages.contact_page import answer
from leadline.web.pages.entries import entries_of, kinds_offered
from leadline.web.pages.forms import Verb, work
from leadline.web.pages.frame import actor_of, now, page, user_of
from leadline.web.templatetags.spoken import said_kind
from leadline.web.templatetags.words import decimal_mark


def touch_columns(form: QueryDict) -> dict[str, Any]:
    """What a form says of a touch beside its kind and day."""
    found: dict[str, Any] = {n: form[n] for n in ("path", "channel", "content", "note") if n in form}
    if form.get("amount", "").strip():
        found["value"], found["currency"] = read_amount(
            str(form["amount"]), form.get("currency", ""), decimal_mark()
        )
    return found


@require_GET
@page("web/contacts/earlier.html")
def more(request: HttpRequest, number: int) -> dict[str, Any] | HttpResponse:
    """The next page of the timeline."""
    user = user_of(request)
    contact = access.find(access.contacts(user), number)
    entries, cursor = entries_of(contact, user, request.GET.get("before", ""))
    found = {
        "contact": contact,
        "entries": entries,
        "cursor": cursor,
        "may_change": access.may(user, "change"),
    }
    part = request.headers.get("HX-Request")
    return render(request, "web/contacts/timeline.html", found) if part else found


@require_POST
@page("web/error.html")
def log_touch(request: HttpRequest, number: int) -> HttpResponse:
    """Record what happened: a kind is enough."""
    user, form = user_of(request), request.POST
    access.require(user, "change")
    contact = access.find(access.contacts(user), number)
    at = dates.read_time(form.get("day", ""), user.zone, now())
    made = touches.record(actor_of(request), contact, form.get("kind", ""), at, **touch_columns(form))
    undo = reverse("touch-back", args=[contact.pk, made.pk])
    return answer(request, contact, f"Recorded: {said_kind(made.kind)}.", undo)


@require_POST
@page("web/error.html")
def take_back(request: HttpRequest, number: int, touch: int) -> HttpResponse:
    """Take a touch back, or put one that was taken back in force again."""
    contact, found = _touch(request, number, touch)
    back = found.retractions.filter(in_force=True).first()
    touches.retract(actor_of(request), back or found)
    said = "is in force again" if back else "is taken back"
    undo = reverse("touch-back", args=[contact.pk, found.pk])
    return answer(request, contact, f"{said_kind(found.kind)} {said}.", undo)


@require_POST
@page("web/error.html")
def correct(request: HttpRequest, number: int, touch: int) -> HttpResponse:
    """Put what really happened in a touch's place; where that is refused, the form says why."""
    contact, found = _touch(request, number, touch)
    verbs: dict[str, Verb] = {"": lambda request: _correct(request, contact, found)}
    return work(
        request, "web/contacts/correct.html", verbs, "contact", lambda: _form(request, contact, found)
    )


@require_GET
@page("web/contacts/correct.html")
def correct_form(request: HttpRequest, number: int, touch: int) -> dict[str, Any]:
    """The form in which a touch is corrected."""
    return _form(request, *_touch(request, number, touch))


def _correct(request: HttpRequest, contact: Contact, found: Touch) -> HttpResponse:
    form, user = request.POST, user_of(request)
    at = dates.read_time(form["day"], user.zone, now()) if form.get("day", "").strip() else None
    if at is not None and dates.field_value(at, user.zone) == dates.field_value(found.happened_at, user.zone):
        at = None  # the field knows minutes only
    corrections.correct(actor_of(request), found, form.get("kind") or None, at, **touch_columns(form))
    return answer(request, contact, "Corrected.")


def _form(request: HttpRequest, contact: Contact, found: Touch) -> dict[str, Any]:
    user, amount = user_of(request), ""
    if found.value is not None:
        decimals = decimals_of(found.currency or None)
        amount = f"{Decimal(found.value).scaleb(-decimals):f}"
    return {
        "contact": contact,
        "touch": found,
        "chosen": request.POST.get("kind", found.kind),
        "day": dates.field_value(found.happened_at, user.zone),
        "amount": amount,
        "currency": found.currency or usual_currency(user),
        "kinds": kinds_offered(user),
    }


def _touch(request: HttpRequest, number: int, touch: int) -> tuple[Contact, Touch]:
    user = user_of(request)
    access.require(user, "change")
    contact = access.find(access.contacts(user), number)
    return contact, access.find(access.touches(contact), touch)


urlpatterns = [
    path("contacts/<int:number>/timeline/", more, name="contact-timeline"),
    path("contacts/<int:number>/touch/", log_touch, name="contact-touch"),
    path("contacts/<int:number>/touches/<int:touch>/back/", take_back, name="touch-back"),
    path("contacts/<int:number>/touches/<int:touch>/correct/", correct, name="touch-correct"),
    path("contacts/<int:number>/touches/<int:touch>/edit/", correct_form, name="touch-edit"),
]
