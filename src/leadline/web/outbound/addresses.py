"""Which addresses a webhook may go to: public ones, so that nobody reaches into this network through us.

A name is resolved once, all that it resolves to is looked at, and the connection goes to what was looked at:
a name that answers differently the second time gains nothing.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass

from leadline.web.destinations import check_public, split
from leadline.web.errors import Invalid


@dataclass(frozen=True)
class Target:
    """Where a request goes: the host by name, the address that was checked, and what is asked for there."""

    secure: bool
    host: str
    address: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """The host as the request names it, with the port where it isn't the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def resolve(url: str, *, private: bool = False) -> Target:
    """The checked target of an address; raises Invalid for what isn't http(s), unknown, or not public.

    With `private`, addresses inside this network are allowed too.
    """
    secure, host, port, path = split(url)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Invalid("The name of a webhook was looked up", found=f"no address for “{host}”") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not private:
        check_public(host, addresses)
    return Target(secure, host, addresses[0], port, path)
