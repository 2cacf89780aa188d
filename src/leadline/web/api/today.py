"""What is worth doing today, and what is put off."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from ninja import Query, Router, Schema

from leadline.engine.instants import to_datetime
from leadline.web import access
from leadline.web.actions import agenda, reminders
from leadline.web.api.door import actor_of, now, scoped, user_of
from leadline.web.api.shapes import Day, Given, Id, example
from leadline.web.models import Ask, Contract, NextStep, Task, User

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


class PutOffTold(Schema):
    """What was put off, and until when."""

    what: Literal["step", "ask", "task"]
    id: int
    until: date


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
    found = agenda.sections(user, who, _day(user, at), at)
    return [
        {
            "section": name,
            "count": rows.count(COUNTED + 1),
            "items": [_open(one) for one in rows.first(limit)],
        }
        for name, rows in found.items()
        if section in (None, name)
    ]


@router.post("/today/later", response=PutOffTold, summary="Put something off")
@scoped("tasks:write", "change")
def put_off(request: HttpRequest, given: PutOffGiven) -> dict[str, Any]:
    """Until a day to come."""
    reminders.put_off(actor_of(request), _reminder(user_of(request), given), given.until)
    return {"what": given.what, "id": given.id, "until": given.until}


def _day(user: User, at: int) -> date:
    return to_datetime(at).astimezone(ZoneInfo(user.zone or "UTC")).date()


def _reminder(user: User, given: PutOffGiven) -> reminders.Reminder:
    if given.what == "task":
        return access.find(access.owned(user, Task), given.id)
    if given.what == "ask":
        return access.find(access.of_contacts(user, Ask), given.id)
    return access.find(access.of_contacts(user, NextStep), given.id)


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
