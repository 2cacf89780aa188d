"""Requests that are sent twice and done once.

A request may carry a key. The first action that it runs writes the key down in its own transaction, so that
the same request can't be done again; how it was answered is kept beside the key as soon as that is known.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, transaction

from leadline.engine.instants import DAY
from leadline.web.errors import Conflict, trouble
from leadline.web.models import Reply, User

log = logging.getLogger(__name__)
KEPT = DAY


@dataclass
class Once:
    """A request of somebody with a key; `digest` tells it from others, `reply` is its row once it is done."""

    user: int
    key: str
    digest: str
    now: int
    reply: Reply | None = None
    secret: bool = False
    """Whether its answer holds what is shown once, and kept nowhere."""
    done: bool = False
    """Whether what it asked for is written for good."""

    def note_done(self) -> None:
        """Its transaction is committed."""
        self.done = True


class Repeated(Exception):
    """The same request was done before, and answered so."""

    def __init__(self, status: int, content: str) -> None:
        super().__init__(f"answered {status} before")
        self.status, self.content = status, content


_RUNNING: ContextVar[Once | None] = ContextVar("once", default=None)


def digest_of(asked: Any) -> str:
    """What tells a request from others, by what it asks for."""
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()


@contextmanager
def done_once(once: Once | None) -> Iterator[None]:
    """Run a request with its key. Raises Repeated where it was done, Conflict where the key was another's.

    Where its action fails, the key is not written either, and is free again. Where the database fails once
    it is done, that is said, and the key is not free: repeated, it would be done twice.
    """
    if once is not None:
        _look(once)
    running = _RUNNING.set(once)
    try:
        yield
    except Exception as error:
        if once is not None and once.done and (told := trouble(error)):
            raise type(told)(
                told.asked,
                found="that what was asked for is done, and that its answer can't be read now",
                allowed="to look for what it made",
            ) from error
        raise
    finally:
        _RUNNING.reset(running)


def claim() -> None:
    """Inside an action: write down that the running request is done by it. Raises as `done_once`.

    Requests of one user with keys wait for each other here, so that none is missed.
    """
    once = _RUNNING.get()
    if once is None or once.reply is not None:
        return
    User.objects.select_for_update(no_key=True).get(pk=once.user)
    Reply.objects.filter(user=once.user, made_at__lt=once.now - KEPT).delete()
    _look(once)
    once.reply = Reply.objects.create(
        user_id=once.user, key=once.key, digest=once.digest, body={}, made_at=once.now
    )
    transaction.on_commit(once.note_done)


def keep_answer(once: Once | None, status: int, content: str) -> None:
    """Keep how a request was answered, unless that is a secret.

    What was asked for is done by then. Where the disk is full now, the answer goes out all the same, and a
    repetition is told that it is done.
    """
    if once is None or once.reply is None or once.secret:
        return
    try:
        Reply.objects.filter(pk=once.reply.pk).update(body={"status": status, "content": content})
    except DatabaseError as error:
        log.warning("The answer of a request that is done can't be kept: %s", error)


def _look(once: Once) -> None:
    kept = Reply.objects.filter(user=once.user, key=once.key, made_at__gte=once.now - KEPT).first()
    if kept is None:
        return
    if kept.digest != once.digest:
        raise Conflict(
            f"The key “{once.key}” was sent with a request",
            found="another request that was sent with it within the last day",
            allowed="a new key for each request, and the same one only to repeat it",
        )
    if not kept.body:
        raise Conflict(
            f"The key “{once.key}” was sent with a request",
            found="that it is done, and that its answer is not kept",
            allowed="to look for what it made: a secret is told once, and what was cut off not again",
        )
    raise Repeated(kept.body["status"], kept.body["content"])
