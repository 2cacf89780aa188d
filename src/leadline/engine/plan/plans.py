"""A plan: how many asks, conversations or leads it takes to reach a goal, and how far today's pace leads.

Counted are all who become a client for the first time after `as_of` and up to the day, of those who are yet
to be asked and of those who were asked before (an answer may come, a second ask may follow, as usual).
Conversations and leads have those before them, too: people who are ready, or have responded, and go on as
people did so far. Whoever starts is taken to start at any time before the day, all times being equally
likely. A sale without an ask on record can't be planned, and the plan doesn't count on any; the outlook,
which tells what comes if all goes on, has as many as in the last year (a gamma distribution for the rate).
`odds` has the arithmetic, `spells` says who is where.

A number of asks that nobody could make is no plan. The most that can sensibly be tried in the time is FAR
times the pace of the last weeks or A_DAY a day, whichever is more. A goal that takes more than that is out of
reach by its day; told are the odds that the most gives, and the first day, out of LATER weeks ahead, by which
the most is enough.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from leadline.engine.cycle.asking import WAITING
from leadline.engine.estimates import Caution, Estimate, Quantity, TooFewConversions
from leadline.engine.instants import DAY, NEVER, WEEK
from leadline.engine.plan import odds as chances
from leadline.engine.plan import spells
from leadline.engine.plan.odds import AT_ONCE, DRAWS, NOWHERE, Floats, Integers
from leadline.engine.plan.tallies import Calendar
from leadline.engine.touches import MISSING

if TYPE_CHECKING:
    from leadline.engine.cycle.cycles import Cycles
    from leadline.engine.plan.goals import Goal
    from leadline.engine.plan.spells import Spells

UNASKED_WEEKS = 52
"""Sales without an ask on record are taken to come as often as in so many weeks."""
FAR, A_DAY = 20, 10
"""More than so many times the pace, and more than so many a day, is more than can sensibly be tried."""
LATER = (1, 2, 3, 4, 5, 6, 8, 10, 13, 17, 22, 26, 32, 39, 52, 65, 78, 104, 130, 156, 208, 260, 364, 520)
"""After so many weeks it is looked whether a goal that is out of reach by its day could be reached."""

Step = Literal["ask", "conversation", "lead"]
Lacks = Literal["time", "asks", "answers", "values"]


@dataclass(frozen=True)
class Needed:
    """How many must start at a step from `as_of` to the day, all else going on as usual.

    `enough` gives the odds that were asked for, `even` odds of one in two; None where no number does.
    `chance`: that one who starts at any time before the day is a client by then. `per_week` and `pace`: the
    number enough, and that of the last weeks, a week. `most`: how many can sensibly be tried by the day.
    `already`: the odds without any further one.
    """

    step: Step
    enough: int | None
    even: int | None
    per_week: float | None
    pace: float
    most: int
    chance: Estimate
    already: float
    numbers: Integers = field(repr=False, compare=False)

    def odds(self, number: int) -> float:
        """The odds of the goal with so many; they never fall as the number grows."""
        return float(np.searchsorted(self.numbers, number, side="right") / len(self.numbers))

    @property
    def is_far(self) -> bool:
        """Whether more would be needed than can sensibly be tried."""
        return self.enough is None or self.enough > self.most

    def fields(self) -> dict[str, Any]:
        """The step as flat data; a number that is out of reach is None."""
        names = ("step", "enough", "even", "per_week", "pace", "most", "already")
        row = {name: getattr(self, name) for name in names} | self.chance.fields("chance")
        row |= {"enough": None, "per_week": None} if self.is_far else {}
        return row | ({"even": None} if self.even is None or self.even > self.most else {})


@dataclass(frozen=True)
class Outlook:
    """How far the pace of asks of the last `weeks` leads by the day: clients, their income, the goal's odds.

    `asks` is how many people would be asked. `income` is that of first purchases, None without money.
    """

    weeks: float
    asks: float
    clients: Quantity
    income: Quantity | None
    odds: float


@dataclass(frozen=True)
class Plan:
    """What it takes to reach a goal with the odds wanted, or how little there is to plan from.

    `expected`: how many clients may come of each source that needs no new ask (`waiting`, `asked again`;
    `without an ask`, which the plan does not count). `soonest`: the shortest time from ask to client on
    record, `usual` the time in which half of those who became clients did (microseconds). `value` is the
    mean first purchase in minor units, None where it isn't known. `later`: for a goal that is out of reach,
    the instant by which the most asks that can sensibly be made would be enough; None where there is none.
    """

    goal: Goal
    wanted: float
    days: float
    asks: Needed
    conversations: Needed | TooFewConversions
    leads: Needed | TooFewConversions
    expected: dict[str, float]
    outlook: Outlook
    soonest: int | None
    usual: int | None
    value: float | None
    later: int | None

    def rows(self) -> list[dict[str, Any]]:
        """A dict for each step of which something can be said."""
        steps = (self.asks, self.conversations, self.leads)
        return [step.fields() for step in steps if isinstance(step, Needed)]


def make_plan(
    cycles: Cycles, goal: Goal, wanted: float, caution: Caution, seed: int
) -> Plan | TooFewConversions:
    """The plan for a goal; too few where too few first asks have come to anything. Raises BadGoal.

    Too few too where an income is wanted and too few first purchases have a value; and where less than a
    week is on record.
    """
    days = goal.days_from(cycles.as_of)
    if (short := lacking(cycles, goal, caution)) is not None:
        return short[1]
    return _Planner(cycles, goal, wanted, caution, seed).plan(days)


def lacking(cycles: Cycles, goal: Goal, caution: Caution) -> tuple[Lacks, TooFewConversions] | None:
    """What there is too little of to plan from: first asks that came to something, values, or time."""
    needed, known, values = max(caution.needed, 1), _settled(cycles), first_values(cycles)
    if known < needed:
        return "answers", TooFewConversions(known, caution.needed)
    clients, without = int((cycles.client_at < NEVER).sum()), int(spells.unasked(cycles).sum())
    if spells.is_patchy(without, clients):
        return "asks", TooFewConversions(clients - without, clients)
    if goal.income is not None and (len(values) < needed or values.sum() <= 0):
        return "values", TooFewConversions(len(values), caution.needed)
    return ("time", TooFewConversions(0, 1)) if cycles.young else None


def first_values(cycles: Cycles) -> Integers:
    """What first purchases were worth, where that is known."""
    bought = cycles.purchases
    found: Integers = bought.value[bought.first & (bought.value != MISSING)]
    return found


def _settled(cycles: Cycles) -> int:
    """How many of the people asked have answered, become a client or left since."""
    asks, first = cycles.asks, spells.newly_asked(cycles)
    answered = np.zeros(len(cycles), dtype=bool)
    answered[asks.contact[~asks.renewal & (asks.answer != WAITING)]] = True
    return int((answered[first.contact] | (first.outcome > 0)).sum())


class _Planner:
    """The draws that all numbers of one plan come from."""

    def __init__(self, cycles: Cycles, goal: Goal, wanted: float, caution: Caution, seed: int) -> None:
        self.cycles, self.goal, self.wanted, self.caution, self.seed = cycles, goal, wanted, caution, seed
        self.horizon, self.rng = goal.days_from(cycles.as_of) * DAY, np.random.default_rng(seed)
        self.asking = Calendar.of(cycles.asks, cycles.since, cycles.as_of)
        self.record = Calendar.since(cycles.since, cycles.as_of)

    def plan(self, days: float) -> Plan:
        """Step after step, from the ask back to the lead: each needs what comes of those after it."""
        asked, values = spells.newly_asked(self.cycles), first_values(self.cycles)
        once = self._arriving(asked, [AT_ONCE, NOWHERE])
        base, unasked, expected = self._by_themselves()
        target, per_ask = self._target(values), chances.overall(once)
        needed = self._needed("ask", asked, per_ask, target - base)
        ready, leads = spells.ready(self.cycles), spells.leads(self.cycles)
        conversations, warm, more = self._upstream("conversation", ready, [once, NOWHERE], target - base)
        responses, _, _ = self._upstream("lead", leads, [warm, once, NOWHERE], more)
        taken = asked.duration[asked.outcome == 1]
        return Plan(
            goal=self.goal,
            wanted=self.wanted,
            days=days,
            asks=needed,
            conversations=conversations,
            leads=responses,
            expected=expected,
            outlook=self._outlook(needed.pace, per_ask, base + unasked, target, values),
            soonest=int(taken.min()) if len(taken) else None,
            usual=int(np.median(taken)) if len(taken) else None,
            value=float(values.mean()) if len(values) else None,
            later=self._later(needed) if len(taken) else None,
        )

    def asks(self) -> Needed:
        """How many have to be asked."""
        asked, values = spells.newly_asked(self.cycles), first_values(self.cycles)
        once = self._arriving(asked, [AT_ONCE, NOWHERE])
        base, _, _ = self._by_themselves()
        return self._needed("ask", asked, chances.overall(once), self._target(values) - base)

    def _later(self, asks: Needed) -> int | None:
        """The first day, out of LATER weeks, by which the most asks are enough for a goal out of reach."""
        as_of, goal = self.cycles.as_of, self.goal
        days = [as_of + weeks * WEEK for weeks in LATER if asks.is_far and as_of + weeks * WEEK > goal.by]

        def is_enough(day: int) -> bool:
            then = _Planner(self.cycles, replace(goal, by=day), self.wanted, self.caution, self.seed)
            return not then.asks().is_far

        place = bisect_left(days, x=True, key=is_enough)
        return days[place] if place < len(days) else None

    def _by_themselves(self) -> tuple[Integers, Integers, dict[str, float]]:
        """Clients in each draw of those asked before, those without an ask, and the means by source."""
        cycles = self.cycles
        again = self._arriving(spells.waiting(cycles, later=True), [AT_ONCE, NOWHERE])
        after_no = self._table(refused := spells.refused(cycles))
        after_no_ways = [AT_ONCE, again, NOWHERE]
        refusal = chances.arriving(after_no, after_no_ways, self.horizon)
        wait = self._table(waiting := spells.waiting(cycles))
        wait_ways = [AT_ONCE, refusal, again, NOWHERE]
        came = (spells.unasked(cycles)) & (cycles.client_at > cycles.as_of - UNASKED_WEEKS * WEEK)
        span = min(UNASKED_WEEKS * WEEK, max(cycles.as_of - cycles.since, DAY))
        rate = self.rng.standard_gamma(np.full(DRAWS, float(came.sum()))) / span
        parts = {
            "waiting": chances.arrivals(waiting.ages, wait, wait_ways, self.horizon, self.rng),
            "asked again": chances.arrivals(refused.ages, after_no, after_no_ways, self.horizon, self.rng),
            "without an ask": self.rng.poisson(rate * self.horizon),
        }
        means = {name: float(part.mean()) for name, part in parts.items()}
        return parts["waiting"] + parts["asked again"], parts["without an ask"], means

    def _upstream(
        self, step: Step, some: Spells, onward: list[Floats], missing: Integers
    ) -> tuple[Needed | TooFewConversions, Floats, Integers]:
        """What is needed at a step before the ask.

        And for the step before that one: how who starts here arrives, and how many are missing once those
        who stand here have gone on as usual.
        """
        table = self._table(some)
        arrived = chances.arriving(table, onward, self.horizon)
        missing = missing - chances.arrivals(some.ages, table, onward, self.horizon, self.rng)
        if len(some) < max(self.caution.needed, 1):
            return TooFewConversions(len(some), self.caution.needed), arrived, missing
        return self._needed(step, some, chances.overall(arrived), missing), arrived, missing

    def _needed(self, step: Step, some: Spells, each: Floats, missing: Integers) -> Needed:
        numbers = np.sort(chances.starts_needed(missing, each, self.rng))
        enough, even = (_least(numbers, odds) for odds in (self.wanted, 0.5))
        weeks = self.horizon / WEEK
        lowest, highest = np.quantile(each, [(1 - self.caution.level) / 2, (1 + self.caution.level) / 2])
        calendar = self.asking if step == "ask" else self.record
        mean, pace = float(each.mean()), calendar.pace(some.start)
        return Needed(
            step=step,
            enough=enough,
            even=even,
            per_week=None if enough is None else enough / weeks,
            pace=pace,
            most=math.ceil(max(FAR * pace, 7 * A_DAY) * weeks),
            chance=Estimate(mean, min(float(lowest), mean), max(float(highest), mean)),
            already=float((numbers == 0).mean()),
            numbers=numbers,
        )

    def _target(self, values: Integers) -> Integers:
        """How many clients the goal takes, in each draw."""
        if self.goal.income is None:
            return np.full(DRAWS, self.goal.target)
        return chances.clients_for(self.goal.income, values, self.rng)

    def _outlook(
        self, pace: float, each: Floats, base: Integers, target: Integers, values: Integers
    ) -> Outlook:
        weeks, recent = self.horizon / WEEK, self.asking.lately
        rate = self.rng.standard_gamma(np.full(DRAWS, pace * recent + 0.5 * (pace > 0))) / recent
        made = self.rng.poisson(rate * weeks)
        clients = base + self.rng.binomial(made, each)
        income = chances.income_of(clients, values, self.rng) if values.any() else None
        return Outlook(
            weeks=recent,
            asks=pace * weeks,
            clients=self._range(clients),
            income=None if income is None else self._range(income),
            odds=float((clients >= target).mean()),
        )

    def _range(self, drawn: npt.NDArray[Any]) -> Quantity:
        level = self.caution.level
        low, middle, high = np.quantile(drawn, [(1 - level) / 2, 0.5, (1 + level) / 2], method="inverted_cdf")
        return Quantity(float(middle), float(low), float(high))

    def _table(self, some: Spells) -> chances.Table:
        ways = len(some.ways)
        return chances.draw_table(some.duration, some.outcome, ways, self.horizon, self.rng)

    def _arriving(self, some: Spells, onward: list[Floats]) -> Floats:
        return chances.arriving(self._table(some), onward, self.horizon)


def _least(numbers: Integers, odds: float) -> int | None:
    """The least number that is enough in so large a share of the draws."""
    place = int(np.ceil(odds * len(numbers))) - 1
    return None if numbers[place] == NEVER else int(numbers[place])
