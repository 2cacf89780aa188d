"""A token that is made where the installation is, by whoever may type there."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from leadline.cli import app
from leadline.web.models import AuditEntry, Token
from leadline.web.tokens import digest_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def command(monkeypatch):
    monkeypatch.setattr("leadline.cli.installation.is_installed", lambda: True)
    return lambda *words: CliRunner().invoke(app, ["token", *words])


def test_a_token_is_made_on_the_command_line_and_only_its_secret_is_printed(command, owner):
    done = command("ADA@example.org", "website", "--scope", "touches:write", "--days", "30")
    made = Token.objects.get()
    assert (made.user, made.name, made.scopes) == (owner, "website", ["touches:write"])
    assert made.digest == digest_of(done.stdout.strip())
    assert AuditEntry.objects.get(action="token.made").by == "the command line"


@pytest.mark.parametrize(
    "words",
    [
        ("nobody@example.org", "x", "--scope", "touches:write"),
        ("ada@example.org", "x", "--scope", "touch:write"),
        ("ada@example.org", "x"),
    ],
)
def test_no_token_is_made_for_nobody_or_of_a_scope_that_there_is_not(command, owner, words):
    assert command(*words).exit_code != 0
    assert not Token.objects.exists()
