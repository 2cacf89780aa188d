"""The tables of the reports that answer one question each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import singledispatch
from typing import Any

from leadline.audit.cells import Shown, days, money, number, ranged, share, table, text
from leadline.audit.tables import Sheet
from leadline.engine.reports.balance import Balance
from leadline.engine.reports.leaks import Leaks
from leadline.engine.wording import percent


def report_sheets(report: Any) -> Iterator[Sheet]:
    """Every table of a report that has anything in it."""
    yield from (sheet for sheet in _sheets(report) if sheet.cells)


@singledispatch
def _sheets(report: Any) -> Iterator[Sheet]:
    raise TypeError(f"no table is made of a {type(report).__name__}")


@_sheets.register
def _leaks(report: Leaks) -> Iterator[Sheet]:
    columns = (
        text("path"),
        text("link"),
        text("status", ""),
        number("stood", "stood there"),
        number("through", "got through"),
        number("left"),
        share("share"),
        Shown("usual", lambda row: "" if row["usual"] is None else percent(row["usual"])),
        days("half_within_days", "half within"),
        ranged("clients_a_month", "worth, clients a month", spare=True),
        money("money_a_month", report.currency, "a month", spare=True),
    )
    lead = "Worth: what mending it would bring."
    yield table("Each link of each path", report.rows(), columns, lead=lead, most=60)


@_sheets.register
def _balance(report: Balance) -> Iterator[Sheet]:
    columns = (
        text("stage"),
        number("now"),
        number("live"),
        ranged("needed"),
        number("before", "90 days ago"),
        text("verdict", ""),
    )
    yield table("What stands in each stage, and what it takes", report.rows(), columns, report=report)
