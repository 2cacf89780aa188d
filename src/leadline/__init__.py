"""Leadline: touches in, stages out. What happened is recorded; where everybody stands follows."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leadline.engine.errors import LeadlineError
    from leadline.engine.explain import Gap, Why, why, why_not
    from leadline.engine.funnel import (
        Funnel,
        Stage,
        Step,
        dump_funnel,
        load_funnel,
        parse_funnel,
        shipped_funnels,
    )
    from leadline.engine.history import History, derive
    from leadline.engine.kinds import Kinds
    from leadline.engine.logs import read_touches
    from leadline.engine.reports.conversion import conversion
    from leadline.engine.reports.standing import standing
    from leadline.engine.reports.velocity import velocity
    from leadline.engine.touches import Column, Touches
    from leadline.engine.what_if import WhatIf, what_if

__version__ = "0.1.0"

_ROOMS = {
    "errors": ("LeadlineError",),
    "explain": ("Gap", "Why", "why", "why_not"),
    "funnel": ("Funnel", "Stage", "Step", "dump_funnel", "load_funnel", "parse_funnel", "shipped_funnels"),
    "history": ("History", "derive"),
    "kinds": ("Kinds",),
    "logs": ("read_touches",),
    "reports.conversion": ("conversion",),
    "reports.standing": ("standing",),
    "reports.velocity": ("velocity",),
    "touches": ("Column", "Touches"),
    "what_if": ("WhatIf", "what_if"),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "Column",
    "Funnel",
    "Gap",
    "History",
    "Kinds",
    "LeadlineError",
    "Stage",
    "Step",
    "Touches",
    "WhatIf",
    "Why",
    "conversion",
    "derive",
    "dump_funnel",
    "load_funnel",
    "parse_funnel",
    "read_touches",
    "shipped_funnels",
    "standing",
    "velocity",
    "what_if",
    "why",
    "why_not",
]


def __getattr__(name: str) -> Any:
    """Fetch a public name from its room when it is first used, so that the command line starts at once."""
    if name not in _ROOM_OF:
        raise AttributeError(f"leadline has no “{name}”; it has {', '.join(__all__)}")
    return getattr(import_module(f"leadline.engine.{_ROOM_OF[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
