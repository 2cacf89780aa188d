"""Deals of another program: each is an ask with its answer, written with the touches that stand for these.

An ask keeps what the other program calls the deal. By that it is known again, and follows what the files say
later (`asks`); what was bought before, and came by other files or by hand, isn't bought once more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leadline.engine.importers.sorts.pipeline import Deal
from leadline.engine.instants import DAY
from leadline.web import access, warehouse
from leadline.web.actions import checks
from leadline.web.actions.acting import name_of
from leadline.web.actions.importing.intake import REASON, Refused, clean
from leadline.web.actions.rows import TOUCH, Row, insert, insert_touches, told_of
from leadline.web.models import Ask, Contact, ImportChange, Purchase, Touch

if TYPE_CHECKING:
    from leadline.web.actions.importing.loading import Load
    from leadline.web.actions.importing.sales import Fresh

_PLACE = {name: place for place, name in enumerate(TOUCH)}


def said(row: Row, name: str) -> Any:
    """What a touch that is to be written says in a column."""
    return row[_PLACE[name]]


@dataclass(frozen=True)
class Told:
    """A deal as the files tell it: of whom, in which row, its ask, and its answer where it has one."""

    who: int
    row: int
    deal: Deal
    asked: Row
    answer: Row | None
    bought: bool

    def columns(self, load: Load) -> dict[str, Any]:
        """The columns of its ask, but for whose it is."""
        expected = self.deal.expected_at
        return {
            "title": self.deal.title,
            "offer_id": load.offers.get(self.deal.offer.casefold()),
            "amount": self.deal.value,
            "currency": self.deal.currency,
            "expected_on": None if expected is None else checks.day_of(expected),
            "reason": clean(self.deal.reason, REASON),
            "asked_at": said(self.asked, "happened_at"),
        }


def gather(load: Load, touches: Sequence[Fresh]) -> list[Told]:
    """The deals of some touches, which are those of deals alone."""
    intake = load.intake
    answers = {intake.answered[row]: touch for _, row, touch in touches if row in intake.answered}
    kinds = warehouse.kinds()
    buys = {kinds.kinds[code].name for code in kinds.named("purchased")}
    found = []
    for who, row, touch in touches:
        if row in intake.dealt:
            answer = answers.get(row)
            bought = answer is not None and said(answer, "kind") in buys
            found.append(Told(who, row, intake.dealt[row], touch, answer, bought))
    return found


def find(load: Load, told: Sequence[Told]) -> dict[int, Ask | None]:
    """The asks on record, by the rows of their deals; None where that is another's whom they don't see.

    A deal with an id that was another contact's stays theirs: its title or the day on which it was opened say
    that it is the same one.
    """
    asks: dict[str | None, list[Ask]] = {}
    known = Ask.objects.filter(key__in={one.deal.key for one in told})
    for ask in known.select_related("contact", "offer", "touch").order_by("asked_at", "pk"):
        asks.setdefault(ask.key, []).append(ask)
    same = warehouse.merged([one.who for one in told]) if asks else {}
    found: dict[int, Ask | None] = {}
    others: dict[int, Ask] = {}
    for one in told:
        there = asks.get(one.deal.key, [])
        own = [ask for ask in there if same.get(ask.contact_id, ask.contact_id) == one.who]
        if own:
            found[one.row] = own[-1]
        elif moved := [ask for ask in there if _is_same(ask, one)]:
            others[one.row] = moved[-1]
    return found | (_seen(load, told, others) if others else {})


def _is_same(ask: Ask, one: Told) -> bool:
    if not one.deal.has_id:
        return False
    day = ask.asked_at // DAY == said(one.asked, "happened_at") // DAY
    titled = ask.title and ask.title.casefold() == one.deal.title.casefold()
    return (one.deal.asked_told and day) or bool(titled)


def _seen(load: Load, told: Sequence[Told], others: dict[int, Ask]) -> dict[int, Ask | None]:
    """Those of other contacts that they see; of all others the row is refused."""
    contacts = [ask.contact_id for ask in others.values()]
    seen = set(access.counted_contacts(load.user).filter(pk__in=contacts).values_list("pk", flat=True))
    found: dict[int, Ask | None] = {}
    for one in told:
        ask = others.get(one.row)
        if ask is not None:
            found[one.row] = ask if ask.contact_id in seen else None
            if ask.contact_id not in seen:
                refuse(load, one, f"the deal “{one.deal.key}” can't be taken in: let an owner do that")
    list(Contact.objects.select_for_update().filter(pk__in=seen).values_list("pk"))
    return found


def refuse(load: Load, one: Told, why: str) -> None:
    """List a row of which something isn't heard."""
    file, line = str(load.intake.file[one.row]), int(load.intake.line[one.row])
    load.refused.append(Refused(file, line, why, (one.deal.key, one.deal.title)))


def make(load: Load, told: Sequence[Told]) -> None:
    """Write deals that are on record nowhere: asks, what was bought by them, and their touches."""
    if not told:
        return
    whose = Contact.objects.filter(pk__in={one.who for one in told}).values_list("pk", "owner_id", "team_id")
    circles = {who: {"owner_id": owner, "team_id": team} for who, owner, team in whose}
    asks = [
        Ask(
            contact_id=one.who,
            key=one.deal.key,
            path=said(one.asked, "path"),
            channel=said(one.asked, "channel"),
            **circles[one.who],
            **one.columns(load),
        )
        for one in told
    ]
    Ask.objects.bulk_create(asks)
    pairs = list(zip(told, asks, strict=True))
    again = find_bought(told)
    sold = [(one, ask) for one, ask in pairs if one.bought and one.row not in again]
    purchases = {ask.pk: purchase_of(load, one, ask) for one, ask in sold}
    Purchase.objects.bulk_create(purchases.values())
    written: list[tuple[int | None, Row]] = []
    for one, ask in pairs:
        written.append((one.who, told_of(one.asked, origin=name_of(ask))))
        if one.answer is not None and one.row not in again:
            written.append((one.who, answer_of(one, ask, purchases.get(ask.pk))))
    insert_touches(written)
    made = [*map(name_of, asks), *map(name_of, purchases.values())]
    insert(ImportChange, ("of_id", "record"), ((load.record.pk, name) for name in made))


def answer_of(one: Told, ask: Ask, purchase: Purchase | None) -> Row:
    """The touch by which an ask was answered, leading back to the ask or to what was bought."""
    assert one.answer is not None
    origin = name_of(ask if purchase is None else purchase)
    return told_of(one.answer, origin=origin, note=said(one.answer, "note") or clean(one.deal.reason, REASON))


def purchase_of(load: Load, one: Told, ask: Ask) -> Purchase:
    """What was bought by a deal that was won, not yet written."""
    assert one.answer is not None
    return Purchase(
        contact_id=ask.contact_id,
        ask=ask,
        offer_id=load.offers.get(one.deal.offer.casefold()),
        value=one.deal.value,
        currency=one.deal.currency,
        bought_at=said(one.answer, "happened_at"),
    )


def find_bought(told: Iterable[Told]) -> set[int]:
    """The rows of deals that were won by a purchase that is on record, by other files or by hand.

    That is one of the same contact and day for the same amount, of which no deal tells.
    """
    won = [one for one in told if one.bought]
    contacts = {one.who for one in won}
    if not won:
        return set()
    kinds = warehouse.kinds()
    names = [kinds.kinds[code].name for code in kinds.named("purchased")]
    own = Purchase.objects.filter(contact__in=contacts, ask__key__isnull=False).values_list("pk", flat=True)
    ours = {f"purchase:{number}" for number in own}
    there = Touch.objects.filter(contact__in=contacts, kind__in=names, in_force=True, retracts=None)
    left = Counter(
        (who, at // DAY, value)
        for who, at, value, origin in there.values_list("contact_id", "happened_at", "value", "origin")
        if origin not in ours
    )
    found = set()
    for one in won:
        assert one.answer is not None
        same = (one.who, said(one.answer, "happened_at") // DAY, said(one.answer, "value"))
        if left[same]:
            left[same] -= 1
            found.add(one.row)
    return found
