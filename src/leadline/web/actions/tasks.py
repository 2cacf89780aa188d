"""What is to be done: to write it down, to do it, to open it again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import OuterRef, Subquery

from leadline.engine.instants import to_datetime
from leadline.web.actions.acting import Actor, action, note_change
from leadline.web.actions.texts import tidy
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Contact, Task

PART = 500


@action
def add_task(actor: Actor, contact: Contact | None, title: str, due_on: date | None = None) -> Task:
    """Write down something to do, for whoever writes it."""
    title = tidy(title, "A task", 200)
    if not title:
        raise Invalid("A task was to be written down", found="nothing", allowed="a few words")
    user = actor.user
    task = Task.objects.create(
        contact=contact, title=title, due_on=due_on, owner=user, team=user.team if user else None
    )
    note_change(actor, "task.added", contact or task, {}, {"task": title, "due": str(due_on or "")})
    return task


@action
def finish_task(actor: Actor, task: Task) -> Task:
    """Say that it is done. Raises Conflict where somebody said so before."""
    done_at = to_datetime(actor.now)
    if not Task.objects.filter(pk=task.pk, done_at=None).update(done_at=done_at):
        raise Conflict(f"“{task.title}” was to be finished", found="that it is done already")
    task.done_at = done_at
    note_change(actor, "task.done", task.contact or task, {"open": task.title}, {"done": task.title})
    return task


@action
def reopen_task(actor: Actor, task: Task) -> Task:
    """Say that it is not done after all."""
    task.done_at = None
    task.save(update_fields=["done_at"])
    note_change(actor, "task.reopened", task.contact or task, {"done": task.title}, {"open": task.title})
    return task


def go_along(given: Iterable[tuple[int, int | None]]) -> None:
    """Let open tasks about contacts go with these, inside an action that has given them away.

    Of each contact its number is told, and that of who had it: only their own tasks about it go along.
    """
    had: dict[int, list[int]] = {}
    for number, former in given:
        if former is not None:
            had.setdefault(former, []).append(number)
    now = Contact.objects.filter(pk=OuterRef("contact"))
    whose = {name: Subquery(now.values(name)[:1]) for name in ("owner", "team")}
    for former, numbers in had.items():
        for low in range(0, len(numbers), PART):
            some = numbers[low : low + PART]
            Task.objects.filter(owner=former, contact__in=some, done_at=None).update(**whose)
