"""Signing in by the OpenID Connect server of one's company: a real one, small, that answers over HTTP."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from django.test import Client
from django.utils import timezone

from leadline.web.models import AuditEntry, Invitation, User

KEY = "a secret of thirty-two letters, or more"


class Server(HTTPServer):
    """What the server says of whoever signs in, and what it was sent."""

    told: dict[str, Any]
    asked: dict[str, list[str]]


class Answers(BaseHTTPRequestHandler):
    """Discovery, token and userinfo, as OpenID Connect Core 1.0 has them."""

    server: Server

    def do_GET(self) -> None:
        url = f"http://127.0.0.1:{self.server.server_port}"
        if self.path == "/userinfo":
            self.answer(self.server.told)
        else:
            ends = {f"{name}_endpoint": f"{url}/{name}" for name in ("authorization", "token", "userinfo")}
            self.answer({"issuer": url, "jwks_uri": f"{url}/keys", **ends})

    def do_POST(self) -> None:
        self.server.asked = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        claims = {
            "iss": f"http://127.0.0.1:{self.server.server_port}",
            "aud": "leadline",
            "exp": timezone.now() + timedelta(minutes=5),
            "iat": timezone.now(),
            **self.server.told,
        }
        told = jwt.encode(claims, KEY, algorithm="HS256", headers={"kid": "one"})
        self.answer({"access_token": "of no use", "token_type": "Bearer", "id_token": told})

    def answer(self, told: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())

    def log_message(self, *given: Any) -> None:
        """Silent."""


@pytest.fixture
def company(settings: Any) -> Iterator[Server]:
    """A server that Leadline signs in with."""
    server = Server(("127.0.0.1", 0), Answers)
    server.told = {"sub": "17", "email": "Ada@Example.org", "email_verified": True, "name": "Ada L."}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    _use(settings, f"http://127.0.0.1:{server.server_port}")
    yield server
    server.shutdown()
    server.server_close()


def _use(settings: Any, url: str, verified: bool = False) -> None:
    app = {
        "provider_id": "company",
        "name": "Company account",
        "client_id": "leadline",
        "secret": "known to both",
        "settings": {"server_url": url, "oauth_pkce_enabled": True, "verified_email": verified},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}


def _sign_in(client: Client) -> Any:
    """Go to the server and come back with a code, as a browser does."""
    away = client.get("/accounts/oidc/company/login/")
    assert away.status_code == 302, away.content.decode()
    asked = parse_qs(urlsplit(away["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    return client.get("/accounts/oidc/company/login/callback/", {"code": "c", "state": asked["state"][0]})


def test_the_door_has_a_button_only_where_a_server_is_named(
    client: Client, owner: User, settings: Any
) -> None:
    assert "Company account" not in client.get("/accounts/login/").content.decode()
    _use(settings, "http://127.0.0.1:9")
    assert "Company account" in client.get("/accounts/login/").content.decode()


def test_ways_in_by_another_server_are_offered_only_where_one_is_named(
    client: Client, owner: User, settings: Any
) -> None:
    client.force_login(owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "<h2>" not in client.get("/accounts/3rdparty/").content.decode()
    _use(settings, "http://127.0.0.1:9")
    offered = client.get("/accounts/3rdparty/").content.decode()
    assert "<h2>By another</h2>" in " ".join(offered.split()).replace("> ", ">").replace(" <", "<")
    assert "Company account" in offered


def test_what_they_came_in_by_can_be_taken_away(client: Client, owner: User, company: Server) -> None:
    _sign_in(client)
    shown = client.get("/accounts/3rdparty/").content.decode()
    [number] = re.findall(r'name="account" value="(\d+)"', shown)
    assert client.post("/accounts/3rdparty/", {"account": number}).status_code == 302
    assert not owner.socialaccount_set.exists()


def test_who_works_here_comes_in_by_their_checked_address(
    client: Client, owner: User, company: Server
) -> None:
    answer = _sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/me/").context["user"] == owner
    assert company.asked["code_verifier"]
    assert User.objects.count() == 1
    assert owner.has_usable_password()


def test_the_second_time_they_are_known_by_their_number_there(
    client: Client, owner: User, company: Server
) -> None:
    _sign_in(client)
    company.told["email"] = "ada.new@example.org"
    again = Client()
    assert _sign_in(again)["Location"] == "/"
    assert again.get("/me/").context["user"] == owner


def test_who_was_invited_takes_their_place(client: Client, owner: User, company: Server) -> None:
    company.told |= {"email": "noa@example.org", "name": "Noa Berg"}
    Invitation.objects.create(
        email="noa@example.org",
        role="reader",
        digest="0" * 64,
        invited_by=owner,
        expires_at=timezone.now() + timedelta(days=3),
    )
    assert _sign_in(client)["Location"] == "/"
    noa = User.objects.get(email="noa@example.org")
    assert (noa.name, noa.role, noa.has_usable_password()) == ("Noa Berg", "reader", False)
    assert AuditEntry.objects.filter(action="person.joined", who=noa).exists()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"email": "eve@example.org"}, "Nobody works here by the address eve@example.org"),
        ({"email_verified": False}, "told no checked address of yours"),
        ({"email_verified": "true, honestly"}, "told no checked address of yours"),
        ({"email": None}, "told no checked address of yours"),
    ],
)
def test_anybody_else_stays_outside(
    client: Client, owner: User, company: Server, told: dict[str, Any], said: str
) -> None:
    company.told |= told
    answer = _sign_in(client)
    assert answer.status_code == 403
    assert said in answer.content.decode()
    assert client.get("/me/").status_code == 302
    assert User.objects.count() == 1


def test_an_old_invitation_opens_nothing(client: Client, owner: User, company: Server) -> None:
    company.told["email"] = "noa@example.org"
    over = timezone.now() - timedelta(seconds=1)
    Invitation.objects.create(email="noa@example.org", digest="0" * 64, invited_by=owner, expires_at=over)
    assert _sign_in(client).status_code == 403


def test_who_was_let_go_does_not_come_back_in(client: Client, owner: User, company: Server) -> None:
    User.objects.create_user("bo@example.org", role="owner")
    User.objects.filter(pk=owner.pk).update(is_active=False)
    _sign_in(client)
    assert client.get("/me/").status_code == 302


def test_a_server_that_checks_all_addresses_need_not_say_so(
    client: Client, owner: User, company: Server, settings: Any
) -> None:
    del company.told["email_verified"]
    _use(settings, f"http://127.0.0.1:{company.server_port}", verified=True)
    assert _sign_in(client)["Location"] == "/"


def test_a_server_that_is_away_is_told_as_such(client: Client, owner: User, settings: Any) -> None:
    _use(settings, "http://127.0.0.1:9")
    answer = client.get("/accounts/oidc/company/login/")
    assert answer.status_code == 503
    assert "does not answer" in answer.content.decode()


def test_a_code_that_nobody_asked_for_opens_nothing(client: Client, owner: User, company: Server) -> None:
    answer = client.get("/accounts/oidc/company/login/callback/", {"code": "c", "state": "forged"})
    assert answer.status_code == 403
    assert client.get("/me/").status_code == 302
