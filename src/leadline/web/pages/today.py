"""Today: whom to ask, what waits, what is due; each with its reason, and one key to do it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from leadline.engine.instants import DAY, WEEK
from leadline.engine.wording import listed
from leadline.web import access, warehouse
from leadline.web.access import find
from leadline.web.actions import reminders, touches
from leadline.web.errors import NotFound
from leadline.web.models import Ask, Contract, Goal, NextStep, Task, User
from leadline.web.pages.frame import actor_of, now, page, user_of
from leadline.web.pages.sales_forms import back, today_of

FEW, MANY, COUNTED = 6, 200, 1000
"""Rows of a section; of one that is looked at alone; and how far is counted."""
AHEAD = timedelta(days=30)
REPLY_DAYS = 60
"""A word that had no reply for so long waits for none."""
LATER = timedelta(days=7)
NAMES = {
    "reply": ("Replies to answer", ("reply to answer", "replies to answer")),
    "ask": ("Ready, and never asked", ("person to ask", "people to ask")),
    "waiting": ("Answers outstanding", ("answer outstanding", "answers outstanding")),
    "again": ("To be asked again", ("second ask due", "second asks due")),
    "renew": ("Renewals", ("renewal due", "renewals due")),
    "follow": ("Leads without a follow-up", ("lead to follow up", "leads to follow up")),
    "task": ("Tasks", ("task due", "tasks due")),
}
"""The sections in the order of the day: who waits for us first, then asks, then what is due."""
_TO_MONDAY = 3 * DAY  # 1 January 1970 was a Thursday


@dataclass
class Section:
    """One part of the day: rows, how many there are in all, and what they are called."""

    name: str
    title: str
    nouns: tuple[str, str]
    rows: list[Any]
    count: int

    @property
    def more(self) -> bool:
        """Whether not all are shown."""
        return self.count > len(self.rows)

    @property
    def number(self) -> str:
        """How many, as far as was counted."""
        return f"{self.count:,}" if self.count <= COUNTED else f"more than {COUNTED:,}"


@page("web/today/today.html")
def today(request: HttpRequest) -> dict[str, Any]:
    """What is worth doing today."""
    user, only, who = user_of(request), request.GET.get("only", ""), request.GET.get("who", "all")
    sections = [one for one in _sections(user, who, only) if one.rows or only]
    return {
        "sections": sections,
        "only": only,
        "who": who,
        "circles": _circles(user),
        "lede": _lede(sections),
        "week": _week(user),
        "may": access.may(user, "change"),
        "kinds": _loggable() if sections else [],
        "anybody": bool(sections) or access.contacts(user).exists(),
    }


@require_POST
@page("")
def put_off(request: HttpRequest, what: str, number: int) -> HttpResponse:
    """Not today: again in a week."""
    user = user_of(request)
    access.require(user, "change")
    until = today_of(user, now()) + LATER
    reminders.put_off(actor_of(request), _reminder(user, what, number), until)
    messages.success(request, "Put off for a week.")
    return back(request, reverse("today"))


@require_POST
@page("")
def finish(request: HttpRequest, number: int) -> HttpResponse:
    """A task is done."""
    user = user_of(request)
    access.require(user, "change")
    reminders.finish(actor_of(request), find(access.owned(user, Task), number))
    messages.success(request, "Done.")
    return back(request, reverse("today"))


@require_POST
@page("")
def log(request: HttpRequest, number: int) -> HttpResponse:
    """Log a touch of somebody, of today."""
    user = user_of(request)
    access.require(user, "change")
    contact = find(access.contacts(user), number)
    touch = touches.record(actor_of(request), contact, request.POST.get("kind", ""))
    messages.success(request, f"Recorded: {touch.kind.replace('_', ' ')}, {contact}.")
    return back(request, reverse("today"))


def _sections(user: User, who: str, only: str) -> list[Section]:
    most = MANY if only else FEW
    found = []
    for name, rows in _queries(user, who).items():
        if only in ("", name):
            shown = list(rows[: most + 1])
            count = len(shown) if len(shown) <= most else rows[: COUNTED + 1].count()
            found.append(Section(name, *NAMES[name], shown[:most], count))
    return found


def _queries(user: User, who: str) -> dict[str, QuerySet[Any]]:
    """The sections in the order of the day: people who wait for us first, then asks, then what is due."""
    day, at = today_of(user, now()), now()
    mine = _circle(user, who)
    quiet = Q(quiet_until=None) | Q(quiet_until__lte=day)
    people = ("contact", "contact__company")
    steps = access.of_contacts(user, NextStep).filter(mine, quiet).select_related(*people)
    steps = steps.order_by("-since", "-id")
    asked = access.of_contacts(user, Ask).filter(mine).select_related(*people, "offer")
    waiting = asked.filter(quiet, answer="").order_by("asked_at", "id")
    since = access.of_contacts(user, Ask).exclude(answer=Ask.Answer.WITHDRAWN)
    since = since.filter(contact=OuterRef("contact"), asked_at__gt=OuterRef("asked_at"))
    again = asked.filter(answer__in=["no", "not_now"], ask_again_on__lte=day)
    again = again.exclude(Exists(since)).order_by("ask_again_on", "id")
    due = access.of_contacts(user, Contract).filter(mine, ended_on=None, renews_on__lte=day + AHEAD)
    tasks = access.owned(user, Task).filter(_circle(user, who, ""), done_at=None, due_on__lte=day)
    reply = steps.filter(sort=NextStep.Sort.REPLY, since__gte=at - REPLY_DAYS * DAY)
    return {
        "reply": reply,
        "ask": steps.filter(sort=NextStep.Sort.ASK),
        "waiting": waiting,
        "again": again,
        "renew": due.select_related(*people, "offer").order_by("renews_on", "id"),
        "follow": steps.filter(sort=NextStep.Sort.FOLLOW_UP),
        "task": tasks.select_related("contact").order_by("due_on", "id"),
    }


def _circle(user: User, who: str, of: str = "contact__") -> Q:
    if who == "mine":
        return Q(**{f"{of}owner": user})
    return Q(**{f"{of}team": user.team_id}) if who == "team" and user.team_id else Q()


def _circles(user: User) -> list[tuple[str, str]]:
    """Whose day can be looked at; none to choose from where one sees only one's own."""
    team = [("team", "My team's")] if user.team_id else []
    sees_more = access.may(user, "export") or bool(user.team and user.team.shares)
    return [("all", "Everybody's"), *team, ("mine", "Mine")] if sees_more else []


def _lede(sections: list[Section]) -> str:
    """What the day holds, in one sentence."""
    said = [f"{one.number} {one.nouns[one.count != 1]}" for one in sections if one.count]
    return f"{listed(said)}." if said else ""


def _week(user: User) -> dict[str, Any]:
    """The asks of this week beside those of the week before, and the goal."""
    at = now()
    monday = (at + _TO_MONDAY) // WEEK * WEEK - _TO_MONDAY
    made = access.of_contacts(user, Ask).exclude(answer=Ask.Answer.WITHDRAWN)
    goal = Goal.objects.filter(by__gte=today_of(user, at)).order_by("-set_at", "-id").first()
    return {
        "asks": made.filter(asked_at__gte=monday).count(),
        "before": made.filter(asked_at__gte=monday - WEEK, asked_at__lt=monday).count(),
        "goal": goal,
    }


def _loggable() -> list[tuple[str, str]]:
    """Kinds that somebody logs after having turned to a person: ours to them, and talks."""
    kinds = warehouse.kinds().kinds
    ours = [one for one in kinds if one.link == "nurture" and one.direction != "in" and not one.machine]
    return [(one.name, one.means) for one in ours if "contacted" in one.groups]


def _reminder(user: User, what: str, number: int) -> reminders.Reminder:
    if what == "task":
        return find(access.owned(user, Task), number)
    if what == "ask":
        return find(access.of_contacts(user, Ask), number)
    if what == "step":
        return find(access.of_contacts(user, NextStep), number)
    raise NotFound("Something was to be put off", found=f"“{what}”", allowed="a step, an ask or a task")


urlpatterns: list[URLPattern] = [
    path("", today, name="today"),
    path("today/later/<slug:what>/<int:number>/", put_off, name="put_off"),
    path("today/done/<int:number>/", finish, name="task_done"),
    path("today/log/<int:number>/", log, name="today_log"),
]
