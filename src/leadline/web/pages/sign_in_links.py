"""The page behind a link that signs somebody in once."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_GET

from leadline.web.models import User
from leadline.web.sign_in_links import links

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SPENT = "That link signs in once, and was used before or is too old. “leadline sign-in” makes another."


@require_GET
def sign_in(request: HttpRequest, number: int, token: str) -> HttpResponse:
    """Signs in and goes on to the first page; a link that was used before leads to the door, and says so."""
    user = User.objects.filter(pk=number, is_active=True).first()
    if user is None or not links.check_token(user, token):
        messages.error(request, SPENT)
        return redirect("account_login")
    login(request, user, backend=BACKEND)
    return redirect("today")


urlpatterns: list[URLPattern] = [
    path("accounts/link/<int:number>/<str:token>/", sign_in, name="sign-in-link")
]
