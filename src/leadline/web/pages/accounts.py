"""Who may come in: those who were invited, and the first one."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Invited(DefaultAccountAdapter):
    """Accounts are made by invitation, so that nobody signs up by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: the first owner is made by the set-up, everybody else by an invitation."""
        return False
