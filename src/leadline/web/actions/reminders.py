"""What is not for today: put off until a day, and put back."""

from __future__ import annotations

from datetime import date

from leadline.web.actions import checks
from leadline.web.actions.acting import Actor, action, note_change
from leadline.web.errors import Invalid
from leadline.web.models import Ask, NextStep, Task

Reminder = Ask | NextStep | Task
_ANSWERED = (Ask.Answer.NO, Ask.Answer.NOT_NOW)


@action
def put_off(actor: Actor, what: Reminder, until: date) -> Reminder:
    """Be reminded of something on a later day: of a step, an ask that waits or a second ask, a task."""
    if until <= checks.day_of(actor.now):
        raise Invalid("Something was to be put off", found=str(until), allowed="a day to come")
    return _set(actor, "reminder.put_off", what, until)


@action
def put_back(actor: Actor, what: Reminder, day: date | None) -> Reminder:
    """Be reminded on the day on which it was due before it was put off."""
    return _set(actor, "reminder.put_back", what, day)


def due_of(what: Reminder) -> date | None:
    """The day on which one is reminded of something; None where it is shown at once."""
    found: date | None = getattr(what, _column(what))
    return found


def _set(actor: Actor, event: str, what: Reminder, day: date | None) -> Reminder:
    name, before = _column(what), str(due_of(what) or "")
    setattr(what, name, day)
    what.save(update_fields=[name])
    record = what.contact if isinstance(what, NextStep) else what
    note_change(actor, event, record, {name: before}, {name: str(day or "")})
    return what


def _column(what: Reminder) -> str:
    if isinstance(what, Task):
        return "due_on"
    answered = isinstance(what, Ask) and what.answer in _ANSWERED
    return "ask_again_on" if answered else "quiet_until"
