"""The plan: goals, what can be taken on, what paths cost, and how many people without names were reached."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from leadline.web import access, warehouse
from leadline.web.access import find
from leadline.web.actions import plans
from leadline.web.models import Audience, Capacity, Goal, PathCost, PathDefinition
from leadline.web.pages.frame import actor_of, now, page, user_of
from leadline.web.pages.sales_forms import Day, MoneyForm, back, today_of

ROWS = 12


class GoalForm(MoneyForm):
    """So many clients, or so much income, by a day."""

    by = Day(label="By")
    clients = forms.IntegerField(min_value=1, max_value=10**6, required=False, label="New clients")

    field_order = ("by", "clients", "amount", "currency")

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["amount"].label = "Or an income"


class CapacityForm(forms.Form):
    """How many clients a month can be taken on."""

    since = Day(label="From")
    a_month = forms.DecimalField(
        min_value=Decimal(0), max_digits=8, decimal_places=2, label="New clients a month at most"
    )


class CostForm(MoneyForm):
    """What a path cost."""

    path = forms.CharField(max_length=80)
    since = Day(label="From")
    until = Day(label="To")

    field_order = ("path", "amount", "currency", "since", "until")

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["amount"].required = True
        self.fields["path"].widget.attrs["list"] = "paths"


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
    if not form.is_valid():
        return _told(request) | {
            "form_of": {name: form if name == what else one for name, one in _forms(request)}
        }
    _write(request, what, form)
    messages.success(request, "Noted.")
    return back(request, reverse("plans"))


@require_POST
@page("")
def drop(request: HttpRequest, what: str, number: int) -> HttpResponse:
    """Take back a goal, a cost or a count."""
    access.require(user_of(request), "change")
    actor = actor_of(request)
    if what == "goal":
        plans.drop_goal(actor, find(Goal.objects.all(), number))
    elif what == "cost":
        plans.drop_cost(actor, find(PathCost.objects.all(), number))
    elif what == "audience":
        plans.drop_audience(actor, find(Audience.objects.all(), number))
    else:
        raise Http404
    messages.success(request, "Taken back.")
    return back(request, reverse("plans"))


def _write(request: HttpRequest, what: str, form: forms.Form) -> None:
    actor, told = actor_of(request), form.cleaned_data
    if what == "goal":
        assert isinstance(form, GoalForm)
        plans.set_goal(actor, told["by"], told["clients"], *form.money)
    elif what == "capacity":
        plans.set_capacity(actor, told["since"], told["a_month"])
    elif what == "cost":
        assert isinstance(form, CostForm)
        amount, currency = form.money
        plans.record_cost(actor, told["path"], told["since"], told["until"], amount or 0, currency)
    else:
        plans.count_audience(actor, told["path"], told["kind"], told["day"], told["n"], told["content"])


def _forms(request: HttpRequest) -> list[tuple[str, forms.Form]]:
    day = today_of(user_of(request), now())
    days: dict[str, dict[str, Any]] = {
        "goal": {},
        "capacity": {"since": day.replace(day=1)},
        "cost": {"since": day.replace(day=1), "until": day},
        "audience": {"day": day},
    }
    return [(name, form(prefix=name, initial=days[name])) for name, form in FORMS.items()]


def _told(request: HttpRequest) -> dict[str, Any]:
    return {
        "form_of": dict(_forms(request)),
        "goals": Goal.objects.order_by("-set_at", "-id")[:ROWS],
        "capacities": Capacity.objects.order_by("-since")[:ROWS],
        "costs": PathCost.objects.order_by("-until", "-id")[:ROWS],
        "audiences": Audience.objects.order_by("-day", "-id")[:ROWS],
        "paths": PathDefinition.objects.values_list("name", flat=True)[:100],
        "may": access.may(user_of(request), "change"),
    }


urlpatterns: list[URLPattern] = [
    path("plans/", plan, name="plans"),
    path("plans/add/<slug:what>/", add, name="plan_add"),
    path("plans/drop/<slug:what>/<int:number>/", drop, name="plan_drop"),
]
