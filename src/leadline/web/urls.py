"""Addresses: each room of pages has its own, and none is told twice."""

from __future__ import annotations

from django.urls import include, path

from leadline.web.api import site as api
from leadline.web.pages import (
    asks,
    board,
    clients,
    companies,
    contacts,
    edits,
    exports,
    funnel,
    funnel_people,
    health,
    imports,
    leaks,
    offers,
    people,
    plans,
    search,
    setup,
    sign_in_links,
    theme,
    today,
    tuning,
)

urlpatterns = [
    *api.urlpatterns,
    *sign_in_links.urlpatterns,
    path("accounts/", include("allauth.urls")),
    *health.urlpatterns,
    *setup.urlpatterns,
    *search.urlpatterns,
    *theme.urlpatterns,
    *today.urlpatterns,
    *asks.urlpatterns,
    *funnel.urlpatterns,
    *funnel_people.urlpatterns,
    *leaks.urlpatterns,
    *contacts.urlpatterns,
    *companies.urlpatterns,
    *edits.urlpatterns,
    *board.urlpatterns,
    *clients.urlpatterns,
    *offers.urlpatterns,
    *plans.urlpatterns,
    *imports.urlpatterns,
    *exports.urlpatterns,
    *tuning.urlpatterns,
    *people.urlpatterns,
]

handler400 = "leadline.web.pages.errors.bad_request"
handler403 = "leadline.web.pages.errors.forbidden"
handler404 = "leadline.web.pages.errors.not_found"
handler500 = "leadline.web.pages.errors.broken"
