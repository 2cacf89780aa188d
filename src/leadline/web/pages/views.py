"""Views that are kept: one's own, and those that others share."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import path
from django.views.decorators.http import require_POST

from leadline.web import access, together
from leadline.web.actions import views as actions
from leadline.web.errors import Invalid, NotFound
from leadline.web.filters import NAMES, OWN
from leadline.web.models import SavedView, User
from leadline.web.pages import columns, undoing
from leadline.web.pages.frame import actor_of, page, user_of
from leadline.web.pages.going import see
from leadline.web.pages.own_fields import declared
from leadline.web.together import Place

LISTS = {"contacts": "contact", "companies": "company"}
"""The lists of which views are kept, and what each is a list of."""
NEEDLESS = ("cursor", "view", "all")


def visible_views(user: User, of: str) -> list[SavedView]:
    """The views of a list that somebody can take: their own first, then what others share."""
    found = together.records_of(_of_list(), {"user": user.pk, "of": of})
    return sorted(found, key=lambda view: (view.owner_id != user.pk, view.name.casefold()))


@cache
def _of_list() -> together.Question:
    seen = Q(owner=Place("user")) | Q(shared=True)
    return together.put_together(SavedView.objects.filter(seen, of=Place("of")).select_related("owner"))


class Asked(NamedTuple):
    """What a list was asked for, the view that says so, if one does, and the views that one can take."""

    query: QueryDict
    view: SavedView | None
    views: list[SavedView]


def asked_of(request: HttpRequest, of: str) -> Asked:
    """What a list was asked for: by the address, by a kept view, or by the view that comes first."""
    asked, user = request.GET, user_of(request)
    seen = visible_views(user, of)
    view = None
    if asked.get("view", "").isdecimal():
        view = next((one for one in seen if str(one.pk) == asked["view"]), None)
        if view is None:
            raise NotFound(f"The view {asked['view'][:20]} was asked for", found="none that you can see")
    elif not asked:
        view = next((one for one in seen if one.owner_id == user.pk and one.default), None)
    if view is None:
        return Asked(asked, None, seen)
    merged = QueryDict(mutable=True)
    merged.update({name: str(value) for name, value in view.query.items()})
    merged.setlist("col", [str(name) for name in view.columns])
    for name in set(asked) - {"view"}:
        merged.setlist(name, asked.getlist(name))
    return Asked(merged, view, seen)


def kept_query(asked: QueryDict) -> QueryDict:
    """What of an address is of the list, and not of the page of it that is looked at."""
    kept = asked.copy()
    for name in NEEDLESS:
        kept.pop(name, None)
    return kept


@require_POST
@page("web/error.html")
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep what the list is filtered by, its order and its columns."""
    form, query = request.POST, QueryDict(request.POST.get("query", ""))
    user, of = user_of(request), form.get("of", "contacts")
    if of not in LISTS:
        raise Invalid("A view was to be kept", found=f"one of “{of[:40]}”", allowed=", ".join(LISTS))
    every = columns.known(declared(LISTS[of]), LISTS[of])
    shared = form.get("shared") == "1"
    if shared:
        access.require(user, "change")
    wanted = {n: v for n, v in query.dict().items() if n in NAMES or n == "sort" or n.startswith(OWN)}
    view = actions.save_view(
        actor_of(request),
        of,
        form.get("name", ""),
        wanted,
        list(columns.chosen(query.getlist("col"), every, LISTS[of])),
        shared=shared,
        default=form.get("default") == "1",
    )
    messages.success(request, f"The view “{view.name}” is kept.")
    return see(of, query=f"view={view.pk}")


@require_POST
@page("web/error.html")
def remove_view(request: HttpRequest, number: int) -> HttpResponse:
    """Let a view go."""
    seen = SavedView.objects.filter(Q(owner=user_of(request)) | Q(shared=True))
    view = access.find(seen, number)
    since = undoing.mark()
    actions.remove_view(actor_of(request), view)
    undoing.say(request, "The view is gone.", since)
    return see(view.of, query="all=1")


urlpatterns = [
    path("contacts/views/save/", save_view, name="view-save"),
    path("contacts/views/<int:number>/remove/", remove_view, name="view-remove"),
]
