"""What is worth doing on a day: who waits for us first, then asks, then what is due."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from leadline.engine.instants import DAY
from leadline.web import access
from leadline.web.models import Ask, Contract, NextStep, Task, User

AHEAD = timedelta(days=30)
REPLY_DAYS = 60
"""A word that had no reply for so long waits for none."""


def sections(user: User, who: str, day: date, at: int) -> dict[str, QuerySet[Any]]:
    """The sections in the order of the day, of everybody whom somebody sees, or of a circle of them.

    `who` is `mine`, `team`, or anything else for all; `day` is the one that it is where they are.
    """
    mine = circle(user, who)
    quiet = Q(quiet_until=None) | Q(quiet_until__lte=day)
    people = ("contact", "contact__company")
    steps = access.of_contacts(user, NextStep).filter(mine, quiet).select_related(*people)
    ranked = steps.order_by("-rank", "-id")
    asked = access.of_contacts(user, Ask).filter(mine).select_related(*people, "offer")
    due = Q(expected_on=None) | Q(expected_on__lte=day)
    since = access.of_contacts(user, Ask).exclude(answer=Ask.Answer.WITHDRAWN)
    since = since.filter(contact=OuterRef("contact"), asked_at__gt=OuterRef("asked_at"))
    again = asked.filter(answer__in=["no", "not_now"], ask_again_on__lte=day)
    contracts = access.of_contacts(user, Contract).filter(mine, ended_on=None, renews_on__lte=day + AHEAD)
    tasks = access.owned(user, Task).filter(circle(user, who), done_at=None, due_on__lte=day)
    reply = steps.filter(sort=NextStep.Sort.REPLY, since__gte=at - REPLY_DAYS * DAY)
    return {
        "reply": reply.order_by("-since", "-id"),
        "ask": ranked.filter(sort=NextStep.Sort.ASK),
        "waiting": asked.filter(quiet, due, answer="").order_by("-asked_at", "-id"),
        "again": again.exclude(Exists(since)).order_by("-ask_again_on", "-id"),
        "renew": contracts.select_related(*people, "offer").order_by("renews_on", "id"),
        "follow": ranked.filter(sort=NextStep.Sort.FOLLOW_UP),
        "task": tasks.select_related("contact", "contact__company").order_by("due_on", "id"),
    }


def circle(user: User, who: str) -> Q:
    """Whose day it is: that of whoever looks, of their team, of everybody they see."""
    if who == "mine":
        return Q(owner=user)
    return Q(team=user.team_id) if who == "team" and user.team_id else Q()
