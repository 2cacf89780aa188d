"""Tokens of the API: made, shown once, ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from leadline.engine.errors import nearest
from leadline.engine.instants import to_datetime
from leadline.web.access import Right, require
from leadline.web.actions.acting import Actor, action, note_change
from leadline.web.actions.people import checked_name
from leadline.web.errors import Invalid
from leadline.web.models import Token, User
from leadline.web.tokens import SCOPES, digest_of, make_secret

LONGEST = 3660
"""The most days for which a token can be made."""
_RIGHTS: dict[str, Right] = {
    "contacts:erase": "erase",
    "definitions:write": "define",
    "imports:read": "import",
    "imports:write": "import",
    "exports:read": "export",
    "people:write": "govern",
    "own:write": "see",
    "webhooks:read": "govern",
    "webhooks:write": "govern",
    "backups:read": "govern",
    "backups:write": "govern",
}


@action
def make(
    actor: Actor, user: User, name: str, scopes: Iterable[str], days: int | None = 90
) -> tuple[Token, str]:
    """A token that acts for a user, and its secret, which nobody can read again.

    It ends after so many days; None: when it is revoked. Raises Invalid for a scope that there isn't, and
    Forbidden for one that the user's role can't use.
    """
    name, wanted = checked_name(name, "token's name", 80), sorted(set(scopes))
    if not wanted:
        raise Invalid("A token needs scopes", found="none", allowed="at least one of them")
    for scope in wanted:
        _check_scope(user, scope)
    if days is not None and not 1 <= days <= LONGEST:
        raise Invalid("A token ends after some days", found=str(days), allowed=f"1 to {LONGEST:,} days")
    secret = make_secret()
    token = Token.objects.create(
        user=user,
        name=name,
        digest=digest_of(secret),
        hint=secret[-4:],
        scopes=wanted,
        expires_at=None if days is None else to_datetime(actor.now) + timedelta(days=days),
    )
    note_change(actor, "token.made", token, {}, {"name": name, "scopes": wanted, "days": days})
    return token, secret


@action
def revoke(actor: Actor, token: Token) -> None:
    """End a token, from this instant."""
    note_change(actor, "token.revoked", token, {"name": token.name, "scopes": token.scopes}, {})
    token.delete()


def right_for(scope: str) -> Right:
    """What somebody's role has to allow, or nothing could be done with a token of that scope."""
    return _RIGHTS.get(scope, "change" if scope.endswith(":write") else "see")


def _check_scope(user: User, scope: str) -> None:
    if scope not in SCOPES:
        raise Invalid(
            "A scope was asked for",
            found=f"“{scope[:60]}”",
            allowed=", ".join(SCOPES),
            suggestion=nearest(scope, SCOPES),
        )
    require(user, right_for(scope))
