"""What every action does besides its work: who did it, what it changed, what is to follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from leadline.engine.clocks import days_of, zone
from leadline.engine.instants import to_datetime
from leadline.web.actions.events import JOB, tell
from leadline.web.actions.replies import claim
from leadline.web.actions.rows import insert
from leadline.web.models import AuditEntry, Job, User
from leadline.web.warehouse.zones import team_zone

P = ParamSpec("P")
R = TypeVar("R")
Change = tuple[Model | str, Mapping[str, Any], Mapping[str, Any]]
"""Of which record (or the name of one) what was before, and what is after."""
Noted = tuple[str, Model | str, Mapping[str, Any], Mapping[str, Any]]
"""A change with its name."""
Note = Callable[[str, Model | str, Mapping[str, Any], Mapping[str, Any]], None]
"""Takes down a change, to be noted with others."""


@dataclass(frozen=True)
class Actor:
    """Who acts: somebody who signed in, or what acts for them (a token, a job); `now` is when."""

    user: User | None
    by: str
    now: int

    @staticmethod
    def of(user: User, now: int) -> Actor:
        """Somebody who signed in."""
        return Actor(user, str(user), now)

    @property
    def place(self) -> str:
        """The zone whose days count in what they do."""
        return self.user.place if self.user else "UTC"


def action(do: Callable[P, R]) -> Callable[P, R]:
    """One write, whole or not at all: a transaction of its own, which no other may hold inside itself.

    Where a request with a key runs it, the key is written down in the same transaction. Days in it are those
    of whoever acts; a whole day begins for everybody where the team is.
    """

    @wraps(do)
    def run(*given: P.args, **named: P.kwargs) -> R:
        actor = given[0] if given else None
        place = actor.place if isinstance(actor, Actor) else zone()
        with days_of(place, team_zone()), transaction.atomic(durable=True):
            claim()
            return do(*given, **named)

    return run


def name_of(record: Model) -> str:
    """The name of a record in audit entries and origins: `contact:12`."""
    return f"{record._meta.model_name}:{record.pk}"


def note_change(
    actor: Actor,
    what: str,
    record: Model | str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write down who changed what, and tell the webhooks that want to know; only what differs is kept."""
    note_changes(actor, what, [(record, before or {}, after or {})])


def note_changes(actor: Actor, what: str, changes: Iterable[Change]) -> None:
    """The same of many changes in one go, in their order."""
    note_all(actor, ((what, *change) for change in changes))


def note_all(actor: Actor, changes: Iterable[Noted]) -> None:
    """The same of changes of several names."""
    who, by = actor.user.pk if actor.user else None, actor.by[:200]
    told = [
        (
            what,
            {
                "record": record if isinstance(record, str) else name_of(record),
                "by": by,
                "before": {name: value for name, value in before.items() if after.get(name) != value},
                "after": {name: value for name, value in after.items() if before.get(name) != value},
            },
        )
        for what, record, before, after in changes
    ]
    at, as_json = connection.ops.adapt_datetimefield_value(timezone.now()), connection.ops.adapt_json_value
    entries = (
        (at, who, by, what, one["record"], as_json(one["before"], None), as_json(one["after"], None))
        for what, one in told
    )
    insert(AuditEntry, ("at", "who_id", "by", "action", "record", "before", "after"), entries)
    announce(told, actor.now)


def announce(told: Sequence[tuple[str, dict[str, Any]]], now: int) -> None:
    """Tell webhooks of events, each with its data, once the running transaction is through."""
    due, as_json = connection.ops.adapt_datetimefield_value(to_datetime(now)), connection.ops.adapt_json_value
    jobs = ((JOB, as_json(one, None), due, 0, "") for one in tell(told, now))
    insert(Job, ("kind", "payload", "due_at", "attempts", "last_error"), jobs)


def enqueue(kind: str, payload: dict[str, Any], due_at: int, dedupe_key: str | None = None) -> None:
    """Leave a piece of work to the worker; where one with the same key waits already, that one will do."""
    if dedupe_key and waits(dedupe_key):
        return
    try:
        with transaction.atomic():
            Job.objects.create(kind=kind, payload=payload, due_at=to_datetime(due_at), dedupe_key=dedupe_key)
    except IntegrityError:  # another transaction was quicker
        return


def waits(dedupe_key: str) -> bool:
    """Whether a piece of work with that key waits for a worker that takes it up."""
    waiting = Job.objects.filter(dedupe_key=dedupe_key, done_at=None, failed_at=None, claimed_until=None)
    return waiting.exists()
