"""Views that are kept: one's own, and those that others share."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import path
from django.views.decorators.http import require_POST

from leadline.web import access
from leadline.web.actions import views as actions
from leadline.web.filters import NAMES, OWN
from leadline.web.models import SavedView, User
from leadline.web.pages import columns
from leadline.web.pages.frame import actor_of, page, user_of
from leadline.web.pages.going import see


def visible_views(user: User, of: str) -> list[SavedView]:
    """The views of a list that somebody can take: their own first, then what others share."""
    found = SavedView.objects.filter(Q(owner=user) | Q(shared=True), of=of).select_related("owner")
    return sorted(found, key=lambda view: (view.owner_id != user.pk, view.name.casefold()))


@require_POST
@page("web/error.html")
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep what the list is filtered by, its order and its columns."""
    form, query = request.POST, QueryDict(request.POST.get("query", ""))
    user = user_of(request)
    shared = form.get("shared") == "1"
    if shared:
        access.require(user, "change")
    wanted = {n: v for n, v in query.dict().items() if n in NAMES or n == "sort" or n.startswith(OWN)}
    view = actions.save_view(
        actor_of(request),
        "contacts",
        form.get("name", ""),
        wanted,
        list(columns.chosen(query.getlist("col"))),
        shared=shared,
        default=form.get("default") == "1",
    )
    messages.success(request, f"The view “{view.name}” is kept.")
    return see("contacts", query=f"view={view.pk}")


@require_POST
@page("web/error.html")
def remove_view(request: HttpRequest, number: int) -> HttpResponse:
    """Let a view go."""
    seen = SavedView.objects.filter(Q(owner=user_of(request)) | Q(shared=True))
    actions.remove_view(actor_of(request), access.find(seen, number))
    messages.success(request, "The view is gone.")
    return see("contacts", query="all=1")


urlpatterns = [
    path("contacts/views/save", save_view, name="view-save"),
    path("contacts/views/<int:number>/remove", remove_view, name="view-remove"),
]
