"""Undo: what somebody just edited, or a change that stands on the list."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.db.models import Max, Min
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from leadline.engine.wording import counted, listed
from leadline.web import access
from leadline.web.actions.reverting import UNDOABLE, is_own, revert, undoable
from leadline.web.models import AuditEntry, User
from leadline.web.pages.changes import called
from leadline.web.pages.frame import actor_of, now, page, user_of
from leadline.web.pages.going import SeeOther

MOST_NAMED = 3
"""Of so many records that were left as they are the names are said."""


def mark() -> int:
    """Where the record of changes stands; what comes after it was done since."""
    return int(AuditEntry.objects.aggregate(last=Max("pk"))["last"] or 0)


def undo_of(user: User, since: int) -> str:
    """The address that undoes what somebody edited since a mark; empty where they edited nothing."""
    mine = AuditEntry.objects.filter(pk__gt=since, who=user, action__in=UNDOABLE)
    span = mine.aggregate(first=Min("pk"), last=Max("pk"))
    return reverse("changes-undo", args=[span["first"], span["last"]]) if span["first"] else ""


def say(request: HttpRequest, said: str, since: int) -> None:
    """A message on the page shown next, with a button that undoes what was edited since a mark."""
    messages.success(request, said, extra_tags=undo_of(user_of(request), since))


@require_POST
@page("web/error.html")
def undo(request: HttpRequest, first: int, last: int) -> HttpResponse:
    """Undo edits, from one entry of the record of changes to another."""
    user = user_of(request)
    if not is_own(user, first, last):
        access.require(user, "change")
    entries = undoable(user, first, last, now())
    undone, left = revert(actor_of(request), entries)
    messages.success(request, _words(undone, left, user))
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Refresh": "true"})
    back = request.POST.get("next", "")
    local = url_has_allowed_host_and_scheme(back, {request.get_host()})
    return SeeOther(back if local else reverse("changes"))


def _words(undone: int, left: Iterable[AuditEntry], user: User) -> str:
    """What came of it: how much was undone, and what stays, with a few names of those that one sees."""
    said = [f"{counted(undone, 'edit')} undone."] if undone else []
    if records := list(dict.fromkeys(entry.record for entry in left)):
        names = [one["name"] for one in called(user, set(records[:MOST_NAMED])).values()]
        names += [f"{len(records) - len(names):,} more"] if len(records) > len(names) > 0 else []
        said.append(f"What was changed again since stays as it is{': ' * bool(names)}{listed(names)}.")
    return " ".join(said)


urlpatterns = [path("changes/undo/<int:first>/<int:last>/", undo, name="changes-undo")]
