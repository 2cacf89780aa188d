"""The asks of this week beside what the goal takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import ceil

from django.db.models import Exists, OuterRef, Q

from leadline.engine.clocks import to_local
from leadline.engine.instants import to_instant
from leadline.web import access, warehouse
from leadline.web.actions import reports
from leadline.web.models import Ask, Goal, Materialised, User
from leadline.web.together import Question, counts_of, put_together, to_count
from leadline.web.warehouse.zones import from_instant, team_days

MADE = [one for one in Ask.Answer if one != Ask.Answer.WITHDRAWN]
"""The answers of asks that count as made."""


@dataclass(frozen=True)
class Pace:
    """How many asks were made this week and the week before, of those that somebody sees.

    `first` is how many of this week's were the first of somebody. `weekly` is how many of these a week the
    goal takes of everybody together, None where that can't be said; `said` is what the ask plan says of the
    goal. `known` is false as long as no plan has been worked out.
    """

    made: int
    before: int
    first: int
    goal: Goal | None
    weekly: float | None = None
    said: tuple[str, ...] = ()
    known: bool = True

    @property
    def enough(self) -> bool:
        """Whether as many asks were made as the goal takes in a week."""
        return self.weekly is not None and self.first >= self.needed

    @property
    def needed(self) -> int:
        """The asks of a week that the goal takes, rounded up where a tenth or more is over."""
        return max(ceil(round(self.weekly or 0, 1)), 1)


def pace(user: User, today: date, now: int, *, anew: bool = False) -> Pace:
    """The asks of the team's week; the plan is worked out only where `anew` says so, and it is not there.

    `today` is the day that it is where the user is.
    """
    week, first, since = _counts(user, *in_weeks(now, 2))
    before = since - week
    goal = Goal.objects.filter(by__gte=today).order_by("-set_at", "-id").first()
    if goal is None:
        return Pace(week, before, first, None)
    plan = kept("asks", now, anew=anew)
    if plan is None:
        return Pace(week, before, first, goal, known=False)
    told = plan.result.get("goal") or plan.result["sentences"][:1]
    return Pace(week, before, first, goal, plan.result.get("weekly"), tuple(told))


def in_weeks(now: int, many: int) -> list[Q]:
    """What was asked since the Monday of the team's week, and since those of the weeks before."""
    with team_days():
        day = to_local(now).date()
        mondays = [day - timedelta(day.weekday() + 7 * before) for before in range(many)]
        return [from_instant("asked_at", to_instant(monday)) for monday in mondays]


def is_first(user: User) -> Q:
    """Asks before which nobody asked the same contact."""
    earlier = access.counted(user, Ask).exclude(answer=Ask.Answer.WITHDRAWN)
    return Q(~Exists(earlier.filter(contact=OuterRef("contact"), asked_at__lt=OuterRef("asked_at"))))


def _counts(user: User, this_week: Q, last_week: Q) -> tuple[int, int, int]:
    """How many asks were made this week, how many of these were somebody's first, how many in two weeks.

    They are counted circle by circle, by the answers that there are: each is a span of an index.
    """
    counts = counts_of(_questions(access.Alike.of(user), this_week, last_week), told=access.told(user))
    size = len(counts) // 3
    return sum(counts[:size]), sum(counts[size : 2 * size]), sum(counts[2 * size :])


@lru_cache(maxsize=64)
def _questions(alike: access.Alike, this_week: Q, last_week: Q) -> list[Question]:
    """Of each circle those of this week, then those that were somebody's first, then those of last week."""
    user = alike.anybody()
    made = Ask.objects.filter(answer__in=MADE)
    theirs = [made.filter(one) for one in access.circles(user)]
    of_week = [part.filter(this_week) for part in theirs]
    first = [part.filter(is_first(user)) for part in of_week]
    every = [*of_week, *first, *(part.filter(last_week) for part in theirs)]
    return [put_together(to_count(part)) for part in every]


def kept(name: str, now: int, *, anew: bool = False) -> Materialised | None:
    """A report about everybody as it is kept, in the vocabulary that the worker keeps up to date.

    None where it isn't there, unless it is to be worked out `anew` then.
    """
    slug = next(iter(warehouse.funnels()), "")
    found = Materialised.objects.filter(key=reports.key_of(name, slug, "", {})).first()
    if found is not None or not anew or not slug:
        return found
    return reports.materialise(None, name, slug, now, {})
