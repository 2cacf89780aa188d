"""Addresses that events are sent to: of which parts they are made, and what can be none."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

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


def split(url: str) -> tuple[bool, str, int, str]:
    """Whether it is https, the host, the port and the path of an address; raises Invalid."""
    asked, allowed = "The address of a webhook was asked for", "https://example.org/path, 500 letters at most"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if len(url) > 500 or any(not 33 <= ord(letter) < 127 for letter in url):
        raise Invalid(asked, found="letters that no address has, or too many", allowed=allowed, field="url")
    if parts.scheme not in {"http", "https"} or not host or port == 0:
        raise Invalid(asked, found=f"“{url[:80]}”", allowed=allowed, field="url")
    if parts.username is not None or parts.password is not None:
        raise Invalid(asked, found="a user's name or password in it", allowed=allowed, field="url")
    secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return secure, host, port or (443 if secure else 80), path


def check_public(host: str, addresses: Iterable[str]) -> None:
    """Raise Invalid where one of the addresses that a host has isn't on the public internet."""
    for address in addresses:
        if not is_public(address):
            raise Invalid(
                f"A webhook was to go to {host}",
                found=f"{address}, which is not on the public internet",
                allowed="a public address; LEADLINE_ALLOW_PRIVATE_WEBHOOKS=1 lets them stay inside",
                field="url",
            )


def find_written(host: str) -> list[str]:
    """The addresses that a host means without being looked up: those of a number, however written."""
    if host == "localhost" or host.endswith(".localhost"):
        return ["127.0.0.1"]
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return []
    return [str(entry[4][0]) for entry in found]


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
