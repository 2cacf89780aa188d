"""Offers: what is sold."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from leadline.web import access
from leadline.web.actions import offers as acts
from leadline.web.actions.offers import Terms
from leadline.web.api.door import actor_of, scoped
from leadline.web.api.parts import Cursor, Limit, Part, listed
from leadline.web.api.shapes import Amount, Currency, Given, Identity, Whole, example
from leadline.web.models import Offer

router = Router(tags=["sales"])


class OfferGiven(Given):
    """What is sold. What isn't named stays as it is; without `term_days` it is bought once."""

    model_config = example(name="Yearly service", price=120_000, currency="EUR", term_days=365, takes=1.0)
    name: Annotated[str, Field(min_length=1, max_length=120)] | None = None
    means: Annotated[str, Field(max_length=300)] | None = None
    price: Amount | None = None
    currency: Currency | None = None
    term_days: Annotated[Whole, Field(ge=1, le=acts.LONGEST)] | None = None
    takes: Annotated[float, Field(ge=0, lt=10**6)] | None = Field(
        default=None, description="How much of a month's capacity one takes."
    )
    active: bool | None = None


class OfferTold(Schema):
    """What is sold."""

    id: int
    name: str
    means: str
    price: int | None
    currency: str
    term_days: int | None
    takes: float
    active: bool


@router.get("/offers", response=Part[OfferTold], summary="List offers")
@scoped("asks:read")
def list_offers(
    request: HttpRequest,
    active: Annotated[bool | None, Query(default=None)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Everybody sees all of them."""
    found = Offer.objects.all()
    return listed(found if active is None else found.filter(active=active), cursor, limit)


@router.post("/offers", response={201: OfferTold}, summary="Declare an offer")
@scoped("definitions:write", "define")
def declare_offer(request: HttpRequest, given: OfferGiven) -> Status[Offer]:
    """409 for a name that is taken."""
    return Status(201, acts.declare(actor_of(request), _terms(given, Terms(""))))


@router.get("/offers/{offer}", response=OfferTold, summary="See an offer")
@scoped("asks:read")
def get_offer(request: HttpRequest, offer: Identity) -> Offer:
    """404 where there is none of that number."""
    return access.find(Offer.objects.all(), offer)


@router.patch("/offers/{offer}", response=OfferTold, summary="Change an offer")
@scoped("definitions:write", "define")
def change_offer(request: HttpRequest, offer: Identity, given: OfferGiven) -> Offer:
    """Other terms from now on; what was asked and bought keeps its own."""
    record = access.find(Offer.objects.all(), offer)
    before = Terms(**{one.name: getattr(record, one.name) for one in fields(Terms)})
    return acts.change(actor_of(request), record, _terms(given, before))


def _terms(given: OfferGiven, before: Terms) -> Terms:
    said = given.named()
    usual = asdict(Terms(""))
    for name in ("name", "means", "currency", "takes", "active"):
        if name in said and said[name] is None:
            said[name] = usual[name]
    if "takes" in said:
        said["takes"] = round(Decimal(str(said["takes"])), 2)
    return replace(before, **said)
