"""Companies, one by one: their people, what happened with all of them, where each stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from leadline.engine.touches import Column, Touches
from leadline.web import access, warehouse
from leadline.web.actions import companies as actions
from leadline.web.models import Company, Contact, Touch, User
from leadline.web.pages import columns, company_list, dates, undoing
from leadline.web.pages.entries import link_of
from leadline.web.pages.forms import changed, work
from leadline.web.pages.frame import actor_of, now, page, user_of
from leadline.web.pages.going import see
from leadline.web.pages.many import keepers_of, keepers_to_choose
from leadline.web.pages.own_fields import declared, own_fields, own_typed
from leadline.web.pages.reasons import places_of
from leadline.web.templatetags.spoken import said_kind

MOST_PEOPLE = 200
MOST_TOUCHES = 60
MOST_FOLDED = 2000
"""Of a company with more people than that no stage is worked out while somebody waits."""


@require_GET
@page("web/companies/company.html")
def show_company(request: HttpRequest, number: int) -> dict[str, Any]:
    """A company's page. Of its people those show whom somebody sees, and so does what happened with them."""
    user = user_of(request)
    company = access.find(access.companies(user).select_related("owner", "team"), number)
    people = access.asked_of_each(user, Contact.objects.filter(company=company))
    numbers = list(people.values_list("pk", flat=True)[: MOST_FOLDED + 1])
    folded = _of_company(company, numbers) if 0 < len(numbers) <= MOST_FOLDED else None
    funnels = warehouse.funnels()
    slug = user.funnel if user.funnel in funnels else next(iter(funnels), "")
    wanted, kept = ["job_title", "stage", "last"], funnels.kept_as.get(slug, "")
    shown = columns.narrowed(people, wanted).order_by("name_small", "pk")[:MOST_PEOPLE]
    return {
        "company": company,
        "fields": [
            {"label": one.label, "text": text}
            for one in declared("company")
            if (text := columns.said(company.fields.get(one.name)))
        ],
        "people": [
            (one, columns.cells(one, wanted, funnels.get(slug), user))
            for one in columns.completed(shown, wanted, kept)
        ],
        "more_people": len(numbers) > MOST_PEOPLE,
        "touches": _latest(people, user),
        "places": places_of(folded, str(company), now(), user, "company")[:-1] if folded else [],
        "may_change": access.may(user, "change"),
    }


def _of_company(company: Company, people: list[int]) -> Touches | None:
    """What happened with all its people, as one subject's; None where nothing has."""
    happened = warehouse.touches_of(people)
    if not len(happened):
        return None
    name = Column.of([str(company)] * len(happened))
    return replace(happened, columns={**happened.columns, "company": name})


def _latest(people: Any, user: User) -> list[dict[str, Any]]:
    rows = Touch.objects.filter(contact__in=people.values("pk"), retracts=None, in_force=True)
    latest, kinds = (
        rows.select_related("contact").order_by("-happened_at", "-pk")[:MOST_TOUCHES],
        warehouse.kinds(),
    )
    return [
        {
            "touch": one,
            "kind": said_kind(one.kind),
            "link": link_of(one.kind, kinds),
            "when": dates.time_said(one.happened_at, user.zone),
        }
        for one in latest
    ]


@require_http_methods(["GET", "POST"])
@page("web/companies/edit.html")
def add_company(request: HttpRequest) -> HttpResponse:
    """The form of a new company, and what it makes."""
    access.require(user_of(request), "change")
    return work(
        request,
        "web/companies/edit.html",
        {"": _make},
        "companies",
        lambda: {"company": None, "fields": own_fields("company")},
    )


def _make(request: HttpRequest) -> HttpResponse:
    form, fields = request.POST, own_typed("company", request.POST)
    name, domain = form.get("name", ""), form.get("domain", "")
    made = actions.create_company(actor_of(request), name, domain=domain, fields=fields)
    messages.success(request, f"{made} is recorded.")
    return see("company", made.pk)


@require_http_methods(["GET", "POST"])
@page("web/companies/edit.html")
def edit_company(request: HttpRequest, number: int) -> HttpResponse:
    """The form of what is known of a company, and what it changes."""
    access.require(user_of(request), "change")
    user = user_of(request)
    company = access.find(access.companies(user), number)
    return work(
        request,
        "web/companies/edit.html",
        {"": lambda request: _edit(request, company)},
        "companies",
        lambda: {
            "company": company,
            "stands": _stands(company),
            **keepers_to_choose(user, company.owner_id),
            "fields": own_fields("company", company.fields),
        },
    )


def _stands(company: Company) -> dict[str, str]:
    """What each field of the form has."""
    own = {one["name"]: str(one["value"]) for one in own_fields("company", company.fields)}
    whose = {"owner": str(company.owner_id or ""), "team": str(company.team_id or "")}
    return {"name": company.name, "domain": company.domain, **whose, **own}


def _edit(request: HttpRequest, company: Company) -> HttpResponse:
    said = {name: str(getattr(company, name) or "nobody") for name in ("owner", "team")}
    form = changed(request, _stands(company), said)
    user = user_of(request)
    given: dict[str, Any] = {name: form[name] for name in ("name", "domain") if name in form}
    given |= keepers_of(user, form)
    since = undoing.mark()
    actions.edit_company(actor_of(request), company, **given, fields=own_typed("company", form))
    undoing.say(request, "Changed.", since)
    still = access.companies(user).filter(pk=company.pk).exists()
    return see("company", company.pk) if still else see("companies")


urlpatterns = [
    *company_list.urlpatterns,
    path("companies/new/", add_company, name="company-new"),
    path("companies/<int:number>/", show_company, name="company"),
    path("companies/<int:number>/edit/", edit_company, name="company-edit"),
]
