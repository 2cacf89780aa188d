"""The commands that answer one question each: leaks, asks, balance, forecast and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from leadline.audit.case import Case
    from leadline.engine.goals import Goal

Report = Any
GoalOption = Annotated[
    str | None, typer.Option("--goal", metavar="GOAL", help="“3 clients”, or an income: “12,000 EUR”.")
]
ByOption = Annotated[
    str | None, typer.Option("--by", metavar="DATE", help="The day by which the goal is to be reached.")
]
CapacityOption = Annotated[
    float | None,
    typer.Option(
        "--capacity", metavar="NUMBER", min=0, help="How many new clients you can take on in a month."
    ),
]


def leaks(case: Case, capacity: CapacityOption = None) -> Report:
    """Where the funnel leaks: which path lacks which link, and what it is worth to mend it."""
    from leadline.engine.reports.leaks import leaks

    return leaks(case.cycles, capacity=capacity)


def balance(
    case: Case,
    goal: GoalOption = None,
    by: ByOption = None,
    capacity: CapacityOption = None,
) -> Report:
    """Whether enough is to come: each stage, how new the work is, income, capacity, and what if all left."""
    from leadline.engine.reports.balance import balance

    aim = _goal(case, goal, by)
    return balance(
        case.history, case.cycles, case.process, goal=aim, monthly_capacity=capacity, unit=case.unit
    )


def _goal(case: Case, goal: str | None, by: str | None) -> Goal | None:
    from leadline.audit.targets import read_goal

    if goal is None and by is None:
        return None
    if goal is None or by is None:
        missing = "--by DATE" if goal else "--goal GOAL"
        raise typer.BadParameter(f"a goal needs a day: {missing} is missing", param_hint="--goal")
    return read_goal(goal, by, case.cycles.currency, case.unit)
