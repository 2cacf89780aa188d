"""What is wrong and what comes next: the reports on the sales cycle, where the data carry them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from leadline.engine.reports.asks import Asks, asks
from leadline.engine.reports.balance import Balance, balance
from leadline.engine.reports.forecast import Forecast, forecast
from leadline.engine.reports.leaks import Leaks, leaks
from leadline.engine.reports.paths import Paths, paths
from leadline.engine.wording import counted, listed

if TYPE_CHECKING:
    from leadline.audit.case import Case
    from leadline.engine.plan.goals import Goal

MOST_NAMED = 3


@dataclass(frozen=True)
class Diagnosis:
    """The reports on the cycle, over one case; `called` says what to call a subject in a sentence."""

    leaks: Leaks
    asks: Asks
    balance: Balance
    forecast: Forecast
    paths: Paths
    called: Callable[[Any], str]

    def headlines(self) -> list[str]:
        """What to read first: what a goal takes, the biggest leak, whom to ask, what will come in."""
        plan = self.asks.planned()[:1]
        leak = self.leaks.sentences()[:1] if self.leaks.leaks else []
        ahead = self.forecast.sentences()[:1] if isinstance(self.forecast.months, tuple) else []
        return [*plan, *leak, *self.ready(), *ahead]

    def ready(self) -> list[str]:
        """Whom to ask next: those who talked and were never asked; nothing where no ask is on record."""
        waiting = self.asks.ready
        if not waiting or not self.asks.on_record:
            return []
        latest = [self.called(one.contact) for one in waiting[:MOST_NAMED]]
        one = len(waiting) == 1
        never = f"{'was' if one else 'were'} never asked"
        if self.asks.patchy:
            never = f"{'has' if one else 'have'} no ask on record"
        first = f": begin with {listed(latest)}" if len(waiting) > 1 else f": {latest[0]}"
        who = counted(len(waiting), self.asks.unit).capitalize()
        return [f"{who} talked with you and {never}{first}."]

    def as_dict(self) -> dict[str, Any]:
        """Each report by its name, as sentences and rows."""
        named = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "called"}
        return {name: {"sentences": one.sentences(), "rows": one.rows()} for name, one in named.items()}


def weigh(case: Case, goal: Goal | None, capacity: float | None) -> Balance:
    """The balance of a case, with its largest client by name."""
    found = balance(
        case.history,
        case.cycles,
        case.process,
        goal=goal,
        monthly_capacity=capacity,
        unit=case.unit,
        clients=case.payers,
    )
    top = found.concentration
    if top is None or (case.payers is not None and top.who in case.payers.labels):
        return found
    return replace(found, concentration=replace(top, who=case.called(top.who)))


def diagnose(case: Case, capacity: float | None = None, goal: Goal | None = None) -> Diagnosis:
    """The diagnosis of a case, with the plan for a goal where there is one.

    `capacity` is how many new clients can be taken on in a month, if limited. Raises BadCapacity, BadGoal.
    """
    history, cycles, unit = case.history, case.cycles, case.unit
    return Diagnosis(
        leaks=leaks(cycles, capacity=capacity),
        asks=asks(cycles, goal=goal),
        balance=weigh(case, goal, capacity),
        forecast=forecast(history, case.imported.touches, unit=unit, whose=case.whose),
        paths=paths(cycles),
        called=case.called,
    )
