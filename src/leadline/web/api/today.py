"""What is worth doing today, and what is put off."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema

from leadline.engine.clocks import days_of, to_local
from leadline.engine.instants import to_datetime
from leadline.web import access
from leadline.web.actions import agenda, reminders
from leadline.web.actions.pace import pace
from leadline.web.api.door import actor_of, now, scoped, user_of
from leadline.web.api.shapes import Day, Given, Id, example
from leadline.web.models import Ask, Contract, NextStep, User

router = Router(tags=["today"])
COUNTED = 1000
Section = Literal["reply", "ask", "waiting", "again", "renew", "follow", "task"]


class OpenTold(Schema):
    """Something to do: `what` and `id` are the record, `since` or `due_on` says since or by when."""

    what: Literal["step", "ask", "contract", "task"]
    id: int
    contact: int | None
    name: str
    since: datetime | None = None
    due_on: date | None = None
    why: str


class SectionTold(Schema):
    """A part of the day, the most urgent first; `count` says how many there are, up to 1,001.

    `reply`: they wait for one; `ask`: ready, never asked; `waiting`: for an answer; `again`: to be asked
    again; `renew`: contracts; `follow`: leads without a follow-up; `task`: tasks.
    """

    section: Section
    count: int
    items: list[OpenTold]


class PutOffGiven(Given):
    """What not to be reminded of before a day: a step, an ask or a task, as the list of the day names it."""

    model_config = example(what="task", id=1, until="2027-04-01")
    what: Literal["step", "ask", "task"]
    id: Id
    until: Day


class PutBackGiven(Given):
    """What to be reminded of on the day on which it was due before; null: at once."""

    model_config = example(what="task", id=1, on="2026-03-04")
    what: Literal["step", "ask", "task"]
    id: Id
    on: Day | None = None


class DueTold(Schema):
    """On which day one is reminded of something, null: at once; and on which day one was before."""

    what: Literal["step", "ask", "task"]
    id: int
    due_on: date | None
    before: date | None


class PaceTold(Schema):
    """How many asks were made this week (`first`: the first of somebody) and in the week before.

    `weekly`: how many first asks a week the goal takes, `needed` in whole ones; null where none can be said.
    """

    made: int
    before: int
    first: int
    goal: int | None
    weekly: float | None
    needed: int | None
    said: list[str]


@router.get("/today", response=list[SectionTold], summary="See what is worth doing today")
@scoped("tasks:read")
def get_today(
    request: HttpRequest,
    who: Annotated[Literal["all", "team", "mine"], Query(default="all")] = "all",
    section: Annotated[Section | None, Query(default=None, description="One alone.")] = None,
    limit: Annotated[int, Query(default=50, ge=1, le=200)] = 50,
) -> list[dict[str, Any]]:
    """In the order of the day, on the day that it is where the token's user is."""
    user, at = user_of(request), now()
    every = agenda.sections(user, who, _day(user, at), at)
    asked = {name: one for name, one in every.items() if section in (None, name)}
    counts = agenda.count_of(asked, COUNTED + 1)
    return [
        {"section": name, "count": counts[name], "items": [_open(one) for one in rows]}
        for name, rows in agenda.first_of(asked, limit).items()
    ]


@router.post("/today/later", response=DueTold, summary="Put something off")
@scoped("tasks:write", "change")
def put_off(request: HttpRequest, given: PutOffGiven) -> dict[str, Any]:
    """Until a day to come."""
    found = _reminder(user_of(request), given.what, given.id)
    before = reminders.due_of(found)
    reminders.put_off(actor_of(request), found, given.until)
    return {"what": given.what, "id": given.id, "due_on": given.until, "before": before}


@router.post("/today/back", response=DueTold, summary="Put something back")
@scoped("tasks:write", "change")
def put_back(request: HttpRequest, given: PutBackGiven) -> dict[str, Any]:
    """On the day that `before` said when it was put off."""
    found = _reminder(user_of(request), given.what, given.id)
    before = reminders.due_of(found)
    reminders.put_back(actor_of(request), found, given.on)
    return {"what": given.what, "id": given.id, "due_on": given.on, "before": before}


def _day(user: User, at: int) -> date:
    with days_of(user.place):
        return to_local(at).date()


@router.get("/today/pace", response=PaceTold, summary="See the asks of the week beside the plan")
@scoped("tasks:read")
def get_pace(request: HttpRequest) -> dict[str, Any]:
    """Of those whom the token's user sees; the plan is that of everybody together."""
    user, at = user_of(request), now()
    found = pace(user, _day(user, at), at, anew=True)
    same = ("made", "before", "first", "weekly", "said")
    return {name: getattr(found, name) for name in same} | {
        "goal": found.goal.pk if found.goal else None,
        "needed": None if found.weekly is None else found.needed,
    }


def _reminder(user: User, what: str, number: int) -> reminders.Reminder:
    if what == "task":
        return access.find(access.tasks(user), number)
    if what == "ask":
        return access.find(access.of_contacts(user, Ask), number)
    return access.find(access.of_contacts(user, NextStep), number)


def _open(one: Any) -> dict[str, Any]:
    told = {"id": one.pk, "contact": one.contact_id, "name": str(one.contact or "")}
    if isinstance(one, NextStep):
        return told | {"what": "step", "since": to_datetime(one.since), "why": one.get_sort_display()}
    if isinstance(one, Ask):
        due = one.ask_again_on if one.answer else one.expected_on
        return told | {"what": "ask", "since": to_datetime(one.asked_at), "due_on": due, "why": str(one)}
    if isinstance(one, Contract):
        return told | {"what": "contract", "due_on": one.renews_on, "why": str(one)}
    return told | {"what": "task", "due_on": one.due_on, "why": one.title}
