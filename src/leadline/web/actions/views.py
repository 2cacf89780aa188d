"""Lists as somebody likes to see them: to keep one, and to let it go."""

from __future__ import annotations

from typing import Any

from leadline.web import access
from leadline.web.actions.acting import Actor, action, note_change
from leadline.web.actions.texts import tidy
from leadline.web.errors import Forbidden, Invalid
from leadline.web.models import SavedView

MOST = 100
COLUMNS = ("of", "name", "owner_id", "shared", "default", "query", "columns")
"""What a view is, besides its number."""


@action
def save_view(
    actor: Actor,
    of: str,
    name: str,
    query: dict[str, Any],
    columns: list[str],
    *,
    shared: bool = False,
    default: bool = False,
) -> SavedView:
    """Keep filters and columns under a name; of one's own that have the name already, it takes the place."""
    assert actor.user is not None
    name, own = tidy(name, "The name of a view", 80), SavedView.objects.filter(of=of, owner=actor.user)
    if not name:
        raise Invalid("A view was to be kept", found="no name", allowed="a name")
    if own.exclude(name=name).count() >= MOST:
        raise Invalid("A view was to be kept", found=f"{MOST} of yours", allowed=f"at most {MOST}")
    if default:
        own.update(default=False)
    own.filter(name=name).delete()
    view = SavedView.objects.create(
        of=of, name=name, owner=actor.user, shared=shared, default=default, query=query, columns=columns
    )
    note_change(actor, "view.kept", view, {}, {"name": name, "shared": shared, "default": default})
    return view


@action
def remove_view(actor: Actor, view: SavedView) -> None:
    """Let a view go. Raises Forbidden for somebody else's, unless it is shared and an owner removes it."""
    governs = actor.user is not None and access.may(actor.user, "govern") and view.shared
    if actor.user is None or (view.owner_id != actor.user.pk and not governs):
        raise Forbidden("A view was to be removed", found="that it is somebody else's", allowed="your own")
    note_change(actor, "view.removed", view, {name: getattr(view, name) for name in COLUMNS}, {})
    view.delete()
