"""Stages on the way to being a client: who stands in each, and who has to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from leadline.engine.estimates import Caution, Quantity, TooFewConversions, normal_quantile
from leadline.engine.horizon.occupancy import Passing, Visits, follow, needed_in
from leadline.engine.horizon.ranges import Said, count_per, log_error, range_words
from leadline.engine.instants import DAY, NEVER, YEAR
from leadline.engine.passages import reached
from leadline.engine.wording import counted, relative, time_words

if TYPE_CHECKING:
    from leadline.engine.cycle.cycles import Cycles
    from leadline.engine.funnel import Stage
    from leadline.engine.history import History
    from leadline.engine.horizon.pace import Pace

Verdict = Literal["empty", "short", "enough", "ample", "unused", "unknown"]
BACK = 90 * DAY
"""How far the look back goes that tells the trend."""
_OWNERS = {"marketing": "on the horizon", "sales": "in the works"}


@dataclass(frozen=True)
class Occupancy:
    """One open stage: how many people stand in it, and how many it takes.

    `people`: everybody in it who was never a client; `again`: everybody who was one. `live`: those of
    `people` who reached it (or a later stage) within `horizon`, which are the ones to be compared with
    `needed`; `before`: as many 90 days ago, None where the log does not go back so far. `verdict`: empty;
    short or ample where `live` is credibly below or above what is needed; enough; unused where nobody has
    stood in it and clients came all the same; unknown.
    """

    stage: str
    owner: str | None
    people: int
    again: int
    live: int
    before: int | None
    horizon: int | None
    needed: Said
    verdict: Verdict

    def fields(self) -> dict[str, Any]:
        """The stage as flat data."""
        names = ("stage", "owner", "people", "again", "live", "before", "verdict")
        row: dict[str, Any] = {name: getattr(self, name) for name in names}
        row["horizon_days"] = None if self.horizon is None else round(self.horizon / DAY, 1)
        return row | self.needed.fields("needed")

    def sentence(self, purpose: str, unit: str) -> str:
        """What is to be said of the stage; `purpose` says what the needed number is for."""
        about = range_words(self.needed, whole=True) if isinstance(self.needed, Quantity) else ""
        if self.verdict == "empty":
            where = f"nobody is {_OWNERS[self.owner]}" if self.owner in _OWNERS else "nobody stands there"
            takes = f", and it takes about {about} {purpose}" if about else ""
            but = f" but {counted(self.again, 'former client')}" if self.again else ""
            return f"“{self.stage}” is empty: {where}{but}{takes}."
        who = f"{counted(self.live, unit)}{self._lately(unit)}{self._others()}{self._trend()}"
        if self.verdict == "short":
            return f"“{self.stage}” is thin: {who}; it takes about {about} {purpose}."
        how = {"enough": "about what it takes: ", "ample": "more than it takes: "}.get(self.verdict, "")
        return f"“{self.stage}” holds {how}{who}{f'; it takes about {about}' if about else ''}."

    def _lately(self, unit: str) -> str:
        if not self._some_came_long_ago():
            return ""
        span = "year" if self.horizon == YEAR else time_words(self.horizon or 0)
        return f" {relative(unit)} got this far in the last {span}"

    def _others(self) -> str:
        said = [f"{self.people:,} in all"] * self._some_came_long_ago()
        said += [f"besides {counted(self.again, 'former client')}"] * bool(self.again)
        return f" ({', '.join(said)})" if said else ""

    def _some_came_long_ago(self) -> bool:
        return self.live != self.people and self.horizon is not None

    def _trend(self) -> str:
        return "" if self.before is None else f", {self.before:,} three months ago"


def coming(history: History, cycles: Cycles) -> list[tuple[Stage, int, Visits]]:
    """The open stages before those of clients, with their numbers and visits, in order."""
    stages = history.funnel.stages
    client = next((n for n, stage in enumerate(stages) if stage.role == "client"), len(stages))
    visits = history.by_stage()
    until = np.minimum(visits.left_at, cycles.client_at[visits.contact])
    found = []
    for number, stage in enumerate(stages[:client], start=1):
        if stage.role == "open":
            rows = np.flatnonzero((visits.stage == number) & (visits.entered_at < until))
            found.append((stage, number, Visits(visits.contact[rows], visits.entered_at[rows], until[rows])))
    return found


def occupancies(history: History, cycles: Cycles, pace: Pace, caution: Caution) -> tuple[Occupancy, ...]:
    """How many people stand in each stage before the client's, and how many have to."""
    here = history.stage[(history.entered_at <= cycles.as_of) & (cycles.as_of < history.left_at)]
    stand = np.bincount(here, minlength=len(history.stages)).tolist()
    return tuple(
        _occupancy(stage, stand[number], visits, reached(history, number), cycles, pace, caution)
        for stage, number, visits in coming(history, cycles)
    )


def since(cycles: Cycles, start: Any) -> Any:
    """Instants since the record begins; NEVER for earlier ones, since of those some are missing."""
    return np.where(start >= cycles.since, start, NEVER)


def judge(found: Quantity, needed: Said, level: float) -> Verdict:
    """Whether what was found is credibly below or above what is needed; none is too few, or unknown."""
    if isinstance(needed, TooFewConversions):
        return "unknown"
    if not needed.value:
        return "ample"
    if not found.value:
        return "short" if found.high < needed.low else "unknown"
    gap = np.log(found.value / needed.value)
    error = np.hypot(log_error(found, level), log_error(needed, level))
    reach = error * normal_quantile(level)
    return "short" if gap < -reach else "ample" if gap > reach else "enough"


def _occupancy(
    stage: Stage, stand: int, visits: Visits, start: Any, cycles: Cycles, pace: Pace, caution: Caution
) -> Occupancy:
    passing = follow(since(cycles, start), cycles.client_at, cycles.as_of, caution, visits)
    horizon = passing.horizon if isinstance(passing, Passing) else None

    def live(at: int) -> int:
        here = visits.contact[visits.present(at)]
        return int(np.count_nonzero(at - start[here] <= (horizon or at)))

    people, needed = int(visits.present(cycles.as_of).sum()), needed_in(passing, pace.needed, caution)
    held, earlier = live(cycles.as_of), cycles.as_of - BACK
    return Occupancy(
        stage=stage.name,
        owner=stage.owner,
        people=people,
        again=stand - people,
        live=held,
        before=live(earlier) if earlier >= cycles.since else None,
        horizon=horizon,
        needed=needed,
        verdict=_judge_stage(people, held, needed, caution.level),
    )


def _judge_stage(people: int, live: int, needed: Said, level: float) -> Verdict:
    if not people:
        return "unused" if isinstance(needed, Quantity) and not needed.value else "empty"
    if not live and isinstance(needed, Quantity):
        return "short"
    return judge(count_per(live, 1, level), needed, level)
