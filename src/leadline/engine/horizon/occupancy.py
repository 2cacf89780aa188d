"""Occupancy: how many people stand in each stage, and how many have to for enough of them to become clients.

Little's law: what stands in a system is what flows into it, times how long it stays (J. D. C. Little, A proof
for the queuing formula L = λW, Operations Research 9 (1961) 383–387). To win λ clients a month, λ/p people a
month have to reach a stage from which the share p gets to be a client, and each spends the mean time m in it:

    needed = λ · m / p

Both are taken over one horizon h since reaching the stage (a year, or as long as at least a tenth of them
have been followed): p is the share that is a client within h, by the life table (S. J. Cutler and F. Ederer,
Journal of Chronic Diseases 8 (1958) 699–712), m the mean time in the stage within h and before being a
client, zero for those who skip it. So only those who reached the stage within the last h count towards what
is needed: who has stood there for longer has rarely anything to do with the clients of next year.

The interval comes from a jackknife over up to 100 groups of subjects (B. Efron, The Jackknife, the Bootstrap
and Other Resampling Plans (1982), chapter 3), with the interval of λ added.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.engine.estimates import Caution, TooFewConversions
from leadline.engine.horizon.ranges import Said, around, log_error
from leadline.engine.instants import MONTH, YEAR
from leadline.engine.lots import dealt, mixed

if TYPE_CHECKING:
    import numpy.typing as npt

    Grid = npt.NDArray[np.float64]

BINS, GROUPS = 60, 100
_FOLLOWED = 10
_SEED = 1


@dataclass(frozen=True, eq=False)
class Visits:
    """Visits of one stage before being a client: whose, from when, to when (NEVER: still there)."""

    contact: Any
    entered_at: Any
    left_at: Any

    def present(self, at: int) -> npt.NDArray[np.bool_]:
        """Which of them last at an instant."""
        here: npt.NDArray[np.bool_] = (self.entered_at <= at) & (at < self.left_at)
        return here


@dataclass(frozen=True)
class Passing:
    """What comes of those who reach a stage: within `horizon` (microseconds), of `began` so many `converted`.

    `share` of them become clients in that time; `stay` is the mean time that they spend in the stage, in
    months; `per_client` is stay / share, with the relative standard error `error`.
    """

    horizon: int
    began: int
    converted: int
    share: float
    stay: float
    error: float


def follow(
    start: Any, client_at: Any, as_of: int, caution: Caution, visits: Visits | None = None
) -> Passing | TooFewConversions:
    """What comes of those who start at these instants (NEVER: don't); without visits, `stay` is of a month.

    Too few is said where fewer than are needed started, or became clients within the horizon.
    """
    began = np.flatnonzero(start <= as_of)
    needed = max(caution.needed, 1)
    if len(began) < needed:
        return TooFewConversions(len(began), needed)
    horizon = _horizon(as_of - start[began], needed)
    if not horizon:
        return TooFewConversions(0, needed)
    groups = min(len(began), GROUPS)
    group = np.full(len(start), -1)
    group[began] = _groups(began, groups, start, client_at, visits, as_of)
    grid = _Grid(groups, horizon)
    waits = _Waits.of(grid, group[began], start[began], client_at[began], as_of)
    converted = int(waits.events.sum())
    stays = None if visits is None else _Stays.of(grid, group, start, as_of, visits, began)
    share, stay = waits.share(), stays.mean() if stays else np.ones(groups + 1)
    if converted < needed or not share.all():
        return TooFewConversions(converted, needed)
    return Passing(horizon, len(began), converted, float(share[0]), float(stay[0]), _jackknife(stay / share))


def needed_in(passing: Passing | TooFewConversions, flow: Said, caution: Caution) -> Said:
    """How many people it takes in a stage for this flow of new clients a month."""
    if isinstance(passing, TooFewConversions):
        return passing
    if isinstance(flow, TooFewConversions):
        return flow
    error = math.hypot(passing.error, log_error(flow, caution.level))
    return around(flow.value * passing.stay / passing.share, error, caution.level)


def _groups(began: Any, groups: int, start: Any, client_at: Any, visits: Visits | None, as_of: int) -> Any:
    """The group of each who began: by when, when they became a client, and when they were in the stage."""
    stayed = np.zeros(len(start), dtype=np.uint64)
    if visits is not None:
        np.add.at(stayed, visits.contact, mixed(visits.entered_at, np.minimum(visits.left_at, as_of)))
    known = start, np.minimum(client_at, as_of), stayed.view(np.int64)
    return dealt(mixed(*(column[began] for column in known)), groups, _SEED)


def _horizon(followed: Any, needed: int) -> int:
    """A year, or the time for which a tenth of them, and no fewer than are needed, have been followed."""
    place = len(followed) - max(needed, len(followed) // _FOLLOWED)
    return min(YEAR, int(np.partition(followed, place)[place]))


@dataclass(frozen=True)
class _Grid:
    """Groups of subjects by bins of age up to the horizon."""

    groups: int
    horizon: int

    @property
    def width(self) -> float:
        return self.horizon / BINS

    def count(self, group: Any, age: Any, weights: Any = None) -> Grid:
        """How many (or how much) of each group ended in each bin; a last column for what lies beyond."""
        place = group * (BINS + 1) + self.bin(age)
        counted = np.bincount(place, weights, minlength=self.groups * (BINS + 1))
        return counted.reshape(self.groups, BINS + 1).astype(np.float64)

    def bin(self, age: Any) -> Any:
        return np.minimum(age / self.width, BINS).astype(np.int64)

    def time(self, group: Any, age: Any) -> Grid:
        """The time that spans from 0 to each age have in each bin."""
        partly = self.count(group, age, age - self.bin(age) * self.width)[:, :BINS]
        return partly + self.width * _reverse_sum(self.count(group, age))[:, 1:]


@dataclass(frozen=True)
class _Waits:
    """Groups by bins: how many entered a bin unconverted, converted in it, were followed no further."""

    entered: Grid
    events: Grid
    withdrawn: Grid

    @staticmethod
    def of(grid: _Grid, group: Any, start: Any, client_at: Any, as_of: int) -> _Waits:
        age = np.minimum(np.maximum(client_at, start), as_of) - start
        converted = client_at <= as_of
        ended = grid.count(group, age)
        events = grid.count(group[converted], age[converted])[:, :BINS]
        return _Waits(_reverse_sum(ended)[:, :BINS], events, ended[:, :BINS] - events)

    def share(self) -> Grid:
        """The share converted by the horizon: of all, then without each group in turn."""
        at_risk = _all_and_without(self.entered) - _all_and_without(self.withdrawn) / 2
        hazard = _divided(_all_and_without(self.events), at_risk)
        converted: Grid = 1 - np.prod(1 - np.minimum(hazard, 1), axis=1)
        return converted


@dataclass(frozen=True)
class _Stays:
    """Groups by bins (each of so many months): time spent in the stage, and time followed."""

    spent: Grid
    followed: Grid
    width: float

    @staticmethod
    def of(grid: _Grid, group: Any, start: Any, as_of: int, visits: Visits, began: Any) -> _Stays:
        rows = np.flatnonzero(group[visits.contact] >= 0)
        whose, entered, left = visits.contact[rows], visits.entered_at[rows], visits.left_at[rows]
        spent = grid.time(group[whose], np.minimum(left, as_of) - start[whose])
        spent -= grid.time(group[whose], entered - start[whose])
        return _Stays(spent, grid.time(group[began], as_of - start[began]), grid.width / MONTH)

    def mean(self) -> Grid:
        """The mean time in the stage within the horizon, in months: of all, then without each group."""
        present = _divided(_all_and_without(self.spent), _all_and_without(self.followed))
        months: Grid = present.sum(axis=1) * self.width
        return months


def _all_and_without(cells: Grid) -> Grid:
    total = cells.sum(axis=0)
    return np.concatenate([[total], total - cells])


def _divided(over: Grid, under: Grid) -> Grid:
    return np.divide(over, under, out=np.zeros_like(over), where=under > 0)


def _reverse_sum(cells: Grid) -> Grid:
    return np.asarray(np.cumsum(cells[:, ::-1], axis=1)[:, ::-1])


def _jackknife(values: Grid) -> float:
    """The relative standard error of the first value, from those without each group."""
    without = values[1:]
    if not values[0] or len(without) == 1:
        return 0.0
    variance = (len(without) - 1) / len(without) * float(((without - without.mean()) ** 2).sum())
    return math.sqrt(variance) / float(values[0])
