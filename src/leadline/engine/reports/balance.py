"""Balance: whether enough is to come, how new it is, on how few the income rests, and what if they left.

* *How many it takes*: new clients a month for a goal, or to keep today's number of clients (`horizon.pace`);
  from them, by Little's law, how many people have to stand in each stage: needed = λ · m / p, with λ new
  clients a month, p the share of those who reach the stage that becomes a client, and m the mean time spent
  in it (`horizon.occupancy`, `horizon.stages`); and how many new people a month it takes
  (`horizon.newcomers`).
* *Freshness*: the share of those on the way who are new (`horizon.newcomers`).
* *Growth*: the last year against the one before (`horizon.growth`).
* *Concentration*: the shares in the income, and 1 / Σ share² (`horizon.concentration`).
* *Demand* against capacity, and what a higher price may cost (`horizon.demand`).
* *Refunds*: those of the year's new clients who got everything back (`horizon.refunds`).
* *Replacement*: the time until the income is back, had all clients left today (`horizon.replacement`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from leadline.engine import charts
from leadline.engine.dimensions import check_dimension
from leadline.engine.estimates import USUAL, Caution, Quantity, TooEarly, TooFewConversions
from leadline.engine.horizon.concentration import Concentration, concentration
from leadline.engine.horizon.demand import Demand, demand
from leadline.engine.horizon.growth import Change, growth
from leadline.engine.horizon.newcomers import Freshness, Newcomers, freshness, newcomers
from leadline.engine.horizon.pace import Pace, pace
from leadline.engine.horizon.ranges import period_words, range_words, year_of
from leadline.engine.horizon.refunds import Refunds, refunds
from leadline.engine.horizon.replacement import Replacement, replacement
from leadline.engine.horizon.stages import Occupancy, occupancies
from leadline.engine.instants import DAY, MONTH
from leadline.engine.outlook import Tried
from leadline.engine.wording import YOUNG, counted, listed, numbered, percent, quantity_words

if TYPE_CHECKING:
    import altair as alt

    from leadline.engine.cycle.cycles import Cycles
    from leadline.engine.history import History
    from leadline.engine.plan.goals import Goal
    from leadline.engine.process import Process
    from leadline.engine.touches import Column

YOUNG_LOG = (
    "Clients won before the log begins are missing, so the earlier of the two times may look too small."
)
DRAWS = 200
"""How many futures are drawn for the replacement."""
_WIDEST = 3.0
_SILENT = 0.05
_BARS = 24


@dataclass(frozen=True)
class Balance:
    """Whether the base is balanced, part by part; each part's own docstring says what is in it.

    `concentration` is None where the last year brought no income, `demand` where no capacity was given,
    `replacement` where no process was given or there is no income; it is Tried where the futures behind it
    can't be relied on.
    """

    unit: str
    people: int
    pace: Pace
    stages: tuple[Occupancy, ...]
    newcomers: Newcomers
    freshness: Freshness
    growth: tuple[Change, ...]
    concentration: Concentration | None
    refunds: Refunds
    demand: Demand | None
    replacement: Replacement | TooFewConversions | TooEarly | Tried | None
    young: bool = False

    def rows(self) -> list[dict[str, Any]]:
        """A dict for each stage before the client's."""
        return [stage.fields() for stage in self.stages]

    def sentences(self) -> list[str]:
        """What is empty, thin or risky first; then what is well; then the figures behind it."""
        if not self.people:
            return ["There is nobody on record yet, so there is nothing to weigh."]
        coming = self.newcomers.sentences(self.pace.purpose, self.unit)
        income = [self.concentration.sentence()] if self.concentration else []
        if self.young:
            return [YOUNG, *self._stages("empty"), *self._rest(), *income]
        first = income if self.concentration and self.concentration.risky else []
        repaid = self.refunds.sentences()
        if self.unseen:
            return [
                *(repaid if self.refunds.grave else []),
                self._unseen(),
                *coming,
                *first,
                *self._pace(),
                *([] if self.refunds.grave else repaid),
                *self._replaced(),
                *self._growth(),
                *([] if first else income),
                *(self.demand.sentences() if self.demand else []),
            ]
        return [
            *(repaid if self.refunds.grave else []),
            *self._stages("empty"),
            *self._stages("short"),
            *(coming if self.newcomers.urgent else []),
            *first,
            *self._balanced(),
            *self._pace(),
            *([] if self.refunds.grave else repaid),
            *self._replaced(),
            *self._rest(),
            *([] if self.newcomers.urgent else coming),
            self.freshness.sentence(self.unit),
            *self._growth(),
            *([] if first else income),
            *(self.demand.sentences() if self.demand else []),
        ]

    @property
    def unseen(self) -> bool:
        """Whether nobody is ever seen before being a client, as in a list of orders."""
        return bool(self.stages) and all(stage.verdict == "unused" for stage in self.stages)

    def chart(self) -> alt.Chart:
        """For each stage, how much of what is needed is there, with the interval."""
        title, description = "How much of what it takes is there", " ".join(self.sentences()[:4])
        known = [stage for stage in self.stages if isinstance(stage.needed, Quantity) and not self.unseen]
        if not known:
            return charts.bars([_bar(stage) for stage in self.stages], "Who stands where", description)
        rows = [_dot(stage) for stage in self.stages if stage.verdict != "unused"]
        beyond = f" More than {percent(_WIDEST)} is drawn at the edge." * any(r["beyond"] for r in rows)
        subtitle = f"100 %: as many as are needed {self.pace.purpose}.{beyond}"
        return charts.ranges(rows, title, description, unit="share", subtitle=subtitle)

    def replacement_chart(self) -> alt.Chart:
        """How likely it is that the income is back in each month, had all clients left today."""
        title = "If all clients left today: months until the income is back"
        if not isinstance(self.replacement, Replacement):
            said = self._replaced() or ["There is no income on record, or no process was given."]
            return charts.note(title, said[0])
        return charts.distribution(
            _monthly(self.replacement.days), title, self.replacement.sentence(), axis="months"
        )

    def _stages(self, *verdicts: str) -> list[str]:
        chosen = [stage for stage in self.stages if stage.verdict in verdicts]
        return [stage.sentence(self.pace.purpose, self.unit) for stage in chosen]

    def _balanced(self) -> list[str]:
        """That nothing is missing, where that is so."""
        fine = bool(self.stages) and all(s.verdict in {"enough", "ample", "unused"} for s in self.stages)
        fine = fine and not self.newcomers.urgent and not self.refunds.grave
        return ["The base is balanced: no stage is empty, and none holds too few."] * fine

    def _unseen(self) -> str:
        """That it can't be said whether enough is on the way, and what to record so that it can."""
        names = listed([f"“{stage.stage}”" for stage in self.stages], "or")
        said = "Whether enough is on the way can't be told: nobody is on record before the first purchase"
        return f"{said} (nobody was ever in {names}). Record who asks, writes, visits or talks with you."

    def _rest(self) -> list[str]:
        """The stages that are neither empty nor thin."""
        names = [f"“{stage.stage}”" for stage in self.stages if stage.verdict == "unused"]
        unused = [f"Nobody was ever in {listed(names, 'or')}; clients came without."] if names else []
        said = self._stages("ample", "enough", "unknown")
        few = [s.needed for s in self.stages if isinstance(s.needed, TooFewConversions)]
        if not few or isinstance(self.pace.needed, TooFewConversions):
            return [*said, *unused]
        return [*said, *unused, f"How many it takes is too early to say{_so_far(few[0], 'client')}."]

    def _growth(self) -> list[str]:
        changed = [change for change in self.growth if change.later or change.earlier]
        won = [change for change in self.growth[1:] if isinstance(change.ratio, Quantity)]
        young = any(change.times.young for change in won)
        return [*(change.sentence() for change in changed), *([YOUNG_LOG] if young else [])]

    def _pace(self) -> list[str]:
        """How many new clients came, and how many it takes."""
        monthly, needed = self.pace.monthly, self.pace.needed
        period = period_words(self.pace.months)
        if not monthly.value and isinstance(needed, TooFewConversions):
            return [f"Nobody became a client in {period}, so that it can't be said how many people it takes."]
        came = f"{numbered(quantity_words(monthly.value), 'new client')} a month came in {period}"
        if isinstance(needed, TooFewConversions):
            few = "too few have become clients to say how many people it takes"
            won = counted(round(monthly.value * self.pace.months), "new client")
            return [f"{won} came in {period}: {few} (at least {needed.needed} needed)."]
        if self.pace.basis == "pace":
            few = "too few are on record as having left to say how many it takes to stay as many"
            return [f"{came[0].upper()}{came[1:]}; {few}.", *self._silent()]
        clients = _todays(self.pace.clients)
        purpose = "the goal" if self.pace.basis == "goal" else f"keeping {clients}"
        takes = f"takes {numbered(range_words(needed), 'new client')} a month"
        return [f"{purpose[0].upper()}{purpose[1:]} {takes}; {came}.", *self._silent()]

    def _silent(self) -> list[str]:
        """How many of those who count as clients bought nothing for long."""
        silent = self.pace.silent
        if not silent or silent < _SILENT * self.pace.clients:
            return []
        one, are = self.pace.clients == 1, "is" if silent == 1 else "are"
        who = _todays(self.pace.clients) if one else f"{silent:,} of {_todays(self.pace.clients)}"
        who = f"{who[0].upper()}{who[1:]} bought nothing for over a year"
        return [f"{who} and {are} still counted: under this funnel only an end on record makes them stop."]

    def _replaced(self) -> list[str]:
        if isinstance(self.replacement, TooEarly):
            weeks = f"{counted(self.replacement.found, 'whole week')} on record"
            few = f"({weeks}, at least {self.replacement.needed} needed)"
            return [f"How long the income would take to replace is too early to say {few}."]
        if isinstance(self.replacement, TooFewConversions):
            few = _so_far(self.replacement, "client")
            return [f"How long the income would take to replace is too early to say{few}."]
        if isinstance(self.replacement, Tried):
            why = "that rests on a forecast, which your new clients don't follow"
            return [f"If all clients left today, nobody can say when their income would be back: {why}."]
        return [self.replacement.sentence()] if self.replacement else []


def balance(  # noqa: PLR0913 - three, and what may be said besides
    history: History,
    cycles: Cycles,
    process: Process | None = None,
    *,
    goal: Goal | None = None,
    monthly_capacity: float | None = None,
    caution: Caution = USUAL,
    unit: str = "contact",
    clients: Column | None = None,
    seed: int = 1,
    draws: int = DRAWS,
) -> Balance:
    """Whether enough is to come, from a history and its cycles.

    `process` (of `process.estimate_process`) is needed for the replacement, and to tell where the record of
    new clients begins, if that is later than the first touch. `monthly_capacity` is how many
    new clients can be taken on in a month. `clients` says whose each subject is, where subjects are deals,
    so that the income rests on who pays it. Raises BadGoal, BadCapacity; BadDimension for cycles of others.
    """
    check_dimension(cycles, len(history.subjects))
    if process is not None and process.course.late:
        cycles = replace(cycles, since=process.since)
    needs = pace(history, cycles, goal, caution)
    return Balance(
        unit=unit,
        people=int(np.count_nonzero(cycles.reached_at <= cycles.as_of)),
        pace=needs,
        stages=occupancies(history, cycles, needs, caution),
        newcomers=newcomers(cycles, needs, caution),
        freshness=freshness(history, cycles),
        growth=growth(cycles, caution),
        concentration=concentration(cycles, clients),
        refunds=refunds(cycles, *year_of(cycles.since, cycles.as_of)),
        demand=demand(needs, monthly_capacity),
        replacement=None if process is None else replacement(cycles, process, caution, seed, draws),
        young=cycles.young,
    )


def _todays(clients: int) -> str:
    return "today's one client" if clients == 1 else f"today's {counted(clients, 'client')}"


def _so_far(few: TooFewConversions, noun: str) -> str:
    return f" ({counted(few.found, noun)}, at least {few.needed} needed)" if few.found else ""


def _bar(stage: Occupancy) -> dict[str, Any]:
    return {"name": stage.stage, "count": stage.people, "label": f"{stage.people:,}", "muted": False}


def _dot(stage: Occupancy) -> dict[str, Any]:
    """Those there over those needed; beyond three times as many the dot stays at the edge."""
    needed = stage.needed
    if isinstance(needed, TooFewConversions) or not needed.low:
        return {
            "name": stage.stage,
            "value": None,
            "low": None,
            "high": None,
            "label": f"{stage.live:,} there",
            "beyond": False,
        }
    there = stage.live / needed.value
    value, low, high = (min(stage.live / n, _WIDEST) for n in (needed.value, needed.high, needed.low))
    times = f" ({quantity_words(there)} times as many)" if there > _WIDEST else ""
    label = f"{stage.live:,} of about {quantity_words(needed.value)}{times}"
    beyond = stage.live / needed.low > _WIDEST
    return {"name": stage.stage, "value": value, "low": low, "high": high, "label": label, "beyond": beyond}


def _monthly(days: Any) -> list[dict[str, float]]:
    """The share of futures in which the income is back in each month, or in as many as make few bars."""
    known = days[np.isfinite(days)]
    last = int(np.ceil(known.max(initial=1) * DAY / MONTH))
    width = max(1, -(-last // _BARS))
    edges = np.arange(0, last + width, width)
    counts, _ = np.histogram(known * DAY / MONTH, edges if len(edges) > 1 else [0, width])
    return [
        {"value": float((number + 1) * width), "share": count / len(days)}
        for number, count in enumerate(counts.tolist())
    ]
