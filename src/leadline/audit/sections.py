"""The parts of an audit in the order of reading: what each says, draws and lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from leadline.audit.report_sheets import report_sheets
from leadline.audit.tables import Sheet, read_sheets, stage_sheets
from leadline.engine.cycle.links import NOT_KNOWN
from leadline.engine.reports.paths import STEPS
from leadline.engine.wording import counted

if TYPE_CHECKING:
    from leadline.audit.audit import Audit
    from leadline.audit.diagnosis import Diagnosis
    from leadline.engine.reports.forecast import Forecast
    from leadline.engine.reports.leaks import Leaks
    from leadline.engine.reports.paths import Paths

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

    The `caption` says below the charts how to read them. `folded` is what to click on to see the rest, the
    further sentences and the tables; empty: all is open.
    """

    name: str
    title: str
    sentences: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    caption: str = ""
    sheets: tuple[Sheet, ...] = ()
    folded: str = ""

    @property
    def told(self) -> tuple[str, ...]:
        """The sentences that everybody sees."""
        return self.sentences[: MOST_SAID if self.folded else None]

    @property
    def untold(self) -> tuple[str, ...]:
        """The sentences that are folded away with the tables."""
        return self.sentences[len(self.told) :]


def sections(audit: Audit) -> Iterator[Section]:
    """Every part of an audit that has anything in it."""
    if audit.diagnosis:
        yield from _diagnosis(audit.diagnosis)
    stages = tuple(stage_sheets(audit))
    if stages:
        yield Section("stages", "From stage to stage", sheets=stages)
    read, said = tuple(read_sheets(audit)), tuple(audit.reading())
    yield Section("files", "What was read", said, sheets=read, folded="Files, columns, and rows not used")


def _diagnosis(found: Diagnosis) -> Iterator[Section]:
    yield _leaks(found.leaks)
    yield _asks(found)
    yield _section("balance", "Is enough on the way?", found.balance)
    yield _forecast(found.forecast)
    yield _paths(found.paths)


def _leaks(report: Leaks) -> Section:
    """Where it leaks; where no link can be judged, only what would have to be recorded."""
    section = _section("leaks", "Where it leaks", report)
    judged = any(link.status in _JUDGED for link in report.links)
    return section if judged else Section(section.name, section.title, section.sentences)


def _asks(found: Diagnosis) -> Section:
    """The asks, whom to ask next first; where none is on record, only that."""
    section = _section("asks", "Asks", found.asks, found.called)
    plan = found.asks.planned()
    if not found.asks.on_record:
        return Section(section.name, section.title, (section.sentences[0], *plan))
    rest = section.sentences[len(plan) :]
    return replace(section, sentences=(*plan[:1], *found.ready(), *plan[1:], *rest))


def _forecast(report: Forecast) -> Section:
    """What comes next; where too little is on record to foresee it, only why."""
    section = _section("forecast", "What comes next", report)
    if not isinstance(report.months, tuple):
        return Section(section.name, section.title, section.sentences)
    return replace(section, pictures=(*section.pictures, *_incomes(report)))


def _incomes(report: Forecast) -> list[Picture]:
    """The chart of income, where money is on record."""
    return [] if report.currency is None else [lambda: report.chart("income")]


def _paths(report: Paths) -> Section:
    """The flow from path to path, or what would have to be known for it."""
    if len([total for total in report.totals if total.path != NOT_KNOWN]) < FEWEST_PATHS:
        return Section("paths", "From path to path", (UNKNOWN_PATHS,))
    section = _section("paths", "From path to path", report)
    return replace(section, pictures=(report.flow,), caption=_at_once(report))


def _at_once(report: Paths) -> str:
    """Who is in the second column of the flow without having been nurtured."""
    second = sum(move.count for move in report.steps if move.step == 0)
    hasty = second - report.nurtured
    if hasty <= 0:
        return ""
    are, were = ("is", "was") if hasty == 1 else ("are", "were")
    who = f"{counted(hasty, report.unit)} who {were} asked, or bought, without being nurtured before"
    return f"Among those under “{STEPS[1]}” {are} {who}."


def _section(name: str, title: str, report: Any, called: Callable[[Any], str] = str) -> Section:
    said, sheets = tuple(report.sentences()), tuple(report_sheets(report, called))
    return Section(name, title, said, (report.chart,), sheets=sheets, folded="More, and the figures")
