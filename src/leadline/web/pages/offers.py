"""Offers: what is sold, for how much, what it takes, and what it brought in."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from leadline.web import access, warehouse
from leadline.web.access import find
from leadline.web.actions import offers as acts
from leadline.web.actions.offers import LONGEST, Terms
from leadline.web.currency import usual_currency
from leadline.web.models import Ask, Contract, Offer, Purchase, Touch, User
from leadline.web.pages.frame import actor_of, page, say, user_of
from leadline.web.pages.sales_forms import (
    MoneyForm,
    ask_for,
    back,
    carried_out,
    in_major,
    sent,
    still_stands,
)

TERMS = {30: "every month", 91: "every quarter", 182: "every half-year", 365: "every year"}
OTHER = "other"


class OfferForm(MoneyForm):
    """What is sold, for how much, how often, and how much of the capacity it takes."""

    name = forms.CharField(max_length=120, label="Name", help_text="As your clients would call it.")
    means = forms.CharField(max_length=300, required=False, label="What they get, in a sentence")
    bought = forms.ChoiceField(
        choices=[
            ("", "once"),
            *((str(days), words) for days, words in TERMS.items()),
            (OTHER, "every … days"),
        ],
        required=False,
        label="It is bought",
        help_text="What recurs has contracts, and their renewals are watched.",
    )
    term_days = forms.IntegerField(
        min_value=1, max_value=LONGEST, required=False, label="Days", help_text="For “every … days” only."
    )
    takes = forms.DecimalField(
        min_value=Decimal(0),
        max_digits=8,
        decimal_places=2,
        initial=1,
        label="Capacity that one takes",
        help_text="1: as much as a usual client. 0: none, as with a recording.",
    )
    active = forms.BooleanField(required=False, initial=True, label="It is sold now")

    field_order = ("name", "means", "amount", "currency", "bought", "term_days", "takes", "active")

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["amount"].label = "Price"

    def clean(self) -> dict[str, Any]:
        """Every so many days says how many."""
        told = super().clean()
        if told.get("bought") == OTHER and told.get("term_days") is None and "term_days" not in self.errors:
            self.add_error("term_days", "Every how many days?")
        return told

    @property
    def terms(self) -> Terms:
        """The offer as it is declared."""
        told, (price, currency) = self.cleaned_data, self.money
        often = told["bought"]
        days = told["term_days"] if often == OTHER else int(often) if often else None
        return Terms(told["name"], told["means"], price, currency, days, told["takes"], told["active"])


@dataclass
class Row:
    """An offer, how often it was asked and answered with yes, and what it brought in."""

    offer: Offer
    asked: int = 0
    yes: int = 0
    answered: int = 0
    sold: int = 0
    running: int = 0
    income: list[tuple[int, str]] = field(default_factory=list)

    @property
    def often(self) -> str:
        """How often it is bought."""
        return often_words(self.offer.term_days)


@page("web/offers/offers.html")
def offers(request: HttpRequest) -> dict[str, Any]:
    """All offers, those that are sold first."""
    user = user_of(request)
    rows = _rows(user)
    return {
        "rows": rows,
        "unlisted": _unlisted(user),
        "may": access.may(user, "define"),
        "sells": access.may(user, "change"),
    }


@page("")
def new(request: HttpRequest) -> HttpResponse:
    """A new offer."""
    access.require(user_of(request), "define")
    form = OfferForm(sent(request), initial={"currency": usual_currency(user_of(request))})
    if request.method == "POST" and form.is_valid():
        offer = carried_out(form, lambda: acts.declare(actor_of(request), form.terms), "name")
        if offer is not None:
            say(request, f"{offer} is on the list.")
            return back(request, reverse("offers"))
    return ask_for(request, form, title="A new offer", do="Add it", cancel=reverse("offers"))


@page("")
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Other terms of an offer."""
    access.require(user_of(request), "define")
    offer = find(Offer.objects.all(), number)
    form = OfferForm(sent(request), initial=_typed(offer))
    if (
        request.method == "POST"
        and form.is_valid()
        and still_stands(request, form)
        and carried_out(form, lambda: acts.change(actor_of(request), offer, form.terms), "name") is not None
    ):
        say(request, "Changed. What was asked and bought before keeps its own terms.")
        return back(request, reverse("offers"))
    return ask_for(request, form, title=f"Change {offer}", do="Change it", cancel=reverse("offers"))


@require_POST
@page("")
def switch(request: HttpRequest, number: int) -> HttpResponse:
    """Sell an offer no more, or again."""
    access.require(user_of(request), "define")
    offer = acts.switch(actor_of(request), find(Offer.objects.all(), number))
    said = f"{offer} is sold {'again' if offer.active else 'no more; what was agreed goes on'}."
    say(request, said, reverse("offer_switch", args=[offer.pk]))
    return back(request, reverse("offers"))


def often_words(days: int | None) -> str:
    """How often something is bought: “once”, “every year”, “every 45 days”."""
    if days is None:
        return "once"
    return TERMS.get(days, f"every {days:,} days")


def _rows(user: User) -> list[Row]:
    rows = {one.pk: Row(one) for one in Offer.objects.order_by("-active", "name")[:500]}
    answered = Q(answer__in=["yes", "no", "not_now"])
    asked = access.counted(user, Ask).exclude(answer=Ask.Answer.WITHDRAWN).filter(offer__in=rows)
    counts = asked.values("offer").annotate(
        n=Count("pk"), yes=Count("pk", filter=Q(answer="yes")), answered=Count("pk", filter=answered)
    )
    for offer, n, yes, answers in counts.order_by().values_list("offer", "n", "yes", "answered"):
        rows[offer].asked, rows[offer].yes, rows[offer].answered = n, yes, answers
    running = access.counted(user, Contract).filter(ended_on=None, offer__in=rows)
    for offer, n in running.values_list("offer").annotate(n=Count("pk")).order_by():
        rows[offer].running = n
    _add_income(user, rows)
    return list(rows.values())


def _add_income(user: User, rows: dict[int, Row]) -> None:
    sums: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    bought = access.counted(user, Purchase).filter(offer__in=rows)
    counts = bought.values_list("offer", "currency").annotate(n=Count("pk"), sum=Sum("value"))
    for offer, currency, n, amount in counts.order_by():
        rows[offer].sold += n
        if amount:
            sums[offer][currency] += amount
    for offer, currency, amount in _given_back(user):
        sums[offer][currency] -= amount
    for number, row in rows.items():
        row.income = sorted(((amount, currency) for currency, amount in sums[number].items()), reverse=True)


def _given_back(user: User) -> list[tuple[int, str, int]]:
    """Money that was given back: of which offer, in which currency, how much."""
    kinds = warehouse.kinds()
    repaid = [kinds.kinds[code].name for code in kinds.named("repaid")]
    back_to = access.counted(user, Touch).filter(kind__in=repaid, in_force=True, retracts=None)
    rows = back_to.filter(origin__startswith="purchase:", value__gt=0).values_list(
        "origin", "currency", "value"
    )
    told = [(int(origin.partition(":")[2]), currency, value or 0) for origin, currency, value in rows]
    of = dict(Purchase.objects.filter(pk__in=[number for number, _, _ in told]).values_list("pk", "offer"))
    return [(of[number], currency, value) for number, currency, value in told if of.get(number)]


def _unlisted(user: User) -> int:
    """How many purchases are of nothing on the list."""
    return access.counted(user, Purchase).filter(offer=None)[:1001].count()


def _typed(offer: Offer) -> dict[str, Any]:
    days = offer.term_days
    often = "" if days is None else str(days) if days in TERMS else OTHER
    return {
        "name": offer.name,
        "means": offer.means,
        "amount": in_major(offer.price, offer.currency),
        "currency": offer.currency,
        "bought": often,
        "term_days": days if often == OTHER else None,
        "takes": offer.takes.normalize() if offer.takes else 0,
        "active": offer.active,
    }


urlpatterns: list[URLPattern] = [
    path("offers/", offers, name="offers"),
    path("offers/new/", new, name="offer_new"),
    path("offers/<int:number>/", change, name="offer_change"),
    path("offers/<int:number>/switch/", switch, name="offer_switch"),
]
