"""The board: contacts by stage; open asks by the month in which an answer is expected; asks by answer.

Nobody sets a stage: to move a card is to say what happened, and the stage follows.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse

from leadline.engine.funnel import Funnel
from leadline.web import access, warehouse
from leadline.web.access import find
from leadline.web.actions import moves
from leadline.web.models import Contact, User
from leadline.web.pages import board_columns, happenings
from leadline.web.pages.frame import actor_of, now, page, user_of
from leadline.web.pages.sales_forms import back, today_of

BY = {"stage": "By stage", "month": "Open asks by month", "answer": "Asks by answer"}


@page("web/board/board.html")
def board(request: HttpRequest) -> dict[str, Any]:
    """Cards in columns."""
    user, funnels = user_of(request), warehouse.funnels()
    by = request.GET.get("by", "stage")
    by = by if by in BY else "stage"
    slug = _slug(request, user, funnels)
    return {
        "by": by,
        "ways": BY.items(),
        "slug": slug,
        "funnels": [(name, funnel.name) for name, funnel in funnels.items()],
        "funnel": funnels.get(slug),
        "columns": _columns(user, by, slug, funnels),
        "may": access.may(user, "change"),
    }


@page("")
def more(request: HttpRequest) -> HttpResponse:
    """Further cards of a column."""
    user, funnels = user_of(request), warehouse.funnels()
    by, key, after = (request.GET.get(name, "") for name in ("by", "column", "after"))
    slug = _slug(request, user, funnels)
    columns = _columns(user, by, slug, funnels, only=key, after=after)
    if not columns:
        raise Http404
    told = {"column": columns[0], "by": by, "slug": slug, "may": access.may(user, "change")}
    return render(request, "web/board/parts/cards.html", told)


@page("")
def move(request: HttpRequest, number: int) -> HttpResponse:
    """What happened with somebody, who is to stand in another stage."""
    user, funnels = user_of(request), warehouse.funnels()
    access.require(user, "change")
    contact = find(access.contacts(user), number)
    slug = _slug(request, user, funnels)
    if slug not in funnels:
        raise Http404
    funnel, to = funnels[slug], request.POST.get("to") or request.GET.get("to") or ""
    stage = int(to) if to.isdecimal() and 0 < int(to) <= len(funnel.stages) else 0
    if request.method == "POST":
        moves.happened(actor_of(request), contact, request.POST.getlist("kind")[: moves.MOST + 1])
        messages.success(request, _said(contact, slug, funnel, stage))
        return back(request, reverse("board"))
    here = _stage_of(contact, slug)
    told = {
        "contact": contact,
        "slug": slug,
        "funnel": funnel,
        "here": funnel.stages[here - 1] if here else None,
        "to": stage,
        "stages": list(enumerate(funnel.stages, start=1)),
        "stage": funnel.stages[stage - 1] if stage else None,
        "gap": happenings.gap(contact, funnel, stage, now()) if stage and stage != here else None,
        "next": request.GET.get("next", reverse("board")),
    }
    whole = not request.headers.get("HX-Request")
    return render(request, "web/board/move.html" if whole else "web/board/parts/move.html", told)


def _columns(
    user: User, by: str, slug: str, funnels: dict[str, Funnel], only: str = "", after: str = ""
) -> list[board_columns.Column]:
    today = today_of(user, now())
    if by == "month":
        return board_columns.by_month(user, today, only, after)
    if by == "answer":
        return board_columns.by_answer(user, today, only, after)
    return board_columns.by_stage(user, slug, funnels[slug], now(), only, after) if slug in funnels else []


def _slug(request: HttpRequest, user: User, funnels: dict[str, Funnel]) -> str:
    wanted = request.POST.get("funnel") or request.GET.get("funnel") or user.funnel
    return wanted if wanted in funnels else next(iter(funnels), "")


def _stage_of(contact: Contact, slug: str) -> int:
    found = contact.standings.filter(funnel=slug).values_list("stage", flat=True).first()
    return found or 0


def _said(contact: Contact, slug: str, funnel: Funnel, wanted: int) -> str:
    """Where somebody stands after what was recorded."""
    found = _stage_of(contact, slug)
    said = f"Recorded. {contact} is now: {funnel.stage_names[found]}."
    if wanted and wanted != found:
        said += f" For “{funnel.stage_names[wanted]}” something is missing still."
    return said


urlpatterns: list[URLPattern] = [
    path("board/", board, name="board"),
    path("board/more/", more, name="board_more"),
    path("board/move/<int:number>/", move, name="board_move"),
]
