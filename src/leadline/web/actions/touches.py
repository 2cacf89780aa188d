"""To record what happened, and to take back what did not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from leadline.engine.errors import nearest
from leadline.engine.instants import to_instant
from leadline.engine.kinds import Kinds
from leadline.web import warehouse
from leadline.web.actions import settling
from leadline.web.actions.acting import Actor, Change, action, name_of, note_change, note_changes
from leadline.web.actions.checks import is_to_come
from leadline.web.actions.mirrors import note_stale
from leadline.web.actions.rows import insert, reserve
from leadline.web.actions.standings import announce_moves
from leadline.web.actions.texts import tidy_columns
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Contact, Touch

FIELDS = ("path", "channel", "campaign", "content", "offer", "deal", "value", "currency", "note", "origin")
_COLUMNS = [field.attname for field in Touch._meta.concrete_fields]
EARLIEST = to_instant("1900-01-01")
MOST_VALUE = 10**15
"""In minor units: sums of such values still fit their column."""


@action
def record(
    actor: Actor, /, contact: Contact, kind: str, happened_at: int | None = None, **more: Any
) -> Touch:
    """Record one touch of a contact. Raises Invalid for an unknown kind and for what is still to come."""
    touch = add(actor, contact, kind, happened_at, **more)
    settle(actor, [contact.pk])
    return touch


@action
def retract(actor: Actor, touch: Touch) -> Touch:
    """Take a touch back, or a retraction.

    Raises Conflict where that has been done already, and for a touch that stands for another record.
    """
    check_alone(touch.retracts or touch, "taken back")
    taken = take_back(actor, touch)
    if touch.contact_id is not None:
        settle(actor, [touch.contact_id])
    return taken


def add(
    actor: Actor, /, contact: Contact | None, kind: str, happened_at: int | None = None, **more: Any
) -> Touch:
    """Write a touch inside an action, as `draft` takes it; it has to `settle` its contact afterwards."""
    touch = draft(actor, warehouse.kinds(), contact, kind, happened_at, **more)
    write(actor, [touch])
    return touch


def draft(
    actor: Actor,
    /,
    kinds: Kinds,
    contact: Contact | None,
    kind: str,
    happened_at: int | None = None,
    **more: Any,
) -> Touch:
    """A touch that can be written. Raises Invalid for an unknown kind, and for what is still to come.

    Without a contact it is one of `n` people without names.
    """
    at = actor.now if happened_at is None else happened_at
    if kind not in kinds:
        raise Invalid(
            "A touch needs its kind",
            found=f"“{kind}”",
            allowed="a kind that is declared",
            suggestion=nearest(kind, kinds.names_of_kinds),
        )
    if is_to_come(at, actor.now):
        raise Invalid(
            "A touch is something that has happened", found="a day to come", allowed="today, or before"
        )
    if at < EARLIEST:
        raise Invalid("A touch has its day", found="one before 1900", allowed="a day since 1900")
    if abs(more.get("value") or 0) > MOST_VALUE:
        raise Invalid("A touch may have a value", found="more than is ever paid", allowed="up to 10^15")
    return _drafted(actor, contact=contact, kind=kind, happened_at=at, **tidy_columns(Touch, more))


def write(actor: Actor, drafts: Sequence[Touch]) -> None:
    """Write touches inside an action, which has to `settle` their contacts afterwards."""
    for touch, number in zip(drafts, reserve(Touch, len(drafts)), strict=True):
        touch.pk, touch._state.adding = number, False
    insert(Touch, _COLUMNS, map(attrgetter(*_COLUMNS), drafts))
    told: list[Change] = [
        (touch.contact or touch, {}, {"touch": name_of(touch), "kind": touch.kind}) for touch in drafts
    ]
    note_changes(actor, "touch.recorded", told)


def take_back(actor: Actor, touch: Touch) -> Touch:
    """Write a retraction inside an action."""
    if not touch.in_force:
        raise Conflict("A touch was to be taken back", found="that it has been taken back already")
    taken = _drafted(
        actor,
        contact=touch.contact,
        kind=touch.kind,
        happened_at=touch.happened_at,
        n=touch.n,
        retracts=touch,
    )
    taken.save()
    Touch.objects.filter(pk=touch.pk).update(in_force=False)
    if touch.retracts_id:
        Touch.objects.filter(pk=touch.retracts_id).update(in_force=True)
    note_change(actor, "touch.retracted", touch.contact or touch, {"touch": name_of(touch)}, {})
    return taken


def is_of_record(touch: Touch) -> bool:
    """Whether a touch stands for a record of its own: what it says is corrected there."""
    return touch.origin.split(":")[0] in {"ask", "purchase", "contract", "audience"}


def check_alone(touch: Touch, what: str) -> None:
    """Raise Conflict where a touch stands for a record that was to be taken back or corrected itself."""
    if is_of_record(touch):
        raise Conflict(
            f"A touch was to be {what}",
            found=f"that it stands for {touch.origin.replace(':', ' ')}",
            allowed="to change that, and the touch follows",
        )


def settle(actor: Actor, contacts: Iterable[int]) -> None:
    """What follows from new touches: what is kept beside them, told to whoever wants to know."""
    announce_moves(settling.settle(contacts, actor.now), actor.now)
    note_stale(actor.now)


def _drafted(actor: Actor, /, **columns: Any) -> Touch:
    said = columns.pop("actor", actor.by)[:120]
    return Touch(recorded_at=actor.now, recorded_by=actor.user, actor=said, **columns)
