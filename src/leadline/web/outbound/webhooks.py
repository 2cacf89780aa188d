"""One event on its way out: signed as Standard Webhooks says, to the address that was checked."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from standardwebhooks.webhooks import Webhook as Signer

from leadline.web.errors import Invalid
from leadline.web.outbound.addresses import Target, resolve

QUIET = 10.0
"""Seconds after which a silent server is given up."""
LONGEST = 20.0
"""Seconds after which any server is given up, however it drips."""
READ = 2048
"""Bytes of the answer that are read."""


@dataclass(frozen=True)
class Answer:
    """What came of it: the status, none where nobody answered, and what went wrong, if anything did."""

    status: int | None
    error: str = ""

    @property
    def taken(self) -> bool:
        """Whether the other side has it now."""
        return self.status is not None and 200 <= self.status < 300


def send(
    url: str, secret: str, key: str, body: dict[str, Any], at: datetime, *, private: bool = False
) -> Answer:
    """Send an event once. Never raises: what went wrong is in the answer. Redirects are not followed."""
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Leadline",
        "webhook-id": key,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Signer(secret).sign(key, at, text),
    }
    try:
        return _post(resolve(url, private=private), headers, text.encode())
    except Invalid as error:
        return Answer(None, error.sentence())
    except (OSError, http.client.HTTPException) as error:
        return Answer(None, _silence(error))


def _silence(error: Exception) -> str:
    """Why there is no answer, as a sentence."""
    if isinstance(error, ssl.SSLError):
        return f"The connection could not be secured: {error.reason or error}."
    if isinstance(error, TimeoutError):
        return f"No whole answer within {QUIET:.0f} to {LONGEST:.0f} seconds."
    if isinstance(error, ConnectionResetError | BrokenPipeError):  # with a word of farewell, or without
        return "No answer: it closed the connection."
    if isinstance(error, http.client.HTTPException):
        return "No answer: what it said is no HTTP."
    return f"No answer: {getattr(error, 'strerror', None) or type(error).__name__}."


class _Pinned(http.client.HTTPConnection):
    """A connection to the address of a target, which calls the server by its name."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=QUIET)
        self.target, self.was_cut = target, False

    def connect(self) -> None:
        """Connect to the checked address; for https, the certificate has to be that of the name."""
        self.sock = socket.create_connection((self.target.address, self.target.port), timeout=QUIET)
        if self.target.secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.target.host)

    def cut(self) -> None:
        """End it from outside, so that whoever waits for an answer stops waiting."""
        self.was_cut = True
        if self.sock is not None:
            self.sock.shutdown(socket.SHUT_RDWR)


def _post(target: Target, headers: dict[str, str], body: bytes) -> Answer:
    connection = _Pinned(target)
    clock = threading.Timer(LONGEST, connection.cut)
    clock.daemon = True
    clock.start()
    try:
        connection.request("POST", target.path, body, headers | {"Host": target.host_header})
        answer = connection.getresponse()
        said = answer.read(READ).decode("utf-8", "replace").strip()
    finally:
        clock.cancel()
        connection.close()
    if connection.was_cut:  # what was read so far looks like all of it
        raise TimeoutError
    if 200 <= answer.status < 300:
        return Answer(answer.status)
    if 300 <= answer.status < 400:
        return Answer(
            answer.status, f"It answered {answer.status}, another address; redirects are not followed."
        )
    return Answer(answer.status, f"It answered {answer.status}{': ' + said[:200] if said else '.'}")
