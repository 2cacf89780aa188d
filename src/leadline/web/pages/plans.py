"""The plan: goals, what can be taken on, what paths cost, and how many people without names were reached."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from leadline.web import access, warehouse
from leadline.web.access import find
from leadline.web.actions import dropped, plans
from leadline.web.actions.pace import pace
from leadline.web.currency import usual_currency
from leadline.web.models import Audience, Capacity, Goal, PathCost, PathDefinition
from leadline.web.pages.frame import actor_of, now, page, say, user_of
from leadline.web.pages.sales_forms import Day, MoneyForm, back, carried_out, today_of
from leadline.web.templatetags import words

ROWS, EVERY, MONTHS = 6, 500, 18


class GoalForm(MoneyForm):
    """So many clients, or so much income, by a day."""

    by = Day(label="By")
    clients = forms.IntegerField(min_value=1, max_value=10**6, required=False, label="New clients")

    field_order = ("by", "clients", "amount", "currency")

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["amount"].label = "Or an income"

    def clean(self) -> dict[str, Any]:
        """One of the two is wanted."""
        told = super().clean()
        if not self.errors and (told.get("clients") is None) == (told.get("amount") is None):
            self.add_error("clients", "Say how many new clients, or which income: one of the two.")
        return told


class CapacityForm(forms.Form):
    """How many clients a month can be taken on."""

    since = Day(label="From")
    a_month = forms.DecimalField(
        min_value=Decimal("0.01"), max_digits=8, decimal_places=2, label="New clients a month at most"
    )


class CostForm(MoneyForm):
    """What a path cost in a month, or in other days."""

    path = forms.CharField(max_length=80)
    month = forms.ChoiceField(required=False, label="In")
    since = Day(required=False, label="Or from")
    until = Day(required=False, label="to")

    field_order = ("path", "amount", "currency", "month", "since", "until")

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["amount"].required = True
        self.fields["path"].widget.attrs["list"] = "paths"
        field = self.fields["month"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (f"{one:%Y-%m}", words.month(one, "long")) for one in months_before(timezone.localdate())
        ]

    def clean(self) -> dict[str, Any]:
        """Days are given by the first and the last; else the month has them."""
        told = super().clean()
        since, until = told.get("since"), told.get("until")
        if self.errors:
            return told
        if since is None and until is None:
            first = date.fromisoformat(f"{told['month']}-01") if told.get("month") else None
            if first is None:
                self.add_error("month", "In which month?")
            else:
                told["since"], told["until"] = first, _next_month(first) - timedelta(days=1)
        elif since is None or until is None:
            self.add_error("until" if until is None else "since", "Both days are needed, or none.")
        elif until < since:
            self.add_error("until", "That is before the first day.")
        return told


class AudienceForm(forms.Form):
    """How many people without names met something of ours."""

    path = forms.CharField(max_length=80)
    kind = forms.ChoiceField(label="What did they do?")
    day = Day(label="On")
    n = forms.IntegerField(min_value=1, max_value=plans.MOST_PEOPLE, label="How many people")
    content = forms.CharField(max_length=200, required=False, label="What of yours was it?")

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        kinds = [one for one in warehouse.kinds().kinds if one.link == "generate" and not one.machine]
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.name, one.means) for one in kinds]
        self.fields["path"].widget.attrs["list"] = "paths"


FORMS: dict[str, type[forms.Form]] = {
    "goal": GoalForm,
    "capacity": CapacityForm,
    "cost": CostForm,
    "audience": AudienceForm,
}
SAID = {
    "goal": "The goal is set. The latest is the one that counts.",
    "capacity": "Noted what you can take on.",
    "cost": "Noted what it cost.",
    "audience": "Counted.",
}
DROPS: dict[str, tuple[type[Model], Callable[..., None]]] = {
    "goal": (Goal, plans.drop_goal),
    "capacity": (Capacity, plans.drop_capacity),
    "cost": (PathCost, plans.drop_cost),
    "audience": (Audience, plans.drop_audience),
}


@page("web/clients/plans.html")
def plan(request: HttpRequest) -> dict[str, Any]:
    """What is wanted, what can be done, what it costs."""
    return _told(request)


@require_POST
@page("web/clients/plans.html")
def add(request: HttpRequest, what: str) -> dict[str, Any] | HttpResponse:
    """A goal, a capacity, a cost, a count."""
    access.require(user_of(request), "change")
    if what not in FORMS:
        raise Http404
    form = FORMS[what](request.POST, prefix=what)
    if form.is_valid() and carried_out(form, lambda: _write(request, what, form)) is not None:
        say(request, SAID[what])
        return back(request, reverse("plans"))
    told = _told(request) | {
        "form_of": {name: form if name == what else one for name, one in _forms(request)}
    }
    return render(request, "web/clients/plans.html", told, status=422)


@require_POST
@page("")
def drop(request: HttpRequest, what: str, number: int) -> HttpResponse:
    """Take back a goal, a capacity, a cost or a count."""
    access.require(user_of(request), "change")
    if what not in DROPS:
        raise Http404
    model, take_back = DROPS[what]
    record = find(model._default_manager.all(), number)
    row = dropped.text_of(record)
    take_back(actor_of(request), record)
    say(request, "Taken back.", f"{reverse('plan_restore')}?{urlencode({'row': row})}")
    return back(request, reverse("plans"))


@require_POST
@page("")
def restore(request: HttpRequest) -> HttpResponse:
    """Put back what was taken back."""
    access.require(user_of(request), "change")
    dropped.put_back(actor_of(request), request.GET.get("row", ""))
    say(request, "It is back.")
    return back(request, reverse("plans"))


def months_before(day: date) -> list[date]:
    """The first days of the month of a day and of those before it, the latest first."""
    first = day.replace(day=1)
    return [_begin(first.year * 12 + first.month - 1 - back) for back in range(MONTHS)]


def _begin(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


def _next_month(first: date) -> date:
    return _begin(first.year * 12 + first.month)


def _write(request: HttpRequest, what: str, form: forms.Form) -> Model:
    actor, told = actor_of(request), form.cleaned_data
    if what == "goal":
        assert isinstance(form, GoalForm)
        return plans.set_goal(actor, told["by"], told["clients"], *form.money)
    if what == "capacity":
        return plans.set_capacity(actor, told["since"], told["a_month"])
    if what == "cost":
        assert isinstance(form, CostForm)
        amount, currency = form.money
        return plans.record_cost(actor, told["path"], told["since"], told["until"], amount or 0, currency)
    return plans.count_audience(actor, told["path"], told["kind"], told["day"], told["n"], told["content"])


def _forms(request: HttpRequest) -> list[tuple[str, forms.Form]]:
    """Empty forms; what is typed again and again begins with what was typed last."""
    day = today_of(user_of(request), now())
    cost = PathCost.objects.order_by("-pk").first()
    counted = Audience.objects.order_by("-pk").first()
    currency = cost.currency if cost else usual_currency(user_of(request))
    started: dict[str, dict[str, Any]] = {
        "goal": {"currency": currency},
        "capacity": {"since": day.replace(day=1)},
        "cost": {"currency": currency, "month": f"{day:%Y-%m}"},
        "audience": {"day": day} | ({"path": counted.path, "kind": counted.kind} if counted else {}),
    }
    return [(name, form(prefix=name, initial=started[name])) for name, form in FORMS.items()]


def _told(request: HttpRequest) -> dict[str, Any]:
    user, at = user_of(request), now()
    every = request.GET.get("all", "")
    rows = {name: EVERY if name == every else ROWS for name in ("costs", "audiences")}
    return {
        "form_of": dict(_forms(request)),
        "pace": pace(user, today_of(user, at), at),
        "goals": Goal.objects.order_by("-set_at", "-id")[:ROWS],
        "today": today_of(user, at),
        "capacities": Capacity.objects.order_by("-since")[:ROWS],
        "costs": [(one, _span(one)) for one in PathCost.objects.order_by("-until", "-id")[: rows["costs"]]],
        "audiences": Audience.objects.order_by("-day", "-id")[: rows["audiences"]],
        "many": rows,
        "paths": PathDefinition.objects.values_list("name", flat=True)[:100],
        "may": access.may(user, "change"),
    }


def _span(cost: PathCost) -> str:
    """The days of a cost: a month by its name."""
    if cost.since.day == 1 and cost.until == _next_month(cost.since) - timedelta(days=1):
        return words.month(cost.since, "long")
    return f"{words.day(cost.since)} – {words.day(cost.until)}"


urlpatterns: list[URLPattern] = [
    path("plans/", plan, name="plans"),
    path("plans/back/", restore, name="plan_restore"),
    path("plans/add/<slug:what>/", add, name="plan_add"),
    path("plans/drop/<slug:what>/<int:number>/", drop, name="plan_drop"),
]
