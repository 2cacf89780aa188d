"""The people behind a number of the funnel, as of the day that was looked at."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse

from leadline.engine.errors import UnknownName, nearest
from leadline.engine.funnel import Funnel
from leadline.engine.wording import day_words
from leadline.web import access
from leadline.web.actions.reports import case_for, is_at_hand, mask_of
from leadline.web.models import Contact, User
from leadline.web.pages import columns
from leadline.web.pages.frame import now, page, user_of
from leadline.web.pages.funnel import WAIT, Asked, instant_of, read_question, whose
from leadline.web.warehouse import funnels
from leadline.web.warehouse.days import currency_of
from leadline.web.warehouse.whom import FIGURES, Figure, Whom, steps_from
from leadline.web.warehouse.zones import team_days

SIZE = 50
COLUMNS = ("company", "stage", "path", "owner")
_OF_STEPS = ("reached", "went", "left", "waiting")


@page("web/funnel/people.html")
def people(request: HttpRequest) -> dict[str, Any]:
    """Those whom a figure counts, the latest first; the erased are counted, and named by nobody."""
    access.require(user_of(request), "see")
    there = funnels()
    if not there:
        return {"empty": True}
    with team_days():
        return _show(request, there)


def _show(request: HttpRequest, there: dict[str, Funnel]) -> dict[str, Any]:
    user, at = user_of(request), now()
    asked = read_question(request, user, there, at)
    if not (request.GET.get(WAIT) or is_at_hand(whose(user), asked.funnel, at)):
        return {"later": urlencode({**request.GET.dict(), WAIT: "1"})}
    case, _ = case_for(whose(user), asked.funnel, at)
    day, figure = instant_of(asked, at), request.GET.get("figure") or "people"
    stage = _stage(case.funnel.stage_names, request.GET.get("stage", ""))
    allowed = steps_from(case) if figure in _OF_STEPS else case.funnel.stage_names
    if figure not in FIGURES or stage not in allowed:
        raise UnknownName(
            "The people of a figure were asked for",
            found=f"“{figure[:40]}” of “{stage}”",
            allowed=", ".join(FIGURES),
        )
    number = case.funnel.stage_names.index(stage)
    found = FIGURES[figure].find(case, day, mask_of(case, user, asked.only, at), number)
    return {
        "stage": stage,
        "means": case.funnel.stages[number - 1].means if number else "",
        "figure": FIGURES[figure],
        "said": FIGURES[figure].said.format(stage=stage),
        "day": day_words(day),
        "count": len(found),
        "asked": asked,
        "back": f"{reverse('funnel')}?{asked.query()}",
        "list": _list(asked, stage, figure),
        **_turned(request, found, asked, FIGURES[figure], currency_of(case) or "", user),
    }


def _stage(names: tuple[str, ...], text: str) -> str:
    if text in names:
        return text
    raise UnknownName(
        "A stage was asked for",
        found=f"“{text[:80]}”",
        allowed=", ".join(names),
        suggestion=nearest(text[:80], names),
    )


def _turned(
    request: HttpRequest, found: Whom, asked: Asked, figure: Figure, currency: str, user: User
) -> dict[str, Any]:
    """One page of them, with the columns of the list of contacts as they are today."""
    given = request.GET.get("after", "")
    first = min(int(given), len(found)) if given.isascii() and given.isdigit() and len(given) < 9 else 0
    places = range(first, min(first + SIZE, len(found)))
    known = funnels()
    funnel, kept = known[asked.funnel], known.kept_as[asked.funnel]
    rows = columns.narrowed(access.contacts(user), COLUMNS)
    seen = rows.in_bulk([found.contacts[place] for place in places]).values()
    there = {one.pk: one for one in columns.completed(seen, COLUMNS, kept)}

    def row(place: int) -> dict[str, Any]:
        contact: Contact | None = there.get(found.contacts[place])
        return {
            "contact": contact,
            "since": found.since[place],
            "amount": found.amounts[place] if found.amounts else None,
            "cells": columns.cells(contact, COLUMNS, funnel, user) if contact else (),
        }

    query = asked.query(stage=request.GET["stage"], figure=request.GET.get("figure"))
    return {
        "rows": [row(place) for place in places],
        "labels": [columns.LABELS["contact"][name] if name != "stage" else "Stage today" for name in COLUMNS],
        "currency": currency,
        "first": first,
        "next": f"?{query}&after={first + SIZE}" if first + SIZE < len(found) else "",
        "start": f"?{query}",
    }


def _list(asked: Asked, stage: str, figure: str) -> str:
    """The same people as a list to work on; none for a day that is over, or where a list can't say it."""
    if asked.on is not None or figure != "people" or "path" in asked.only:
        return ""
    return f"{reverse('contacts')}?{asked.query(stage=stage)}"


urlpatterns: list[URLPattern] = [path("funnel/people/", people, name="funnel-people")]
