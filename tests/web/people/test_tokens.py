"""Tokens: shown once, hashed, scoped, ended."""

from __future__ import annotations

import hashlib
import re

import pytest

from leadline.engine.instants import DAY, to_instant
from leadline.web.actions import tokens
from leadline.web.actions.acting import Actor
from leadline.web.errors import Forbidden, Invalid
from leadline.web.models import AuditEntry, Token
from tests.web.conftest import NOW


@pytest.mark.django_db
def test_a_token_is_shown_once_and_only_its_hash_and_hint_are_kept(member, enter):
    look = enter(member)
    sent = {"do": "make", "name": "Form", "scopes": ["touches:write", "contacts:read"], "days": "30"}
    answer = look.post("/tokens/", sent)
    secret = re.search(r"ll_[\w-]{43}", answer.content.decode())[0]
    assert answer.headers["Cache-Control"] == "no-store"
    token = Token.objects.get()
    assert token.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert (token.hint, token.scopes) == (secret[-4:], ["contacts:read", "touches:write"])
    assert secret.encode() not in look.get("/tokens/").content
    assert secret not in str(list(AuditEntry.objects.values()))


@pytest.mark.django_db
def test_a_token_ends_after_its_days_or_never(actor, owner):
    token, _ = tokens.make(actor, owner, "a", ["contacts:read"], 30)
    assert to_instant(token.expires_at) == NOW + 30 * DAY
    assert tokens.make(actor, owner, "b", ["contacts:read"], None)[0].expires_at is None
    with pytest.raises(Invalid):
        tokens.make(actor, owner, "c", ["contacts:read"], 0)


@pytest.mark.django_db
def test_an_unknown_scope_is_refused_with_the_nearest_one(actor, owner):
    with pytest.raises(Invalid, match="contacts:read"):
        tokens.make(actor, owner, "a", ["contact:read"])
    with pytest.raises(Invalid, match="at least one"):
        tokens.make(actor, owner, "a", [])


@pytest.mark.django_db
def test_who_may_only_read_gets_no_token_that_writes(reader, enter):
    with pytest.raises(Forbidden):
        tokens.make(Actor.of(reader, NOW), reader, "a", ["contacts:write"])
    look = enter(reader)
    assert look.post("/tokens/", {"do": "make", "name": "a", "scopes": "contacts:write"}).status_code == 403
    assert b"contacts:write" not in look.get("/tokens/").content


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "refused"),
    [
        ("owner", set()),
        ("manager", {"people:write", "webhooks:read", "definitions:write", "backups:read"}),
        ("member", {"exports:read", "imports:read", "imports:write", "contacts:erase", "webhooks:read"}),
        ("reader", {"exports:read", "imports:read", "touches:write", "backups:read"}),
    ],
)
def test_no_scope_is_offered_or_given_that_the_role_can_do_nothing_with(owner, enter, role, refused):
    owner.role = role
    owner.save()
    offered = set(re.findall(r'name="scopes" value="([^"]+)"', enter(owner).get("/tokens/").text))
    assert offered
    assert not offered & refused
    assert tokens.make(Actor.of(owner, NOW), owner, "all", offered)[0].scopes == sorted(offered)
    for scope in refused:
        with pytest.raises(Forbidden):
            tokens.make(Actor.of(owner, NOW), owner, "a", [scope])


@pytest.mark.django_db
def test_members_see_and_revoke_their_own_and_owners_all(actor, owner, member, enter):
    theirs, _ = tokens.make(actor, owner, "of the owner", ["contacts:read"])
    own, _ = tokens.make(actor, member, "of the member", ["contacts:read"])
    page = enter(member).get("/tokens/").content
    assert b"of the member" in page
    assert b"of the owner" not in page
    assert enter(member).post("/tokens/", {"do": "revoke", "record": theirs.pk}).status_code == 404
    assert enter(owner).post("/tokens/", {"do": "revoke", "record": own.pk}).status_code == 303
    assert list(Token.objects.all()) == [theirs]
