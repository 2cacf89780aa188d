"""The door for whoever was invited: they choose a name and a password, and are in."""

from __future__ import annotations

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from leadline.engine.errors import LeadlineError
from leadline.web.actions.people import accept, find_invitation
from leadline.web.errors import NotFound
from leadline.web.pages.forms import show, text
from leadline.web.pages.frame import now, page

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
@sensitive_post_parameters("password")
@page("web/people/invitation.html")
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Take the place that was kept behind this link; one that isn't open is as good as none."""
    kept, refused = find_invitation(secret, now()), None
    if request.method == "POST":
        try:
            user = accept(secret, text(request, "name"), text(request, "password"), now())
        except NotFound:
            raise
        except LeadlineError as error:
            refused = error
        else:
            login(request, user, BACKEND)
            return redirect("today")
    return show(request, "web/people/invitation.html", {"invitation": kept}, refused)


urlpatterns = [path("invitation/<str:secret>/", invitation, name="invitation")]
