"""Velocity: how long contacts stay in each stage, and how long it takes to reach each.

*In a stage*: one entry for each visit, from entering to leaving; visits that still last are censored at
`as_of` (Kaplan and Meier). Each visit counts, so that who comes twice counts twice. *To a stage*: one entry
for each contact from its first stage (or first touch) until it reaches the stage (`passages` says what that
is); who is still on the way is censored, leaving is a competing exit, and the quartiles are of all who began,
so that a median of which it is said that it isn't reached yet means: fewer than half have come so far (Aalen
and Johansen; `survival` has the formulas). Stages of role `left` are neither stayed in nor aimed at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from leadline.engine import charts
from leadline.engine.dimensions import check_dimension, parts
from leadline.engine.estimates import USUAL, Caution, Duration, TooFewConversions
from leadline.engine.instants import DAY, NEVER
from leadline.engine.passages import passages_since, path_of, reached
from leadline.engine.survival import HAPPENED, WAITING, incidence
from leadline.engine.wording import counted, duration_words, time_words, why_unsaid, within_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import altair as alt
    import numpy.typing as npt

    from leadline.engine.history import History
    from leadline.engine.survival import Integers
    from leadline.engine.touches import Column

_MOST_LINES = 24

QUARTILES = {"quarter": 0.25, "median": 0.5, "three_quarters": 0.75}
"""The shares of which the time is told."""

Measure = Literal["in", "to"]


@dataclass(frozen=True)
class Wait:
    """How long one thing takes: a stay `in` a stage, or the way `to` it, for all or for one group.

    `began` is the sum of `ended` (left the stage, or reached it), `left` (went away before; 0 for stays) and
    `waiting`. `quarter`, `median` and `three_quarters` are the times by which it has ended so for a quarter,
    half and three quarters of all who began, or too few to say.
    """

    measure: Measure
    stage: str
    group: str | None
    began: int
    ended: int
    left: int
    waiting: int
    quarter: Duration | TooFewConversions
    median: Duration | TooFewConversions
    three_quarters: Duration | TooFewConversions

    def fields(self) -> dict[str, Any]:
        """The wait as flat data, times in days; None is not reached yet, unless `unsaid` has a reason."""
        names = ("measure", "stage", "group", "began", "ended", "left", "waiting")
        row: dict[str, Any] = {name: getattr(self, name) for name in names}
        for name in QUARTILES:
            row |= _days(name, getattr(self, name))
        return row | {"unsaid": self.median.reason if isinstance(self.median, TooFewConversions) else None}

    @property
    def name(self) -> str:
        """The stage and the group, as a label."""
        return f"{self.measure} {self.stage}" + (f", {self.group}" if self.group else "")


@dataclass(frozen=True)
class Velocity:
    """The stays in each stage, then the ways to each; `since` is what the ways are counted from."""

    unit: str
    since: str
    waits: tuple[Wait, ...]

    def rows(self) -> list[dict[str, Any]]:
        """A dict for each wait."""
        return [wait.fields() for wait in self.waits]

    def sentences(self) -> list[str]:
        """A sentence for each wait; of very many, the first."""
        if not any(wait.began for wait in self.waits):
            return ["Nobody has reached a stage yet, so there is no time to measure."]
        said = [self._sentence(wait) for wait in self.waits[:_MOST_LINES]]
        hidden = len(self.waits) - _MOST_LINES
        return said + ([f"The table has {hidden:,} more."] if hidden > 0 else [])

    def chart(self) -> alt.Chart:
        """The median of each wait, on a line from its first to its third quartile."""
        title, subtitle = (
            "How long it takes",
            "Dot: half of them. Line: from a quarter to three quarters, as far as reached.",
        )
        description = " ".join(self.sentences()[:6])
        dots = [_dot(wait) for wait in self.waits if wait.began]
        if not dots:
            return charts.note(title, description)
        return charts.ranges(dots, title, description, unit="days", subtitle=subtitle)

    def _sentence(self, wait: Wait) -> str:
        said = self._stay(wait) if wait.measure == "in" else self._way(wait)
        return f"{wait.group}: {said[0].lower()}{said[1:]}" if wait.group else said

    def _stay(self, wait: Wait) -> str:
        if isinstance(wait.median, TooFewConversions):
            return f"The time in “{wait.stage}”: {why_unsaid(wait.median, 'stay')}."
        stays = f"{counted(wait.began, 'stay')} in “{wait.stage}”"
        last = "lasts" if wait.waiting == 1 else "last"
        still = f"; {wait.waiting:,} {last} still." if wait.waiting else "."
        if not wait.ended:
            return f"None of {stays} has ended yet."
        if wait.median.value is None:
            return f"Fewer than half of {stays} have ended so far{_quarters(wait)}{still}"
        return f"Half of {stays} end {duration_words(wait.median)}{_quarters(wait)}{still}"

    def _way(self, wait: Wait) -> str:
        if isinstance(wait.median, TooFewConversions):
            return f"The time from {self.since} to “{wait.stage}”: {why_unsaid(wait.median, self.unit)}."
        who, way = counted(wait.began, self.unit), f"from {self.since} to “{wait.stage}”"
        rest = [f"{wait.waiting:,} still on the way"] * (wait.waiting > 0) + [f"{wait.left:,} left"] * (
            wait.left > 0
        )
        still = "".join(f"; {part}" for part in rest) + "."
        if not wait.ended:
            return f"None of {who} has got {way} yet{still}"
        if wait.median.value is None:
            return f"Fewer than half of {who} have got {way} so far{_quarters(wait)}{still}"
        return f"Half of {who} get {way} {duration_words(wait.median)}{_quarters(wait)}{still}"


def velocity(
    history: History,
    by: Column | None = None,
    *,
    first_touch: Integers | None = None,
    caution: Caution = USUAL,
    unit: str = "contact",
) -> Velocity:
    """How long it takes, by a value for each subject where `by` (aligned with `history.subjects`) is given.

    Ways are counted from reaching the first stage, or from `first_touch`: an instant for each subject, NEVER
    where there is none (`Touches.first_at`). Raises BadDimension.
    """
    check_dimension(by, len(history.subjects))
    check_dimension(first_touch, len(history.subjects))
    path = path_of(history.funnel)
    timed = [*_stays(history, path), *_ways(history, path, first_touch)]
    waits = [_wait(some, group, caution) for one in timed for group, some in one.split(by)]
    since = "the first touch" if first_touch is not None else f"“{path[0]}”" if path else ""
    return Velocity(unit, since, tuple(waits))


@dataclass(frozen=True, eq=False)
class _Timed:
    """What is timed: how long it took each, and how it ended."""

    measure: Measure
    stage: str
    contact: Any
    duration: Integers
    outcome: npt.NDArray[Any]

    def split(self, by: Column | None) -> Iterator[tuple[str | None, _Timed]]:
        """Each group by itself, or all."""
        if by is None:
            yield None, self
            return
        for group, at in parts(by.take(self.contact)):
            some = (part[at] for part in (self.contact, self.duration, self.outcome))
            yield group, _Timed(self.measure, self.stage, *some)


def _stays(history: History, path: list[str]) -> Iterator[_Timed]:
    visits = history.by_stage()
    for stage in path:
        rows = np.flatnonzero(visits.stage == history.funnel.stage_number(stage))
        left_at = visits.left_at[rows]
        duration = np.minimum(left_at, history.as_of) - visits.entered_at[rows]
        outcome = np.where(left_at == NEVER, WAITING, HAPPENED)
        yield _Timed("in", stage, visits.contact[rows], duration, outcome)


def _ways(history: History, path: list[str], first_touch: Integers | None) -> Iterator[_Timed]:
    if not path:
        return
    number = history.funnel.stage_number
    start = reached(history, number(path[0])) if first_touch is None else first_touch
    for stage in path[1:] if first_touch is None else path:
        way = passages_since(history, start, number(stage))
        yield _Timed("to", stage, way.contact, way.duration, way.outcome)


def _wait(some: _Timed, group: str | None, caution: Caution) -> Wait:
    began = len(some.duration)
    waiting, ended, left = np.bincount(some.outcome, minlength=3).tolist()
    times: Sequence[Duration | TooFewConversions] = [TooFewConversions(began, caution.needed)] * len(
        QUARTILES
    )
    if began >= max(caution.needed, 1):
        curve = incidence(some.duration, some.outcome, caution.level)
        times = curve.quantiles(list(QUARTILES.values()))
    return Wait(some.measure, some.stage, group, began, ended, left, waiting, *times)


def _days(name: str, time: Duration | TooFewConversions) -> dict[str, float | None]:
    limits = (None,) * 3 if isinstance(time, TooFewConversions) else (time.value, time.low, time.high)
    names = (f"{name}_days", f"{name}_days_low", f"{name}_days_high")
    return {key: None if limit is None else limit / DAY for key, limit in zip(names, limits, strict=True)}


def _quarters(wait: Wait) -> str:
    """The first and the third quartile where they are reached, as a part of a sentence."""
    named = [("a quarter", wait.quarter), ("three quarters", wait.three_quarters)]
    known = [
        (who, time.value) for who, time in named if isinstance(time, Duration) and time.value is not None
    ]
    return "".join(f", {who} {within_words(value)}" for who, value in known)


def _dot(wait: Wait) -> dict[str, Any]:
    """A dot at the median, a line between the quartiles, as far as they are reached."""
    if isinstance(wait.median, TooFewConversions):
        return {"name": wait.name, "value": None, "low": None, "high": None, "label": "too few to say"}
    quarter, median, rest = (_days(name, getattr(wait, name))[f"{name}_days"] for name in QUARTILES)
    label = "not half yet" if wait.median.value is None else time_words(wait.median.value)
    return {
        "name": wait.name,
        "value": median,
        "low": quarter,
        "high": rest or median or quarter,
        "label": label,
    }
