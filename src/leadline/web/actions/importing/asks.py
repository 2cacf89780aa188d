"""Deals of files as asks: new ones are written, and those on record follow what the files say now.

What an ask says in its touches is corrected by a retraction and a new touch; the answer comes, goes or moves
with the files. What somebody answered, changed, sold or gave back by hand stays as it is, and the row that
says otherwise is refused: who has it before them knows better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from leadline.engine.money import money_words
from leadline.engine.wording import day_words, listed
from leadline.web.actions.acting import name_of
from leadline.web.actions.importing.contracts import BY_IMPORTS, UPDATED
from leadline.web.actions.importing.deals import (
    Told,
    answer_of,
    find,
    find_bought,
    gather,
    make,
    purchase_of,
    refuse,
    said,
)
from leadline.web.actions.rows import TOUCH, Row, insert, insert_touches, told_of
from leadline.web.models import Ask, AuditEntry, ImportChange, Purchase, Touch

if TYPE_CHECKING:
    from leadline.web.actions.importing.loading import Load
    from leadline.web.actions.importing.sales import Fresh

COLUMNS = ("title", "offer_id", "amount", "currency", "expected_on", "reason", "asked_at")
"""What of an ask follows the files."""
SALE = ("offer_id", "value", "currency", "bought_at", "contact_id", "ask_id")
"""What is kept of a purchase, to be so again."""
_SAME = ("kind", "happened_at", "value", "currency")
"""What two touches have in common that say the same of a deal."""


@dataclass
class Change:
    """What becomes of one ask: its columns, the touches that are taken back and written, what was bought."""

    told: Told
    ask: Ask
    purchase: Purchase | None
    columns: dict[str, dict[str, Any]] = field(default_factory=dict)
    taken: list[Touch] = field(default_factory=list)
    asked: Row | None = None
    answer: Row | None = None
    was: dict[str, Any] | None = None
    became: Purchase | None = None
    sells: bool = False

    def __bool__(self) -> bool:
        return bool(self.columns or self.taken or self.asked or self.answer)

    @property
    def drops(self) -> bool:
        """Whether what was bought never was, by what the files say now."""
        return self.sells and self.became is None


def write_deals(load: Load, touches: Sequence[Fresh]) -> set[int]:
    """Write the asks of deals and their answers; of whom something was written.

    `touches` are those of deals alone, also those that are on record already.
    """
    told = gather(load, touches)
    if not told:
        return set()
    there = find(load, told)
    fresh = [one for one in told if one.row not in there]
    make(load, fresh)
    kept = [(one, ask) for one in told if (ask := there.get(one.row)) is not None]
    return {one.who for one in fresh} | follow(load, kept)


def follow(load: Load, kept: Sequence[tuple[Told, Ask]]) -> set[int]:
    """Have asks follow what their deals say now; whose they are that something became of."""
    if not kept:
        return set()
    asks = {ask.pk: ask for _, ask in kept}
    purchases = {one.ask_id: one for one in Purchase.objects.filter(ask__in=asks).order_by("pk")}
    by_hand = _find_by_hand(list(asks.values()), list(purchases.values()))
    answers = _find_answers(list(asks.values()), purchases)
    again = find_bought(one for one, ask in kept if ask.pk not in purchases)
    changes = []
    for one, ask in kept:
        change = _compare(load, one, ask, purchases.get(ask.pk), answers.get(ask.pk, []), one.row in again)
        if change and ask.pk in by_hand:
            what = f"“{ask}”, asked on {day_words(ask.asked_at)}, stays as it is on record"
            refuse(load, one, f"{what}: the file says {listed(_words(change))}")
        elif change:
            changes.append(change)
    if changes:
        _write(load, changes)
    return {one.ask.contact_id for one in changes}


def _find_by_hand(asks: Sequence[Ask], purchases: Sequence[Purchase]) -> set[int]:
    """Those that somebody made, changed, answered or took back here, or whose purchase they dealt with."""
    names = {name_of(one): one.pk for one in asks}
    names |= {name_of(one): one.ask_id for one in purchases if one.ask_id is not None}
    audited = AuditEntry.objects.filter(record__in=names).exclude(action__in=BY_IMPORTS)
    found = {names[name] for name in audited.values_list("record", flat=True)}
    return found | {one.pk for one in asks if one.touch is None or not one.touch.in_force}


def _find_answers(asks: Sequence[Ask], purchases: dict[int | None, Purchase]) -> dict[int, list[Touch]]:
    """The touches by which asks were answered, as far as these tell of them."""
    names = {name_of(one): one.pk for one in asks}
    names |= {name_of(one): number for number, one in purchases.items() if number is not None}
    told = Touch.objects.filter(origin__in=names, in_force=True, retracts=None)
    found: dict[int, list[Touch]] = {}
    own = {one.touch_id for one in asks}
    for touch in told.order_by("pk"):
        if touch.pk not in own:
            found.setdefault(names[touch.origin], []).append(touch)
    return found


def _compare(
    load: Load, one: Told, ask: Ask, purchase: Purchase | None, answers: list[Touch], again: bool
) -> Change:
    """What becomes of an ask by what its deal says now; what a file leaves blank stays."""
    change = Change(one, ask, purchase)
    wanted = _wanted(load, one, ask)
    for name, value in wanted.items():
        was = getattr(ask, name)
        if was != value:
            change.columns[name] = {"was": _plain(was), "became": _plain(value)}
    touch = ask.touch
    if touch is not None:
        blank = said(one.asked, "value") is None
        more = {"value": touch.value, "currency": touch.currency} if blank else {}
        asked = told_of(one.asked, happened_at=wanted["asked_at"], origin=name_of(ask), **more)
        if not _is_alike(touch, asked, (*_SAME, "offer")):
            change.asked, change.taken = asked, [touch]
    wants = one.answer if not again else None
    alike = all(wants and _is_alike(touch, wants, _SAME) for touch in answers)
    if alike and len(answers) == (wants is not None):
        return change
    change.taken += answers
    change.sells = purchase is not None
    if wants is not None:
        change.became = purchase_of(load, one, ask) if one.bought else None
        change.answer = wants
    change.was = None if purchase is None else {name: _plain(getattr(purchase, name)) for name in SALE}
    return change


def _wanted(load: Load, one: Told, ask: Ask) -> dict[str, Any]:
    """The columns of an ask by its deal."""
    said_now = one.columns(load)
    for name in ("title", "offer_id", "expected_on"):
        said_now[name] = said_now[name] or getattr(ask, name)
    if one.deal.value is None:
        said_now |= {"amount": ask.amount, "currency": ask.currency}
    if not one.deal.asked_told:
        until = ask.asked_at if one.answer is None else said(one.answer, "happened_at")
        said_now["asked_at"] = min(ask.asked_at, until)
    return said_now


def _is_alike(touch: Touch, row: Row, names: Sequence[str]) -> bool:
    return all(getattr(touch, name) == said(row, name) for name in names)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _words(change: Change) -> list[str]:
    """What a row says otherwise of an ask that stays as it is."""
    words = []
    columns, deal = change.columns, change.told.deal
    if {"amount", "currency"} & columns.keys() and deal.value is not None:
        words.append(money_words(deal.value, deal.currency))
    if "expected_on" in columns and deal.expected_at is not None:
        words.append(f"that it is expected on {day_words(deal.expected_at)}")
    if change.answer is not None:
        at = day_words(said(change.answer, "happened_at"))
        words.append(f"that it was {'won' if change.told.bought else 'answered'} on {at}")
    elif set(change.taken) - {change.ask.touch}:
        words.append("that it is open")
    return words or ["something else of it"]


def _write(load: Load, changes: Sequence[Change]) -> None:
    """Write what becomes of asks, with a line for undoing it and an audit entry each."""
    for one in changes:
        for name, both in one.columns.items():
            day = name == "expected_on" and both["became"] is not None
            setattr(one.ask, name, date.fromisoformat(both["became"]) if day else both["became"])
    _write_purchases(load, changes)
    taken = [touch for one in changes for touch in one.taken]
    back = insert_touches([(touch.contact_id, _retraction(load, touch)) for touch in taken])
    Touch.objects.filter(pk__in=[touch.pk for touch in taken]).update(in_force=False)
    rows = [(place, row) for place, one in enumerate(changes) for row in _rows_of(one)]
    numbers = insert_touches([(changes[place].ask.contact_id, row) for place, row in rows])
    added: dict[int, list[int]] = {place: [] for place in range(len(changes))}
    for (place, row), number in zip(rows, numbers, strict=True):
        added[place].append(number)
        if row is changes[place].asked:
            changes[place].ask.touch_id = number
    retracted = dict(zip([touch.pk for touch in taken], back, strict=True))
    Ask.objects.bulk_update([one.ask for one in changes], ["touch", *_fields()])
    ImportChange.objects.bulk_create(
        ImportChange(of=load.record, record=name_of(one.ask), before=_line(one, added[place], retracted))
        for place, one in enumerate(changes)
    )
    AuditEntry.objects.bulk_create(_entry(load, one) for one in changes)


def _fields() -> list[str]:
    return [name.removesuffix("_id") for name in COLUMNS]


def _write_purchases(load: Load, changes: Sequence[Change]) -> None:
    """What was bought, not bought, or bought otherwise, by what the files say now."""
    moved = []
    for one in changes:
        if one.became is not None and one.purchase is not None:
            for name in ("offer_id", "value", "currency", "bought_at"):
                setattr(one.purchase, name, getattr(one.became, name))
            one.became = one.purchase
            moved.append(one.purchase)
    Purchase.objects.bulk_update(moved, ["offer", "value", "currency", "bought_at"])
    gone = [one.purchase.pk for one in changes if one.drops and one.purchase is not None]
    Purchase.objects.filter(pk__in=gone).delete()
    made = [one.became for one in changes if one.became is not None and one.purchase is None]
    Purchase.objects.bulk_create(made)
    insert(ImportChange, ("of_id", "record"), ((load.record.pk, name_of(one)) for one in made))


def _rows_of(one: Change) -> list[Row]:
    """The touches that are written of it."""
    if one.answer is not None:
        one.answer = answer_of(one.told, one.ask, one.became)
    return [row for row in (one.asked, one.answer) if row is not None]


def _retraction(load: Load, touch: Touch) -> Row:
    """The row that takes a touch back."""
    told: dict[str, Any] = dict.fromkeys(TOUCH, "")
    told |= {
        "kind": touch.kind,
        "happened_at": touch.happened_at,
        "deal": None,
        "value": None,
        "n": touch.n,
        "machine": False,
        "actor": load.actor.by[:120],
        "recorded_at": load.actor.now,
        "recorded_by_id": load.user.pk,
        "in_force": True,
        "retracts_id": touch.pk,
    }
    return tuple(told[name] for name in TOUCH)


def _line(one: Change, added: list[int], retracted: dict[int, int]) -> dict[str, Any]:
    """What it takes to undo a change of an ask."""
    taken = [touch.pk for touch in one.taken]
    line: dict[str, Any] = {"columns": one.columns, "taken": taken}
    line["added"] = [*added, *(retracted[number] for number in taken)]
    line["touch"] = one.ask.touch_id if one.asked is None else next(iter(taken))
    if one.was is not None or one.became is not None:
        known = one.purchase or one.became
        assert known is not None
        line["purchase"] = {"id": known.pk, "was": one.was}
    return line


def _entry(load: Load, one: Change) -> AuditEntry:
    before = {name: both["was"] for name, both in one.columns.items()}
    after = {name: both["became"] for name, both in one.columns.items()}
    if one.answer is not None or len(one.taken) > (one.asked is not None):
        kinds = [touch.kind for touch in one.taken if touch.pk != one.taken[0].pk or one.asked is None]
        before["answer"] = kinds[0] if kinds else ""
        after["answer"] = "" if one.answer is None else said(one.answer, "kind")
    return AuditEntry(
        who=load.actor.user,
        by=f"{load.actor.by}, {name_of(load.record)}"[:200],
        action=UPDATED,
        record=name_of(one.ask),
        before=before,
        after=after,
    )
