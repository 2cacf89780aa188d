"""The tables of the reports that answer one question each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import singledispatch
from typing import Any

from leadline.audit.cells import Shown, days, money, money_range, number, ranged, share, table, text
from leadline.audit.tables import Sheet
from leadline.engine.cycle.links import links_between
from leadline.engine.plan.plans import Plan
from leadline.engine.reports.asks import Asks
from leadline.engine.reports.attribution import Attribution
from leadline.engine.reports.backtest import Backtest
from leadline.engine.reports.balance import Balance
from leadline.engine.reports.compare import Comparison
from leadline.engine.reports.forecast import Forecast
from leadline.engine.reports.leaks import Leaks
from leadline.engine.reports.paths import Paths
from leadline.engine.wording import counted, listed, percent

MODEL_WORDS = {"position": "by position", "decay": "time decay", "markov": "Markov", "shapley": "Shapley"}
"""What a column of a model is called, where that isn't the model's name."""
MOST_LINKS = 40
"""A table of more links than this is cut."""
LESS_OFTEN = ("position", "decay", "shapley")
"""Models whose columns a narrow window leaves out."""


def report_sheets(report: Any, called: Callable[[Any], str] = str) -> Iterator[Sheet]:
    """Every table of a report that has anything in it; `called` says what to call a subject."""
    found = _asks(report, called) if isinstance(report, Asks) else _sheets(report)
    yield from (sheet for sheet in found if sheet.cells)


@singledispatch
def _sheets(report: Any) -> Iterator[Sheet]:
    raise TypeError(f"no table is made of a {type(report).__name__}")


@_sheets.register
def _leaks(report: Leaks) -> Iterator[Sheet]:
    columns = (
        text("path"),
        Shown("link", lambda row: listed(links_between(row["link"], row["until"] if row["stood"] else None))),
        text("status"),
        number("stood", "before"),
        number("through"),
        share("share", silent=("unknown", "none", "unrecorded"), spare=True),
        ranged("clients_a_month", "clients a month", spare=True),
        money("money_a_month", report.currency, "income a month", spare=True),
        Shown("usual", lambda row: "" if row["usual"] is None else percent(row["usual"]), spare=True),
        number("left", spare=True),
        days("half_within_days", "half within", spare=True),
    )
    lead = "Before: who stood before the link; through: who got through it. Clients and income a month: what "
    lead += "mending it would bring."
    rows = report.rows()
    if len(rows) > MOST_LINKS:  # what is cut off is not what leaks
        rows.sort(key=lambda row: (row["rank"] or len(rows), -(row["stood"] or 0)))
    yield table("Each link of each path", rows, columns, lead=lead, most=MOST_LINKS)


def _within_reach(field: str, heading: str) -> Shown:
    """A number of what it takes, where there is one."""
    return Shown(heading, lambda row: "out of reach" if row[field] is None else f"{row[field]:,}", right=True)


def _asks(report: Asks, called: Callable[[Any], str]) -> Iterator[Sheet]:
    if isinstance(report.plan, Plan):
        steps = (
            text("step", "what"),
            _within_reach("enough", f"for odds of {percent(report.plan.wanted)}"),
            _within_reach("even", "for even odds"),
            number("per_week", "a week"),
            number("pace", "a week lately"),
            share("chance", "of each becomes a client"),
        )
        yield table("What the goal takes", report.plan.rows(), steps)
    ready = [vars(one) for one in (report.ready if report.on_record else ())]
    who = Shown(report.unit, lambda row: called(row["contact"]))
    yield table(
        "Ready, and never asked",
        ready,
        (who, days("days", "for"), text("path")),
        lead="They talked with you; the latest first. Where talks follow first meetings, "
        "a first meeting alone is none.",
    )
    waits = [
        who,
        days("days", "for"),
        text("path"),
        *[text("person", "asked by")] * any(one.person for one in report.waiting),
        Shown("for what", lambda row: "to renew" if row["renewal"] else "to buy"),
        Shown("usual", lambda row: "longer" if row["overdue"] else "yes"),
    ]
    latest = [vars(one) for one in reversed(report.waiting)]
    yield table("Asked, and no answer yet", latest, waits, lead="The latest first.")
    yield table("Asks, and what came of them", report.rows(), _TALLY)


_SORTS = {"all": "first asks", "renewals": "asks of clients"}
_TALLY = (
    Shown("of whom", lambda row: str(row["person"] or _SORTS.get(row["sort"], ""))),
    number("asks"),
    number("yes"),
    number("no"),
    number("not_now"),
    number("waiting"),
    number("per_week", "a week"),
    number("per_week_last_12", "last 12 weeks", spare=True),
    share("yes_share", "share of yes", spare=True),
)


@_sheets.register
def _balance(report: Balance) -> Iterator[Sheet]:
    columns = (
        text("stage"),
        number("people", "now"),
        number("again", "former clients", spare=True),
        number("live", "of late"),
        ranged("needed"),
        number("before", "90 days ago"),
        text("verdict"),
    )
    yield table("Who stands in each stage, and how many it takes", report.rows(), columns)


@_sheets.register
def _forecast(report: Forecast) -> Iterator[Sheet]:
    if not isinstance(report.months, tuple):
        return
    columns = (
        text("ends", "month to"),
        ranged("clients", "new clients"),
        *([money_range("income", report.currency)] if report.currency is not None else []),
        Shown("of people you know", lambda row: "" if row["known"] is None else percent(row["known"])),
    )
    yield table("The months ahead", report.rows(), columns)
    stages = (
        text("stage"),
        number("people"),
        number("clients", "clients to expect"),
        money("worth", report.currency),
    )
    lead = f"Within {counted(len(report.months), 'month')}."
    yield table("What those on the way are worth", report.prospect_rows(), stages, lead=lead)


@_sheets.register
def _backtest(report: Backtest) -> Iterator[Sheet]:
    if report.unsaid is not None:
        return
    fields = ("foreseen", "low", "high", "came", "same_as_last", "open_deals")
    headings = ("foreseen", "at least", "at most", "came", "before", "deals")
    lead = "Plain guesses: before is what came in as many months before, deals is open deals times win rate."
    for of in dict.fromkeys(trial.of for trial in report.trials):
        rows = [row for row in report.rows() if row["of"] == of]
        figures = (
            replace(
                number(field) if of == "clients" else money(field, report.currency),
                heading=heading,
                spare=field in {"same_as_last", "open_deals"},
            )
            for field, heading in zip(fields, headings, strict=True)
        )
        held = Shown("held", lambda row: "yes" if row["inside"] else "no")
        income = f"Income in {report.currency}" if report.currency else "Income"
        what = "New clients" if of == "clients" else income
        title = f"{what}, as it was foreseen and as it came"
        yield table(title, rows, (text("cut", "made on"), *figures, held), lead=lead, most=40)


@_sheets.register
def _paths(report: Paths) -> Iterator[Sheet]:
    columns = (
        text("path"),
        number("came", "came by it"),
        number("nurtured"),
        number("clients"),
        number("passed", "clients that passed"),
        number("closed", "clients asked on it"),
        number("touches", spare=True),
        money("income", report.currency, spare=True),
    )
    yield table("What each path does", [vars(total) for total in report.totals], columns, most=20)


@_sheets.register
def _attribution(report: Attribution) -> Iterator[Sheet]:
    columns = (
        text(report.by),
        number("on the way"),
        *(number(model, MODEL_WORDS.get(model), spare=model in LESS_OFTEN) for model in report.models),
        *[Shown("apart", lambda row: percent(row["apart"]))] * (len(report.models) > 1),
    )
    title = f"{'Clients' if report.is_client else f'Reaching “{report.to}”'} by {report.by}"
    yield table(title, report.disagreements(), columns)


@_sheets.register
def _comparison(report: Comparison) -> Iterator[Sheet]:
    columns = (
        text("group"),
        number("began"),
        number("reached"),
        share("share", f"in {counted(report.field.days, 'day')}" if report.field.days else "share"),
        Shown("best", lambda row: "" if row["best"] is None else percent(row["best"])),
    )
    priced = (
        money("cost", report.currency),
        money("cost_per_lead", report.currency, "a lead", spare=True),
        money("cost_per_client", report.currency, "a client", spare=True),
    )
    rows = report.rows()
    whole = [row for row in rows if row["segment"] is None]
    costs = priced if any(row["cost"] is not None for row in whole) else ()
    lead = "Best: how probable it is that it is the best of them."
    yield table(f"Who comes to “{report.to}”", whole, (*columns, *costs), lead=lead, most=20)
    inside = [row for row in rows if row["segment"] is not None]
    yield table("By segment", inside, (text("segment"), *columns), most=60)
