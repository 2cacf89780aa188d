"""Leadline: touches in, stages out. What happened is recorded; where everybody stands follows."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leadline.engine.comparison.economy import Ledger
    from leadline.engine.credit.credits import Rules
    from leadline.engine.cycle.cycles import Cycles, trace_cycles
    from leadline.engine.errors import LeadlineError
    from leadline.engine.estimates import Caution
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
    from leadline.engine.plan.goals import Goal
    from leadline.engine.process import Process, estimate_process
    from leadline.engine.reports.asks import asks
    from leadline.engine.reports.attribution import attribution
    from leadline.engine.reports.backtest import backtest
    from leadline.engine.reports.balance import balance
    from leadline.engine.reports.compare import compare
    from leadline.engine.reports.conversion import conversion
    from leadline.engine.reports.forecast import forecast
    from leadline.engine.reports.leaks import leaks
    from leadline.engine.reports.paths import paths
    from leadline.engine.reports.standing import standing
    from leadline.engine.reports.velocity import velocity
    from leadline.engine.simulate import load_business, simulate
    from leadline.engine.touches import Column, Touches
    from leadline.engine.what_if import WhatIf, what_if

__version__ = "0.1.0"

_ROOMS = {
    "comparison.economy": ("Ledger",),
    "credit.credits": ("Rules",),
    "cycle.cycles": ("Cycles", "trace_cycles"),
    "errors": ("LeadlineError",),
    "estimates": ("Caution",),
    "explain": ("Gap", "Why", "why", "why_not"),
    "funnel": ("Funnel", "Stage", "Step", "dump_funnel", "load_funnel", "parse_funnel", "shipped_funnels"),
    "history": ("History", "derive"),
    "kinds": ("Kinds",),
    "logs": ("read_touches",),
    "plan.goals": ("Goal",),
    "process": ("Process", "estimate_process"),
    "reports.asks": ("asks",),
    "reports.attribution": ("attribution",),
    "reports.backtest": ("backtest",),
    "reports.balance": ("balance",),
    "reports.compare": ("compare",),
    "reports.conversion": ("conversion",),
    "reports.forecast": ("forecast",),
    "reports.leaks": ("leaks",),
    "reports.paths": ("paths",),
    "reports.standing": ("standing",),
    "reports.velocity": ("velocity",),
    "simulate": ("load_business", "simulate"),
    "touches": ("Column", "Touches"),
    "what_if": ("WhatIf", "what_if"),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "Caution",
    "Column",
    "Cycles",
    "Funnel",
    "Gap",
    "Goal",
    "History",
    "Kinds",
    "LeadlineError",
    "Ledger",
    "Process",
    "Rules",
    "Stage",
    "Step",
    "Touches",
    "WhatIf",
    "Why",
    "asks",
    "attribution",
    "backtest",
    "balance",
    "compare",
    "conversion",
    "derive",
    "dump_funnel",
    "estimate_process",
    "forecast",
    "leaks",
    "load_business",
    "load_funnel",
    "parse_funnel",
    "paths",
    "read_touches",
    "shipped_funnels",
    "simulate",
    "standing",
    "trace_cycles",
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
