"""Clients: contracts, renewals, lapses, on how few the income rests, capacity, income by month."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from leadline.web import access
from leadline.web.access import find
from leadline.web.actions import agenda, contracts, income
from leadline.web.actions.importing.contracts import SAID
from leadline.web.actions.pace import kept
from leadline.web.models import Capacity, Contract, User
from leadline.web.pages.frame import actor_of, now, page, say, user_of
from leadline.web.pages.sales_forms import (
    EndForm,
    RenewForm,
    ask_for,
    back,
    carried_out,
    in_major,
    instant_of,
    sent,
    today_of,
)
from leadline.web.templatetags import words

ROWS, COUNTED, MOST_REASONS = 50, 1000, 8
MOST_PAYERS = 1000
YEAR = timedelta(days=365)
VIEWS = {
    "due": "Renewals due",
    "running": "In force",
    "begun": "Begun this month",
    "ended": "Ended in the last year",
}


@page("web/clients/clients.html")
def clients(request: HttpRequest) -> dict[str, Any]:
    """What clients have with us, and what rests on it."""
    user, at = user_of(request), now()
    today = today_of(user, at)
    mine = access.of_contacts(user, Contract)
    running = mine.filter(ended_on=None)
    views = {
        "due": running.filter(renews_on__lte=today + agenda.AHEAD).order_by("renews_on", "id"),
        "running": running.order_by("-starts_on", "-id"),
        "begun": _begun(user, today).order_by("-starts_on", "-id"),
        "ended": mine.filter(ended_on__gt=today - YEAR).order_by("-ended_on", "-id"),
    }
    asked, every = request.GET.get("view", ""), request.GET.get("payers") == "all"
    view = asked if asked in VIEWS else "due"
    rows = _rows(views[view])
    if not rows and asked not in VIEWS:
        view, rows = "running", _rows(views["running"])
    worth = running.exclude(value=None).values("currency").annotate(sum=Sum("value")).order_by("-sum")
    return {
        "view": view,
        "tabs": [(name, title, _count(views[name])) for name, title in VIEWS.items()],
        "contracts": rows[:ROWS],
        "more": len(rows) > ROWS,
        "worth": list(worth),
        "today": today,
        "income": income.year(user, at, MOST_PAYERS if every else income.SHOWN),
        "every": every,
        "capacity": _capacity(user, today),
        "demand": _demand(at),
        "reasons": _reasons(user, at) if view == "ended" else [],
        "may": access.may(user, "change"),
    }


def _rows(contracts: QuerySet[Contract]) -> list[Contract]:
    return list(contracts.select_related("contact", "contact__company", "offer")[: ROWS + 1])


@page("")
def renew(request: HttpRequest, number: int) -> HttpResponse:
    """A contract is renewed."""
    user = user_of(request)
    access.require(user, "change")
    contract = find(access.of_contacts(user, Contract).select_related("contact", "offer"), number)
    started = {"amount": in_major(contract.value, contract.currency), "currency": contract.currency}
    form = RenewForm(sent(request), initial=started)
    if request.method == "POST" and form.is_valid():
        told, (value, currency) = form.cleaned_data, form.money
        at, actor = instant_of(told["on"], now(), user.zone), actor_of(request)
        until = told["renews_on"]
        bought = carried_out(form, lambda: contracts.renew(actor, contract, value, currency, at, until))
        if bought is not None:
            undo = reverse("purchase_undo", args=[bought.pk])
            say(request, f"Renewed: {contract.contact}, {contract}.", undo)
            return back(request, reverse("clients"))
    return ask_for(request, form, title=f"{contract.contact} renews {contract}", do="Renewed")


@page("")
def end(request: HttpRequest, number: int) -> HttpResponse:
    """A contract ended."""
    user = user_of(request)
    access.require(user, "change")
    contract = find(access.of_contacts(user, Contract).select_related("contact", "offer"), number)
    form = EndForm(sent(request))
    if request.method == "POST" and form.is_valid():
        why, on, actor = form.cleaned_data["why"], form.cleaned_data["on"], actor_of(request)
        if carried_out(form, lambda: contracts.end(actor, contract, why, on), "on"):
            undo = reverse("contract_reopen", args=[contract.pk])
            say(request, f"Noted that {contract} ended with {contract.contact}.", undo)
            return back(request, reverse("clients"))
    title, said = f"{contract} with {contract.contact} ended", [one for one, _ in _reasons(user, now())]
    return ask_for(request, form, title=title, do="It ended", reasons=said)


@require_POST
@page("")
def reopen(request: HttpRequest, number: int) -> HttpResponse:
    """A contract goes on after all."""
    user = user_of(request)
    access.require(user, "change")
    contract = find(access.of_contacts(user, Contract).select_related("contact"), number)
    contracts.reopen(actor_of(request), contract)
    say(request, f"{contract.contact} goes on.")
    return back(request, reverse("clients"))


def _begun(user: User, today: date) -> QuerySet[Contract]:
    """What was begun this month."""
    return access.of_contacts(user, Contract).filter(starts_on__gte=today.replace(day=1))


def _count(found: Any) -> str:
    number = found.order_by()[: COUNTED + 1].count()
    return words.number(number) if number <= COUNTED else f"more than {words.number(COUNTED)}"


def _reasons(user: User, at: int) -> list[tuple[str, int]]:
    """Why contracts ended in the last year, the most frequent reasons first; an imported list says none."""
    lately = access.of_contacts(user, Contract).filter(ended_on__gt=today_of(user, at) - YEAR)
    counts = lately.exclude(ended_why__in=("", SAID)).values("ended_why").annotate(n=Count("pk"))
    return [(one["ended_why"], one["n"]) for one in counts.order_by("-n", "ended_why")[:MOST_REASONS]]


def _demand(at: int) -> list[str]:
    """What the balance says of demand and capacity, as it was worked out last."""
    report = kept("balance", at)
    return [str(one) for one in report.result.get("demand", [])] if report else []


def _capacity(user: User, today: date) -> dict[str, Any] | None:
    """What was begun this month beside what can be taken on in one; None where nobody said how much."""
    capacity = Capacity.objects.filter(since__lte=today).order_by("-since").first()
    if capacity is None:
        return None
    begun = _begun(user, today).select_related("offer")[:1000]
    taken = sum(float(one.offer.takes) if one.offer else 1 for one in begun)
    return {"most": float(capacity.clients_a_month), "taken": taken}


urlpatterns: list[URLPattern] = [
    path("clients/", clients, name="clients"),
    path("contracts/<int:number>/renew/", renew, name="contract_renew"),
    path("contracts/<int:number>/end/", end, name="contract_end"),
    path("contracts/<int:number>/reopen/", reopen, name="contract_reopen"),
]
