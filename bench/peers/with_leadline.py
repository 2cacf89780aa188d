"""Leadline: the file read for the kinds that the funnel uses, then derived, each row with its cause."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from answers import AS_OF, Rows

from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.logs import read_touches

FUNNELS = Path(__file__).parent.parent / "funnels"
USED = ["visited", "downloaded", "opened", "clicked", "replied", "called", "asked", "bought"]


def monotone(path: Path) -> Callable[[], Rows]:
    """The history of the monotone funnel."""
    return _derived(path, "monotone", USED)


def windowed(path: Path) -> Callable[[], Rows]:
    """The history of the funnel with windows and resets."""
    return _derived(path, "windowed", [*USED, "unsubscribed"])


def _derived(path: Path, name: str, kinds: list[str]) -> Callable[[], Rows]:
    touches = read_touches(path, only=kinds)
    history = derive(touches, load_funnel(FUNNELS / f"{name}.toml"), as_of=AS_OF)

    def rows() -> Rows:
        subjects = np.asarray(history.subjects, np.int64)
        return Rows(subjects[history.contact], history.stage, history.entered_at, history.left_at)

    return rows
