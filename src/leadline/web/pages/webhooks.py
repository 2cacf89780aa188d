"""Webhooks: where events go, and what became of each."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from leadline.engine.wording import counted
from leadline.web import access
from leadline.web.actions import webhooks as acts
from leadline.web.actions.events import EVENTS
from leadline.web.models import Delivery, Webhook
from leadline.web.pages.forms import Verb, flag, number, once, text, work
from leadline.web.pages.frame import actor_of, page, user_of

SHOWN = 20


@page("web/tuning/webhooks.html")
def webhooks(request: HttpRequest) -> HttpResponse:
    """The addresses that hear of events."""
    access.require(user_of(request), "govern")
    return work(
        request,
        "web/tuning/webhooks.html",
        {"make": _make},
        "settings-webhooks",
        lambda: {
            "webhooks": Webhook.objects.order_by("-id"),
            "events": EVENTS,
            "chosen": request.POST.getlist("events"),
        },
    )


@page("web/tuning/webhook.html")
def webhook(request: HttpRequest, of: int) -> HttpResponse:
    """One address: what it hears, and its last events, of which each can be sent again."""
    access.require(user_of(request), "govern")
    hook = access.find(Webhook.objects.all(), of)
    verbs: dict[str, Verb] = {
        "change": lambda request: _change(request, hook),
        "secret": lambda request: _renew(request, hook),
        "replay": lambda request: _replay(request, hook),
        "replay-missed": lambda request: _replay_missed(request, hook),
        "remove": lambda request: _remove(request, hook),
    }
    removing = request.POST.get("do") == "remove"
    back = reverse("settings-webhooks") if removing else reverse("settings-webhook", args=[of])
    return work(request, "web/tuning/webhook.html", verbs, back, lambda: _told(request, hook))


def _told(request: HttpRequest, hook: Webhook) -> dict[str, Any]:
    return {
        "webhook": hook,
        "events": EVENTS,
        "chosen": request.POST.getlist("events") if request.method == "POST" else hook.events,
        "deliveries": hook.deliveries.order_by("-id")[:SHOWN],
        "tries": acts.TRIES,
        "missed": acts.missed(hook).filter(attempts__gt=0).count(),
    }


def _make(request: HttpRequest) -> HttpResponse:
    hook, secret = acts.make(actor_of(request), text(request, "url"), request.POST.getlist("events"))
    return once(request, "web/tuning/secret.html", {"webhook": hook, "secret": secret})


def _change(request: HttpRequest, hook: Webhook) -> str:
    events = request.POST.getlist("events")
    acts.change(actor_of(request), hook, text(request, "url"), events, active=flag(request, "active"))
    return "Kept."


def _renew(request: HttpRequest, hook: Webhook) -> HttpResponse:
    secret = acts.renew_secret(actor_of(request), hook)
    return once(request, "web/tuning/secret.html", {"webhook": hook, "secret": secret})


def _replay(request: HttpRequest, hook: Webhook) -> str:
    delivery = access.find(Delivery.objects.filter(webhook=hook), number(request, "delivery"))
    acts.replay(actor_of(request), delivery)
    return f"{delivery.event} is on its way again."


def _replay_missed(request: HttpRequest, hook: Webhook) -> str:
    count = acts.replay_missed(actor_of(request), hook)
    return f"{counted(count, 'event').capitalize()} on the way again."


def _remove(request: HttpRequest, hook: Webhook) -> str:
    acts.remove(actor_of(request), hook)
    return f"{hook.url} hears of nothing any longer."


urlpatterns = [
    path("settings/webhooks/", webhooks, name="settings-webhooks"),
    path("settings/webhooks/<int:of>/", webhook, name="settings-webhook"),
]
