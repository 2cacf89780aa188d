"""What is logged of an address that carries a secret."""

from __future__ import annotations

import io
import logging
import logging.config

import pytest

from leadline.web.actions import people
from leadline.web.actions.acting import Actor
from leadline.web.pages import frame

SECRETS = [
    "/invitation/4OiAaJWa9DlpLGLWEdHTb81yIpDuG82YL1-Y-vLjGVE/",
    "/accounts/link/12/cz4k2p-5d8f6d1c0a7b4e3f2a1b0c9d8e7f6a5b/",
    "/accounts/password/reset/key/1-cz4k2p-5d8f6d1c0a7b4e3f2a1b0c9d8e7f6a5b/",
]
PLAIN = ["/contacts/9201/", "/settings/funnels/somebodys-own-long-funnel/what-if/", "/changes/undo/120/131/"]


@pytest.fixture
def log(settings):
    """All that the log of the application would say."""
    logging.config.dictConfig(settings.LOGGING)
    root, said = logging.getLogger(), io.StringIO()
    [handler] = [one for one in root.handlers if any("Discreet" in repr(type(f)) for f in one.filters)]
    handler.setStream(said)
    yield said
    root.removeHandler(handler)


@pytest.mark.parametrize("address", [*SECRETS, *PLAIN])
def test_the_secret_of_an_address_is_left_out_and_nothing_else(log, address):
    logging.getLogger("django.request").warning("%s: %s", "Not Found", address)
    said = log.getvalue()
    assert (address in said) == (address in PLAIN)
    assert "WARNING django.request: Not Found: /" in said


def test_an_open_invitation_that_was_filled_in_wrongly_is_not_to_be_read_in_the_log(client, log, owner, team):
    _, secret = people.invite(Actor.of(owner, frame.now()), "late@example.org", "member", team)
    answer = client.post(f"/invitation/{secret}/", {"name": "Late", "password": "short"})
    assert answer.status_code == 422
    assert "Unprocessable Entity: /invitation/…/" in log.getvalue()
    assert secret not in log.getvalue()
