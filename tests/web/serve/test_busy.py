"""What a request does while somebody else writes into the SQLite file for long, as an import does."""

from __future__ import annotations

from tests import forked

USED = """
import logging
import sqlite3
from django.test import Client
from leadline.web import tokens
from leadline.web.environment import home
from leadline.web.models import Token, User

logging.basicConfig(level=logging.INFO)
secret = tokens.make_secret()
owner = User.objects.create_user("ada@example.org", "", name="Ada", role="owner")
Token.objects.create(user=owner, name="t", digest=tokens.digest_of(secret), scopes=["definitions:read"])
tries, note = [], tokens._note_use
tokens._note_use = lambda *told: (tries.append(told), note(*told))

def asked():
    said = {"Authorization": f"Bearer {secret}"}
    answer = Client(SERVER_NAME="127.0.0.1", headers=said).get("/api/v1/kinds")
    print(answer.status_code, len(tries), Token.objects.get().last_used_at is not None)

other = sqlite3.connect(home() / "leadline.sqlite3", isolation_level=None)
other.execute("BEGIN IMMEDIATE")
for _ in range(3):
    asked()
other.execute("ROLLBACK")
asked()
tokens.TRIED_EVERY *= 0
asked()
"""


def test_that_a_token_is_used_is_noted_later_and_calmly_while_somebody_else_writes(ready):
    """It is tried once in a while, not at each request, and no line of the log tells of it."""
    done = forked.run("import django; django.setup()\n" + USED, ready.env, ready.home.parent, 60)
    assert done.stdout.splitlines() == ["200 1 False"] * 4 + ["200 2 True"]
    assert "noted" not in done.stderr
