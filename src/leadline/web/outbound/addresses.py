"""Which addresses a webhook may go to: public ones, so that nobody reaches into this network through us.

A name is resolved once, all that it resolves to is looked at, and the connection goes to what was looked at:
a name that answers differently the second time gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass

from leadline.web.destinations import split
from leadline.web.errors import Invalid

_KEPT = tuple(
    ipaddress.ip_network(net)
    for net in (
        "192.0.0.0/24",
        "192.88.99.0/24",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
    )
)
"""Ranges of IANA's special-purpose registries that older Pythons take for public, and those whose addresses
carry an IPv4 address inside them, which a gateway would reach."""


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
    for address in addresses:
        if not private and not is_public(address):
            raise Invalid(
                f"A webhook was to go to {host}",
                found=f"{address}, which is not on the public internet",
                allowed="a public address; LEADLINE_ALLOW_PRIVATE_WEBHOOKS=1 lets them stay inside",
            )
    return Target(secure, host, addresses[0], port, path)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, and hides none that isn't."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip.is_site_local:
            return False
    if any(ip.version == net.version and ip in net for net in _KEPT):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved
