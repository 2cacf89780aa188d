"""Asks: who was asked what, and what was answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from leadline.engine.instants import to_datetime, to_instant
from leadline.web import access
from leadline.web.actions import asks as acts
from leadline.web.actions.asks import Terms
from leadline.web.actions.purchases import Sale
from leadline.web.api.contacts import contact_of
from leadline.web.api.door import actor_of, scoped, user_of
from leadline.web.api.meant import by_owner
from leadline.web.api.parts import Cursor, Limit, Part, listed
from leadline.web.api.shapes import (
    COUNTED,
    Amount,
    Asked,
    Currency,
    Day,
    Given,
    Id,
    Identity,
    Instant,
    Nothing,
    Short,
    Text,
    Word,
    example,
)
from leadline.web.models import Ask, Offer, User
from leadline.web.warehouse.zones import from_instant

router = Router(tags=["asks"])
Reason = Annotated[str, Field(max_length=300)]
Said = Literal["waiting", "yes", "no", "not_now", "again", "withdrawn"]
STORED: dict[str, str] = {"waiting": Ask.Answer.WAITING, "withdrawn": Ask.Answer.WITHDRAWN}
"""What the words of the API are in the database, where they are others."""
SPOKEN = {stored: word for word, stored in STORED.items()}


class TermsGiven(Given):
    """What is asked for. What isn't named is as it was; without an amount it is the price of the offer."""

    model_config = example(title="Yearly service", amount=120_000, currency="EUR", expected_on="2026-04-15")
    offer: Id | None = None
    title: Short | None = None
    amount: Amount | None = None
    currency: Currency | None = None
    path: Word | None = None
    channel: Word | None = None
    expected_on: Day | None = None
    kind: Annotated[str, Field(max_length=60)] | None = Field(
        default=None, description="A kind of the link ask; usually that of a first ask, or of a client's."
    )


class AskGiven(TermsGiven):
    """Whom is asked, for what, and when: now, unless said."""

    model_config = example(contact=1, title="Yearly service", amount=120_000, currency="EUR")
    contact: Id
    asked_at: Instant | None = None


class AgainGiven(TermsGiven):
    """The terms that are others than before, and when they were asked again: now, unless said."""

    model_config = example(amount=100_000, currency="EUR")
    asked_at: Instant | None = None


class SaleGiven(Given):
    """What was bought by a yes; what isn't named is as it was asked."""

    model_config = example(value=120_000, currency="EUR", renews_on="2027-03-02")
    value: Amount | None = None
    currency: Currency | None = None
    renews_on: Day | None = None


class AnswerGiven(Given):
    """What was answered: now, unless said. A yes may come with a `sale`; a no with the day to ask again."""

    model_config = example(said="not_now", reason="After the summer", ask_again_on="2027-09-01")
    said: Literal["yes", "no", "not_now"]
    at: Instant | None = None
    reason: Reason = ""
    ask_again_on: Day | None = None
    sale: SaleGiven | None = None


class ExpectedGiven(Given):
    """By when an answer is expected; null: nobody knows."""

    model_config = example(expected_on="2026-04-15")
    expected_on: Day | None


class AsksAsked(Asked):
    """Which asks: those for which all of this holds."""

    contact: Id | None = None
    answer: Said | None = None
    offer: Id | None = None
    owner: Text | None = Field(
        default=None, description="The address of somebody who works here, or `me`, or `none`."
    )
    key: Text | None = Field(default=None, description="What another program calls it, as a deal's id.")
    since: Instant | None = Field(default=None, description=f"Asked then or later. {COUNTED}")
    until: Instant | None = Field(default=None, description="Asked before, likewise.")
    expected_by: Day | None = Field(default=None, description="An answer is expected on that day or before.")
    again_by: Day | None = Field(default=None, description="To be asked again on that day or before.")


class AskTold(Schema):
    """An ask, and what came of it."""

    id: int
    key: str | None = Field(description="What another program calls it, as a deal's id.")
    contact: int
    offer: int | None
    title: str
    amount: int | None
    currency: str
    path: str
    channel: str
    asked_at: datetime
    expected_on: date | None
    answer: Said
    answered_at: datetime | None
    reason: str
    ask_again_on: date | None
    quiet_until: date | None
    owner: str | None
    touch: int | None


@router.get("/asks", response=Part[AskTold], summary="List asks")
@scoped("asks:read")
def list_asks(
    request: HttpRequest, asked: Query[AsksAsked], cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Of those whom the token's user sees, in the order in which they were recorded."""
    return listed(mine(request).filter(_asked(asked, user_of(request))), cursor, limit, told)


@router.post("/asks", response={201: AskTold}, summary="Ask somebody")
@scoped("asks:write", "change")
def make_ask(request: HttpRequest, given: AskGiven) -> Status[dict[str, Any]]:
    """Records the ask with its touch. An ask that waited is asked again by that, and waits no more."""
    contact = contact_of(request, given.contact)
    made = acts.make(actor_of(request), contact, _terms(given, Terms()), _instant(given.asked_at))
    return Status(201, told(made))


@router.get("/asks/{ask}", response=AskTold, summary="See an ask")
@scoped("asks:read")
def get_ask(request: HttpRequest, ask: Identity) -> dict[str, Any]:
    """404 for one of somebody whom the token's user doesn't see."""
    return told(_ask(request, ask))


@router.patch("/asks/{ask}", response=AskTold, summary="Change an ask")
@scoped("asks:write", "change")
def change_ask(request: HttpRequest, ask: Identity, given: TermsGiven) -> dict[str, Any]:
    """Other terms; what the ask said before stays on record."""
    record = _ask(request, ask)
    terms = _terms(given, acts.terms_of(record))
    return told(acts.change(actor_of(request), record, terms))


@router.post("/asks/{ask}/answer", response=AskTold, summary="Note an answer")
@scoped("asks:write", "change")
def answer_ask(request: HttpRequest, ask: Identity, given: AnswerGiven) -> dict[str, Any]:
    """409 where an answer is noted already, or they were asked again since."""
    record = _ask(request, ask)
    sale = _sale(given.sale, record) if given.sale is not None else None
    at, again = _instant(given.at), given.ask_again_on
    return told(acts.answer(actor_of(request), record, given.said, at, given.reason, again, sale))


@router.post("/asks/{ask}/undo-answer", response=AskTold, summary="Take an answer back")
@scoped("asks:write", "change")
def undo_answer(request: HttpRequest, ask: Identity, given: Nothing | None = None) -> dict[str, Any]:
    """With what was bought by it: the ask waits again."""
    return told(acts.undo_answer(actor_of(request), _ask(request, ask)))


@router.post("/asks/{ask}/again", response={201: AskTold}, summary="Ask again")
@scoped("asks:write", "change")
def ask_again(request: HttpRequest, ask: Identity, given: AgainGiven) -> Status[dict[str, Any]]:
    """The same, or with the terms that are named; answers with the new ask."""
    record = _ask(request, ask)
    before = replace(acts.terms_of(record), expected_on=None)
    made = acts.again(actor_of(request), record, _terms(given, before), _instant(given.asked_at))
    return Status(201, told(made))


@router.post("/asks/{ask}/expect", response=AskTold, summary="Say when an answer is expected")
@scoped("asks:write", "change")
def expect_answer(request: HttpRequest, ask: Identity, given: ExpectedGiven) -> dict[str, Any]:
    """409 for an ask that waits for none."""
    return told(acts.expect(actor_of(request), _ask(request, ask), given.expected_on))


@router.post("/asks/{ask}/withdraw", response=AskTold, summary="Take an ask back")
@scoped("asks:write", "change")
def withdraw_ask(request: HttpRequest, ask: Identity, given: Nothing | None = None) -> dict[str, Any]:
    """For one that was never made. Where an answer is noted, that comes first."""
    return told(acts.withdraw(actor_of(request), _ask(request, ask)))


@router.post("/asks/{ask}/restore", response=AskTold, summary="Put an ask back")
@scoped("asks:write", "change")
def restore_ask(request: HttpRequest, ask: Identity, given: Nothing | None = None) -> dict[str, Any]:
    """It was made after all."""
    return told(acts.restore(actor_of(request), _ask(request, ask)))


def mine(request: HttpRequest) -> QuerySet[Ask]:
    """The asks of contacts that the token's user sees."""
    return access.of_contacts(user_of(request), Ask).select_related("contact", "offer", "owner", "touch")


def told(ask: Ask) -> dict[str, Any]:
    """An ask as the API tells of it."""
    same = (
        "key", "title", "amount", "currency", "path", "channel", "expected_on", "reason", "ask_again_on",
        "quiet_until",
    )  # fmt: skip
    return {name: getattr(ask, name) for name in same} | {
        "id": ask.pk,
        "contact": ask.contact_id,
        "offer": ask.offer_id,
        "asked_at": to_datetime(ask.asked_at),
        "answer": SPOKEN.get(ask.answer, ask.answer),
        "answered_at": None if ask.answered_at is None else to_datetime(ask.answered_at),
        "owner": ask.owner.email if ask.owner else None,
        "touch": ask.touch_id,
    }


def _ask(request: HttpRequest, number: int) -> Ask:
    return access.find(mine(request), number)


def _terms(given: TermsGiven, before: Terms) -> Terms:
    said = given.named()
    named = {name: said[name] for name in TermsGiven.model_fields if name in said}
    for name in ("title", "path", "channel", "kind", "currency"):
        if name in named:
            named[name] = named[name] or ""
    if "offer" in named:
        offer = access.find(Offer.objects.all(), named["offer"]) if named["offer"] else None
        named["offer"] = offer
        if offer is not None and "amount" not in named:
            named |= {"amount": offer.price, "currency": offer.currency}
    return replace(before, **named)


def _sale(given: SaleGiven, ask: Ask) -> Sale:
    value, currency = (given.value, given.currency or "") if given.value is not None else _worth(ask)
    return Sale(ask.offer, value, currency, given.renews_on)


def _worth(ask: Ask) -> tuple[int | None, str]:
    """What was asked for; else the price of the offer."""
    if ask.amount is None and ask.offer is not None:
        return ask.offer.price, ask.offer.currency
    return ask.amount, ask.currency


def _instant(moment: datetime | None) -> int | None:
    return None if moment is None else to_instant(moment)


def _asked(by: AsksAsked, user: User) -> Q:
    asked = Q()
    asked &= access.of_one(Ask, by.contact) if by.contact else Q()
    asked &= Q(answer=STORED.get(by.answer, by.answer)) if by.answer else Q()
    asked &= Q(offer=by.offer) if by.offer else Q()
    asked &= by_owner(by.owner, user) if by.owner else Q()
    asked &= Q(key=by.key) if by.key else Q()
    asked &= from_instant("asked_at", to_instant(by.since)) if by.since else Q()
    asked &= ~from_instant("asked_at", to_instant(by.until)) if by.until else Q()
    asked &= Q(expected_on__lte=by.expected_by) if by.expected_by else Q()
    asked &= Q(ask_again_on__lte=by.again_by) if by.again_by else Q()
    return asked
