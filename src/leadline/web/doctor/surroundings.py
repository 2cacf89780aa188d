"""The machine and the settings: Python, the folder, the key, the disk, the address."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from leadline.web.doctor.findings import Finding

OLDEST = (3, 11)
FREE = 500 * 2**20
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def look_around(home: Path) -> Iterator[Finding]:
    """Every check that needs no database."""
    yield python(sys.version_info[:2])
    yield folder(home)
    yield secret_key(home)
    yield disk(shutil.disk_usage(home).free, _size(home))
    yield address(settings.URL)
    yield mail(settings.EMAIL_HOST)
    yield debugging(on=settings.DEBUG)


def python(version: tuple[int, ...]) -> Finding:
    """Whether Python is new enough."""
    found = ".".join(map(str, version))
    old = version < OLDEST
    return Finding("Python", found, "install Python 3.11 or later" if old else "")


def folder(home: Path) -> Finding:
    """Whether all in the folder is open to the user who runs this, and to nobody else."""
    if closed := next((one for one in (home, *home.rglob("*")) if not _is_open(one)), None):
        mend = f"run this as the user who runs Leadline; or chown -R USER {home}"
        return Finding("Folder", f"{closed} is closed to the user who runs this", mend)
    if _open_to_others(home):
        return Finding("Folder", f"{home} can be read by other users", f"chmod 700 {home}", grave=False)
    return Finding("Folder", str(home))


def secret_key(home: Path) -> Finding:
    """Whether the key that signs sessions is long, and for its owner alone."""
    file = home / "secret-key"
    if os.environ.get("LEADLINE_SECRET_KEY"):
        return _long("from LEADLINE_SECRET_KEY")
    if _open_to_others(file):
        return Finding(
            "Secret key",
            f"{file} can be read by other users, who could sign in as anybody",
            f"chmod 600 {file}; if others use this machine, delete it: another is made, all sign in anew",
        )
    return _long(f"in {file}")


def disk(free: int, size: int) -> Finding:
    """Whether there is room for a backup, and to go on."""
    found = f"{free / 2**30:,.1f} GiB free, the data take {size / 2**30:,.2f}"
    short = free < max(FREE, 2 * size)
    return Finding("Disk", found, "make room, or move LEADLINE_HOME to a larger disk" if short else "")


def address(url: str) -> Finding:
    """Whether passwords and cookies travel encrypted."""
    at = urlsplit(url)
    if at.scheme == "https" or at.hostname in LOOPBACK:
        return Finding("Address", url)
    mend = (
        "put a server with a certificate (such as Caddy) before Leadline, and set LEADLINE_URL to https://…"
    )
    return Finding("Address", f"{url}, so passwords travel where others can read them", mend)


def mail(host: str) -> Finding:
    """Whether mail goes out: invitations, and links for whoever has forgotten their password."""
    mend = "set LEADLINE_EMAIL_URL, as smtp://user:password@mail.example.org:587"
    if not host:
        found = "not set up: links of invitations are to be passed on by hand"
        return Finding("Mail", found, mend, grave=False)
    return Finding("Mail", f"by {host}")


def debugging(*, on: bool) -> Finding:
    """Whether errors are told to strangers."""
    mend = "unset LEADLINE_DEBUG" if on else ""
    return Finding("Debugging", "on: errors tell strangers of the inside" if on else "off", mend)


def _long(where: str) -> Finding:
    key = str(settings.SECRET_KEY)
    fault = "too short" if len(key) < 40 else "too easy to guess" if len(set(key)) < 12 else ""
    found = f"{where}, {fault or 'for its owner alone'}"
    mend = "set one of at least 40 random characters, as “openssl rand -base64 48” prints"
    return Finding("Secret key", found, mend if fault else "")


def _is_open(path: Path) -> bool:
    """Whether a file can be read, or a folder written; what a disk keeps for itself is none of ours."""
    if path.is_dir() and not path.is_symlink():
        return path.name == "lost+found" or os.access(path, os.R_OK | os.W_OK | os.X_OK)
    return os.access(path, os.R_OK) or not path.exists()


def _open_to_others(file: Path) -> bool:
    return os.name == "posix" and bool(stat.S_IMODE(file.stat().st_mode) & 0o077)


def _size(home: Path) -> int:
    return sum(file.stat().st_size for file in home.rglob("*") if file.is_file())
