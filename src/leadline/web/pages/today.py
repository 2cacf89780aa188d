"""Today: whom to ask, what waits, what is due; each with its reason, one key to do it, and a way back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from leadline.engine.wording import listed
from leadline.web import access
from leadline.web.access import find
from leadline.web.actions import reminders, tasks, touches
from leadline.web.actions.pace import pace
from leadline.web.errors import Invalid, NotFound
from leadline.web.models import Ask, NextStep, Touch, User
from leadline.web.pages.day_sections import NAMES, Section, sections
from leadline.web.pages.entries import kinds_of_ours
from leadline.web.pages.frame import actor_of, now, page, say, user_of
from leadline.web.pages.sales_forms import back, today_of
from leadline.web.templatetags.spoken import spoken

LATER = timedelta(days=7)


@page("web/today/today.html")
def today(request: HttpRequest) -> dict[str, Any]:
    """What is worth doing today."""
    user, at = user_of(request), now()
    only, who = request.GET.get("only", ""), request.GET.get("who", "all")
    only = only if only in NAMES else ""
    found = [one for one in sections(user, who, only, at) if one.rows or only]
    return {
        "sections": found,
        "only": only,
        "who": who,
        "circles": _circles(user),
        "lede": _lede(found),
        "pace": pace(user, today_of(user, at), at),
        "day": today_of(user, at),
        "may": access.may(user, "change"),
        "kinds": kinds_of_ours() if found else [],
        "anybody": bool(found) or access.contacts(user).exists(),
        "told": bool(found) or access.contacts(user).filter(last_touch_at__isnull=False).exists(),
    }


@page("web/today/parts/pace.html")
def week(request: HttpRequest) -> dict[str, Any]:
    """The asks of the week beside the plan, which is worked out where it isn't there."""
    user, at = user_of(request), now()
    return {
        "pace": pace(user, today_of(user, at), at, anew=True),
        "may": access.may(user, "change"),
        "tried": True,
        "all": request.GET.get("all"),
    }


@require_POST
@page("")
def put_off(request: HttpRequest, what: str, number: int) -> HttpResponse:
    """Not today: again in a week."""
    user = user_of(request)
    access.require(user, "change")
    reminder = _reminder(user, what, number)
    before = reminders.due_of(reminder)
    reminders.put_off(actor_of(request), reminder, today_of(user, now()) + LATER)
    query = urlencode({"on": str(before or "")})
    say(request, "Put off for a week.", f"{reverse('put_back', args=[what, number])}?{query}")
    return back(request, reverse("today"))


@require_POST
@page("")
def put_back(request: HttpRequest, what: str, number: int) -> HttpResponse:
    """On the day after all on which it was due before."""
    user = user_of(request)
    access.require(user, "change")
    try:
        day = date.fromisoformat(request.GET["on"]) if request.GET.get("on") else None
    except ValueError:
        raise Invalid("A day was asked for", found=request.GET["on"][:40], allowed="as 2026-03-31") from None
    reminders.put_back(actor_of(request), _reminder(user, what, number), day)
    say(request, "It is back.")
    return back(request, reverse("today"))


@require_POST
@page("")
def finish(request: HttpRequest, number: int) -> HttpResponse:
    """A task is done."""
    user = user_of(request)
    access.require(user, "change")
    task = tasks.finish_task(actor_of(request), find(access.tasks(user), number))
    say(request, f"Done: {task.title}.", reverse("task_open", args=[number]))
    return back(request, reverse("today"))


@require_POST
@page("")
def take_up(request: HttpRequest, number: int) -> HttpResponse:
    """A task is to be done after all."""
    user = user_of(request)
    access.require(user, "change")
    task = tasks.reopen_task(actor_of(request), find(access.tasks(user), number))
    say(request, f"To be done after all: {task.title}.")
    return back(request, reverse("today"))


@require_POST
@page("")
def log(request: HttpRequest, number: int) -> HttpResponse:
    """Log a touch of somebody, of today."""
    user = user_of(request)
    access.require(user, "change")
    contact = find(access.contacts(user), number)
    touch = touches.record(actor_of(request), contact, request.POST.get("kind", ""))
    said = f"Recorded: {spoken(touch.kind)}, {contact}."
    say(request, said, reverse("today_unlog", args=[touch.pk]))
    return back(request, reverse("today"))


@require_POST
@page("")
def unlog(request: HttpRequest, number: int) -> HttpResponse:
    """Take back what was just logged."""
    user = user_of(request)
    access.require(user, "change")
    touch = find(access.of_contacts(user, Touch).filter(retracts=None, origin=""), number)
    touches.retract(actor_of(request), touch)
    say(request, f"Taken back: {spoken(touch.kind)}.")
    return back(request, reverse("today"))


def _circles(user: User) -> list[tuple[str, str]]:
    """Whose day can be looked at; none to choose from for who works alone, or sees only their own."""
    if not User.objects.filter(is_active=True).exclude(pk=user.pk).exists():
        return []
    team = [("team", "My team's")] if user.team_id else []
    sees_more = access.may(user, "export") or bool(user.team and user.team.shares)
    return [("all", "Everybody's"), *team, ("mine", "Mine")] if sees_more else []


def _lede(found: list[Section]) -> str:
    """What the day holds, in one sentence."""
    said = [one.said for one in found if one.count]
    return f"{listed(said)}." if said else ""


def _reminder(user: User, what: str, number: int) -> reminders.Reminder:
    if what == "task":
        return find(access.tasks(user), number)
    if what == "ask":
        return find(access.of_contacts(user, Ask), number)
    if what == "step":
        return find(access.of_contacts(user, NextStep), number)
    raise NotFound("Something was to be put off", found=f"“{what}”", allowed="a step, an ask or a task")


urlpatterns: list[URLPattern] = [
    path("", today, name="today"),
    path("today/week/", week, name="today_week"),
    path("today/later/<slug:what>/<int:number>/", put_off, name="put_off"),
    path("today/back/<slug:what>/<int:number>/", put_back, name="put_back"),
    path("today/done/<int:number>/", finish, name="task_done"),
    path("today/open/<int:number>/", take_up, name="task_open"),
    path("today/log/<int:number>/", log, name="today_log"),
    path("today/unlog/<int:number>/", unlog, name="today_unlog"),
]
