"""What was bought, and what clients have: purchases, refunds, contracts, and income."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.db.models import Sum
from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from leadline.engine.instants import to_datetime, to_instant
from leadline.web import access
from leadline.web.actions import contracts, income, purchases, purchases_back
from leadline.web.actions.acting import name_of
from leadline.web.actions.purchases import Sale
from leadline.web.api.contacts import contact_of
from leadline.web.api.door import actor_of, now, scoped, user_of
from leadline.web.api.parts import Cursor, Limit, Part, listed
from leadline.web.api.shapes import (
    Amount,
    Currency,
    Day,
    Given,
    Id,
    Identity,
    Instant,
    Nothing,
    example,
)
from leadline.web.api.touches import TouchTold
from leadline.web.api.touches import told as touch_told
from leadline.web.errors import Invalid
from leadline.web.models import Contract, Offer, Purchase, Touch

router = Router(tags=["sales"])
Reason = Annotated[str, Field(max_length=300)]
OfContact = Annotated[Id | None, Query(default=None, description="Of one contact.")]


class PurchaseGiven(Given):
    """Who bought what, and when: now, unless said. Where the offer recurs, a contract follows."""

    model_config = example(contact=1, value=120_000, currency="EUR", renews_on="2027-03-02")
    contact: Id
    offer: Id | None = None
    value: Amount | None = None
    currency: Currency | None = None
    bought_at: Instant | None = None
    renews_on: Day | None = None
    contract: Id | None = Field(default=None, description="The contract that it renews.")


class RefundGiven(Given):
    """What is given back: all that is left, where no amount is named."""

    model_config = example(amount=20_000, currency="EUR", why="A day less")
    amount: Amount | None = None
    currency: Currency | None = Field(default=None, description="The one in which it was paid.")
    at: Instant | None = None
    why: Reason = ""


class RenewalGiven(Given):
    """For how much and until when; else for what it was worth, and a term longer."""

    model_config = example(value=130_000, currency="EUR")
    value: Amount | None = None
    currency: Currency | None = None
    at: Instant | None = None
    renews_on: Day | None = None


class EndGiven(Given):
    """Why a contract ended, and on which day: today, unless said."""

    model_config = example(why="Moved the service in-house")
    why: Annotated[str, Field(min_length=1, max_length=300)]
    on: Day | None = None


class PurchaseTold(Schema):
    """Something bought."""

    id: int
    contact: int
    offer: int | None
    ask: int | None
    contract: int | None
    value: int | None
    currency: str
    bought_at: datetime


class ContractTold(Schema):
    """What a client has, from when, until when, and why it ended."""

    id: int
    contact: int
    offer: int | None
    value: int | None
    currency: str
    starts_on: date
    renews_on: date | None
    ended_on: date | None
    ended_why: str


class Worth(Schema):
    """A sum in one currency."""

    currency: str
    amount: int


class MonthTold(Schema):
    """What came in within a calendar month (UTC)."""

    month: str
    amount: int


class IncomeTold(Schema):
    """The income of the last year, and on how few clients it rests."""

    currency: str
    total: int
    clients: int
    largest: float = Field(description="The share of the largest client.")
    top_three: float
    equal_clients: float = Field(description="As many clients of one size would be as concentrated.")
    months: list[MonthTold]


class ClientsTold(Schema):
    """What clients have: contracts in force, what they are worth, and the income of the last year."""

    in_force: int
    worth: list[Worth]
    income: IncomeTold | None


@router.get("/purchases", response=Part[PurchaseTold], summary="List purchases")
@scoped("asks:read")
def list_purchases(
    request: HttpRequest, contact: OfContact = None, cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Of those whom the token's user sees, in the order in which they were recorded."""
    found = access.of_contacts(user_of(request), Purchase)
    found = found.filter(access.of_one(Purchase, contact)) if contact else found
    return listed(found, cursor, limit, _purchase)


@router.post("/purchases", response={201: PurchaseTold}, summary="Record a purchase")
@scoped("asks:write", "change")
def record_purchase(request: HttpRequest, given: PurchaseGiven) -> Status[dict[str, Any]]:
    """Asked for or not: an ask that waited has its yes by it."""
    contact = contact_of(request, given.contact)
    theirs = Contract.objects.filter(contact=contact)
    sale = Sale(
        access.find(Offer.objects.all(), given.offer) if given.offer else None,
        given.value,
        given.currency or "",
        given.renews_on,
        access.find(theirs, given.contract) if given.contract else None,
    )
    return Status(201, _purchase(purchases.record(actor_of(request), contact, sale, _at(given.bought_at))))


@router.get("/purchases/{purchase}", response=PurchaseTold, summary="See a purchase")
@scoped("asks:read")
def get_purchase(request: HttpRequest, purchase: Identity) -> dict[str, Any]:
    """404 for one of somebody whom the token's user doesn't see."""
    return _purchase(_bought(request, purchase))


@router.post("/purchases/{purchase}/refund", response={201: TouchTold}, summary="Record a refund")
@scoped("asks:write", "change")
def refund_purchase(request: HttpRequest, purchase: Identity, given: RefundGiven) -> Status[dict[str, Any]]:
    """Answers with its touch. Who has nothing left of all they paid is a client no more."""
    record = _bought(request, purchase)
    if given.currency and given.currency != record.currency:
        raise Invalid("Money is given back as it was paid", found=given.currency, allowed=record.currency)
    made = purchases.refund(actor_of(request), record, given.amount, _at(given.at), given.why)
    return Status(201, touch_told(made))


@router.post("/purchases/{purchase}/refunds/{touch}/undo", response={204: None}, summary="Take a refund back")
@scoped("asks:write", "change")
def undo_refund(
    request: HttpRequest, purchase: Identity, touch: Identity, given: Nothing | None = None
) -> Status[None]:
    """One that never was; contracts that ended by it go on. 409 where it has been done."""
    theirs = Touch.objects.filter(origin=name_of(_bought(request, purchase)), retracts=None)
    purchases.undo_refund(actor_of(request), access.find(theirs, touch))
    return Status(204, None)


@router.post("/purchases/{purchase}/undo", response={204: None}, summary="Take a purchase back")
@scoped("asks:write", "change")
def undo_purchase(request: HttpRequest, purchase: Identity, given: Nothing | None = None) -> Status[None]:
    """One that never was, with the contract that it began."""
    purchases.undo(actor_of(request), _bought(request, purchase))
    return Status(204, None)


@router.post("/purchases/{purchase}/restore", response=PurchaseTold, summary="Put a purchase back")
@scoped("asks:write", "change")
def restore_purchase(
    request: HttpRequest, purchase: Identity, given: Nothing | None = None
) -> dict[str, Any]:
    """One that was taken back, with the contract that it began; 409 where it is there."""
    entry = purchases_back.entry_of(user_of(request), purchase)
    return _purchase(purchases_back.restore(actor_of(request), entry))


@router.get("/contracts", response=Part[ContractTold], summary="List contracts")
@scoped("asks:read")
def list_contracts(
    request: HttpRequest,
    contact: OfContact = None,
    state: Annotated[Literal["running", "ended"] | None, Query(default=None)] = None,
    renews_by: Annotated[
        Day | None, Query(default=None, description="In force, and renewed on that day or before.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Of those whom the token's user sees, in the order in which they were recorded."""
    found = access.of_contacts(user_of(request), Contract)
    found = found.filter(access.of_one(Contract, contact)) if contact else found
    found = found.filter(ended_on__isnull=state == "running") if state else found
    found = found.filter(renews_on__lte=renews_by, ended_on=None) if renews_by else found
    return listed(found, cursor, limit, _contract)


@router.get("/contracts/{contract}", response=ContractTold, summary="See a contract")
@scoped("asks:read")
def get_contract(request: HttpRequest, contract: Identity) -> dict[str, Any]:
    """404 for one of somebody whom the token's user doesn't see."""
    return _contract(_agreed(request, contract))


@router.post("/contracts/{contract}/renew", response={201: PurchaseTold}, summary="Renew a contract")
@scoped("asks:write", "change")
def renew_contract(request: HttpRequest, contract: Identity, given: RenewalGiven) -> Status[dict[str, Any]]:
    """Answers with the purchase by which it is renewed."""
    record = _agreed(request, contract)
    made = contracts.renew(
        actor_of(request), record, given.value, given.currency or "", _at(given.at), given.renews_on
    )
    return Status(201, _purchase(made))


@router.post("/contracts/{contract}/end", response=ContractTold, summary="End a contract")
@scoped("asks:write", "change")
def end_contract(request: HttpRequest, contract: Identity, given: EndGiven) -> dict[str, Any]:
    """With its reason. As long as they have another contract they stay a client."""
    return _contract(contracts.end(actor_of(request), _agreed(request, contract), given.why, given.on))


@router.post("/contracts/{contract}/reopen", response=ContractTold, summary="Let a contract go on")
@scoped("asks:write", "change")
def reopen_contract(request: HttpRequest, contract: Identity, given: Nothing | None = None) -> dict[str, Any]:
    """That it ended is taken back."""
    return _contract(contracts.reopen(actor_of(request), _agreed(request, contract)))


@router.get("/clients", response=ClientsTold, summary="See what clients have, and what rests on it")
@scoped("asks:read")
def get_clients(request: HttpRequest) -> dict[str, Any]:
    """Over all whom the token's user sees. `income` is null where none is on record."""
    running = access.of_contacts(user_of(request), Contract).filter(ended_on=None)
    worth = running.exclude(value=None).values("currency").annotate(amount=Sum("value")).order_by("-amount")
    return {
        "in_force": running.count(),
        "worth": list(worth),
        "income": _income(income.year(user_of(request), now())),
    }


def _income(year: income.Year | None) -> dict[str, Any] | None:
    if year is None:
        return None
    rests = year.rests
    return {
        "currency": year.currency,
        "total": year.total,
        "clients": rests.clients,
        "largest": rests.largest,
        "top_three": rests.top,
        "equal_clients": rests.equal_clients,
        "months": [{"month": f"{one.day:%Y-%m}", "amount": one.amount} for one in year.months],
    }


def _bought(request: HttpRequest, number: int) -> Purchase:
    found = access.of_contacts(user_of(request), Purchase).select_related("contact", "offer", "contract")
    return access.find(found, number)


def _agreed(request: HttpRequest, number: int) -> Contract:
    return access.find(
        access.of_contacts(user_of(request), Contract).select_related("contact", "offer"), number
    )


def _purchase(one: Purchase) -> dict[str, Any]:
    return {
        "id": one.pk,
        "contact": one.contact_id,
        "offer": one.offer_id,
        "ask": one.ask_id,
        "contract": one.contract_id,
        "value": one.value,
        "currency": one.currency,
        "bought_at": to_datetime(one.bought_at),
    }


def _contract(one: Contract) -> dict[str, Any]:
    same = ("value", "currency", "starts_on", "renews_on", "ended_on", "ended_why")
    numbers = {"id": one.pk, "contact": one.contact_id, "offer": one.offer_id}
    return numbers | {name: getattr(one, name) for name in same}


def _at(moment: datetime | None) -> int | None:
    return None if moment is None else to_instant(moment)
