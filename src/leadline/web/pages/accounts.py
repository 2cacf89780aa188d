"""Who may come in: those who were invited, and the first one; also by their company's own server."""

from __future__ import annotations

from typing import Any, NoReturn

import requests
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest

from leadline.web.actions.people import enter_by_address
from leadline.web.pages.frame import explain, now


class Invited(DefaultAccountAdapter):
    """Accounts are made by invitation, so that nobody signs up by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: the first owner is made by the set-up, everybody else by an invitation."""
        return False


class Known(DefaultSocialAccountAdapter):
    """Whoever signs in elsewhere is known here by the address that the server there has checked."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find who it is, or let them take the place that was kept for them; anybody else stays outside."""
        if sociallogin.is_existing:
            return
        known = [one.email for one in sociallogin.email_addresses if one.verified is True]
        if not known:
            _refuse(request, "The server that you signed in with told no checked address of yours.")
        name = str(sociallogin.account.get_provider_account().get_user_data().get("name") or "")
        user = enter_by_address(known[0], name, now())
        if user is None:
            _refuse(request, f"Nobody works here by the address {known[0]}. An owner can invite you by it.")
        sociallogin.connect(request, user)

    def get_requests_session(self) -> requests.Session:
        """What the other server is asked through; where it can't be reached, that is what is said."""
        asking: requests.Session = super().get_requests_session()
        ask = asking.request

        def request(*given: Any, **named: Any) -> requests.Response:
            try:
                return ask(*given, **named)
            except requests.RequestException:
                _refuse(self.request, "The server that you sign in with does not answer.", 503)

        asking.request = request  # type: ignore[method-assign]
        return asking

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: object,
        error: object = None,
        exception: object = None,
        extra_context: object = None,
    ) -> None:
        """Say that the other server did not let them in, or could not be asked."""
        _refuse(request, "The server that you sign in with did not say who you are. Try again in a while.")

    def send_notification_mail(self, *given: object, **named: object) -> None:
        """No mail goes out of what an owner has set up."""


def _refuse(request: HttpRequest, words: str, status: int = 403) -> NoReturn:
    raise ImmediateHttpResponse(explain(request, status, {"title": "You are not let in", "words": words}))
