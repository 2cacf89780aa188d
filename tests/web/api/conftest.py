"""Programs that come in with a token."""

from __future__ import annotations

import json

import pytest

from leadline.web.api import door
from leadline.web.models import Token
from leadline.web.tokens import SCOPES, digest_of, make_secret


class Program:
    """What somebody's program sends, and gets."""

    def __init__(self, client, secret):
        self.client, self.secret = client, secret

    def __call__(self, method, path, body=None, **headers):
        sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        named = {"Authorization": f"Bearer {self.secret}"} | headers
        return self.client.generic(method, f"/api/v1{path}", headers=named, **sent)

    def get(self, path):
        return self("GET", path)

    def post(self, path, body=None, **headers):
        return self("POST", path, {} if body is None else body, **headers)

    def patch(self, path, body):
        return self("PATCH", path, body)


@pytest.fixture(autouse=True)
def _fresh_rate(monkeypatch):
    monkeypatch.setattr(door, "RATE", door.Rate())


@pytest.fixture
def program_of(client):
    """A program of somebody, with some scopes: all, unless said."""

    def make(user, *scopes, **more):
        secret = make_secret()
        Token.objects.create(
            user=user,
            name="the shop",
            digest=digest_of(secret),
            hint=secret[-4:],
            scopes=list(scopes or SCOPES),
            **more,
        )
        return Program(client, secret)

    return make


@pytest.fixture
def program(program_of, owner):
    return program_of(owner)
