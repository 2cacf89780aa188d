"""Addresses that events are sent to: of which parts they are made, and what can be none."""

from __future__ import annotations

from urllib.parse import urlsplit

from leadline.web.errors import Invalid


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
