"""Requests that are sent twice and done once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from leadline.engine.instants import DAY
from leadline.web.actions.acting import Actor
from leadline.web.errors import Conflict
from leadline.web.models import Reply, User

KEPT = DAY


@dataclass(frozen=True)
class Once:
    """A request with a key: `digest` tells it from others."""

    key: str
    digest: str

    @staticmethod
    def of(key: str, asked: Any) -> Once:
        """The request of that key, which asks for this."""
        return Once(key, hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest())


def earlier_reply(actor: Actor, once: Once | None) -> Any | None:
    """What the same request was answered before, if it was. Raises Conflict where the key was another's.

    Inside an action. Requests of one user wait for each other, so that none is missed.
    """
    if actor.user is None or once is None:
        return None
    User.objects.select_for_update(no_key=True).get(pk=actor.user.pk)
    Reply.objects.filter(user=actor.user, made_at__lt=actor.now - KEPT).delete()
    kept = Reply.objects.filter(user=actor.user, key=once.key).first()
    if kept is not None and kept.digest != once.digest:
        raise Conflict(
            f"The key “{once.key}” was sent with a request",
            found="another request that was sent with it within the last day",
            allowed="a new key for each request, and the same one only to repeat it",
        )
    return kept.body if kept else None


def keep_reply(actor: Actor, once: Once | None, body: Any) -> None:
    """Keep the answer, inside the action that it tells of."""
    if actor.user is not None and once is not None:
        Reply.objects.create(user=actor.user, key=once.key, digest=once.digest, body=body, made_at=actor.now)
