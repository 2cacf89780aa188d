"""The funnel: who stands where on any day, what is asked and paid there, and how people go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse

from leadline.engine.clocks import last_of, to_local
from leadline.engine.funnel import Funnel
from leadline.engine.wording import day_words
from leadline.web import access
from leadline.web.actions.checks import known_day
from leadline.web.actions.reports import case_for, is_at_hand, mask_of
from leadline.web.errors import Invalid
from leadline.web.filters import OWN, Filters
from leadline.web.models import User
from leadline.web.models.people import Role
from leadline.web.pages import drawing
from leadline.web.pages.frame import now, page, user_of
from leadline.web.pages.many import MOST_CHOICES, tags_offered
from leadline.web.pages.own_fields import declared, own_filters, read_where_one_is
from leadline.web.warehouse import funnels
from leadline.web.warehouse.cases import Case
from leadline.web.warehouse.days import FunnelOnDay, StageOnDay, Step, first_day, funnel_on
from leadline.web.warehouse.whom import FIGURES
from leadline.web.warehouse.zones import team_days

FILTERS = ("path", "owner", "team", "tag")
WAIT = "wait"
"""By this parameter the page answers when its figures are there; without, at once, and fetches them then."""
MOST_KEPT = 64
MINUTE = 60 * 1_000_000
STRANGER = "stranger"


@dataclass(frozen=True)
class Asked:
    """What the page was asked for: a vocabulary, a day (None: now), and whose figures."""

    funnel: str
    on: date | None
    only: dict[str, str]

    def query(self, **other: str | None) -> str:
        """The same question with something else in it, as the query of an address."""
        told = {"funnel": self.funnel, "on": self.on.isoformat() if self.on else None, **self.only, **other}
        return urlencode({name: value for name, value in told.items() if value})


@read_where_one_is("contact")
@page("web/funnel/page.html", filtered=True)
def funnel(request: HttpRequest) -> dict[str, Any] | HttpResponse:
    """The funnel on a day of the team's; htmx gets the part that the day changes."""
    access.require(user_of(request), "see")
    there = funnels()
    if not there:
        return {"empty": True}
    with team_days():
        return _show(request, there)


def _show(request: HttpRequest, there: dict[str, Funnel]) -> dict[str, Any] | HttpResponse:
    user, at = user_of(request), now()
    asked = read_question(request, user, there, at)
    if not (request.GET.get(WAIT) or is_at_hand(whose(user), asked.funnel, at)):
        return {"asked": asked, "vocabularies": _vocabularies(there, asked), "later": True}
    case, mark = case_for(whose(user), asked.funnel, at)
    found = _figures(case, mark, user, asked, at)
    told = {"asked": asked, "vocabularies": _vocabularies(there, asked)} | _days(case, asked, at)
    told |= _choices(case, user, asked.only) | show(found, asked, there[asked.funnel])
    if request.headers.get("HX-Target") == "funnel-figures":
        return render(request, "web/funnel/part.html", told)
    return told


def read_question(request: HttpRequest, user: User, there: dict[str, Funnel], at: int) -> Asked:
    """What an address asks for; raises Invalid for a day that is none, or to come."""
    slug = request.GET.get("funnel") or user.funnel
    if slug not in there:
        slug = next(iter(there))
    given = Filters.of(request.GET.dict()).given
    only = {name: value for name, value in given.items() if name in FILTERS or name.startswith(OWN)}
    text, today = request.GET.get("on", ""), to_local(at).date()
    try:
        on = date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid("A day was asked for", found=f"“{text[:40]}”", allowed="a date as 2026-03-31") from None
    if on:
        known_day(on)
    if on and on > today:
        raise Invalid("A day was asked for", found="one that is still to come", allowed="today, or before")
    return Asked(slug, None if on == today else on, only)


def show(found: FunnelOnDay, asked: Asked, funnel: Funnel) -> dict[str, Any]:
    """The figures of a day as the template needs them."""
    wide, narrow = drawing.draw_wide(found), drawing.draw_narrow(found)
    return {
        "found": found,
        "means": funnel.means,
        "day": day_words(found.at),
        "stages": [_told(stage, found, asked) for stage in found.path],
        "others": [_told(stage, found, asked) for stage in found.others],
        "wide": _drawn(wide, found, asked),
        "narrow": _drawn(narrow, found, asked),
        "lines": drawing.draw_lines(found),
        "spark": drawing.SPARK,
        "months": drawing.table_of(found),
        "since": found.months[0][0] if found.months else None,
        "steps": [{"step": one, "opens": _opens(asked, one)} for one in found.steps],
        "strangers": people_address(asked, STRANGER),
        "money": any(one.asked or one.overdue or one.paid for one in (*found.path, *found.others)),
    }


def people_address(asked: Asked, stage: str, figure: str = "") -> str:
    """The list of those whom a figure counts, on the same day."""
    return f"{reverse('funnel-people')}?{asked.query(stage=stage, figure=figure)}"


def _opens(asked: Asked, step: Step) -> dict[str, str]:
    return {name: people_address(asked, step.begins, name) for name in FIGURES}


def _told(stage: StageOnDay, found: FunnelOnDay, asked: Asked) -> dict[str, Any]:
    return {
        "stage": stage,
        "people": people_address(asked, stage.name),
        "opens": {name: people_address(asked, stage.name, name) for name in FIGURES},
    }


def _drawn(drawn: drawing.Drawing, found: FunnelOnDay, asked: Asked) -> dict[str, Any]:
    blocks = [_told(block.stage, found, asked) | {"block": block} for block in drawn.blocks]
    return {"size": drawn, "blocks": blocks, "necks": drawn.necks}


_KEPT: dict[tuple[Any, ...], tuple[Case, FunnelOnDay]] = {}


def _figures(case: Case, mark: str, user: User, asked: Asked, at: int) -> FunnelOnDay:
    """The figures of a day, as they were worked out within this minute where nothing has changed since."""
    key = (mark, user.pk, asked.query(), at // MINUTE)
    of, kept = _KEPT.get(key, (None, None))
    if mark and kept is not None and of is case:
        return kept
    found = funnel_on(case, instant_of(asked, at), mask_of(case, user, asked.only, at))
    while len(_KEPT) >= MOST_KEPT:
        _KEPT.pop(next(iter(_KEPT)), None)
    _KEPT[key] = case, found
    return found


def whose(user: User) -> User | None:
    """Whose contacts are looked at: None, all of them, for those who see all."""
    return None if user.role == Role.OWNER else user


def instant_of(asked: Asked, at: int) -> int:
    """The instant that is looked at: the end of the day that was asked for, or now."""
    return at if asked.on is None else last_of(asked.on)


def _vocabularies(there: dict[str, Funnel], asked: Asked) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "means": one.means,
            "here": slug == asked.funnel,
            "query": asked.query(funnel=slug),
        }
        for slug, one in there.items()
    ]


def _days(case: Case, asked: Asked, at: int) -> dict[str, Any]:
    """The days among which to choose, and how old the figures are."""
    today = to_local(at).date()
    first = first_day(case) or today
    chosen = asked.on or today
    return {
        "today": today,
        "first": min(first, chosen),
        "chosen": chosen,
        "place": (chosen - min(first, chosen)).days,
        "places": (today - min(first, chosen)).days,
        "before": asked.query(on=(chosen - timedelta(days=1)).isoformat()) if chosen > first else "",
        "after": asked.query(on=(chosen + timedelta(days=1)).isoformat()) if chosen < today else "",
        "now_query": asked.query(on=None),
    }


def _choices(case: Case, user: User, only: dict[str, str]) -> dict[str, Any]:
    """By what the figures can be told apart: path, owner, tags, and any field of one's own."""
    column = case.touches.columns.get("path")
    seen = access.contacts(user).exclude(owner=None).order_by().values("owner").distinct()
    owners = User.objects.filter(pk__in=seen).order_by("name", "pk")[:MOST_CHOICES]
    return {
        "paths": sorted(str(label) for label in column.labels)[:MOST_CHOICES] if column else [],
        "owners": [(str(one.pk), str(one)) for one in owners],
        "tags": tags_offered(user),
        "own_fields": own_filters(declared("contact"), only),
        "own_asked": any(name.startswith(OWN) for name in only),
    }


urlpatterns: list[URLPattern] = [path("funnel/", funnel, name="funnel")]
