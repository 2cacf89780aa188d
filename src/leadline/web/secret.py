"""The key that signs sessions, made once where none is given."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def read_secret(home: Path) -> str:
    """The key in `home`, which only its owner can read; made on the first start."""
    file = home / "secret-key"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(handle, "w") as out:
        out.write(key := secrets.token_urlsafe(50))
    return key
