"""What a made-up business sells: its asks, what came of them, purchases and contracts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from leadline.engine.instants import DAY, to_datetime, to_instant
from leadline.engine.kinds import Kinds
from leadline.engine.simulate import Simulation
from leadline.web.actions.acting import name_of
from leadline.web.models import Ask, Contact, Contract, Offer, Purchase, User

BATCH = 500
TERM = 91 * DAY
SAID = {
    "said_yes": Ask.Answer.YES,
    "bought": Ask.Answer.YES,
    "renewed": Ask.Answer.YES,
    "said_no": Ask.Answer.NO,
    "lost": Ask.Answer.NO,
    "churned": Ask.Answer.NO,
    "lapsed": Ask.Answer.NO,
    "said_not_now": Ask.Answer.NOT_NOW,
}
PAID = {"bought", "renewed"}
ENDED = {"churned": "They said that they won't go on.", "lapsed": "It ran out without a word."}


@dataclass
class Story:
    """What happened with one contact, in order; `origins` says for which record a touch stands."""

    contact: Contact
    rows: list[dict[str, Any]]
    origins: dict[str, str] = field(default_factory=dict)
    asks: list[tuple[Ask, list[str]]] = field(default_factory=list)
    purchases: list[tuple[Purchase, str, Ask | None]] = field(default_factory=list)


def write_sales(simulation: Simulation, owner: User, contacts: dict[str, Contact], now: int) -> list[Story]:
    """Offers, asks, purchases and contracts, as the touches up to now tell them."""
    offers = {
        offer.name: Offer.objects.create(
            name=offer.name,
            price=round(offer.price * 100),
            currency=simulation.business.currency,
            term_days=TERM // DAY if offer.renews else None,
        )
        for offer in simulation.business.offers
    }
    stories = _stories(simulation, contacts, now)
    for story in stories:
        _tell(story, simulation.touches.kinds, offers, owner)
    told = [one for story in stories for one, _ in story.asks]
    Ask.objects.bulk_create(told, batch_size=BATCH)
    for story in stories:
        story.origins |= {touch: name_of(ask) for ask, touches in story.asks for touch in touches}
        for purchase, _, ask in story.purchases:
            purchase.ask_id = ask.pk if ask else None
    Purchase.objects.bulk_create(
        (one for story in stories for one, _, _ in story.purchases), batch_size=BATCH
    )
    for story in stories:
        story.origins |= {touch: name_of(purchase) for purchase, touch, _ in story.purchases}
    Contract.objects.bulk_create(
        (contract for story in stories for contract in _contracts(story, owner)), batch_size=BATCH
    )
    return stories


def _stories(simulation: Simulation, contacts: dict[str, Contact], now: int) -> list[Story]:
    touches, found = simulation.touches, {key: Story(contact, []) for key, contact in contacts.items()}
    for number in touches.happened_at.argsort(kind="stable").tolist():
        row = touches.row(number)
        if row.get("contact") in found and to_instant(row["happened_at"]) <= now:
            found[row["contact"]].rows.append(row)
    return list(found.values())


def _tell(story: Story, kinds: Kinds, offers: dict[str, Offer], owner: User) -> None:
    asked = {kind.name for kind in kinds.kinds if kind.link == "ask"}
    waiting: Ask | None = None
    for row in story.rows:
        at, offer = to_instant(row["happened_at"]), offers.get(row.get("offer", ""))
        money = {"currency": row.get("currency", "")}
        if row["kind"] in asked:
            waiting = Ask(
                contact=story.contact,
                owner=owner,
                offer=offer,
                amount=row.get("value"),
                path=row.get("path", ""),
                channel=row.get("channel", ""),
                asked_at=at,
                expected_on=to_datetime(at + 30 * DAY).date(),
                **money,
            )
            story.asks.append((waiting, [row["id"]]))
        elif row["kind"] in SAID and waiting and story.asks:
            if not waiting.answer:
                waiting.answer, waiting.answered_at = SAID[row["kind"]], at
                if waiting.answer == Ask.Answer.NOT_NOW:
                    waiting.ask_again_on = to_datetime(at + 90 * DAY).date()
            if row["kind"] not in PAID:
                story.asks[-1][1].append(row["id"])
        if row["kind"] in PAID:
            bought = Purchase(
                contact=story.contact, offer=offer, value=row.get("value"), bought_at=at, **money
            )
            story.purchases.append((bought, row["id"], waiting))


def _contracts(story: Story, owner: User) -> list[Contract]:
    """One for each thing bought for a term; what was renewed goes on."""
    found: list[Contract] = []
    for row in story.rows:
        day = row["happened_at"].date()
        if row["kind"] in ENDED and found and found[-1].ended_on is None:
            found[-1].ended_on, found[-1].ended_why = day, ENDED[row["kind"]]
            found[-1].renews_on = None
        bought = next((one for one, touch, _ in story.purchases if touch == row["id"]), None)
        if bought is None or bought.offer is None or bought.offer.term_days is None:
            continue
        term = timedelta(days=bought.offer.term_days)
        if row["kind"] == "renewed" and found and found[-1].ended_on is None:
            found[-1].renews_on = day + term
            continue
        found.append(
            Contract(
                contact=story.contact,
                owner=owner,
                offer=bought.offer,
                value=bought.value,
                currency=bought.currency,
                starts_on=day,
                renews_on=day + term,
            )
        )
    return found
