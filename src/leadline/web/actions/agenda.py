"""What is worth doing on a day: who waits for us first, then asks, then what is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from leadline.engine.instants import DAY
from leadline.web import access, listing
from leadline.web.knowing import REPLY_DAYS
from leadline.web.listing import in_order
from leadline.web.models import Ask, Contract, NextStep, User
from leadline.web.together import NOTHING, Place, Question, Told, counts_of, put_together, to_count, to_fetch

AHEAD = timedelta(days=30)
"""A contract that runs out within so long is due for its renewal."""
CIRCLES = ("mine", "team")
"""Whose day can be asked for, besides that of all whom somebody sees."""


@dataclass(frozen=True)
class Open:
    """What is open, circle by circle (`access.circles`), and the order in which it is worth doing.

    `column` is what it is ordered by, the higher first where that falls; `rows` are read with what is shown.
    The questions are put together once for all who ask alike (`kept`), and `told` whose they are, and when.
    """

    parts: list[QuerySet[Any]]
    column: str
    falling: bool
    rows: QuerySet[Any]
    told: Told = field(default_factory=dict)
    kept: dict[tuple[str, int], list[Question]] = field(default_factory=dict)

    def first(self, most: int) -> list[Question]:
        """The values that they are ordered by, and their numbers, in this order; the first of each circle."""
        if ("first", most) not in self.kept:
            sign = "-" if self.falling else ""
            parts = (in_order(part, f"{sign}{self.column}", f"{sign}id") for part in self.parts)
            keys = [part.values_list(self.column, "pk")[:most] for part in parts]
            self.kept["first", most] = [put_together(part) for part in keys]
        return self.kept["first", most]

    def counted(self, most: int) -> list[Question]:
        """Those of each circle, to be counted, so many at most."""
        if ("counted", most) not in self.kept:
            self.kept["counted", most] = [put_together(to_count(part, most)) for part in self.parts]
        return self.kept["counted", most]

    @property
    def fetched(self) -> Question:
        """Those that are shown, to be asked for by their numbers."""
        if ("fetched", 0) not in self.kept:
            self.kept["fetched", 0] = [to_fetch(self.rows)]
        return self.kept["fetched", 0][0]

    @property
    def alike(self) -> tuple[bool, str]:
        """What they have in common with those that can be asked for at once: the way, and days or numbers."""
        sort = self.rows.model._meta.get_field(self.column).get_internal_type()
        return self.falling, "day" if sort == "DateField" else "number"


def first_of(sections: Mapping[str, Open], most: int) -> dict[str, list[Any]]:
    """The first rows of each section, of all circles together: numbers first, then what is shown of them."""
    numbers: dict[str, list[int]] = {}
    for alike in dict.fromkeys(one.alike for one in sections.values()):
        some = {name: one for name, one in sections.items() if one.alike == alike}
        lists = [one.first(most) for one in some.values()]
        found = listing.first_of(lists, tuple, most, _told(some), falling=alike[0])
        for name, keys in zip(some, found, strict=True):
            numbers[name] = [number for _, number in keys]
    every: dict[type[Model], dict[int, Any]] = {}
    for model, rows in {one.rows.model: one.fetched for one in sections.values()}.items():
        theirs = [n for name, one in sections.items() if one.rows.model is model for n in numbers[name]]
        every[model] = {one.pk: one for one in listing.fetch_by(rows, theirs)}
    read = {name: every[one.rows.model] for name, one in sections.items()}
    return {name: [rows[n] for n in numbers[name] if n in rows] for name, rows in read.items()}


def count_of(sections: Mapping[str, Open], most: int) -> dict[str, int]:
    """How many each section has, `most` at most."""
    parts = [part for one in sections.values() for part in one.counted(most)]
    counts = iter(counts_of(parts, told=_told(sections)))
    return {name: min(sum(next(counts) for _ in one.parts), most) for name, one in sections.items()}


def _told(sections: Mapping[str, Open]) -> Told:
    return next((one.told for one in sections.values()), NOTHING)


def sections(user: User, who: str, day: date, at: int) -> dict[str, Open]:
    """The sections in the order of the day, of everybody whom somebody sees, or of a circle of them.

    `who` is `mine`, `team`, or anything else for all; `day` is the one that it is where they are.
    """
    told = {**access.told(user), "at": at, "since": at - REPLY_DAYS * DAY}
    kept = _sections(access.Alike.of(user), who if who in CIRCLES else "", day)
    return {name: replace(one, told=told) for name, one in kept.items()}


@lru_cache(maxsize=64)
def _sections(alike: access.Alike, who: str, day: date) -> dict[str, Open]:
    """The same of anybody like them, at any time of the day."""
    user = alike.anybody()
    mine, quiet = circle(user, who), Q(quiet_until=None) | Q(quiet_until__lte=day)

    def steps(sort: str, column: str, **more: Any) -> Open:
        found = access.parts_of_contacts(user, NextStep)
        return opened([part.filter(mine, quiet, sort=sort, **more) for part in found], column, falling=True)

    def opened(parts: list[QuerySet[Any]], column: str, *beside: str, falling: bool) -> Open:
        rows = parts[0].model._default_manager.select_related("contact__company", *beside)
        return Open(parts, column, falling, rows)

    asked = [part.filter(mine) for part in access.parts_of_contacts(user, Ask)]
    due = Q(expected_on=None) | Q(expected_on__lte=day)
    since = access.of_contacts(user, Ask).exclude(answer=Ask.Answer.WITHDRAWN)
    since = since.filter(contact=OuterRef("contact"), asked_at__gt=OuterRef("asked_at"))
    due_again = Q(said__in=["no", "not_now"], ask_again_on__lte=day)  # few: by their day, not by the answer
    again = [part.annotate(said=Coalesce("answer", Value(""))).filter(due_again) for part in asked]
    contracts = access.of_contacts(user, Contract).filter(mine, ended_on=None, renews_on__lte=day + AHEAD)
    tasks = access.tasks(user).filter(mine, done_at=None, due_on__lte=day)
    return {
        "reply": steps(NextStep.Sort.REPLY, "since", since__range=(Place("since"), Place("at"))),
        "ask": steps(NextStep.Sort.ASK, "rank"),
        "waiting": opened(
            [part.filter(quiet, due, answer="") for part in asked], "asked_at", "offer", falling=True
        ),
        "again": opened(
            [part.exclude(Exists(since)) for part in again], "ask_again_on", "offer", falling=True
        ),
        "renew": opened([contracts], "renews_on", "offer", falling=False),
        "follow": steps(NextStep.Sort.FOLLOW_UP, "rank"),
        "task": opened([tasks], "due_on", falling=False),
    }


def circle(user: User, who: str) -> Q:
    """Whose day it is: that of whoever looks, of their team, of everybody they see."""
    if who == "mine":
        return Q(owner=user.pk)
    return Q(team=user.team_id) if who == "team" and user.team_id else Q()
