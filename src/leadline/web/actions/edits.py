"""More records than somebody can wait for, changed by the worker: batch by batch, each whole; and taken back.

Whoever asked for it does it: what they see no more is left alone, and where they may change nothing any more
it stops. Each batch is written with how far it came, so that whoever takes over goes on from there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import F, Max, QuerySet

from leadline.web import access, warehouse
from leadline.web.actions.acting import Actor, action, enqueue, note_change, waits
from leadline.web.actions.reverting import UNDOABLE, allowed, take_back
from leadline.web.actions.several import Of, change_several, check
from leadline.web.errors import Conflict, Forbidden, NotFound
from leadline.web.filters import Filters
from leadline.web.models import AuditEntry, Company, Contact, Edit, User

State = Edit.State
Hold = Callable[[], None]
BATCH = 500
"""So many are changed in one transaction, and held against the customer profiles by it."""
_MODELS: dict[str, Any] = {"contact": Contact, "company": Company}


@action
def start(actor: Actor, of: Of, given: Mapping[str, str], change: Mapping[str, Any]) -> Edit:
    """Have the worker do something with all records that a list has (`given` are its filters).

    What somebody has running already is not begun once more: that is the answer then. Raises Invalid.
    """
    return begin(actor, of, given, change)


def begin(actor: Actor, of: Of, given: Mapping[str, str], change: Mapping[str, Any]) -> Edit:
    """The same inside an action."""
    user = actor.user
    assert user is not None
    check(of, change)
    funnel = Filters(given).funnel(warehouse.funnels(), user.funnel)
    told = {**given, **({"funnel": funnel} if of == "contact" and funnel else {})}
    same = json.dumps([of, told, dict(change)], sort_keys=True)
    edit, made = Edit.objects.get_or_create(
        made_by=user,
        key=hashlib.sha256(same.encode()).hexdigest(),
        state=State.RUNNING,
        defaults={"of": of, "given": told, "change": dict(change), "at": actor.now},
    )
    if made:
        edit.mark = AuditEntry.objects.aggregate(last=Max("pk"))["last"] or 0
        edit.top = _MODELS[of].objects.aggregate(last=Max("pk"))["last"] or 0
        edit.save(update_fields=["mark", "top"])
        enqueue("edit.run", {"edit": edit.pk}, actor.now, f"edit.run:{edit.pk}")
        note_change(actor, "edit.started", edit, {}, {"of": of, **_said(change)})
    return edit


@action
def count(number: int, hold: Hold) -> None:
    """How many records it is about, once it begins: what progress is measured by."""
    hold()
    edit = _running(number, State.RUNNING)
    if edit.made_by is not None and not edit.done:
        total = _meant(edit, edit.made_by).filter(pk__lte=edit.top).order_by().count()
        Edit.objects.filter(pk=number).update(total=total)


@action
def change_some(number: int, now: int, hold: Hold) -> bool:
    """Change the next records, all of them or none; whether there were any. Raises what makes it stop."""
    hold()
    edit = _running(number, State.RUNNING)
    user = edit.made_by
    if user is None or not access.may(user, "change"):
        raise Forbidden("Many records were to change", found="that whoever began it may change none any more")
    rows = _meant(edit, user).filter(pk__gt=edit.upto, pk__lte=edit.top).order_by("pk")
    numbers = list(rows.values_list("pk", flat=True)[:BATCH])
    if not numbers:
        return False
    changed = change_several(Actor(user, by_of(edit), now), _of(edit), numbers, edit.change)
    Edit.objects.filter(pk=number).update(
        upto=numbers[-1], done=F("done") + len(numbers), changed=F("changed") + changed
    )
    hold()
    return True


@action
def finish(number: int, now: int, hold: Hold) -> None:
    """All were looked at."""
    hold()
    edit = _running(number, State.RUNNING)
    Edit.objects.filter(pk=number).update(state=State.DONE, total=edit.done)
    told = {"done": edit.done, "changed": edit.changed}
    note_change(Actor(edit.made_by, by_of(edit), now), "edit.done", edit, {}, told)


@action
def stop(number: int, now: int, error: str) -> None:
    """It can't go on: why. What was changed so far stays, and can be undone."""
    edit = Edit.objects.filter(pk=number, state__in=[State.RUNNING, State.UNDOING]).first()
    if edit is not None:
        Edit.objects.filter(pk=number).update(state=State.STOPPED, error=error[:2000])
        note_change(Actor(None, "the worker", now), "edit.stopped", edit, {}, {"done": edit.done})


@action
def start_undo(actor: Actor, edit: Edit) -> None:
    """Have the worker give all records back what was changed of them, unless it was changed again since."""
    found = Edit.objects.select_for_update().get(pk=edit.pk)
    if found.state not in (State.DONE, State.STOPPED):
        raise Conflict(
            "A change of many was to be undone",
            found=f"that it is {found.get_state_display().lower()}",
            allowed="one that is done, or stopped",
        )
    last = AuditEntry.objects.aggregate(last=Max("pk"))["last"] or 0
    fresh = {"state": State.UNDOING, "upto": last + 1, "done": 0, "left": 0, "error": ""}
    Edit.objects.filter(pk=edit.pk).update(**fresh, total=found.changed)
    assert actor.user is not None
    enqueue("edit.undo", {"edit": edit.pk, "user": actor.user.pk}, actor.now, f"edit.undo:{edit.pk}")
    note_change(actor, "edit.undo_started", edit)


@action
def undo_some(number: int, user: User, now: int, hold: Hold) -> bool:
    """Undo the latest of its changes that are left, all of them or none; whether there were any."""
    hold()
    edit = _running(number, State.UNDOING)
    if not access.may(user, "change"):
        raise Forbidden("Many changes were to be undone", found="that whoever asked may change none any more")
    theirs = AuditEntry.objects.filter(
        pk__gt=edit.mark, pk__lt=edit.upto, who=edit.made_by, by__endswith=_mark_of(edit)
    )
    entries = list(theirs.filter(action__in=UNDOABLE).order_by("-pk")[:BATCH])
    if not entries:
        return False
    actor = Actor(user, f"{str(user)[:150]} (undoing edit {edit.pk})", now)
    undone, _ = take_back(actor, allowed(user, entries, now))
    Edit.objects.filter(pk=number).update(
        upto=entries[-1].pk, done=F("done") + len(entries), left=F("left") + len(entries) - undone
    )
    hold()
    return True


@action
def finish_undo(number: int, user: User, now: int, hold: Hold) -> None:
    """All that could be undone is."""
    hold()
    edit = _running(number, State.UNDOING)
    Edit.objects.filter(pk=number).update(state=State.UNDONE, total=edit.done)
    note_change(Actor.of(user, now), "edit.undone", edit, {}, {"done": edit.done, "left": edit.left})


def edits_of(user: User) -> QuerySet[Edit]:
    """The changes of many that somebody may look at and undo: an owner all, others their own."""
    found = Edit.objects.select_related("made_by")
    return found if access.may(user, "govern") else found.filter(made_by=user)


def find(user: User, number: int) -> Edit:
    """One of them; raises NotFound."""
    found = edits_of(user).filter(pk=number).first()
    if found is None:
        raise NotFound(f"The change of many {number} was asked for", found="none that you can see")
    return found


def is_waiting(edit: Edit) -> bool:
    """Whether it was asked for, and no worker has taken it up yet."""
    work = {State.RUNNING: "run", State.UNDOING: "undo"}.get(State(edit.state))
    return work is not None and waits(f"edit.{work}:{edit.pk}")


def by_of(edit: Edit) -> str:
    """Who its entries in the record of changes say that did it: their name, and which edit it was."""
    return f"{str(edit.made_by)[:150]}{_mark_of(edit)}"


def _meant(edit: Edit, user: User) -> QuerySet[Any]:
    """The records that are meant, of those that whoever asked for it sees now."""
    filters = Filters(edit.given)
    if edit.of == "company":
        return filters.of_companies(access.every_company(user), user)
    return filters.apply(access.contacts(user), user, edit.at)


def _mark_of(edit: Edit) -> str:
    return f" (edit {edit.pk})"


def _running(number: int, state: str) -> Edit:
    rows = Edit.objects.select_for_update(of=("self",)).select_related("made_by__team")
    edit = rows.filter(pk=number).first()
    if edit is None or edit.state != state:
        raise Conflict("A change of many was to go on", found="that it is not under way")
    return edit


def _of(edit: Edit) -> Of:
    return "company" if edit.of == "company" else "contact"


def _said(change: Mapping[str, Any]) -> dict[str, Any]:
    """What is done with each, as the record of changes tells it."""
    return {f"{name}_id" if name in ("owner", "team") else name: value for name, value in change.items()}
