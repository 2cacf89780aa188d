"""Standing: how many stand in each stage at any instant, and how that changed over time.

A contact stands in a stage at t where entered_at <= t < left_at, so each stands in one place. Whoever stands
in none is a stranger: of everyone in the history, or, where the instants of first touch are given, of those
known by then.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.engine import charts
from leadline.engine.clocks import span_of
from leadline.engine.dimensions import check_dimension, parts
from leadline.engine.errors import LeadlineError
from leadline.engine.funnel import STRANGER
from leadline.engine.instants import to_datetime
from leadline.engine.wording import counted, day_words, listed, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    import altair as alt

    from leadline.engine.history import History
    from leadline.engine.instants import Moment
    from leadline.engine.survival import Integers
    from leadline.engine.touches import Column

_MOST_GROUPS = 12
_MOST_DAYS = 150


class BeyondHistory(LeadlineError):
    """A day that comes after the end of a history."""

    code, exit_code = "beyond-history", 3


@dataclass(frozen=True)
class Place:
    """How many stand in a stage, and their share of all in their group (0 where nobody is)."""

    stage: str
    role: str
    count: int
    share: float


@dataclass(frozen=True)
class Group:
    """Everybody, or those of one value of a dimension: a place for each stage, strangers first."""

    name: str | None
    places: tuple[Place, ...]

    @property
    def known(self) -> int:
        """How many there are in all."""
        return sum(place.count for place in self.places)

    def words(self) -> str:
        """As “3 in “lead” (30 %) and 7 in “client” (70 %)”, the empty ones left out."""
        return listed([_place_words(place) for place in self.places if place.count])


@dataclass(frozen=True)
class Standing:
    """Who stood where at an instant: all together, and the groups where a dimension was asked for."""

    at: int
    unit: str
    total: Group
    groups: tuple[Group, ...]

    def rows(self) -> list[dict[str, Any]]:
        """A dict for each stage (of each group)."""
        at = to_datetime(self.at).isoformat()
        return [
            {"at": at, "group": group.name} | asdict(place)
            for group in self.groups or (self.total,)
            for place in group.places
        ]

    def sentences(self) -> list[str]:
        """Who stands where, which stages are empty, and where those of each group stand."""
        day = day_words(self.at)
        if not self.total.known:
            return [f"On {day} nobody was known."]
        said = [f"Of {counted(self.total.known, self.unit)} with a touch by {day}: {self.total.words()}."]
        empty = [f"“{place.stage}”" for place in self.total.places[1:] if not place.count]
        said += [f"Nobody stands in {listed(empty, last='or')}."] if empty else []
        said += [f"{group.name}: {group.words()}." for group in self.groups[:_MOST_GROUPS]]
        hidden = len(self.groups) - _MOST_GROUPS
        return said + ([f"The table has {hidden:,} more."] if hidden > 0 else [])

    def chart(self) -> alt.Chart:
        """How many stand in each stage; of groups, how each of the largest is divided."""
        title, description = f"Who stands where on {day_words(self.at)}", " ".join(self.sentences()[:3])
        if not self.total.known:
            return charts.note(title, description)
        if self.groups:
            return _divided(self.groups, title, description)
        rows = [
            {
                "name": place.stage,
                "count": place.count,
                "label": f"{place.count:,}",
                "muted": not _is_on_path(place),
            }
            for place in self.total.places
        ]
        return charts.bars(rows, title, description)


@dataclass(frozen=True)
class Trend:
    """How many stood in each stage (strangers first) at several instants: `counts[day][stage]`."""

    days: tuple[int, ...]
    stages: tuple[str, ...]
    roles: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    def rows(self) -> list[dict[str, Any]]:
        """A dict for each instant and stage."""
        return [
            {"at": to_datetime(day).isoformat(), "stage": stage, "count": count}
            for day, counts in zip(self.days, self.counts, strict=True)
            for stage, count in zip(self.stages, counts, strict=True)
        ]

    def sentences(self) -> list[str]:
        """How each stage changed from the first instant to the last."""
        if not self.days:
            return ["No day was asked for."]
        ends = zip(self.stages, self.counts[0], self.counts[-1], strict=True)
        changes = [_change(stage, first, last) for stage, first, last in ends if first or last]
        span = f"From {day_words(self.days[0])} to {day_words(self.days[-1])}"
        return [f"{span} {listed(changes) or 'nobody was known'}."]

    def chart(self) -> alt.Chart:
        """The stages as layers over time, strangers left out; of very many days every second, third, …."""
        title, description = "How the stages filled", " ".join(self.sentences())
        every = len(self.days) // _MOST_DAYS + 1
        rows = [
            {"day": day // 1000, "name": stage, "count": count}
            for day, counts in list(zip(self.days, self.counts, strict=True))[::-every]
            for stage, count in list(zip(self.stages, counts, strict=True))[1:]
        ]
        if not any(row["count"] for row in rows):
            return charts.note(title, description)
        return charts.layers(
            rows, charts.tones(list(zip(self.stages, self.roles, strict=True))[1:]), title, description
        )


def standing(
    history: History,
    at: Moment | None = None,
    by: Column | None = None,
    *,
    first_touch: Integers | None = None,
    unit: str = "contact",
) -> Standing:
    """Who stands where at `at` (inclusive; a bare date means its end; None the history's `as_of`).

    `by` and `first_touch` (instants, NEVER for none: `Touches.first_at`) are aligned with `history.subjects`.
    Raises BeyondHistory and BadDimension.
    """
    check_dimension(by, len(history.subjects))
    check_dimension(first_touch, len(history.subjects))
    instant = history.as_of if at is None else _within(history, at)
    stage = np.zeros(len(history.subjects), dtype=np.int64)
    rows = np.flatnonzero((history.entered_at <= instant) & (instant < history.left_at))
    stage[history.contact[rows]] = history.stage[rows]
    known = np.flatnonzero(np.ones(len(stage), bool) if first_touch is None else first_touch <= instant)
    stage = stage[known]
    groups = parts(by.take(known)) if by is not None else []
    tally = [_group(history, stage[at], label) for label, at in groups]
    return Standing(instant, unit, _group(history, stage, None), tuple(tally))


def trend(history: History, days: Sequence[Moment], *, first_touch: Integers | None = None) -> Trend:
    """Who stood where at each of these instants (as `standing` takes them), in order of time, in one pass."""
    check_dimension(first_touch, len(history.subjects))
    instants = np.unique(np.array([_within(history, day) for day in days], dtype=np.int64))
    shape = (len(history.stages), len(instants) + 1)

    def arrivals(stages: Any, moments: Integers) -> Integers:
        """For each stage and instant, how many have come by then."""
        places = stages.astype(np.int64) * shape[1] + np.searchsorted(instants, moments)
        return np.cumsum(np.bincount(places, minlength=shape[0] * shape[1]).reshape(shape), axis=1)[:, :-1]

    counts = arrivals(history.stage, history.entered_at) - arrivals(history.stage, history.left_at)
    known = np.full(len(instants), len(history.subjects))
    if first_touch is not None:
        known = np.searchsorted(np.sort(first_touch), instants, side="right")
    counts[0] = known - counts[1:].sum(axis=0)
    columns = tuple(tuple(column) for column in counts.T.tolist())
    return Trend(tuple(instants.tolist()), history.stages, _roles(history), columns)


def _within(history: History, at: Moment) -> int:
    """The instant that is meant; on the last day of the history its end, not the day's."""
    first, instant = span_of(at)
    if instant <= history.as_of:
        return instant
    if first <= history.as_of:
        return history.as_of
    last = day_words(history.as_of)
    raise BeyondHistory(
        f"Who stood where on {day_words(instant)} was asked for",
        found=f"a history that ends on {last}",
        allowed=f"a day up to {last}, or a history with a later as_of",
    )


def _roles(history: History) -> tuple[str, ...]:
    """The role of each stage by number; strangers have one of their own."""
    return (STRANGER, *(stage.role for stage in history.funnel.stages))


def _group(history: History, stage: Integers, name: str | None) -> Group:
    """The group of those who stand in these stages."""
    counts = np.bincount(stage, minlength=len(history.stages)).tolist()
    places = zip(history.stages, _roles(history), counts, strict=True)
    known = len(stage) or 1
    return Group(name, tuple(Place(where, role, count, count / known) for where, role, count in places))


def _is_on_path(place: Place) -> bool:
    return place.role not in {STRANGER, "left"}


def _place_words(place: Place) -> str:
    who = counted(place.count, STRANGER) if place.role == STRANGER else f"{place.count:,} in “{place.stage}”"
    return f"{who} ({percent(place.share)})"


def _divided(groups: Sequence[Group], title: str, description: str) -> alt.Chart:
    rows = [
        {"group": group.name, "name": place.stage, "count": place.count, "label": f"{group.known:,}"}
        for group in groups
        for place in group.places
    ]
    tones = charts.tones([(place.stage, place.role) for place in groups[0].places])
    return charts.shares(rows, tones, title, description)


def _change(stage: str, first: int, last: int) -> str:
    if first == last:
        return f"“{stage}” stayed at {last:,}"
    way = "grew" if last > first else "fell"
    return f"“{stage}” {way} from {first:,} to {last:,}"
