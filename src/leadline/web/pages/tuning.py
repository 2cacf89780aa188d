"""Settings: what the team's words mean, and what else can be chosen."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import path

from leadline.web import access, warehouse
from leadline.web.actions.backups import kept
from leadline.web.models import Field, KindDefinition, PathDefinition, Profile, Team, User, Webhook
from leadline.web.pages import backups, funnels, kinds, profiles, webhooks
from leadline.web.pages.frame import page, user_of


@page("web/tuning/settings.html")
def settings(request: HttpRequest) -> dict[str, Any]:
    """The sections of the settings, each with what there is in it; what only owners change is for them."""
    user = user_of(request)
    access.require(user, "see")
    return {
        "defines": access.may(user, "define"),
        "may_export": access.may(user, "export"),
        "governs": access.may(user, "govern"),
        "funnels": [funnel.name for funnel in warehouse.funnels().values()],
        "counts": {
            "kinds": KindDefinition.objects.count(),
            "paths": PathDefinition.objects.count(),
            "fields": Field.objects.count(),
            "profiles": Profile.objects.filter(active=True).count(),
            "webhooks": Webhook.objects.filter(active=True).count(),
            "people": User.objects.filter(is_active=True).count(),
            "backups": len(kept()),
            "teams": Team.objects.count(),
        },
    }


urlpatterns = [
    path("settings/", settings, name="settings"),
    *funnels.urlpatterns,
    *kinds.urlpatterns,
    *profiles.urlpatterns,
    *webhooks.urlpatterns,
    *backups.urlpatterns,
]
