"""The parts of an audit in the order of reading: what each says, draws and lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leadline.audit.report_sheets import report_sheets
from leadline.audit.tables import Sheet, read_sheets, stage_sheets

if TYPE_CHECKING:
    from leadline.audit.audit import Audit

MOST_SAID = 4
"""More sentences than this are folded away."""

Picture = Callable[[], Any]
"""What gives a chart, by altair."""


@dataclass(frozen=True)
class Section:
    """A part of an audit: its anchor and title, sentences with the most important first, charts and tables.

    `folded` is what to click on to see the rest: the further sentences and the tables; empty where all is open.
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
    yield _section("leaks", "Where it leaks", found.leaks)
    yield _section("balance", "Is enough on the way?", found.balance)


def _section(name: str, title: str, report: Any, *more: Picture, drawn: bool = True) -> Section:
    pictures = (report.chart, *more) if drawn else ()
    sheets = tuple(report_sheets(report))
    return Section(
        name, title, tuple(report.sentences()), pictures, sheets, folded="The rest, and the figures"
    )
