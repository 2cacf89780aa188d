"""Tasks: what is to be done."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status

from leadline.web import access
from leadline.web.actions import tasks as acts
from leadline.web.api.contacts import contact_of
from leadline.web.api.door import actor_of, scoped, user_of
from leadline.web.api.parts import Cursor, Limit, Part, listed
from leadline.web.api.shapes import Day, Given, Id, Identity, Nothing, Text, example
from leadline.web.models import Task

router = Router(tags=["today"])


class TaskGiven(Given):
    """Something to do, about somebody or not, by a day or not."""

    model_config = example(title="Send the offer", contact=1, due_on="2026-03-09")
    title: Text
    contact: Id | None = None
    due_on: Day | None = None


class TaskTold(Schema):
    """Something to do."""

    id: int
    contact: int | None
    title: str
    due_on: date | None
    done_at: datetime | None
    owner: str | None
    created_at: datetime


@router.get("/tasks", response=Part[TaskTold], summary="List tasks")
@scoped("tasks:read")
def list_tasks(
    request: HttpRequest,
    contact: Annotated[Id | None, Query(default=None)] = None,
    done: Annotated[bool | None, Query(default=None)] = None,
    due_by: Annotated[Day | None, Query(default=None, description="Due on that day or before.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Those that the token's user sees, in the order in which they were written down."""
    found = access.tasks(user_of(request)).select_related("owner")
    found = found.filter(access.of_one(Task, contact)) if contact else found
    found = found.filter(done_at__isnull=not done) if done is not None else found
    found = found.filter(due_on__lte=due_by) if due_by else found
    return listed(found, cursor, limit, _told)


@router.post("/tasks", response={201: TaskTold}, summary="Write a task down")
@scoped("tasks:write", "change")
def add_task(request: HttpRequest, given: TaskGiven) -> Status[dict[str, Any]]:
    """For the token's user."""
    contact = contact_of(request, given.contact) if given.contact else None
    return Status(201, _told(acts.add_task(actor_of(request), contact, given.title, given.due_on)))


@router.post("/tasks/{task}/finish", response=TaskTold, summary="Finish a task")
@scoped("tasks:write", "change")
def finish_task(request: HttpRequest, task: Identity, given: Nothing | None = None) -> dict[str, Any]:
    """409 where it is done already."""
    return _told(acts.finish_task(actor_of(request), _task(request, task)))


@router.post("/tasks/{task}/reopen", response=TaskTold, summary="Open a task again")
@scoped("tasks:write", "change")
def reopen_task(request: HttpRequest, task: Identity, given: Nothing | None = None) -> dict[str, Any]:
    """It is to be done after all."""
    return _told(acts.reopen_task(actor_of(request), _task(request, task)))


def _task(request: HttpRequest, number: int) -> Task:
    return access.find(access.tasks(user_of(request)).select_related("owner", "contact"), number)


def _told(one: Task) -> dict[str, Any]:
    same = ("title", "due_on", "done_at", "created_at")
    said = {"id": one.pk, "contact": one.contact_id, "owner": one.owner.email if one.owner else None}
    return said | {name: getattr(one, name) for name in same}
