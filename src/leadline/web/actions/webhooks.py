"""Addresses that hear of events: set up, changed, and what became of each event."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from leadline.engine.errors import nearest
from leadline.engine.instants import to_datetime
from leadline.web.actions.acting import Actor, action, enqueue, note_change
from leadline.web.actions.events import EVENTS, JOB, job_of
from leadline.web.among import one_of
from leadline.web.destinations import check_public, find_written, split
from leadline.web.errors import Conflict, Invalid
from leadline.web.models import Delivery, Job, Webhook

SECOND = 1_000_000
WAITS = tuple(seconds * SECOND for seconds in (5, 30, 180, 900, 3600, 10_800, 28_800))
"""How long to wait after each failed try, the last of which is the eighth: from 5 seconds to 8 hours."""
TRIES = len(WAITS) + 1
PATIENCE = 1 * SECOND
"""Whoever takes longer to answer lets the events for others go first."""


@dataclass(frozen=True)
class Outcome:
    """What came of one try, and how long it took (µs)."""

    status: int | None
    error: str = ""
    taken: bool = False
    took: int = 0


@action
def make(actor: Actor, url: str, events: Iterable[str] = ()) -> tuple[Webhook, str]:
    """Set up an address for some events (none: all of them); the secret is shown here once."""
    secret = _secret()
    webhook = Webhook.objects.create(
        url=_checked(url), events=_known(events), secret=secret, made_by=actor.user
    )
    note_change(actor, "webhook.made", webhook, {}, {"url": webhook.url, "events": webhook.events})
    return webhook, secret


@action
def change(actor: Actor, webhook: Webhook, url: str, events: Iterable[str], *, active: bool) -> Webhook:
    """Change where it goes, of what it hears, and whether it does at all.

    Switched on again, it is sent what was on its way when it was switched off.
    """
    kept = ("url", "events", "active")
    before = {name: getattr(webhook, name) for name in kept}
    webhook.url = webhook.url if url == webhook.url else _checked(url)
    webhook.events, webhook.active = _known(events), active
    webhook.save(update_fields=kept)
    if active and not before["active"]:
        _send(webhook, missed(webhook).filter(attempts__lt=TRIES), actor.now)
    note_change(actor, "webhook.changed", webhook, before, {name: getattr(webhook, name) for name in kept})
    return webhook


@action
def renew_secret(actor: Actor, webhook: Webhook) -> str:
    """Another secret to sign with; the one before is of no use from now on."""
    webhook.secret = _secret()
    webhook.save(update_fields=["secret"])
    note_change(actor, "webhook.secret", webhook, {}, {"secret": "renewed"})
    return webhook.secret


@action
def remove(actor: Actor, webhook: Webhook) -> None:
    """Take an address away, with what was on its way to it."""
    note_change(actor, "webhook.removed", webhook, {"url": webhook.url, "events": webhook.events}, {})
    webhook.delete()


@action
def replay(actor: Actor, delivery: Delivery) -> None:
    """Send an event again, under the same id, so that whoever took it already can tell."""
    _replay(delivery.webhook, Delivery.objects.filter(pk=delivery.pk), actor.now)
    note_change(
        actor, "webhook.replayed", delivery.webhook, {}, {"event": delivery.event, "key": delivery.key}
    )


@action
def replay_missed(actor: Actor, webhook: Webhook) -> int:
    """Send every event again that an address hasn't taken, those given up too; how many these are."""
    count = _replay(webhook, missed(webhook), actor.now)
    note_change(actor, "webhook.replayed", webhook, {}, {"events": count})
    return count


def missed(webhook: Webhook) -> QuerySet[Delivery]:
    """The events that an address hasn't taken: on their way to it, or given up."""
    return Delivery.objects.filter(webhook=webhook, delivered_at=None)


@action
def note_outcome(delivery: Delivery, outcome: Outcome, now: int) -> None:
    """Write down what came of a try begun at `now`; where it failed, the next one is due later and later.

    An address that answers 410 is gone, so it is switched off.
    """
    ended = now + outcome.took
    if outcome.took > PATIENCE:
        _let_others_go_first(delivery.webhook_id, ended)
    attempts = delivery.attempts + 1
    Delivery.objects.filter(pk=delivery.pk).update(
        attempts=attempts,
        status=outcome.status,
        last_error=outcome.error.replace("\0", "")[:300],
        delivered_at=to_datetime(now) if outcome.taken else None,
    )
    if outcome.taken:
        return
    if outcome.status == 410:
        Webhook.objects.filter(pk=delivery.webhook_id).update(active=False)
        said = Actor(None, "webhook", now)
        note_change(said, "webhook.changed", delivery.webhook, {"active": True}, {"active": False})
    elif attempts < TRIES:
        enqueue(JOB, job_of(delivery.pk, delivery.webhook_id), ended + WAITS[attempts - 1])


def _replay(webhook: Webhook, deliveries: QuerySet[Delivery], now: int) -> int:
    """Send events again at once, with all their tries before them. Raises Conflict for one that rests."""
    if not webhook.active:
        raise Conflict(
            "An event was to be sent again",
            found="a webhook that is switched off",
            allowed="that it is switched on first",
        )
    return _send(webhook, deliveries, now)


def _send(webhook: Webhook, deliveries: QuerySet[Delivery], now: int) -> int:
    """Have events go to an address at once, in the place of what waits to be tried again."""
    numbers = sorted(deliveries.values_list("pk", flat=True))
    waiting = Job.objects.filter(kind=JOB, done_at=None, failed_at=None, claimed_until=None)
    waiting = waiting.filter(payload__webhook=webhook.pk)
    sent = set(numbers)
    later = [job for job, told in waiting.values_list("pk", "payload") if told["delivery"] in sent]
    Job.objects.filter(one_of(later)).delete()
    again = Delivery.objects.filter(one_of(numbers))
    again.update(delivered_at=None, attempts=0, last_error="", status=None)
    due = to_datetime(now)
    jobs = (Job(kind=JOB, payload=job_of(number, webhook.pk), due_at=due) for number in numbers)
    Job.objects.bulk_create(jobs, batch_size=1000)
    return len(numbers)


def _let_others_go_first(webhook: int, now: int) -> None:
    """What is due for an address comes behind what waits for others, so that they hear in time."""
    if not Webhook.objects.filter(active=True).exclude(pk=webhook).exists():
        return  # of a long queue, each row would be written for nobody
    waiting = Job.objects.filter(kind=JOB, done_at=None, failed_at=None, claimed_until=None)
    waiting.filter(payload__webhook=webhook, due_at__lt=to_datetime(now)).update(due_at=to_datetime(now))


def _secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def _checked(url: str) -> str:
    """The address, if it can be one and isn't of this network; a name is looked up when it is used."""
    _, host, _, _ = split(url := url.strip())
    if not settings.ALLOW_PRIVATE_WEBHOOKS:
        check_public(host, find_written(host))
    return url


def _known(events: Iterable[str]) -> list[str]:
    wanted = sorted(set(events))
    for event in wanted:
        if event not in EVENTS:
            raise Invalid(
                "An event was asked for",
                found=f"“{event[:60]}”",
                allowed=", ".join(EVENTS),
                suggestion=nearest(event, EVENTS),
            )
    return wanted
