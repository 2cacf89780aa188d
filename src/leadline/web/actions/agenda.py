"""What is worth doing on a day: who waits for us first, then asks, then what is due."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from leadline.engine.instants import DAY
from leadline.web import access
from leadline.web.listing import in_order
from leadline.web.models import Ask, Contract, NextStep, Task, User
from leadline.web.together import counts_of

AHEAD = timedelta(days=30)
"""A contract that runs out within so long is due for its renewal."""
REPLY_DAYS = 60
"""A word that had no reply for so long waits for none."""


@dataclass(frozen=True)
class Open:
    """What is open, circle by circle (`access.circles`), and the order in which it is worth doing.

    `column` is what it is ordered by, the higher first where that falls.
    """

    parts: list[QuerySet[Any]]
    column: str
    falling: bool

    def first(self, most: int) -> list[Any]:
        """The first ones, of all circles together."""
        sign = "-" if self.falling else ""
        rows = [list(in_order(part, f"{sign}{self.column}", f"{sign}id")[:most]) for part in self.parts]
        return list(heapq.merge(*rows, key=attrgetter(self.column, "id"), reverse=self.falling))[:most]

    def count(self, most: int) -> int:
        """How many there are, `most` at most."""
        return min(sum(counts_of(self.parts, most)), most)


def sections(user: User, who: str, day: date, at: int) -> dict[str, Open]:
    """The sections in the order of the day, of everybody whom somebody sees, or of a circle of them.

    `who` is `mine`, `team`, or anything else for all; `day` is the one that it is where they are.
    """
    mine, quiet = circle(user, who), Q(quiet_until=None) | Q(quiet_until__lte=day)
    people = ("contact", "contact__company")

    def steps(sort: str, column: str, **more: Any) -> Open:
        found = access.parts_of_contacts(user, NextStep)
        parts = [part.filter(mine, quiet, sort=sort, **more).select_related(*people) for part in found]
        return Open(parts, column, falling=True)

    asked = [part.filter(mine) for part in access.parts_of_contacts(user, Ask)]
    asked = [part.select_related(*people, "offer") for part in asked]
    due = Q(expected_on=None) | Q(expected_on__lte=day)
    since = access.of_contacts(user, Ask).exclude(answer=Ask.Answer.WITHDRAWN)
    since = since.filter(contact=OuterRef("contact"), asked_at__gt=OuterRef("asked_at"))
    due_again = Q(said__in=["no", "not_now"], ask_again_on__lte=day)  # few: by their day, not by the answer
    again = [part.annotate(said=Coalesce("answer", Value(""))).filter(due_again) for part in asked]
    contracts = access.of_contacts(user, Contract).filter(mine, ended_on=None, renews_on__lte=day + AHEAD)
    tasks = access.owned(user, Task).filter(mine, done_at=None, due_on__lte=day)
    return {
        "reply": steps(NextStep.Sort.REPLY, "since", since__range=(at - REPLY_DAYS * DAY, at)),
        "ask": steps(NextStep.Sort.ASK, "rank"),
        "waiting": Open([part.filter(quiet, due, answer="") for part in asked], "asked_at", falling=True),
        "again": Open([part.exclude(Exists(since)) for part in again], "ask_again_on", falling=True),
        "renew": Open([contracts.select_related(*people, "offer")], "renews_on", falling=False),
        "follow": steps(NextStep.Sort.FOLLOW_UP, "rank"),
        "task": Open([tasks.select_related(*people)], "due_on", falling=False),
    }


def circle(user: User, who: str) -> Q:
    """Whose day it is: that of whoever looks, of their team, of everybody they see."""
    if who == "mine":
        return Q(owner=user)
    return Q(team=user.team_id) if who == "team" and user.team_id else Q()
