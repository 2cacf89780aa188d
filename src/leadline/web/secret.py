"""The key that signs sessions, made once where none is given."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path


def make_secret(home: Path) -> str:
    """A key in `home`, which only its owner can read."""
    file = home / "secret-key"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = home / f".secret-key-{os.getpid()}"
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        out.write(secrets.token_urlsafe(50))
        out.flush()
        os.fsync(out.fileno())
    with suppress(FileExistsError):  # another process was quicker
        os.link(fresh, file)  # whole, or not at all
    fresh.unlink()
    return file.read_text().strip()
