"""Where the funnel leaks, and the other reports, as they were worked out last."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from leadline.engine.credit.credits import MODELS
from leadline.engine.cycle.cycles import LINKS
from leadline.engine.instants import to_datetime
from leadline.engine.kinds import Kinds
from leadline.engine.wording import time_words
from leadline.web import access, warehouse
from leadline.web.actions.checks import known_day
from leadline.web.actions.reports import (
    case_for,
    is_at_hand,
    kept_report,
    own_dimensions,
    report_for,
    with_pictures,
)
from leadline.web.errors import Invalid, NotFound
from leadline.web.models import Contact, Materialised, User
from leadline.web.models.people import Role
from leadline.web.pages.frame import now, page, user_of
from leadline.web.templatetags.spoken import retold
from leadline.web.warehouse import funnels
from leadline.web.warehouse.cases import DIMENSIONS
from leadline.web.warehouse.reports import NOTHING, REPORTS
from leadline.web.warehouse.waiting import waiting_before

TITLES = {
    "leaks": "Leaks",
    "balance": "Balance",
    "asks": "Ask plan",
    "forecast": "Forecast",
    "attribution": "Attribution",
    "paths": "Paths",
    "compare": "Compare",
}
"""What each report is called on its tab."""
MODEL_WORDS = {
    "first": "first touch",
    "last": "last touch",
    "linear": "equal parts",
    "position": "by position",
    "decay": "time decay",
    "markov": "Markov chain",
    "shapley": "Shapley values",
}
LONGEST = 200
WAIT = "wait"
"""By this parameter a page answers when its report is worked out; without, at once, and fetches it then."""
_CONTACT = re.compile(r"contact:(\d{1,18})")


@page("web/leaks/page.html")
def leaks(request: HttpRequest, name: str = "leaks") -> dict[str, Any] | HttpResponse:
    """One of the reports: sentences, tables, charts, and how old it is."""
    user, at = user_of(request), now()
    access.require(user, "see")
    there = funnels()
    if name not in REPORTS:
        raise NotFound(f"The report {name} was asked for", found="none of that name")
    if not there:
        return {"empty": True}
    slug = _slug(request, user, there)
    parameters = read_parameters(request, name)
    if request.GET.get(WAIT):
        report: Materialised | None = report_for(user, name, slug, at, parameters)
    else:
        report = kept_report(user, name, slug, at, parameters)
    shown = _shown(user, report, parameters, slug, at) if report else {}
    return shown | {
        "name": name,
        "slug": slug,
        "parameters": parameters,
        "query": urlencode({"funnel": slug, **parameters}),
        "title": TITLES[name],
        "models": MODEL_WORDS.items(),
        "dimensions": DIMENSIONS,
        "own_dimensions": own_dimensions(),
        "tabs": _tabs(name, slug),
        "vocabularies": [
            {"name": one.name, "here": key == slug, "slug": key, "means": one.means}
            for key, one in there.items()
        ],
    }


@page("web/leaks/pictures.html")
def pictures(request: HttpRequest, name: str) -> dict[str, Any]:
    """The charts of a report that is kept, drawn when they are first asked for."""
    user, at = user_of(request), now()
    access.require(user, "see")
    if name not in REPORTS:
        raise NotFound(f"The report {name} was asked for", found="none of that name")
    slug, parameters = _slug(request, user, funnels()), read_parameters(request, name)
    kept = with_pictures(report_for(user, name, slug, at, parameters), user)
    return {"pictures": kept.pictures, "matrix": kept.result.get("matrix")}


@require_POST
@page("web/leaks/page.html")
def refresh(request: HttpRequest, name: str) -> dict[str, Any] | HttpResponse:
    """Work a report out anew, and show it."""
    user, at = user_of(request), now()
    access.require(user, "see")
    if name not in REPORTS:
        raise NotFound(f"The report {name} was asked for", found="none of that name")
    there = funnels()
    slug, parameters = _slug(request, user, there), read_parameters(request, name)
    report_for(user, name, slug, at, parameters, anew=True)
    answer = redirect(f"{reverse('report', args=[name])}?{urlencode({'funnel': slug, **parameters})}")
    answer.status_code = 303
    return answer


@page("web/leaks/people.html")
def people(request: HttpRequest) -> dict[str, Any]:
    """Who stands before a link of a path, and who got through; the latest first."""
    user, at = user_of(request), now()
    access.require(user, "see")
    there = funnels()
    slug = _slug(request, user, there)
    route, link = request.GET.get("path", "")[:LONGEST], request.GET.get("link", "")
    if link not in LINKS:
        raise Invalid(
            "A link of the sales cycle was asked for", found=f"“{link[:40]}”", allowed=", ".join(LINKS)
        )
    told = {
        "path": route,
        "link": link,
        "does": PEOPLE_WORDS[link],
        "back": f"{reverse('leaks')}?{urlencode({'funnel': slug})}",
    }
    whose = None if user.role == Role.OWNER else user
    if not (request.GET.get(WAIT) or is_at_hand(whose, slug, at)):
        return told | {"later": urlencode({**request.GET.dict(), WAIT: "1"})}
    case, _ = case_for(whose, slug, at)
    found = waiting_before(case.lately(at), route, link)
    names = _names(user, [one.contact for one in found.latest])
    return told | {
        "waiting": found.waiting,
        "through": found.through,
        "left": found.left,
        "unnamed": found.unnamed,
        "people": [
            {
                "name": names[one.contact],
                "address": _address(one.contact),
                "since": to_datetime(one.since),
                "for": time_words(one.duration),
            }
            for one in found.latest
            if one.contact in names
        ],
    }


LINK_MEANS = {
    "generate": "Of those whom you reached: how many responded, and so became people you know.",
    "nurture": "Of those who responded: with how many it came to a conversation.",
    "ask": "Of those you talked with: how many were asked directly.",
    "answer": "Of those who were asked: how many became clients.",
    "renew": "Of those whose term came to its end: how many renewed, or bought again.",
}
"""What a figure in each column of the matrix says."""
PEOPLE_WORDS = {
    "generate": "were reached, and have not responded",
    "nurture": "responded, and no talk has come of it yet",
    "ask": "talked with you, and were not asked yet",
    "answer": "were asked, and did not become clients yet",
    "renew": "came to the end of their term, and did not renew yet",
}
"""Who stands before each link."""


def read_parameters(request: HttpRequest, name: str) -> dict[str, str]:
    """What a report is asked for besides its funnel; raises Invalid for what it doesn't know."""
    given = request.GET if request.method == "GET" else request.POST
    by, model = given.get("by", ""), given.get("model", "")
    found: dict[str, str] = {}
    if name in {"attribution", "compare"} and by:
        allowed = (*DIMENSIONS, *(dict(own_dimensions()) if name == "compare" else []))
        if by not in allowed:
            raise Invalid("A dimension was asked for", found=f"“{by[:40]}”", allowed=", ".join(allowed))
        found["by"] = by
    if name == "attribution" and model:
        if model not in MODELS:
            raise Invalid("A model was asked for", found=f"“{model[:40]}”", allowed=", ".join(MODELS))
        found["model"] = model
    if name == "asks" and (given.get("clients") or given.get("by")):
        found |= _goal(given.get("clients", ""), by)
    return found


def _goal(clients: str, by: str) -> dict[str, str]:
    try:
        day = date.fromisoformat(by)
    except ValueError:
        raise Invalid("A goal needs its day", found=f"“{by[:40]}”", allowed="a date as 2026-12-31") from None
    known_day(day)
    if not (clients.isascii() and clients.isdigit() and 0 < int(clients) <= 1_000_000):
        allowed = "a whole number above 0, up to 1,000,000"
        raise Invalid("A goal needs its number of clients", found=f"“{clients[:40]}”", allowed=allowed)
    return {"clients": str(int(clients)), "by": day.isoformat()}


def _slug(request: HttpRequest, user: User, there: dict[str, Any]) -> str:
    given = request.GET.get("funnel") or request.POST.get("funnel") or user.funnel
    return given if given in there else next(iter(there), "")


def _shown(
    user: User, report: Materialised, parameters: dict[str, str], slug: str, at: int
) -> dict[str, Any]:
    """A report with names put in, for whoever may see them."""
    result = report.result
    names, kinds = _names(user, _numbers(result)), warehouse.kinds()
    said = [_named(retold(sentence, kinds), names) for sentence in result["sentences"]]
    ranked = result.get("ranked", [])
    return {
        "lede": said[0] if said else "",
        "sentences": said[1:] if not ranked else said[len(ranked) :],
        "ranked": [
            one | {"address": _people(one, slug), "sentence": retold(one["sentence"], kinds)}
            for one in ranked
        ],
        "matrix": _matrix(result.get("matrix", []), slug),
        "tables": [
            table | {"rows": [_cells(row, table["headings"], names, kinds) for row in table["rows"]]}
            for table in result["tables"]
        ],
        "pictures": report.pictures,
        "undrawn": bool(result.get("charts")) and not report.pictures,
        "links": LINK_MEANS,
        "as_of": to_datetime(report.as_of),
        "age": _age(at - report.as_of),
        "whole": not report.scope,
        "nothing": result["sentences"] == [NOTHING],
        "shown": True,
    }


def _cells(
    row: list[str], headings: list[dict[str, Any]], names: dict[int, str], kinds: Kinds
) -> list[dict[str, Any]]:
    return [
        {"text": _named(retold(cell, kinds), names), "right": heading["right"], "label": heading["text"]}
        for cell, heading in zip(row, headings, strict=True)
    ]


def _age(time: int) -> str:
    return "just now" if time < 60_000_000 else f"{time_words(time)} ago"


def _matrix(rows: Iterable[dict[str, Any]], slug: str) -> list[dict[str, Any]]:
    return [
        row
        | {
            "cells": [
                cell | {"address": _people(cell | {"path": row["path"]}, slug)} for cell in row["cells"]
            ]
        }
        for row in rows
    ]


def _people(cell: dict[str, Any], slug: str) -> str:
    told = {"funnel": slug, "path": cell["path"], "link": cell["link"]}
    return f"{reverse('leak-people')}?{urlencode(told)}"


def _tabs(name: str, slug: str) -> list[dict[str, Any]]:
    query = urlencode({"funnel": slug})
    return [
        {"title": title, "here": one == name, "address": f"{_report(one)}?{query}"}
        for one, title in TITLES.items()
    ]


def _report(name: str) -> str:
    return reverse("leaks") if name == "leaks" else reverse("report", args=[name])


def _numbers(result: dict[str, Any]) -> list[int]:
    cells = [cell for table in result["tables"] for row in table["rows"] for cell in row]
    texts = [*result["sentences"], *cells]
    return [int(number) for text in texts for number in _CONTACT.findall(text)]


def _names(user: User, numbers: Iterable[int]) -> dict[int, str]:
    """What contacts are called, of those that somebody sees."""
    wanted = sorted(set(numbers))
    found: dict[int, str] = {}
    for start in range(0, len(wanted), 900):
        some: Iterable[Contact] = access.contacts(user).filter(pk__in=wanted[start : start + 900])
        found |= {one.pk: str(one) for one in some}
    return found


def _named(text: str, names: dict[int, str]) -> str | SafeString:
    """A text with links to contacts for their numbers; those that can't be seen are somebody."""
    parts = _CONTACT.split(text)
    if len(parts) == 1:
        return text
    said = SafeString("")
    for place, part in enumerate(parts):
        number = int(part) if place % 2 else 0
        if place % 2 == 0:
            said += format_html("{}", part)
        elif number in names:
            said += format_html('<a href="{}">{}</a>', _address(number), names[number])
        else:
            said += format_html("{}", "somebody")
    return said


def _address(number: int) -> str:
    try:
        return reverse("contact", args=[number])
    except NoReverseMatch:
        return f"/contacts/{number}/"


urlpatterns: list[URLPattern] = [
    path("leaks/", leaks, name="leaks"),
    path("leaks/people/", people, name="leak-people"),
    path("leaks/<slug:name>/", leaks, name="report"),
    path("leaks/<slug:name>/pictures/", pictures, name="report-pictures"),
    path("leaks/<slug:name>/refresh/", refresh, name="report-refresh"),
]
