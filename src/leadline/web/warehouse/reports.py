"""Each report of a case as it is kept: sentences, figures, tables, charts for desk and phone, as plain data.

Contacts are told by their numbers (`contact:12`), so that what is kept holds no names: pages put those in,
for whoever may see them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from leadline.audit.report_sheets import report_sheets
from leadline.audit.tables import Sheet
from leadline.engine import charts
from leadline.engine.clocks import days_of, zone
from leadline.engine.comparison.economy import Ledger
from leadline.engine.credit.credits import choose_models
from leadline.engine.cycle.cycles import LINKS
from leadline.engine.errors import LeadlineError
from leadline.engine.plan.goals import Goal
from leadline.engine.plan.plans import Plan
from leadline.engine.reports.asks import asks
from leadline.engine.reports.attribution import attribution
from leadline.engine.reports.balance import balance
from leadline.engine.reports.compare import compare
from leadline.engine.reports.conversion import conversions
from leadline.engine.reports.forecast import forecast
from leadline.engine.reports.leaks import Leaks, leaks
from leadline.engine.reports.paths import paths
from leadline.engine.reports.standing import standing
from leadline.engine.reports.velocity import velocity
from leadline.engine.touches import Column
from leadline.engine.wording import percent
from leadline.web.warehouse.cases import DIMENSIONS, Case

MOST_ROWS = 200
"""So many rows of a table are kept."""
MOST_FIGURES = 5000
"""So many rows of figures are kept, for programs."""
NOTHING = "Nothing has been recorded yet, so there is nothing to report on."


@dataclass(frozen=True)
class Circumstances:
    """What a report needs besides the touches: the goal, what can be done, what paths cost, who owns whom.

    `told` says before the report what became of the goal. `columns` are further dimensions by name.
    """

    goal: Goal | None = None
    told: tuple[str, ...] = ()
    capacity: float | None = None
    costs: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[str, Column] = field(default_factory=dict)


Drawing = Callable[[], Any]


@dataclass(frozen=True)
class Material:
    """A report as plain data: what it says and shows; its charts are drawn when they are asked for.

    Days are those of `zone`.
    """

    result: dict[str, Any]
    drawings: tuple[Drawing, ...] = ()
    zone: str = "UTC"

    def draw(self) -> list[dict[str, str]]:
        """The charts as SVG, each for desk and phone."""
        with days_of(self.zone):
            return [_draw(drawing) for drawing in self.drawings]


Made = tuple[Any, list[Drawing], dict[str, Any]]
"""A report, what draws it, and what else is kept of it."""


def build(name: str, case: Case, parameters: Mapping[str, str], given: Circumstances) -> Material:
    """A report of a case. Raises UnknownName, BadGoal and what else the report raises."""
    if not len(case.touches) or not case.history.subjects:
        return Material({"sentences": [*given.told, NOTHING], "tables": [], "figures": [], "more_figures": 0})
    report, drawings, more = (REPORTS | BESIDES)[name](case, parameters, given)
    told, figures = tuple(report.sentences()), report.rows()
    plain = [{key: _plain(value) for key, value in row.items()} for row in figures[:MOST_FIGURES]]
    result = {
        "sentences": [*given.told, *told],
        "tables": [_table(sheet) for sheet in report_sheets(report, _called)] if name in REPORTS else [],
        "figures": plain,
        "more_figures": max(len(figures) - MOST_FIGURES, 0),
    }
    return Material(result | more | {"charts": len(drawings)}, tuple(drawings), zone())


def _leaks(case: Case, parameters: Mapping[str, str], given: Circumstances) -> Made:
    report = leaks(case.cycles, capacity=given.capacity)
    more = {"matrix": matrix(report), "ranked": _ranked(report), "currency": report.currency}
    return report, [report.chart] if report.links else [], more


def _asks(case: Case, parameters: Mapping[str, str], given: Circumstances) -> Made:
    report = asks(case.cycles, goal=given.goal)
    more = {
        "ready": len(report.ready),
        "waiting": len(report.waiting),
        "goal": [*given.told, *report.planned()],
    }
    needed = report.plan.asks if isinstance(report.plan, Plan) else None
    weekly = needed.per_week if needed is not None and not needed.is_far else None
    return report, [report.chart], more | {"weekly": weekly}


def _balance(case: Case, parameters: Mapping[str, str], given: Circumstances) -> Made:
    report = balance(
        case.history, case.cycles, case.process, goal=given.goal, monthly_capacity=given.capacity
    )
    top = report.concentration
    named = replace(report, concentration=top and replace(top, who=_called(top.who)))
    more = {"demand": report.demand.sentences() if report.demand else []}
    return named, [report.chart, report.replacement_chart], more


def _forecast(case: Case, parameters: Mapping[str, str], given: Circumstances) -> Made:
    report = forecast(case.history, case.touches, process=case.process)
    foreseen = isinstance(report.months, tuple)
    incomes: list[Drawing] = (
        [lambda: report.chart("income")] if foreseen and report.currency is not None else []
    )
    return report, [report.chart, *incomes], {}


def _attribution(case: Case, parameters: Mapping[str, str], given: Circumstances) -> Made:
    by = parameters.get("by", "path")
    report = attribution(case.history, case.touches, by=by)
    if parameters.get("model"):
        report = report.only(choose_models([parameters["model"]]))
    return report, [report.chart], {}


def _paths(case: Case, parameters: Mapping[str, str], given: Circumstances) -> Made:
    report = paths(case.cycles)
    return report, [report.flow, report.chart], {}


def _compare(case: Case, parameters: Mapping[str, str], given: Circumstances) -> Made:
    by = parameters.get("by", "path")
    column = given.columns.get(by) or case.dimension(by)
    if column is None:
        column = Column.of([None] * len(case.history.subjects))
    costs = given.costs if by == "path" else {}
    ledger = Ledger(costs, case.first_values, case.cycles.currency or "")
    report = compare(case.staged, column, ledger=ledger, first_touch=case.first_at)
    return report, [report.chart], {}


def _standing(case: Case, parameters: Mapping[str, str], given: Circumstances) -> Made:
    return standing(case.history), [], {}


def _conversion(case: Case, parameters: Mapping[str, str], given: Circumstances) -> Made:
    return conversions(case.staged), [], {}


def _velocity(case: Case, parameters: Mapping[str, str], given: Circumstances) -> Made:
    return velocity(case.staged), [], {}


REPORTS: dict[str, Callable[[Case, Mapping[str, str], Circumstances], Made]] = {
    "leaks": _leaks,
    "balance": _balance,
    "asks": _asks,
    "forecast": _forecast,
    "attribution": _attribution,
    "paths": _paths,
    "compare": _compare,
}
"""Every report, in the order of its tabs."""


BESIDES: dict[str, Callable[[Case, Mapping[str, str], Circumstances], Made]] = {
    "standing": _standing,
    "conversion": _conversion,
    "velocity": _velocity,
}
"""Reports that no tab shows by themselves, and of which nothing is drawn."""


def dimensions(case: Case, given: Circumstances) -> list[str]:
    """By what contacts of this case can be compared."""
    return [*(name for name in DIMENSIONS if name in case.touches.columns), *given.columns]


def matrix(report: Leaks) -> list[dict[str, Any]]:
    """Path by link: a row for each path, the most urgent first, with a cell for each link."""
    rows: dict[str, dict[str, dict[str, Any]]] = {}
    for one, row in zip(report.links, report.rows(), strict=True):
        rows.setdefault(one.path, {})[one.link] = _cell(row) | {"unnamed": one.figures.open_cycle}
    urgent = sorted(rows, key=lambda path: _urgency(rows[path]))
    return [
        {"path": path, "cells": [rows[path][link] for link in LINKS if link in rows[path]]} for path in urgent
    ]


def _urgency(cells: Mapping[str, dict[str, Any]]) -> tuple[int, int]:
    ranks = [cell["rank"] for cell in cells.values() if cell["leaks"]]
    return min(ranks, default=1 << 30), -sum(cell["stood"] or 0 for cell in cells.values())


def _cell(row: dict[str, Any]) -> dict[str, Any]:
    """A cell: its tone, the share that gets through, and of how many."""
    status, stood = row["status"], row["stood"]
    said = "" if row["share"] is None else percent(row["share"])
    if status == "missing" and not row["done"]:
        said = "none"
    told = status not in {"none", "unrecorded"}
    between = ""
    if said and row["share_low"] is not None and row["share_high"] is not None:
        between = f"{percent(row['share_low'])} to {percent(row['share_high'])}"
    return {
        "link": row["link"],
        "until": row["until"],
        "status": status,
        "leaks": status in {"missing", "weak"},
        "rank": row["rank"],
        "said": said if told else "",
        "between": between if told else "",
        "stood": stood if told else None,
        "through": row["through"] if told else None,
    }


def _ranked(report: Leaks) -> list[dict[str, Any]]:
    """The leaks in the order of what mending them is worth, each with its sentence."""
    said = report.sentences()
    return [
        {"path": one.path, "link": one.link, "status": one.status, "sentence": sentence}
        for one, sentence in zip(report.leaks, said, strict=False)
    ]


def _plain(value: Any) -> Any:
    """A value as JSON has it: no number that is none, no number of numpy's."""
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _called(subject: Any) -> str:
    return f"contact:{subject}"


def _table(sheet: Sheet) -> dict[str, Any]:
    return {
        "title": sheet.title,
        "lead": sheet.lead,
        "headings": [
            {"text": text, "right": place in sheet.right, "wide": place in sheet.wide}
            for place, text in enumerate(sheet.headings)
        ],
        "rows": [list(cells) for cells in sheet.cells[:MOST_ROWS]],
        "more": max(sheet.total - min(len(sheet.cells), MOST_ROWS), 0),
    }


def _draw(drawing: Drawing) -> dict[str, str]:
    """A chart as SVG that takes its colours from the page, once for each width."""
    drawn = {}
    for name, room in (("desk", charts.PAGE), ("phone", charts.PHONE)):
        with charts.within(room):
            drawn[name] = charts.themed(charts.svg(drawing()))
    return drawn


def unsaid(error: LeadlineError) -> Material:
    """What is kept of a report that can't be made."""
    return Material({"sentences": [str(error)], "tables": [], "figures": [], "more_figures": 0})
