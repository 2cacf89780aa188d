"""The board: contacts by stage; open asks by the month in which an answer is expected; asks by answer.

Nobody sets a stage: to move a card is to say what happened, and the stage follows.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from leadline.engine.errors import LeadlineError
from leadline.web import access, warehouse
from leadline.web.access import find
from leadline.web.actions import moves
from leadline.web.errors import Conflict, Invalid, leaving
from leadline.web.models import Contact, User
from leadline.web.pages import board_columns, happenings
from leadline.web.pages.dates import read_day
from leadline.web.pages.frame import actor_of, now, page, say, user_of
from leadline.web.pages.sales_forms import back, instant_of, today_of
from leadline.web.pages.whose import Whose, read_whose
from leadline.web.warehouse import Funnels

BY = {"stage": "By stage", "month": "Open asks by month", "answer": "Asks by answer"}


@page("web/board/board.html", filtered=True)
def board(request: HttpRequest) -> dict[str, Any]:
    """Cards in columns."""
    user, funnels, whose = user_of(request), warehouse.funnels(), read_whose(request)
    by = request.GET.get("by", "stage")
    by = by if by in BY else "stage"
    slug = _slug(request, user, funnels)
    return {
        "by": by,
        "ways": BY.items(),
        "slug": slug,
        "funnels": [(name, funnel.name) for name, funnel in funnels.items()],
        "funnel": funnels.get(slug),
        "columns": _columns(whose, by, slug, funnels),
        "whose": whose,
        "may": access.may(user, "change"),
    }


@page("")
def more(request: HttpRequest) -> HttpResponse:
    """Further cards of a column."""
    user, funnels = user_of(request), warehouse.funnels()
    by, key, after = (request.GET.get(name, "") for name in ("by", "column", "after"))
    slug = _slug(request, user, funnels)
    whose = read_whose(request)
    columns = _columns(whose, by, slug, funnels, only=key, after=after)
    if not columns:
        raise Http404
    told = {"column": columns[0], "by": by, "slug": slug, "whose": whose, "may": access.may(user, "change")}
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
    stage = next((n for n, name in enumerate(funnel.stage_names) if n and name == to), 0)
    refused = _record(request, contact, slug, stage) if request.method == "POST" else None
    if isinstance(refused, HttpResponse):
        return refused
    here = _stage_of(contact, funnels.kept_as[slug])
    told = {
        "contact": contact,
        "slug": slug,
        "funnel": funnel,
        "here": funnel.stages[here - 1] if here else None,
        "stage": funnel.stages[stage - 1] if stage else None,
        "gap": happenings.gap(contact, funnel, stage, now()) if stage and stage != here else None,
        "next": request.POST.get("next") or request.GET.get("next") or reverse("board"),
        "ticked": request.POST.getlist("kind"),
        "refused": refused,
        "whole": not request.headers.get("HX-Request"),
    }
    answer = render(request, "web/board/move.html" if told["whole"] else "web/board/parts/move.html", told)
    if refused is not None and told["whole"]:
        answer.status_code = leaving(refused).status
    elif refused is not None:
        answer["HX-Retarget"], answer["HX-Reswap"] = "#ask-dialog-body", "innerHTML"
        answer["HX-Reselect"] = ".move-form"
    return answer


@require_POST
@page("")
def move_back(request: HttpRequest, number: int) -> HttpResponse:
    """Take back what was said of somebody when their card was moved."""
    access.require(user_of(request), "change")
    contact, at = find(access.contacts(user_of(request)), number), request.GET.get("at", "")
    if not (at.isascii() and at.isdigit() and len(at) < 19):
        raise Invalid("What was recorded was to be taken back", found=f"“{at[:40]}”", allowed="an instant")
    moves.take_back(actor_of(request), contact, int(at))
    say(request, f"Taken back what was said of {contact}.")
    return back(request, reverse("board"))


def _record(request: HttpRequest, contact: Contact, slug: str, stage: int) -> HttpResponse | LeadlineError:
    """Record what was ticked; the answer, or why it can't be recorded."""
    actor, zone = actor_of(request), user_of(request).zone
    try:
        _check_standing(request, contact, slug)
        on = instant_of(read_day(request.POST.get("day", "")), actor.now, zone)
        moves.happened(actor, contact, request.POST.getlist("kind")[: moves.MOST + 1], on)
    except (Invalid, Conflict) as refusal:
        return refusal
    undo = f"{reverse('board_move_back', args=[contact.pk])}?at={actor.now}"
    say(request, _said(contact, slug, stage), undo)
    return back(request, reverse("board"))


def _check_standing(request: HttpRequest, contact: Contact, slug: str) -> None:
    """Raise Conflict where somebody came to another stage since the form was opened."""
    funnels = warehouse.funnels()
    here = _stage_of(contact, funnels.kept_as[slug])
    now_in = funnels[slug].stage_names[here]
    if "was" in request.POST and request.POST["was"] != (now_in if here else ""):
        raise Conflict(
            f"What happened with {contact} was to be recorded",
            found=f"that they came to “{now_in}” meanwhile",
            allowed="Tick what happened besides, if anything did.",
        )


def _columns(
    whose: Whose, by: str, slug: str, funnels: Funnels, only: str = "", after: str = ""
) -> list[board_columns.Column]:
    today = today_of(whose.user, now())
    if by == "month":
        return board_columns.by_month(whose, today, only, after)
    if by == "answer":
        return board_columns.by_answer(whose, today, only, after)
    return board_columns.by_stage(whose, slug, funnels, now(), only, after) if slug in funnels else []


def _slug(request: HttpRequest, user: User, funnels: Funnels) -> str:
    wanted = request.POST.get("funnel") or request.GET.get("funnel") or user.funnel
    return wanted if wanted in funnels else next(iter(funnels), "")


def _stage_of(contact: Contact, kept: str) -> int:
    found = contact.standings.filter(funnel=kept).values_list("stage", flat=True).first()
    return found or 0


def _said(contact: Contact, slug: str, wanted: int) -> str:
    """Where somebody stands after what was recorded."""
    funnels = warehouse.funnels()
    funnel, found = funnels[slug], _stage_of(contact, funnels.kept_as[slug])
    said = f"Recorded. {contact} is now: {funnel.stage_names[found]}."
    if wanted and wanted != found:
        said += f" For “{funnel.stage_names[wanted]}” something is missing still."
    return said


urlpatterns: list[URLPattern] = [
    path("board/", board, name="board"),
    path("board/more/", more, name="board_more"),
    path("board/move/<int:number>/", move, name="board_move"),
    path("board/back/<int:number>/", move_back, name="board_move_back"),
]
