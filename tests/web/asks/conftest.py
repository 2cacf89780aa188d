"""What is sold in the tests of sales, and to whom."""

from __future__ import annotations

from django.test import Client

from leadline.engine.instants import DAY, to_datetime
from leadline.web.actions import asks, purchases, touches
from leadline.web.actions.acting import Actor
from leadline.web.actions.asks import Terms
from leadline.web.actions.purchases import Sale
from leadline.web.models import Contact, Offer, Task, User
from leadline.web.pages import frame
from tests.rows import kept

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@kept
def coaching() -> Offer:
    """Bought for a year at a time."""
    return Offer.objects.create(name="Coaching", price=240_000, currency="EUR", term_days=365)


@kept
def workshop() -> Offer:
    """Bought once."""
    return Offer.objects.create(name="Workshop", price=90_000, currency="EUR")


@kept
def acted() -> int:
    """The instant at which all of it is done."""
    return frame.now()


@kept
def eero(funnels, member, team, coaching, acted) -> Contact:
    """A contact of the member's: talked, asked, waiting; and a client with a contract beside."""
    actor = Actor.of(member, acted)
    made = Contact.objects.create(name="Eero Cooper", owner=member, team=team)
    touches.record(actor, made, "had_meeting", acted - 20 * DAY)
    asks.make(actor, made, Terms(coaching, amount=240_000, currency="EUR"), acted - 9 * DAY)
    client = Contact.objects.create(name="Maud Linde", owner=member, team=team)
    purchases.record(actor, client, Sale(coaching, 200_000, "EUR"), acted - 350 * DAY)
    ready = Contact.objects.create(name="Ines <b>Prado</b>", owner=member, team=team)
    touches.record(actor, ready, "called", acted - 2 * DAY)
    Task.objects.create(title="Call Noor", owner=member, team=team, due_on=to_datetime(acted).date())
    return made


def enter(client: Client, user: User) -> Client:
    """The client, through which somebody looks from now on."""
    client.force_login(user, backend=BACKEND)
    return client
