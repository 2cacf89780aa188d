"""Where a benchmark of the application keeps its installation."""

from __future__ import annotations

import atexit
import os
import tempfile
from pathlib import Path

import django


def set_up() -> Path:
    """Set the application up in LEADLINE_HOME; where that isn't said, in a folder that is thrown away."""
    if "LEADLINE_HOME" not in os.environ:
        folder = tempfile.TemporaryDirectory(prefix="leadline-bench-", ignore_cleanup_errors=True)
        os.environ["LEADLINE_HOME"] = folder.name
        atexit.register(folder.cleanup)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "leadline.web.settings")
    home = Path(os.environ["LEADLINE_HOME"])
    (home / "static").mkdir(parents=True, exist_ok=True)
    django.setup()
    return home
