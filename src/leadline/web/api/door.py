"""Who comes in to the API, with which rights, and how often."""

from __future__ import annotations

import hashlib
import inspect
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Annotated, Any, ParamSpec, TypeVar, cast, get_args, get_origin

from django.conf import settings
from django.http import HttpRequest
from ninja import Status
from ninja.operation import Operation
from ninja.security import HttpBearer
from ninja.utils import contribute_operation_callback
from pydantic import BaseModel

from leadline.engine.clocks import days_of, last_of
from leadline.engine.errors import nearest
from leadline.web.access import Right, require
from leadline.web.actions.acting import Actor
from leadline.web.actions.replies import Once, digest_of, done_once, keep_answer
from leadline.web.errors import Forbidden, Invalid, TooMany
from leadline.web.filters import OWN
from leadline.web.models import Token, User
from leadline.web.tokens import find_token
from leadline.web.warehouse.zones import find_team_zone, team_days

P = ParamSpec("P")
R = TypeVar("R")


class Rate:
    """How many requests each token may still make in this process: a bucket that fills up in a minute."""

    def __init__(self) -> None:
        self._left: dict[int, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, token: int, a_minute: float, now: float) -> None:
        """Take one request from the bucket. Raises TooMany where it is empty."""
        with self._lock:
            left, since = self._left.get(token, (a_minute, now))
            left = min(a_minute, left + (now - since) * a_minute / 60)
            self._left[token] = (max(left - 1, 0.0) if left >= 1 else left, now)
        if left < 1:
            raise TooMany(
                "A request was made with this token",
                found="too many of them",
                allowed=f"{a_minute:,.0f} in a minute: wait a second, then go on more slowly",
            )


RATE = Rate()


@dataclass(frozen=True)
class Need:
    """What an operation needs: a scope of the token, and a right of the role of its user."""

    scope: str
    right: Right


NEEDS: dict[str, Need] = {}
"""What each operation needs, by its name, as the description tells of it."""


class Bearer(HttpBearer):
    """A token in the header `Authorization: Bearer …`, that may do what it is sent for.

    Looked at before anything else of a request is read.
    """

    openapi_description = "A token that was made in the settings of Leadline."

    def __init__(self, need: Need) -> None:
        super().__init__()
        self._need = need

    def authenticate(self, request: HttpRequest, token: str) -> Token | None:
        """The token, if it is in force. Raises TooMany, and Forbidden where it or its user may not."""
        found = find_token(request)
        if found is not None:
            RATE.take(found.pk, float(settings.API_RATE), time.monotonic())
            check_scope(found, self._need.scope)
            require(found.user, self._need.right)
        return found


def scoped(scope: str, right: Right = "see") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Lets in a token that has the scope, of somebody whose role has the right. Raises Forbidden.

    What writes is done once for each key that comes with a request. Days are those of the user.
    """

    def wrapped(do: Callable[P, R]) -> Callable[P, R]:
        need = NEEDS[getattr(do, "__name__", "")] = Need(scope, right)
        signature = inspect.signature(do, eval_str=True)
        known = sorted(_asked_by(signature))

        @wraps(do)
        def run(*given: P.args, **named: P.kwargs) -> R:
            request = cast("HttpRequest", given[0])
            _check_names(request, known)
            once = _once_of(request)
            request.once = once  # type: ignore[attr-defined]
            with days_of(user_of(request).place, find_team_zone), done_once(once):
                result = do(*given, **named)
            if isinstance(result, Status) and result.value is None:
                keep_answer(once, result.status_code, "")
            return result

        run.__signature__ = signature  # type: ignore[attr-defined]
        contribute_operation_callback(run, lambda operation: _guard(operation, need))
        return run

    return wrapped


def _guard(operation: Operation, need: Need) -> None:
    """Have the door of an operation ask for what it needs, before its body is read."""
    operation.auth_param = door = Bearer(need)
    operation.auth_callbacks = [door]


def _asked_by(signature: inspect.Signature) -> Iterator[str]:
    """The names that an operation takes in its address; those of its body are no part of it."""
    for name, one in list(signature.parameters.items())[1:]:
        marked = get_origin(one.annotation) is Annotated
        shape = get_args(one.annotation)[0] if marked else one.annotation
        if not (isinstance(shape, type) and issubclass(shape, BaseModel)):
            yield name
        elif marked:
            yield from shape.model_fields


def _check_names(request: HttpRequest, known: list[str]) -> None:
    """Raise Invalid for a parameter that nothing would come of: a list that isn't filtered says too much.

    So for a field of a form.
    """
    in_path = request.resolver_match.kwargs if request.resolver_match else {}
    known = [name for name in known if name not in in_path]
    given = [("A parameter of an address", name) for name in request.GET if not name.startswith(OWN)]
    for what, name in given + [("A field of a form", name) for name in (*request.POST, *request.FILES)]:
        if name not in known:
            raise Invalid(
                f"{what} was given",
                found=f"“{name[:60]}”",
                allowed=", ".join(known) or "none",
                suggestion=nearest(name[:60], known),
            )


def token_of(request: HttpRequest) -> Token:
    """The token that somebody came in with."""
    return cast("Token", request.auth)  # type: ignore[attr-defined]


def user_of(request: HttpRequest) -> User:
    """For whom the token acts."""
    return token_of(request).user


def has_scope(request: HttpRequest, scope: str) -> bool:
    """Whether the token has a scope."""
    return scope in token_of(request).scopes


def check_scope(token: Token, scope: str) -> None:
    """Raise Forbidden where the token lacks a scope."""
    if scope not in token.scopes:
        raise Forbidden(
            "A token was used",
            found=f"the scopes {', '.join(map(str, token.scopes)) or 'none'}",
            allowed=f"a token with the scope {scope}",
        )


def now() -> int:
    """The instant that it is, in microseconds UTC: the one clock of the API."""
    return time.time_ns() // 1000


def as_of_asked(asked: date | datetime | None) -> int:
    """The instant as of which is asked: now, unless said; of a day its last one, where the team is."""
    if asked is None:
        return now()
    with team_days():
        return last_of(asked)


def actor_of(request: HttpRequest) -> Actor:
    """Who acts, and when: somebody, by their token."""
    token = token_of(request)
    return Actor(token.user, f"{token.user} by the token “{token.name}”", now())


def tell_secret(request: HttpRequest) -> None:
    """Let the answer, which holds what is shown once, be kept nowhere."""
    once: Once | None = request.once  # type: ignore[attr-defined]
    if once is not None:
        once.secret = True


def takes_out(request: HttpRequest) -> bool:
    """Whether what is asked for is sent: HEAD is answered as GET, and takes nothing along."""
    return bool(request.META["REQUEST_METHOD"] != "HEAD")


def _once_of(request: HttpRequest) -> Once | None:
    """The key that a request carries so that it is done once, with what it asks for. Raises Invalid."""
    key = request.headers.get("Idempotency-Key")
    if key is None or request.method == "GET":
        return None
    if not 1 <= len(key) <= 200 or not (key.isascii() and key.isprintable()):
        raise Invalid(
            "An Idempotency-Key was sent", found=f"{len(key)} characters", allowed="1 to 200, printable"
        )
    asked = [request.method, request.get_full_path(), _body_of(request)]
    return Once(user_of(request).pk, key, digest_of(asked), now())


def _body_of(request: HttpRequest) -> Any:
    if request.content_type == "multipart/form-data":
        files = [
            [one.name, hashlib.file_digest(one, "sha256").hexdigest()]
            for name in request.FILES
            for one in request.FILES.getlist(name)
        ]
        return [files, sorted(request.POST.lists())]
    try:
        return json.loads(request.body or b"null")
    except ValueError:
        return None
