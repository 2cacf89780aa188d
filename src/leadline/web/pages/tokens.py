"""Tokens of the API: one's own, and for owners everybody's."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import path

from leadline.engine.instants import to_datetime
from leadline.web import access
from leadline.web.actions import tokens as acts
from leadline.web.models import Token, User
from leadline.web.pages.forms import Verb, number, once, record_of, text, work
from leadline.web.pages.frame import actor_of, now, page, user_of
from leadline.web.tokens import SCOPES

SPANS = {"30": "30 days", "90": "90 days", "365": "a year", "": "until it is revoked"}


@page("web/people/tokens.html")
def tokens(request: HttpRequest) -> HttpResponse:
    """The tokens that somebody may see: their own, or as an owner all; made here, shown once, revoked."""
    user = user_of(request)
    access.require(user, "see")
    verbs: dict[str, Verb] = {"make": _make, "revoke": _revoke}
    return work(request, "web/people/tokens.html", verbs, "tokens", lambda: _told(request, user))


def _told(request: HttpRequest, user: User) -> dict[str, Any]:
    return {
        "tokens": _seen(user).select_related("user").order_by("-id"),
        "scopes": _scopes(user),
        "spans": SPANS,
        "chosen": request.POST.getlist("scopes"),
        "now": to_datetime(now()),
    }


def _seen(user: User) -> QuerySet[Token]:
    return Token.objects.all() if access.may(user, "govern") else Token.objects.filter(user=user)


def _scopes(user: User) -> dict[str, str]:
    """The scopes that somebody's role can use."""
    return {scope: said for scope, said in SCOPES.items() if access.may(user, acts.right_for(scope))}


def _make(request: HttpRequest) -> HttpResponse:
    days = number(request, "days", 0) or None
    owner = access.find(User.objects.all(), user_of(request).pk)
    scopes = request.POST.getlist("scopes")
    token, secret = acts.make(actor_of(request), owner, text(request, "name"), scopes, days)
    return once(request, "web/people/token.html", {"token": token, "secret": secret})


def _revoke(request: HttpRequest) -> str:
    token = record_of(request, _seen(user_of(request)))
    acts.revoke(actor_of(request), token)
    return f"The token “{token.name}” is of no use from now on."


urlpatterns = [path("tokens/", tokens, name="tokens")]
