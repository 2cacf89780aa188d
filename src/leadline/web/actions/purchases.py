"""What was bought, with the contract that it begins or renews; and money that was given back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from leadline.engine.instants import to_datetime
from leadline.engine.money import money_words
from leadline.engine.payments import payments_of
from leadline.web import warehouse
from leadline.web.actions import checks, touches
from leadline.web.actions.acting import Actor, action, name_of, note_change
from leadline.web.actions.meanings import kind_of
from leadline.web.actions.purchases_back import KEPT, UNDONE, kept_of
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Ask, Contact, Contract, Offer, Purchase, Touch

ALL_PAID_BACK = "Everything was paid back"
_REFUNDS = (kind_of("give back all"), kind_of("give back a part"))


@dataclass(frozen=True)
class Sale:
    """What was bought. Where the offer recurs, or a day of renewal is given, a contract follows from it."""

    offer: Offer | None = None
    value: int | None = None
    currency: str = ""
    renews_on: date | None = None
    contract: Contract | None = None


@action
def record(actor: Actor, contact: Contact, sale: Sale, bought_at: int | None = None) -> Purchase:
    """Record a purchase, asked for or not. An ask that waited has its yes by that."""
    contact = Contact.objects.select_for_update().get(pk=contact.pk)
    waiting = Ask.objects.filter(contact=contact, answer=Ask.Answer.WAITING).order_by("-asked_at").first()
    purchase = write(actor, contact, sale, checks.past(bought_at, actor.now, "A purchase"), None)
    touches.settle(actor, [contact.pk])
    if waiting and Ask.objects.filter(pk=waiting.pk, answer=Ask.Answer.YES).exists():
        purchase.ask = waiting
        purchase.save(update_fields=["ask"])
    return purchase


@action
def undo(actor: Actor, purchase: Purchase) -> None:
    """Take a purchase back that never was, with the contract that it began."""
    take_out(actor, purchase)
    touches.settle(actor, [purchase.contact_id])


@action
def refund(
    actor: Actor, purchase: Purchase, amount: int | None = None, at: int | None = None, why: str = ""
) -> Touch:
    """Money given back, all of what is left where no amount is given.

    Who has nothing left of all they paid is a client no more, and their contracts end.
    """
    contact = Contact.objects.select_for_update().get(pk=purchase.contact_id)
    at, why = checks.past(at, actor.now, "A refund"), checks.text(why, 300, "A reason")
    if at < purchase.bought_at:
        raise Invalid("Money is given back after it was paid", found="a day before the purchase")
    left = _left(contact, purchase.currency)
    amount = min(left, purchase.value or 0) if amount is None else amount
    if not 0 < amount <= left:
        raise Invalid(
            "Money was to be given back",
            found=money_words(amount, purchase.currency),
            allowed=f"up to {money_words(left, purchase.currency)}, which is left of what they paid",
        )
    ends = amount == left and not _pays_otherwise(contact, purchase.currency)
    kind = kind_of("give back all" if ends else "give back a part")
    more = {"value": amount, "currency": purchase.currency, "note": why, "origin": name_of(purchase)}
    touch = touches.add(actor, contact, kind, at, **more)
    if ends:
        open_ones = Contract.objects.filter(contact=contact, ended_on=None)
        open_ones.update(ended_on=checks.day_of(at), ended_why=why or ALL_PAID_BACK)
    touches.settle(actor, [contact.pk])
    note_change(actor, "purchase.refunded", purchase, {}, {"amount": amount, "why": why})
    return touch


@action
def undo_refund(actor: Actor, touch: Touch) -> None:
    """Take a refund back that never was; contracts that ended by it go on."""
    purchase = Purchase.objects.filter(pk=touch.origin.partition(":")[2], contact=touch.contact).first()
    if purchase is None or not touch.in_force or touch.kind not in _REFUNDS:
        raise Conflict("A refund was to be taken back", found="none that is in force")
    contact = Contact.objects.select_for_update().get(pk=purchase.contact_id)
    touches.take_back(actor, touch)
    if touch.kind == kind_of("give back all"):
        why = touch.note or ALL_PAID_BACK
        ended = Contract.objects.filter(
            contact=contact, ended_why=why, ended_on=checks.day_of(touch.happened_at)
        )
        ended.update(ended_on=None, ended_why="")
    touches.settle(actor, [contact.pk])
    note_change(actor, "purchase.refund_undone", purchase, {"amount": touch.value, "why": touch.note}, {})


def has_bought(contact: Contact, before: int) -> bool:
    """Whether they bought anything, ever, up to an instant."""
    kinds = warehouse.kinds()
    names = [kinds.kinds[code].name for code in kinds.named("purchased")]
    theirs = contact.touches.filter(in_force=True, retracts=None, kind__in=names)
    return theirs.filter(happened_at__lte=before).exists()


def write(actor: Actor, contact: Contact, sale: Sale, at: int, ask: Ask | None) -> Purchase:
    """Write a purchase inside an action, which has to `settle` its contact afterwards."""
    value, currency = checks.money(sale.value, sale.currency, "What was paid")
    kind = kind_of("buy again" if has_bought(contact, at) else "buy")
    purchase = Purchase(
        contact=contact, offer=sale.offer, ask=ask, value=value, currency=currency, bought_at=at
    )
    _agree(contact, sale, purchase, ask)
    purchase.save()
    touches.add(
        actor,
        contact,
        kind,
        at,
        value=value,
        currency=currency,
        offer=sale.offer.name if sale.offer else "",
        path=ask.path if ask else "",
        channel=ask.channel if ask else "",
        deal=ask.key if ask else None,
        origin=name_of(purchase),
    )
    after = {"value": value, "currency": currency, "offer": str(sale.offer or "")}
    note_change(actor, "purchase.recorded", purchase, {}, after)
    return purchase


def take_out(actor: Actor, purchase: Purchase) -> None:
    """Take a purchase out inside an action, which has to `settle` its contact afterwards."""
    theirs = Touch.objects.filter(origin=name_of(purchase), in_force=True, retracts=None)
    if not Purchase.objects.filter(pk=purchase.pk).exists():
        raise Conflict("A purchase was to be taken back", found="that it has been taken back already")
    taken = list(theirs)
    before = {
        "value": purchase.value,
        "currency": purchase.currency,
        "offer": str(purchase.offer or ""),
        KEPT: kept_of(purchase, [touch.pk for touch in taken]),
    }
    for touch in taken:
        touches.take_back(actor, touch)
    note_change(actor, UNDONE, purchase, before, {})
    contract, renewed_from = purchase.contract, purchase.renewed_from
    purchase.delete()
    if contract is not None and renewed_from is not None:
        contract.renews_on = renewed_from
        last = contract.purchases.exclude(value=None).order_by("-bought_at", "-pk").first()
        if last is not None:
            contract.value, contract.currency = last.value, last.currency
        contract.save(update_fields=["renews_on", "value", "currency"])
    elif contract is not None:
        contract.delete()


def _agree(contact: Contact, sale: Sale, purchase: Purchase, ask: Ask | None) -> None:
    """The contract that follows from a sale: renewed, where there is one for the same, or begun."""
    term = sale.offer.term_days if sale.offer else None
    if sale.contract is None and sale.renews_on is None and not term:
        return
    day = to_datetime(purchase.bought_at).date()
    running = sale.contract or (
        Contract.objects.filter(contact=contact, offer=sale.offer, ended_on=None)
        .exclude(renews_on=None)
        .order_by("renews_on")
        .first()
        if sale.offer
        else None
    )
    begin = max(running.renews_on or day, day) if running else day
    renews_on = sale.renews_on or (begin + timedelta(days=term) if term else None)
    if renews_on is not None and renews_on <= day:
        raise Invalid(
            "A contract is renewed later than it begins", found=f"{renews_on}", allowed=f"after {day}"
        )
    purchase.renewed_from = running.renews_on if running else None
    purchase.contract = running or Contract(
        contact=contact, offer=sale.offer, starts_on=day, owner=contact.owner, team=contact.team
    )
    purchase.contract.renews_on = renews_on
    if purchase.value is not None:
        purchase.contract.value, purchase.contract.currency = purchase.value, purchase.currency
    purchase.contract.save()
    purchase.contract_id = purchase.contract.pk


def _left(contact: Contact, currency: str) -> int:
    log = warehouse.touches_of([contact.pk])
    until = max(log.happened_at.tolist(), default=0)
    return payments_of(log, log.contact, until).left.get(currency, 0)


def _pays_otherwise(contact: Contact, currency: str) -> bool:
    """Whether something of what they paid is left in another currency."""
    log = warehouse.touches_of([contact.pk])
    until = max(log.happened_at.tolist(), default=0)
    left = payments_of(log, log.contact, until).left
    return any(amount for name, amount in left.items() if name != currency)
