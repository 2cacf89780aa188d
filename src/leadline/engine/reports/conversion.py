"""Conversion: of those who reached one stage in a period, who reached another, and by when.

To reach a stage is to stand for the first time in it or in a later one (`passages` has every edge). A cohort
is those who reached the first stage in one calendar period (UTC), or all of them; each counts once. `so_far`
is the plain share that has converted up to `as_of`. Who leaves first counts as left in every share and row,
even if they come back and arrive later (`returned`); the first sentence counts them among those who arrived,
so that it agrees with counts of all who ever did. The share within so many days is the cumulative incidence
of Aalen and Johansen: those still in play are censored at `as_of`, leaving is a competing exit (`survival`
has the formulas).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from leadline.engine import charts
from leadline.engine.cohorts import Cohort, make_cohort
from leadline.engine.dimensions import NOT_KNOWN, check_dimension, parts, periods
from leadline.engine.estimates import USUAL, Caution, Estimate
from leadline.engine.instants import DAY
from leadline.engine.passages import passages, path_of
from leadline.engine.wording import counted, listed, number_words, percent, relative, share_words, why_unsaid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import altair as alt

    from leadline.engine.dimensions import Period
    from leadline.engine.history import History
    from leadline.engine.passages import Passages
    from leadline.engine.touches import Column

HORIZONS = (30, 60, 90, 180, 365)
"""The numbers of days within which conversion is told, unless others are asked for."""

_MOST_LINES = 12


@dataclass(frozen=True)
class Conversion:
    """From one stage to another: all, and the cohorts where a period or a dimension was asked for."""

    from_stage: str
    to_stage: str
    unit: str
    total: Cohort
    cohorts: tuple[Cohort, ...]

    def rows(self) -> list[dict[str, Any]]:
        """A dict for each cohort; one for all where there are no cohorts."""
        return [cohort.fields() for cohort in self.cohorts or (self.total,)]

    def sentences(self) -> list[str]:
        """What the report says, the most important first."""
        if not self.total.entered:
            return [
                f"Nobody has reached “{self.from_stage}” yet, so nobody could go on to “{self.to_stage}”."
            ]
        return [self._counts(), *self._within(), *self._edges(), *self._extremes(), *self._lines()]

    def chart(self) -> alt.Chart:
        """The share over time; of cohorts, the share within the horizon of which most is known."""
        title, description = f"From {self.from_stage} to {self.to_stage}", " ".join(self.sentences()[:3])
        if not self.total.entered:
            return charts.note(title, description)
        if not self.cohorts:
            return _draw_curve(self.total, title, description, f"days since “{self.from_stage}”")
        rows = [_dot(cohort, self._horizon()) for cohort in self.cohorts]
        subtitle = "Dot: the share that gets there. Line: how exactly it is known."
        title = f"{title}, {self._by_when()}"
        newest = any(cohort.period for cohort in self.cohorts)
        return charts.ranges(rows, title, description, unit="share", subtitle=subtitle, newest=newest)

    def _counts(self) -> str:
        """Where everybody is now: who left, came back and went on is among those who went on."""
        total = self.total
        reached, gone = total.converted + total.returned, total.left - total.returned
        have, are = "has" if reached == 1 else "have", "is" if total.in_play == 1 else "are"
        arrived, left, in_play = map(number_words, (reached, gone, total.in_play))
        begun = f"Of {counted(total.entered, self.unit)} {relative(self.unit)} reached “{self.from_stage}”"
        done = f"{arrived} {have} reached “{self.to_stage}” so far"
        said = f"{begun}, {done}, {left} left without it and {in_play} {are} still in play."
        if not total.returned:
            return said
        came_back = f"{total.returned:,} of those who reached it had left and come back"
        return f"{said} {came_back}: counted as left in shares and tables, since that came first."

    def _within(self) -> Iterator[str]:
        said: dict[str, int] = {}  # where no more get there in a longer time, the shorter one says it
        for days, it in self.total.within.items():
            if isinstance(it, Estimate):
                said.setdefault(share_words(it), days)
        if said:
            shares = listed([f"within {counted(days, 'day')} {words}" for words, days in said.items()])
            yield f"{shares[0].upper()}{shares[1:]} get there."
        for days, unsaid in self.total.within.items():
            if not isinstance(unsaid, Estimate):
                yield f"Within {counted(days, 'day')} or more: {why_unsaid(unsaid, self.unit)}."
                return

    def _edges(self) -> Iterator[str]:
        skipped = self.total.skipped
        if skipped:
            who = f"{counted(skipped, self.unit)} skipped “{self.from_stage}”"
            yield f"{who} and came to “{self.to_stage}” or beyond at once: converted on the first day."

    def _extremes(self) -> Iterator[str]:
        """The best and the weakest group, and whether more than chance lies between them."""
        days = self._horizon()
        named = [it for it in self.cohorts if it.group != NOT_KNOWN]
        known = [(said, it) for it in named if isinstance(said := _share(it, days), Estimate)]
        if len(known) < 2 or any(it.period for _, it in known):
            return
        best, weakest = (pick(known, key=lambda pair: pair[0].value) for pick in (max, min))
        words = [f"“{it.name}” with {share_words(said)}" for said, it in (best, weakest)]
        chance = "more than chance makes" if best[0].low > weakest[0].high else "small enough to be chance"
        yield f"Best {self._by_when()}: {words[0]}; weakest: {words[1]}. The difference is {chance}."

    def _lines(self) -> Iterator[str]:
        days = self._horizon()
        for it in self._shown(_MOST_LINES):
            said = _share(it, days)
            words = share_words(said) if isinstance(said, Estimate) else why_unsaid(said, self.unit)
            yield f"{it.name}: {it.converted:,} of {it.entered:,} so far; {self._by_when()} {words}."
        hidden = len(self.cohorts) - _MOST_LINES
        if hidden > 0:
            yield f"The table has {hidden:,} more."

    def _shown(self, most: int) -> tuple[Cohort, ...]:
        """The latest periods, or the largest groups."""
        by_period = any(cohort.period for cohort in self.cohorts)
        return self.cohorts[-most:] if by_period else self.cohorts[:most]

    def _horizon(self) -> int | None:
        """The horizon for which most cohorts have a share, the longest of those; None where none has one."""
        known = {
            days: sum(isinstance(cohort.within[days], Estimate) for cohort in self.cohorts)
            for days in self.total.within
        }
        best = max(known, key=lambda days: (known[days], days), default=None)
        return best if best is not None and known[best] else None

    def _by_when(self) -> str:
        days = self._horizon()
        return f"within {counted(days, 'day')}" if days else "so far"


@dataclass(frozen=True)
class Conversions:
    """Every step of a funnel, and the whole way from its first stage to the last that isn't a leaving."""

    steps: tuple[Conversion, ...]
    whole: Conversion | None

    def rows(self) -> list[dict[str, Any]]:
        """A dict for each step, and one for the whole way (`step` is "whole")."""
        ways = [(str(number), step) for number, step in enumerate(self.steps, start=1)]
        ways += [("whole", self.whole)] if self.whole else []
        return [
            {"step": name, "from": way.from_stage, "to": way.to_stage} | _plain(way.total)
            for name, way in ways
        ]

    def sentences(self) -> list[str]:
        """What each step says first, then the whole way."""
        if not self.steps:
            return ["This funnel has a single stage, so there is nothing to convert from."]
        whole = (self.whole,) if self.whole else ()
        return [sentence for way in (*self.steps, *whole) for sentence in way.sentences()[:2]]

    def chart(self) -> alt.Chart:
        """How many have reached each stage, and the share of those before."""
        title = "How many have reached each stage"
        description = " ".join(step.sentences()[0] for step in self.steps) or self.sentences()[0]
        if not self.steps:
            return charts.note(title, description)
        start = self.steps[0]
        rows = [{"name": start.from_stage, "count": start.total.entered, "label": f"{start.total.entered:,}"}]
        for step in self.steps:
            on, of = step.total.converted + step.total.returned, step.total.entered
            label = f"{on:,}" + (f" · {percent(on / of)} of “{step.from_stage}”" if of else "")
            rows.append({"name": step.to_stage, "count": on, "label": label})
        return charts.bars(rows, title, description)


def conversion(
    history: History,
    from_stage: str,
    to_stage: str,
    *,
    period: Period | None = None,
    by: Column | None = None,
    horizons: Sequence[int] = HORIZONS,
    caution: Caution = USUAL,
    unit: str = "contact",
) -> Conversion:
    """The conversion from a stage to a later one, by calendar period and by a value for each subject.

    `by` is aligned with `history.subjects`; `horizons` are days; `unit` is what one subject is called in
    sentences. Raises UnknownName, BadPassage or BadDimension.
    """
    check_dimension(by, len(history.subjects))
    begun = passages(history, from_stage, to_stage)
    split = list(_split(begun, period, by)) if period or by is not None else []
    cohorts = tuple(
        make_cohort(some, horizons, caution, period=when, group=group) for when, group, some in split
    )
    return Conversion(from_stage, to_stage, unit, make_cohort(begun, horizons, caution), cohorts)


def conversions(
    history: History,
    *,
    horizons: Sequence[int] = HORIZONS,
    caution: Caution = USUAL,
    unit: str = "contact",
) -> Conversions:
    """Each pair of stages that follow each other, and the whole way; stages of role `left` are no step."""
    path = path_of(history.funnel)

    def way(start: str, end: str) -> Conversion:
        return conversion(history, start, end, horizons=horizons, caution=caution, unit=unit)

    steps = tuple(way(start, end) for start, end in pairwise(path))
    return Conversions(steps, way(path[0], path[-1]) if len(steps) > 1 else None)


def _split(
    begun: Passages, period: Period | None, by: Column | None
) -> Iterator[tuple[str | None, str | None, Passages]]:
    """The passages of each period that has any, and in it of each group that has any."""
    whens = (
        [(label, begun.take(at)) for label, at in periods(begun.start, period)] if period else [(None, begun)]
    )
    for when, some in whens:
        if by is None:
            yield when, None, some
        else:
            yield from ((when, group, some.take(at)) for group, at in parts(by.take(some.contact)))


def _share(cohort: Cohort, days: int | None) -> Any:
    return cohort.so_far if days is None else cohort.within[days]


def _plain(cohort: Cohort) -> dict[str, Any]:
    return {name: value for name, value in cohort.fields().items() if name not in {"period", "group"}}


def _dot(cohort: Cohort, days: int | None) -> dict[str, Any]:
    said = _share(cohort, days)
    if isinstance(said, Estimate):
        limits = {"value": said.value, "low": said.low, "high": said.high}
        return {"name": cohort.name, **limits, "label": f"{percent(said.value)} of {cohort.entered:,}"}
    return {
        "name": cohort.name,
        "value": None,
        "low": None,
        "high": None,
        "label": f"{cohort.entered:,}: too few to say",
    }


def _draw_curve(cohort: Cohort, title: str, description: str, axis: str) -> alt.Chart:
    if not cohort.known_until:
        return charts.note(title, "Too few, or too early, to draw how it goes on.")
    points = [
        {"time": time / DAY, "value": share.value, "low": share.low, "high": share.high}
        for time, share in cohort.curve.points(cohort.known_until)
    ]
    return charts.curve(points, title, description, axis=axis)
