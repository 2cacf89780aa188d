"""The commands that answer one question each: leaks, asks, balance, forecast and so on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leadline.cli.options import CapacityOption, GoalOption

if TYPE_CHECKING:
    from leadline.audit.case import Case
    from leadline.engine.plan.goals import Goal

Report = Any
ByOption = Annotated[
    str | None, typer.Option("--by", metavar="DATE", help="The day by which the goal is to be reached.")
]
ToOption = Annotated[
    str | None, typer.Option("--to", metavar="STAGE", help="The stage to reach; becoming a client.")
]


def leaks(case: Case, capacity: CapacityOption = None) -> Report:
    """Which path lacks which link, and what mending it is worth."""
    from leadline.engine.reports.leaks import leaks

    return leaks(case.cycles, capacity=capacity)


def asks(
    case: Case,
    goal: GoalOption = None,
    by: ByOption = None,
    odds: Annotated[
        float, typer.Option("--odds", metavar="SHARE", help="How sure the plan is to be, 0 to 1.")
    ] = 0.8,
) -> Report:
    """How many asks are made, and how many a goal takes."""
    from leadline.engine.reports.asks import asks

    return asks(case.cycles, goal=_goal(case, goal, by), odds=odds)


def balance(
    case: Case,
    goal: GoalOption = None,
    by: ByOption = None,
    capacity: CapacityOption = None,
) -> Report:
    """Whether enough is on the way, and what if all clients left.

    Each stage against what it takes, how new the work is, growth, on how few clients the income rests, and
    demand against what you can deliver.
    """
    from leadline.audit.diagnosis import weigh

    return weigh(case, _goal(case, goal, by), capacity)


def forecast(
    case: Case,
    months: Annotated[
        int | None,
        typer.Option("--months", metavar="NUMBER", min=1, max=36, help="How many months: 6, or 3 to test."),
    ] = None,
    test: Annotated[
        bool, typer.Option("--backtest", help="How good it would have been on your own past.")
    ] = False,
) -> Report:
    """What will come in, month by month, and how sure that is.

    New clients and income, from who is where now, for how long, and who keeps coming.
    """
    from leadline.engine.reports.backtest import backtest
    from leadline.engine.reports.forecast import forecast

    touches, history = case.imported.touches, case.history
    if not test:
        return forecast(history, touches, months=months or 6, unit=case.unit, whose=case.whose)
    if case.of == "company":
        raise typer.BadParameter("it is made for contacts only", param_hint="--backtest")
    return backtest(touches, case.funnel, as_of=history.as_of, months=months or 3)


def attribution(
    case: Case,
    by: Annotated[
        str, typer.Option("--by", metavar="COLUMN", help="What gets the credit: path, channel, campaign, ….")
    ] = "path",
    to: ToOption = None,
    order: Annotated[
        int, typer.Option("--order", metavar="1|2|3", help="How many touches back the Markov chain looks.")
    ] = 1,
    models: Annotated[
        str | None, typer.Option("--models", metavar="NAMES", help="Only these, as in first,last,markov.")
    ] = None,
) -> Report:
    """Which paths, channels or campaigns earned the clients.

    By seven models: first and last touch, equal parts, by position, time decay, Markov and Shapley.
    """
    from leadline.engine.credit.credits import Rules, choose_models
    from leadline.engine.reports.attribution import attribution

    chosen = None if models is None else choose_models(models.split(","))
    report = attribution(
        case.history,
        case.imported.touches,
        by=case.carried(by),
        to=case.stage(to) if to else None,
        rules=Rules(order=order),
        whose=case.whose,
        unit=case.unit,
    )
    return report if chosen is None else report.only(chosen)


def paths(case: Case) -> Report:
    """What each path does, and how people go from path to path."""
    from leadline.engine.reports.paths import paths

    return paths(case.cycles)


def compare(
    case: Case,
    by: Annotated[str, typer.Option("--by", metavar="COLUMN", help="What to compare, by its values.")],
    to: ToOption = None,
    within: Annotated[
        int | None, typer.Option("--within", metavar="DAYS", min=1, help="Within how many days; found out.")
    ] = None,
    costs: Annotated[
        Path | None, typer.Option("--costs", metavar="FILE", help="What each cost: columns name and cost.")
    ] = None,
    segment: Annotated[
        str | None, typer.Option("--segment", metavar="COLUMN", help="Compare among those alike in this.")
    ] = None,
) -> Report:
    """Which of several channels, campaigns or offers brings more.

    How sure that is, what each costs, where costs are given, and when enough is known to stop comparing.
    """
    from leadline.audit.costs import read_costs
    from leadline.engine.comparison.economy import Ledger
    from leadline.engine.reports.compare import compare

    _, column = case.dimension(by)
    currency = case.cycles.currency or ""
    spent = read_costs(costs, currency, [str(label) for label in column.labels]) if costs else {}
    return compare(
        case.staged,
        column,
        to=case.stage(to) if to else None,
        within=within,
        ledger=Ledger(spent, case.first_values, currency),
        segment=case.dimension(segment)[1] if segment else None,
        unit=case.unit,
    )


def _goal(case: Case, goal: str | None, by: str | None) -> Goal | None:
    from leadline.audit.targets import has_day

    if goal is None and by is None:
        return None
    if goal is None:
        raise typer.BadParameter("a day needs a goal: --goal GOAL is missing", param_hint="--by")
    if by is None and not has_day(goal):
        raise typer.BadParameter("a goal needs a day: --by DATE is missing", param_hint="--goal")
    return case.goal(goal, by)


COMMANDS: tuple[Callable[..., Report], ...] = (leaks, asks, balance, forecast, attribution, paths, compare)
"""Every command of this module, in the order in which the help lists them."""
