"""Webhooks: where events go, and what became of each."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from leadline.web import access
from leadline.web.actions import webhooks as acts
from leadline.web.actions.events import EVENTS
from leadline.web.api.door import actor_of, scoped, tell_secret
from leadline.web.api.parts import Cursor, Limit, Part, listed, newest
from leadline.web.api.shapes import Given, Identity, Nothing, example
from leadline.web.models import Delivery, Webhook

router = Router(tags=["webhooks"])
Event = Annotated[str, Field(min_length=1, max_length=60)]
Url = Annotated[str, Field(min_length=1, max_length=500)]


class WebhookGiven(Given):
    """Where events go, and which: none named, all of them."""

    model_config = example(url="https://example.org/leadline", events=["stage.changed", "ask.answered"])
    url: Url
    events: Annotated[list[Event], Field(max_length=100)] = Field(default=[])


class WebhookChanged(Given):
    """What is to be another; what isn't named stays as it is."""

    model_config = example(active=False)
    url: Url | None = None
    events: Annotated[list[Event], Field(max_length=100)] | None = None
    active: bool | None = None


class WebhookTold(Schema):
    """An address that hears of events; without `events` of all."""

    id: int
    url: str
    events: list[str]
    active: bool


class WebhookMade(WebhookTold):
    """An address with the secret that signs, which is shown here once."""

    secret: str


class SecretTold(Schema):
    """A secret to sign with, which is shown here once."""

    secret: str


class DeliveryTold(Schema):
    """One event on its way to an address; `key` is the id that it is sent under, again and again."""

    id: int
    event: str
    key: str
    body: dict[str, Any]
    made_at: datetime
    delivered_at: datetime | None
    attempts: int
    status: int | None
    last_error: str


class ReplayTold(Schema):
    """How many events are on their way again."""

    events: int


class EventTold(Schema):
    """An event that can be heard of."""

    event: str
    means: str


@router.get("/events", response=list[EventTold], summary="List events")
@scoped("webhooks:read", "govern")
def list_events(request: HttpRequest) -> list[dict[str, str]]:
    """All that can be heard of."""
    return [{"event": event, "means": means} for event, means in EVENTS.items()]


@router.get("/webhooks", response=Part[WebhookTold], summary="List webhooks")
@scoped("webhooks:read", "govern")
def list_webhooks(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """All of them."""
    return listed(Webhook.objects.all(), cursor, limit)


@router.post("/webhooks", response={201: WebhookMade}, summary="Set up a webhook")
@scoped("webhooks:write", "govern")
def make_webhook(request: HttpRequest, given: WebhookGiven) -> Status[Webhook]:
    """Answers with the secret that signs, which is shown once."""
    tell_secret(request)
    made, _ = acts.make(actor_of(request), given.url, given.events)
    return Status(201, made)


@router.get("/webhooks/{webhook}", response=WebhookTold, summary="See a webhook")
@scoped("webhooks:read", "govern")
def get_webhook(request: HttpRequest, webhook: Identity) -> Webhook:
    """404 where there is none of that number."""
    return _hook(webhook)


@router.patch("/webhooks/{webhook}", response=WebhookTold, summary="Change a webhook")
@scoped("webhooks:write", "govern")
def change_webhook(request: HttpRequest, webhook: Identity, given: WebhookChanged) -> Webhook:
    """Where it goes, of what it hears, and whether it does at all."""
    hook = _hook(webhook)
    events = hook.events if given.events is None else given.events
    active = hook.active if given.active is None else given.active
    return acts.change(actor_of(request), hook, given.url or hook.url, events, active=active)


@router.post("/webhooks/{webhook}/secret", response=SecretTold, summary="Renew the secret of a webhook")
@scoped("webhooks:write", "govern")
def renew_secret(request: HttpRequest, webhook: Identity, given: Nothing | None = None) -> dict[str, str]:
    """The one before is of no use from now on."""
    tell_secret(request)
    return {"secret": acts.renew_secret(actor_of(request), _hook(webhook))}


@router.delete("/webhooks/{webhook}", response={204: None}, summary="Remove a webhook")
@scoped("webhooks:write", "govern")
def remove_webhook(request: HttpRequest, webhook: Identity) -> Status[None]:
    """With what was on its way to it."""
    acts.remove(actor_of(request), _hook(webhook))
    return Status(204, None)


@router.get("/webhooks/{webhook}/deliveries", response=Part[DeliveryTold], summary="List deliveries")
@scoped("webhooks:read", "govern")
def list_deliveries(
    request: HttpRequest,
    webhook: Identity,
    taken: Annotated[bool | None, Query(default=None, description="Whether it was answered.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """What became of each event, the newest first."""
    found = Delivery.objects.filter(webhook=_hook(webhook))
    found = found.filter(delivered_at__isnull=not taken) if taken is not None else found
    return newest(found, cursor, limit)


@router.post(
    "/webhooks/{webhook}/replay", response={202: ReplayTold}, summary="Send again what was not taken"
)
@scoped("webhooks:write", "govern")
def replay_missed(
    request: HttpRequest, webhook: Identity, given: Nothing | None = None
) -> Status[dict[str, int]]:
    """Every event that wasn't, those given up too, under the same ids. 409 where it is switched off."""
    return Status(202, {"events": acts.replay_missed(actor_of(request), _hook(webhook))})


@router.post(
    "/webhooks/{webhook}/deliveries/{delivery}/replay",
    response={202: DeliveryTold},
    summary="Send an event again",
)
@scoped("webhooks:write", "govern")
def replay_delivery(
    request: HttpRequest, webhook: Identity, delivery: Identity, given: Nothing | None = None
) -> Status[Delivery]:
    """Under the same id, so that whoever took it already can tell."""
    deliveries = Delivery.objects.filter(webhook=webhook).select_related("webhook")
    acts.replay(actor_of(request), access.find(deliveries, delivery))
    return Status(202, access.find(deliveries, delivery))


def _hook(number: int) -> Webhook:
    return access.find(Webhook.objects.all(), number)
