"""What the environment says, checked before anything relies on it; a variable that is empty is not set."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from leadline.engine.errors import LeadlineError, nearest

POSTGRES = ("postgres", "postgresql")
ADDRESS = "address"
"""The file in LEADLINE_HOME by which commands know where the server beside them is reached, or last was."""
PLACE = "an address as https://funnel.example.org"
Environment = Mapping[str, str]


class BadSetting(LeadlineError):
    """A variable of the environment that says what can't be; one that may hold a password isn't repeated."""

    code, exit_code = "bad-setting", 6


def home(there: Environment = os.environ) -> Path:
    """The folder of the installation, whether it is there or not."""
    return Path(there.get("LEADLINE_HOME") or "leadline-data").resolve()


def is_set(there: Environment, name: str) -> bool:
    """Whether a switch is on: 1 is on; 0, or nothing, is off."""
    said = there.get(name, "")
    if said not in ("", "0", "1"):
        raise BadSetting(f"{name} was read", found=f"“{said[:40]}”", allowed="1 for on, 0 or nothing for off")
    return said == "1"


def address(there: Environment) -> str:
    """Where people reach Leadline, without a slash at the end: as is said, else where it was served last."""
    name, url = "LEADLINE_URL", there.get("LEADLINE_URL") or _served_at(there) or "http://127.0.0.1:8000"
    at = _split(name, url, PLACE)
    if at.scheme not in ("http", "https") or not at.hostname or at.username or at.query or at.fragment:
        raise BadSetting(f"{name} was read", found=f"“{url}”", allowed=PLACE)
    if at.path.strip("/"):
        raise BadSetting(
            f"{name} was read",
            found=f"a path, “{at.path}”, where Leadline can't be",
            allowed="a host of its own, as https://funnel.example.org",
        )
    return url.rstrip("/")


def server(there: Environment) -> dict[str, Any] | None:
    """The PostgreSQL server that DATABASE_URL names, as Django wants to be told of it; None where none is."""
    url, example = there.get("DATABASE_URL"), "postgres://user:password@host/name; or nothing, for SQLite"
    if not url:
        return None
    at = _split("DATABASE_URL", url, example)
    name = unquote(at.path.lstrip("/"))
    if at.scheme not in POSTGRES or not name:
        wrong = "no name of a database" if at.scheme in POSTGRES else "no address of PostgreSQL"
        raise BadSetting("DATABASE_URL was read", found=wrong, allowed=example)
    more = dict(parse_qsl(at.query, keep_blank_values=True))
    told = {
        "NAME": name,
        "USER": unquote(at.username or ""),
        "PASSWORD": unquote(at.password or ""),
        "HOST": unquote(at.hostname or "") or more.pop("host", ""),
        "PORT": at.port or "",
    }
    return told | ({"OPTIONS": _known(more, example)} if more else {})


def mail(there: Environment) -> SplitResult:
    """The server that sends mail; without a host where none is named."""
    url, example = there.get("LEADLINE_EMAIL_URL", ""), "smtp://user:password@host:port"
    at = _split("LEADLINE_EMAIL_URL", url, example)
    if url and (at.scheme != "smtp" or not at.hostname):
        raise BadSetting("LEADLINE_EMAIL_URL was read", found="no such address", allowed=example)
    return at


def rate(there: Environment) -> int:
    """How many requests a token may make in a minute."""
    said = there.get("LEADLINE_API_RATE") or "600"
    if not (said.isascii() and said.isdigit() and 0 < int(said[:10]) < 10**9):
        raise BadSetting("LEADLINE_API_RATE was read", found=f"“{said[:40]}”", allowed="a number, as 600")
    return int(said)


def company_server(there: Environment) -> dict[str, Any] | None:
    """The OpenID Connect server to sign in with, as allauth wants to be told of it; None without one."""
    url, known_by = there.get("LEADLINE_OIDC_URL", ""), there.get("LEADLINE_OIDC_ID", "")
    if not url and not known_by:
        return None
    if not url or not known_by:
        there_is, lacks = ("LEADLINE_OIDC_URL", "LEADLINE_OIDC_ID")[:: 1 if url else -1]
        raise BadSetting(f"{there_is} was read", found=f"no {lacks}", allowed="both of them, or none")
    example = "an address as https://id.example.org"
    at = _split("LEADLINE_OIDC_URL", url, example)
    if at.scheme not in ("http", "https") or not at.hostname:
        raise BadSetting("LEADLINE_OIDC_URL was read", found=f"“{url}”", allowed=example)
    return {
        "provider_id": "company",
        "name": there.get("LEADLINE_OIDC_NAME") or "Company account",
        "client_id": known_by,
        "secret": there.get("LEADLINE_OIDC_SECRET", ""),
        "settings": {
            "server_url": url.rstrip("/"),
            "oauth_pkce_enabled": True,
            "verified_email": is_set(there, "LEADLINE_OIDC_VERIFIED"),
        },
    }


def secret_key(there: Environment) -> str:
    """What signs sessions: said, or in the folder of the installation; empty where there is none yet."""
    file = home(there) / "secret-key"
    if (said := there.get("LEADLINE_SECRET_KEY")) or not os.path.lexists(file):
        return said or ""
    try:
        found = file.read_text("utf-8").strip()
        why = "" if found else "nothing"
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "no text"
    if why:
        raise BadSetting(
            "secret-key was read",
            found=f"{why} in {file}",
            allowed="LEADLINE_SECRET_KEY; or delete the file: another is made, and everybody signs in anew",
        )
    return found


def debugging(there: Environment) -> bool:
    """Whether errors are told in detail, to strangers too."""
    return is_set(there, "LEADLINE_DEBUG")


def private_webhooks(there: Environment) -> bool:
    """Whether webhooks may go to addresses in this network."""
    return is_set(there, "LEADLINE_ALLOW_PRIVATE_WEBHOOKS")


def cold(there: Environment) -> bool:
    """Whether processes load nothing before somebody needs it."""
    return is_set(there, "LEADLINE_COLD")


CHECKS: tuple[Callable[[Environment], object], ...] = (
    server, secret_key, address, mail, company_server, rate, debugging, private_webhooks, cold,
)  # fmt: skip


def faults(there: Environment = os.environ) -> list[BadSetting]:
    """Everything that the environment says and that can't be."""
    found = []
    for check in CHECKS:
        try:
            check(there)
        except BadSetting as error:
            found.append(error)
    return found


def _served_at(there: Environment) -> str:
    """Where a server of this installation was reached last; nothing where none has been started yet."""
    try:
        return (home(there) / ADDRESS).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _known(options: dict[str, str], example: str) -> dict[str, str]:
    """The options, all of which the library of PostgreSQL knows."""
    from psycopg.pq import Conninfo

    names = [one.keyword.decode() for one in Conninfo.get_defaults()]
    for name in options:
        if name not in names:
            found = f"“{name[:40]}”, which PostgreSQL doesn't know"
            raise BadSetting(
                "DATABASE_URL was read", found=found, allowed=example, suggestion=nearest(name, names)
            )
    return options


def _split(name: str, url: str, example: str) -> SplitResult:
    """The parts of an address. The value may have a password: an error doesn't repeat it."""
    try:
        at = urlsplit(url)
        possible = at.port != 0
    except ValueError:
        possible = False
    if not possible:
        raise BadSetting(f"{name} was read", found="a host or port that can't be", allowed=example)
    return at
