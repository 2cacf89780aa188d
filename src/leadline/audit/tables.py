"""The tables of an audit, for the terminal and the page alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from leadline.engine.dimensions import NOT_KNOWN
from leadline.engine.estimates import NEEDED, Duration, Estimate, TooEarly
from leadline.engine.kinds import Kinds
from leadline.engine.reports.conversion import Conversion, Conversions
from leadline.engine.reports.velocity import Wait
from leadline.engine.what_if import WhatIf
from leadline.engine.wording import counted, duration_words, percent, plural, share_words

if TYPE_CHECKING:
    from leadline.audit.audit import Audit

MOST_ROWS = 15
"""So many rows a window shows of a table that is too long to be shown whole."""
MOST_ON_PAGE = 1000
FEW_ROWS = 8
LONGEST = 300
"""A note or a cell with more characters than this is cut short."""


class Drawn(Protocol):
    """A report that draws itself."""

    def chart(self) -> Any:
        """The chart, by altair."""


@dataclass(frozen=True)
class Sheet:
    """A table to look at.

    `right` are the places of the columns of numbers, `wide` those of running text, `spare` those that are
    left out, the last first, where there is too little room; `shown` says how many rows a window shows, and
    `total` how many there are, of which `cells` has no more than MOST_ON_PAGE; `lead` is the sentence above
    it; `report` is what can draw a chart of it.
    """

    title: str
    headings: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()
    wide: frozenset[int] = frozenset()
    spare: frozenset[int] = frozenset()
    shown: int = MOST_ROWS
    total: int = 0
    lead: str = ""
    report: Drawn | None = None

    @property
    def leading(self) -> tuple[tuple[str, ...], ...]:
        """The rows that a window shows."""
        return self.cells[: self.shown]

    @property
    def more(self) -> int:
        """How many rows a window leaves out."""
        return max(self.total - len(self.leading), 0)

    @property
    def is_tall(self) -> bool:
        """Whether a page shows it in a frame of its own, to be scrolled."""
        return len(self.cells) > self.shown

    @property
    def is_long(self) -> bool:
        """Whether it is folded away on a page: there is a chart that says the same more shortly."""
        return self.report is not None and len(self.cells) > FEW_ROWS


def shortened(text: str) -> str:
    """A text as it is shown: of one that goes on and on, the beginning and the end."""
    half = LONGEST // 2
    return text if len(text) <= LONGEST else f"{text[:half]} … {text[-half:]}"


def stage_sheets(audit: Audit) -> Iterator[Sheet]:
    """The tables about stages that have anything in them, in the order of reading."""
    yield from (sheet for sheet in _every_stage_sheet(audit) if sheet.cells)


def read_sheets(audit: Audit) -> Iterator[Sheet]:
    """The tables about what was read, and how."""
    yield _columns(audit)
    yield _files(audit)
    if audit.imported.unused:
        yield _reasons(audit)


def _every_stage_sheet(audit: Audit) -> Iterator[Sheet]:
    if audit.is_dated:
        yield replace(_standing(audit), report=audit.standing)
        yield replace(steps_sheet(audit.steps), report=audit.main or audit.steps)
        if audit.periods:
            title = f"By {_period_word(audit.periods)} in which they began"
            yield replace(_cohorts(audit.periods, title, newest=True), report=audit.periods)
        for name, report in audit.dimensions:
            yield replace(_cohorts(report, f"By {name}"), report=report)
        yield replace(_velocity(audit), report=audit.velocity)
    if audit.differences and audit.differences.pairs:
        yield _differences(audit)
    for name, ended in audit.undated:
        yield replace(_outcomes(name, ended), report=ended)


def _sheet(
    title: str,
    headings: tuple[str, ...],
    cells: Sequence[tuple[str, ...]],
    *,
    numbers: tuple[int, ...] = (),
    wide: tuple[int, ...] = (),
    spare: Iterable[int] = (),
    most: int = MOST_ROWS,
    lead: str = "",
) -> Sheet:
    return Sheet(
        title,
        headings,
        tuple(cells[:MOST_ON_PAGE]),
        right=frozenset(numbers),
        wide=frozenset(wide),
        spare=frozenset(spare),
        shown=shown_of(len(cells), most),
        total=len(cells),
        lead=lead,
    )


def shown_of(rows: int, most: int) -> int:
    """How many rows a window shows: all, or of more than `most` the leading ones."""
    return rows if rows <= most else min(most, MOST_ROWS)


def _standing(audit: Audit) -> Sheet:
    stages = [("stranger", "No evidence for any stage.")] + [(s.name, s.means) for s in audit.funnel.stages]
    cells = [
        (name, f"{place.count:,}", percent(place.share) if place.count else "", means)
        for (name, means), place in zip(stages, audit.standing.total.places, strict=True)
    ]
    return _sheet(
        "Where everybody stands",
        ("stage", plural(audit.unit), "share", "means"),
        cells,
        numbers=(1, 2),
        wide=(3,),
        most=40,
    )


def steps_sheet(report: Conversions, title: str = "From stage to stage") -> Sheet:
    """How many went on from each stage to the next, and the whole way."""
    ways = [way for way in report.steps if not _is_passed_at_once(way)]
    whole = report.whole
    if whole and whole.total.fields() not in [way.total.fields() for way in ways]:
        ways.append(whole)
    days = _horizons_said(ways)
    headings = (
        "from",
        "to",
        "reached",
        "went on",
        "left",
        "in play",
        *(f"in {counted(day, 'day')}" for day in days),
    )
    cells = [
        (
            way.from_stage,
            way.to_stage,
            *_counts(way.total),
            *(_share(way.total.within.get(day)) for day in days),
        )
        for way in ways
        if way.total.entered
    ]
    lead = "Of those who reached a stage, how many went on; who is still in play is neither won nor lost yet."
    spare = range(7, len(headings))
    return _sheet(title, headings, cells, numbers=(2, 3, 4, 5), spare=spare, lead=lead)


def _is_passed_at_once(way: Conversion) -> bool:
    """Whether everybody skipped the first stage: these files have no evidence that tells the two apart."""
    return way.total.entered == way.total.skipped


def _cohorts(report: Conversion, title: str, *, newest: bool = False) -> Sheet:
    days = _horizons_said([report])
    what = title.removeprefix("By ").partition(" ")[0]
    headings = (what, "reached", "went on", "left", "in play", *(f"in {counted(day, 'day')}" for day in days))
    cohorts = list(reversed(report.cohorts)) if newest else list(report.cohorts)
    cells = [
        (cohort.name, *_counts(cohort), *(_share(cohort.within.get(day)) for day in days))
        for cohort in cohorts
    ]
    lead = f"From “{report.from_stage}” to “{report.to_stage}”." + _late_filled(report)
    most, spare = 24 if newest else MOST_ROWS, range(6, len(headings))
    return _sheet(title, headings, cells, numbers=(1, 2, 3, 4), spare=spare, lead=lead, most=most)


def _late_filled(report: Conversion) -> str:
    """A warning where a column is blank for all who are still in play: then its shares are too high."""
    blank = [cohort for cohort in report.cohorts if cohort.group == NOT_KNOWN]
    ended = sum(cohort.converted + cohort.left for cohort in blank)
    if not blank or ended or sum(cohort.entered for cohort in blank) < NEEDED:
        return ""
    return (
        " Careful: it is blank only where nothing has ended yet, so it was filled in late, "
        "and its shares are too high."
    )


def _velocity(audit: Audit) -> Sheet:
    cells = [
        (
            wait.name,
            *(f"{number:,}" for number in (wait.began, wait.ended, wait.left, wait.waiting)),
            *_times(wait),
        )
        for wait in audit.velocity.waits
        if wait.began and not _is_at_once(wait)
    ]
    headings = ("how long", "began", "ended", "left", "waiting", "a quarter", "half", "three quarters")
    lead = "Who still waits is counted as waiting, not left out."
    return _sheet(
        "How long it takes", headings, cells, numbers=(1, 2, 3, 4), spare=(5, 7), most=40, lead=lead
    )


def _times(wait: Wait) -> list[str]:
    said = (wait.quarter, wait.median, wait.three_quarters)
    return [
        duration_words(Duration(time.value, time.value, time.value))
        if isinstance(time, Duration)
        else "too few"
        for time in said
    ]


def _is_at_once(wait: Wait) -> bool:
    """Whether everybody who came was there at once: a stage that these files can't tell apart."""
    return isinstance(wait.three_quarters, Duration) and wait.three_quarters.value == 0


def _differences(audit: Audit) -> Sheet:
    assert audit.differences is not None
    said = {True: "agrees", False: "differs", None: "no such word"}
    cells = [
        (row["typed"], row["evidence"], f"{row['count']:,}", said[row["agrees"]])
        for row in audit.differences.rows()
    ]
    lead = "A stage that somebody typed is not evidence. Where it and the evidence differ:"
    return _sheet(
        "What was typed, and what the evidence says",
        ("typed", "evidence", plural(audit.unit), "verdict"),
        cells,
        numbers=(2,),
        lead=lead,
    )


def _outcomes(name: str, report: Any) -> Sheet:
    cells = [
        (it.name, f"{it.won:,}", f"{it.lost:,}", f"{it.open:,}", _share(it.share))
        for it in report.groups or (report.total,)
    ]
    title = f"Won and lost by {name}" if name else "Won and lost"
    return _sheet(title, (name or "of", "won", "lost", "open", "share won"), cells, numbers=(1, 2, 3))


def _columns(audit: Audit) -> Sheet:
    told = audit.imported.mapping.rows()
    several = len({row.get("file") for row in told}) > 1
    names = ("file", "column", "meaning", "because")[not several :]
    cells = [tuple(str(row.get(name, "")) for name in names) for row in told]
    lead = "Wrong? Keep this with --keep-map FILE, change it there, and give it back with --map FILE."
    return _sheet(
        "What each column was taken to mean",
        ("file", "column", "means", "because")[not several :],
        cells,
        wide=(len(names) - 1,),
        most=60,
        lead=lead,
    )


def _files(audit: Audit) -> Sheet:
    cells = [
        (f.name, f"{f.rows_read:,}", f"{f.rows_used:,}", f"{f.rows_unused:,}") for f in audit.imported.files
    ]
    return _sheet("What was read", ("file", "rows", "used", "not used"), cells, numbers=(1, 2, 3), most=40)


def _reasons(audit: Audit) -> Sheet:
    cells = [(reason, f"{count:,}") for reason, count in audit.reasons()]
    return _sheet("Why rows were not used", ("reason", "rows"), cells, numbers=(1,), wide=(0,))


def _counts(cohort: Any) -> tuple[str, ...]:
    return tuple(f"{number:,}" for number in (cohort.entered, cohort.converted, cohort.left, cohort.in_play))


def _horizons_said(ways: list[Conversion]) -> list[int]:
    """The numbers of days for which any share is known."""
    days = sorted({day for way in ways for day in way.total.within})
    known = [day for day in days if any(isinstance(way.total.within.get(day), Estimate) for way in ways)]
    return known[:: max(len(known) // 3, 1)][:3] if len(known) > 3 else known


def _share(said: Any) -> str:
    if isinstance(said, Estimate):
        return share_words(said).replace("between ", "").replace(" and ", "–")
    return "" if said is None else "too early" if isinstance(said, TooEarly) else "too few"


def _period_word(report: Conversion) -> str:
    label = next((cohort.period for cohort in report.cohorts if cohort.period), "") or ""
    return "week" if "W" in label else "quarter" if "Q" in label else "month" if "-" in label else "year"


def changes(found: WhatIf) -> Sheet:
    """Each stage of two funnels: who stands there now, and who ever reached it."""
    cells = [
        (
            row["stage"],
            *(f"{row[name]:,}" for name in ("old", "new", "reached_old", "reached_new")),
            *("" if row[name] is None else percent(row[name], 1) for name in ("share_old", "share_new")),
        )
        for row in found.rows()
    ]
    headings = ("stage", "now, old", "now, new", "ever, old", "ever, new", "share, old", "share, new")
    names = f"old: {found.old.funnel.name}; new: {found.new.funnel.name}"
    lead = f"{names}; share: of everybody, who ever stood there"
    return _sheet("What would change", headings, cells, numbers=(1, 2, 3, 4, 5, 6), most=60, lead=lead)


def kinds_sheet(kinds: Kinds) -> Iterator[Sheet]:
    """The kinds, then the groups and facts with their sentences."""
    cells = [
        (kind.name, kind.link, kind.direction, ", ".join((*kind.groups, *kind.sets)), kind.means)
        for kind in kinds.kinds
    ]
    yield _sheet(
        "Kinds of touches", ("kind", "link", "direction", "counts as", "means"), cells, wide=(3, 4), most=1000
    )
    for title, declared in (("Groups", kinds.groups), ("Facts", kinds.facts)):
        said = [(one.name, one.means) for one in declared.values()]
        yield _sheet(title, (title.lower().removesuffix("s"), "means"), said, wide=(1,), most=1000)
