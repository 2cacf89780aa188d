"""To undo what an import did with deals: asks that followed it are as they were, those that it made go.

What somebody, or a later import, did with an ask since stays, and is listed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from leadline.web.actions.acting import Actor, action, name_of, note_change
from leadline.web.actions.importing.contracts import BY_IMPORTS, GIVEN_BACK
from leadline.web.actions.importing.undoing import (
    BATCH,
    Hold,
    changed_since,
    count_undone,
    note_kept,
    of_changes,
)
from leadline.web.actions.settling import settle
from leadline.web.models import Ask, AuditEntry, Contact, Import, ImportChange, Purchase, Touch


@action
def undo_followed(actor: Actor, record: Import, after: int, hold: Hold) -> int | None:
    """Give some asks back what they were before they followed an import."""
    hold()
    told = ImportChange.objects.filter(of=record, before__isnull=False, record__startswith="ask:")
    changes = list(told.order_by("-pk")[:BATCH])
    if not changes:
        return None
    asks = of_changes(Ask, changes)
    _lock(asks.values())
    used = _used(record, changes)
    for change in changes:
        ask = asks.get(int(change.record.partition(":")[2]))
        if ask is not None and change.record in used:
            note_kept(record, "kept", f"{ask.contact}, {ask}: somebody dealt with it since")
        elif ask is not None and change.before:  # empty once whose it is was erased
            _give_back(actor, ask, change.before)
    settle({ask.contact_id for ask in asks.values()}, actor.now)
    _forget_purchases(record, Purchase.objects.filter(ask__in=asks).values_list("pk", flat=True))
    count_undone(record, changes)
    hold()
    return after


@action
def undo_asks(actor: Actor, record: Import, after: int, hold: Hold) -> int | None:
    """Take away some asks that an import made, with what was bought by them and the touches of both."""
    hold()
    made = ImportChange.objects.filter(of=record, before__isnull=True, record__startswith="ask:")
    changes = list(made.order_by("pk")[:BATCH])
    if not changes:
        return None
    asks = of_changes(Ask, changes)
    _lock(asks.values())
    purchases = list(Purchase.objects.filter(ask__in=asks))
    bought = {one.pk: one.ask_id for one in purchases}
    used = changed_since(record, list(asks.values()))
    used |= {number for one in changed_since(record, purchases) if (number := bought[one]) is not None}
    for number in sorted(used):
        note_kept(record, "kept", f"{asks[number].contact}, {asks[number]}: somebody dealt with it since")
    gone = [ask for ask in asks.values() if ask.pk not in used]
    sold = [one for one in purchases if one.ask_id not in used]
    Touch.objects.filter(origin__in=[*map(name_of, gone), *map(name_of, sold)]).delete()
    Purchase.objects.filter(pk__in=[one.pk for one in sold]).delete()
    Ask.objects.filter(pk__in=[ask.pk for ask in gone]).delete()
    settle({ask.contact_id for ask in asks.values()}, actor.now)
    _forget_purchases(record, bought)
    count_undone(record, changes)
    hold()
    return after


def _lock(asks: Collection[Ask]) -> None:
    list(
        Contact.objects.select_for_update().filter(pk__in={one.contact_id for one in asks}).values_list("pk")
    )


def _used(record: Import, changes: Sequence[ImportChange]) -> set[str]:
    """The names of asks that somebody dealt with by hand, or that followed a later import."""
    mine = {change.record: change.pk for change in changes}
    bought = {
        f"purchase:{told['id']}": change.record
        for change in changes
        if (told := (change.before or {}).get("purchase"))
    }
    audited = AuditEntry.objects.filter(record__in=[*mine, *bought]).exclude(action__in=BY_IMPORTS)
    found = {bought.get(name, name) for name in audited.values_list("record", flat=True)}
    others = ImportChange.objects.filter(record__in=mine).exclude(of=record).values_list("record", "pk")
    return found | {name for name, number in others if number > mine[name]}


def _give_back(actor: Actor, ask: Ask, change: dict[str, Any]) -> None:
    """Undo one change of an ask: its columns, its touches, and what was bought by it."""
    before, after = {}, {}
    for name, both in change["columns"].items():
        day = name == "expected_on" and both["was"] is not None
        setattr(ask, name, date.fromisoformat(both["was"]) if day else both["was"])
        before[name], after[name] = both["became"], both["was"]
    ask.touch_id = change["touch"]
    ask.save()
    Touch.objects.filter(pk__in=change["added"])._raw_delete(using="default")
    Touch.objects.filter(pk__in=change["taken"]).update(in_force=True)
    if told := change.get("purchase"):
        if told["was"] is None:
            Purchase.objects.filter(pk=told["id"]).delete()
        else:
            Purchase.objects.update_or_create(pk=told["id"], defaults=told["was"])
    note_change(actor, GIVEN_BACK, ask, before, after)


def _forget_purchases(record: Import, numbers: Collection[int] | Any) -> None:
    """What was bought by asks stays or goes with these: no further step asks for it."""
    names = [f"purchase:{number}" for number in numbers]
    ImportChange.objects.filter(of=record, before__isnull=True, record__in=names).delete()
