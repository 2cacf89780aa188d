"""Nobody sees a page without having signed in, unless the page says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class SignedInMiddleware(LoginRequiredMiddleware):
    """Sends strangers to sign in, except from the door itself (accounts) and what machines ask for."""

    open = ("/accounts/", "/api/", "/health", "/metrics", "/static/", "/invitation/")

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """None lets the request through."""
        if request.path.startswith(self.open):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)
