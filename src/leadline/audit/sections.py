"""The parts of an audit in the order of reading: what each says, draws and lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from leadline.audit.report_sheets import report_sheets
from leadline.audit.tables import Sheet, read_sheets, stage_sheets
from leadline.engine.links import NOT_KNOWN
from leadline.engine.reports.forecast import Forecast
from leadline.engine.reports.paths import Paths

if TYPE_CHECKING:
    from leadline.audit.audit import Audit

MOST_SAID = 4
"""More sentences than this are folded away."""

FEWEST_PATHS = 2
UNKNOWN_PATHS = (
    "The files don't tell two paths apart by which people came. Record where each contact comes from "
    "(networking, speaking, website, referral …), and by which path you met them again."
)
_JUDGED = {"missing", "weak", "thin", "fine"}

Picture = Callable[[], Any]
"""What gives a chart, by altair."""


@dataclass(frozen=True)
class Section:
    """A part of an audit: its anchor and title, sentences with the most important first, charts and tables.

    `folded` is what to click on to see the rest, the further sentences and the tables; empty: all is open.
    """

    name: str
    title: str
    sentences: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    folded: str = ""

    @property
    def told(self) -> tuple[str, ...]:
        """The sentences that everybody sees."""
        return self.sentences[:MOST_SAID]

    @property
    def untold(self) -> tuple[str, ...]:
        """The sentences that are folded away with the tables."""
        return self.sentences[MOST_SAID:]


def sections(audit: Audit) -> Iterator[Section]:
    """Every part of an audit that has anything in it."""
    if audit.diagnosis:
        yield from _diagnosis(audit)
    stages = tuple(stage_sheets(audit))
    if stages:
        yield Section("stages", "From stage to stage", sheets=stages)
    yield Section(
        "files", "What was read", sheets=tuple(read_sheets(audit)), folded="How each column was read"
    )


def _diagnosis(audit: Audit) -> Iterator[Section]:
    found = audit.diagnosis
    assert found
    judged = any(link.status in _JUDGED for link in found.leaks.links)
    yield _section("leaks", "Where it leaks", found.leaks, drawn=judged)
    asks = _section("asks", "Asks", found.asks, drawn="ask" in audit.case.cycles.on_record)
    yield replace(asks, sentences=(*found.ready(), *asks.sentences))
    yield _section("balance", "Is enough on the way?", found.balance)
    told = isinstance(found.forecast.months, tuple)
    yield _section("forecast", "What comes next", found.forecast, *_incomes(found.forecast), drawn=told)
    yield _paths(found.paths)


def _incomes(report: Forecast) -> list[Picture]:
    """The chart of income, where money is on record."""
    return [] if report.currency is None else [lambda: report.chart("income")]


def _paths(report: Paths) -> Section:
    """The flow from path to path, or what would have to be known for it."""
    if len([total for total in report.totals if total.path != NOT_KNOWN]) < FEWEST_PATHS:
        return Section("paths", "From path to path", (UNKNOWN_PATHS,))
    section = _section("paths", "From path to path", report, drawn=False)
    return replace(section, pictures=(report.flow,))


def _section(name: str, title: str, report: Any, *more: Picture, drawn: bool = True) -> Section:
    pictures = (report.chart, *more) if drawn else ()
    sheets = tuple(report_sheets(report))
    return Section(
        name, title, tuple(report.sentences()), pictures, sheets, folded="The rest, and the figures"
    )
