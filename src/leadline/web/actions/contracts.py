"""What clients have with us: renewed, or ended with a reason."""

from __future__ import annotations

from datetime import date, timedelta

from leadline.engine.clocks import begin_of
from leadline.engine.instants import DAY, to_instant
from leadline.engine.wording import day_words
from leadline.web.actions import checks, purchases, touches
from leadline.web.actions.acting import Actor, action, name_of, note_change
from leadline.web.actions.meanings import kind_of
from leadline.web.actions.purchases import Sale
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Contact, Contract, Purchase, Touch

_NOON = DAY // 2


@action
def renew(
    actor: Actor,
    contract: Contract,
    value: int | None = None,
    currency: str = "",
    at: int | None = None,
    renews_on: date | None = None,
) -> Purchase:
    """Renew a contract, for what it was worth where no value is given: a purchase, and a new term."""
    contract = _open(contract)
    term = contract.offer.term_days if contract.offer else None
    if renews_on is None and not term and contract.renews_on:
        renews_on = contract.renews_on + timedelta(days=(contract.renews_on - contract.starts_on).days or 365)
    if renews_on and contract.renews_on and renews_on <= contract.renews_on:
        raise Invalid(
            "A next renewal was given",
            found=f"“{day_words(to_instant(renews_on))}”",
            allowed=f"a day after {day_words(to_instant(contract.renews_on))}, which is renewed",
            field="renews_on",
        )
    if value is None:
        value, currency = contract.value, contract.currency
    sale = Sale(contract.offer, value, currency, renews_on, contract)
    at = checks.past(at, actor.now, "A renewal")
    purchase = purchases.write(actor, contract.contact, sale, at, None)
    touches.settle(actor, [contract.contact_id])
    note_change(actor, "contract.renewed", contract, {}, {"renews_on": str(_fresh(contract).renews_on)})
    return purchase


@action
def end(actor: Actor, contract: Contract, why: str, on: date | None = None) -> Contract:
    """End a contract, and say why. It lapsed where its term was over, else they ended it.

    As long as they have another contract they stay a client, and no touch is written.
    """
    contract, today = _open(contract), checks.day_of(actor.now)
    why, on = checks.text(why, 300, "Why a contract ended"), on or today
    if not why:
        raise Invalid("A contract ends for a reason", found="none", allowed="a few words: why did it end?")
    if not contract.starts_on <= on <= today:
        found, allowed = str(on), f"{contract.starts_on} to {today}"
        raise Invalid("A contract ends on a day of its life", found=found, allowed=allowed)
    others = Contract.objects.filter(contact=contract.contact, ended_on=None).exclude(pk=contract.pk)
    contract.ended_on, contract.ended_why = on, why
    contract.save(update_fields=["ended_on", "ended_why"])
    if not others.exists():
        lapsed = contract.renews_on is not None and on >= contract.renews_on
        at = actor.now if on == today else begin_of(on) + _NOON
        more = {"note": why, "offer": str(contract.offer or ""), "origin": name_of(contract)}
        touches.add(actor, contract.contact, kind_of("lapse" if lapsed else "end"), at, **more)
        touches.settle(actor, [contract.contact_id])
    note_change(actor, "contract.ended", contract, {"ended_on": ""}, {"ended_on": str(on), "why": why})
    return contract


@action
def reopen(actor: Actor, contract: Contract) -> Contract:
    """A contract goes on after all: that it ended is taken back."""
    contract = Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
    if contract.ended_on is None:
        raise Conflict("A contract was to go on", found="that it has not ended")
    before = {"ended_on": str(contract.ended_on), "why": contract.ended_why}
    contract.ended_on, contract.ended_why = None, ""
    contract.save(update_fields=["ended_on", "ended_why"])
    for touch in Touch.objects.filter(origin=name_of(contract), in_force=True, retracts=None):
        touches.take_back(actor, touch)
    touches.settle(actor, [contract.contact_id])
    note_change(actor, "contract.reopened", contract, before, {"ended_on": ""})
    return contract


def _fresh(contract: Contract) -> Contract:
    return Contract.objects.get(pk=contract.pk)


def _open(contract: Contract) -> Contract:
    Contact.objects.select_for_update().get(pk=contract.contact_id)
    found = _fresh(contract)
    if found.ended_on is not None:
        raise Conflict("A contract was to change", found=f"that it ended on {found.ended_on}")
    return found
