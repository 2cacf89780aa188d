"""What Leadline says of an invented business, beside what is true of it: the trials that `truth.py` counts.

A business is simulated for two years and a quarter. The reports get what was on record after two years; the
quarter that follows shows what became of forecasts and plans. Which quarter that is goes by turns, as seasons
differ: a summer that begins slowly makes a plan look too hopeful. The same business is simulated again, by
the same chance, with a leak. What is true follows from the declared probabilities (see `truths`), from no
report.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt

from bench.best import most_likely
from bench.businesses import random_business
from bench.truths import COSTLY, Planted, Step, plant, true_rates
from leadline.engine.clocks import last_of
from leadline.engine.cycle.cycles import Cycles, trace_cycles
from leadline.engine.cycle.judgement import LinkReport
from leadline.engine.estimates import Caution, Estimate
from leadline.engine.funnel import load_funnel
from leadline.engine.history import History, derive
from leadline.engine.instants import NEVER
from leadline.engine.plan.goals import Goal
from leadline.engine.plan.plans import Plan
from leadline.engine.reports.asks import asks
from leadline.engine.reports.forecast import forecast
from leadline.engine.reports.leaks import leaks
from leadline.engine.simulate import Business, Simulation, simulate
from leadline.engine.simulate.joined import only_seen
from leadline.engine.touches import Touches
from leadline.engine.wording import counted

ENOUGH_CONTACTS = 500
"""Only in businesses of so many contacts a leak has to be found."""
PARTS = ("leaks", "unasked", "forecasts", "plans")
"""What is tried."""
CAUTION = Caution(level=0.9)
GOALS = (0.6, 0.85, 1.0, 1.2, 1.5)
"""Goals, as multiples of the clients of the quarter before."""


@dataclass(frozen=True)
class Span:
    """A business's first day, the day on which the reports are asked, and the last of the quarter after."""

    start: date
    cut: date
    end: date

    @property
    def cut_at(self) -> int:
        """The last instant of which the reports know."""
        return last_of(self.cut)


SPANS = (
    Span(date(2024, 1, 1), date(2025, 12, 31), date(2026, 3, 31)),
    Span(date(2024, 4, 1), date(2026, 3, 31), date(2026, 6, 30)),
    Span(date(2024, 7, 1), date(2026, 6, 30), date(2026, 9, 30)),
    Span(date(2024, 10, 1), date(2026, 9, 30), date(2026, 12, 31)),
)


def span(seed: int) -> Span:
    """The span of a business: the quarters take turns."""
    return SPANS[seed % len(SPANS)]


@dataclass(frozen=True)
class Outcome:
    """What one trial showed of a claim: whether it was right, in words, and figures where there are some."""

    claim: str
    seed: int
    right: bool
    detail: str
    groups: tuple[str, ...] = ()
    figures: tuple[float, ...] = ()


@dataclass(frozen=True)
class Seen:
    """What the reports are given."""

    log: Touches
    history: History
    cycles: Cycles


def try_business(seed: int, parts: Collection[str] = PARTS) -> list[Outcome]:
    """Everything that one business shows."""
    business = random_business(seed)
    days = span(seed)
    whole = simulate(business, seed=seed, start=days.start, as_of=days.end)
    then, outcomes = see(whole, days.cut), []
    if "leaks" in parts:
        found = leaks(then.cycles, caution=CAUTION)
        outcomes += [_false_alarm(seed, then, found.leaks), *_rates(seed, business, found.links)]
        outcomes += _planted(seed, business, whole, days)
    if "unasked" in parts:
        outcomes += _unasked(seed, business, whole, days)
    if "forecasts" in parts:
        outcomes += _forecasts(seed, then, see(whole, days.end).cycles)
    if "plans" in parts:
        outcomes += _plans(seed, then, see(whole, days.end).cycles)
    return outcomes


def see(simulation: Simulation, day: date, *, asks: bool = True) -> Seen:
    """What was on record by the end of a day, and what follows from it; without `asks`, none of those is."""
    log = simulation.known_at(day)
    if not asks:
        is_ask = np.array([kind.link == "ask" for kind in log.kinds.kinds])
        log = only_seen(log.take(~is_ask[log.kind]))
    history = derive(log, load_funnel("sales-cycle"), as_of=last_of(day))
    return Seen(log, history, trace_cycles(log, history))


def _false_alarm(seed: int, then: Seen, found: tuple[LinkReport, ...]) -> Outcome:
    size = "500 or more" if len(then.cycles) >= ENOUGH_CONTACTS else "fewer"
    return Outcome("no false alarm", seed, not found, _named(found), (size,))


def _unasked(seed: int, business: Business, whole: Simulation, days: Span) -> Iterator[Outcome]:
    """Where no ask is on record: false alarms, and whether a leak between talk and client is found first."""
    then = see(whole, days.cut, asks=False)
    alarm = _false_alarm(seed, then, leaks(then.cycles, caution=CAUTION).leaks)
    yield replace(alarm, claim=f"{alarm.claim}{_NO_ASKS}")
    rng = np.random.default_rng([seed, 9])
    planted = plant(business, whole, days.cut_at, rng, links=("ask", "answer"))
    if planted is None:
        return
    leaky = business.with_leak(planted.path, planted.link, planted.keeps)
    now = see(simulate(leaky, seed=seed, start=days.start, as_of=days.cut), days.cut, asks=False)
    if len(now.cycles) < ENOUGH_CONTACTS:
        return
    found = leaks(now.cycles, caution=CAUTION)
    right = [(one.path, one.link) for one in found.ranking[:1]] == [(planted.path, "ask")]
    keeps, paths = f"keeps {planted.keeps:g}", counted(len(business.paths), "path")
    what = "weak" if planted.keeps else "missing"
    detail = f"{planted.path}/{planted.link} {keeps}, {paths}; found {_named(found.ranking[:3])}"
    yield Outcome(f"{what} link ranked first{_NO_ASKS}", seed, right, detail, (planted.link, keeps, paths))
    called = any(one.leaks and (one.path, one.link) == (planted.path, "ask") for one in found.links)
    yield Outcome(f"planted link called a leak{_NO_ASKS}", seed, called, detail, (planted.link, keeps))


_NO_ASKS = ", no ask on record"


def _named(found: tuple[LinkReport, ...]) -> str:
    return ", ".join(f"{one.path}/{one.link} {one.status}" for one in found) or "none"


def _planted(seed: int, business: Business, whole: Simulation, days: Span) -> Iterator[Outcome]:
    """Whether a costly leak is found first, and whether what mending it, or any other one, brings is told."""
    for number, costs in enumerate((COSTLY, 0.01)):
        planted = plant(business, whole, days.cut_at, np.random.default_rng([seed, 7 + number]), costs)
        if planted is not None:
            claimed = costs == COSTLY
            yield from _leak(seed, business, planted, whole, days, claimed=claimed)


def _leak(
    seed: int, business: Business, planted: Planted, whole: Simulation, days: Span, *, claimed: bool
) -> Iterator[Outcome]:
    leaky = business.with_leak(planted.path, planted.link, planted.keeps)
    now = see(simulate(leaky, seed=seed, start=days.start, as_of=days.cut), days.cut)
    told = leaks(now.cycles, caution=CAUTION)
    detail = (
        f"{planted.path}/{planted.link} keeps {planted.keeps:g}, costs {planted.cost:.0%}, "
        f"{len(business.paths)} paths, {len(now.cycles):,} contacts; found {_named(told.ranking[:3])}"
    )
    groups = (planted.link, f"keeps {planted.keeps:g}", counted(len(business.paths), "path"))
    its = tuple(one for one in told.links if (one.path, one.link) == (planted.path, planted.link))
    named = any(one.leaks for one in its)  # nothing of it may be on record
    if claimed and len(now.cycles) >= ENOUGH_CONTACTS:
        claim = "missing link ranked first"
        if planted.keeps:
            claim = (
                "weak link ranked first" if planted.stands_out else "link weak but not weakest ranked first"
            )
        yield Outcome(claim, seed, bool(its) and told.ranking[:1] == its, detail, groups)
        yield Outcome("planted link called a leak", seed, named, detail, (f"keeps {planted.keeps:g}",))
        if planted.keeps and planted.stands_out:
            best = most_likely(leaky, told.links, whole, days.cut_at)
            right = best == Step(planted.path, planted.link)
            yield Outcome(
                "weak link named by who knows how it was drawn", seed, right, f"{best}; {detail}", groups
            )
    for said in (one.gain.clients for one in its if one.gain):
        words = f"{planted.gain:.2f} a month, said {said.value:.2f} ({said.low:.2f} to {said.high:.2f})"
        covered = said.low <= planted.gain <= said.high
        groups = (*groups, "costly" if claimed else "any", "leak" if named else "only behind")
        yield Outcome("gains", seed, covered, f"{words}; {detail}", groups, (planted.gain, said.value))


def _rates(seed: int, business: Business, links: tuple[LinkReport, ...]) -> Iterator[Outcome]:
    perfect = not any(business.flaws.model_dump(exclude={"late", "stale_rate"}).values())
    claim = "rates, perfect records" if perfect else "rates, flawed records"
    truths = true_rates(business)
    for one in links:
        truth = truths.get((one.path, one.link))
        if truth is None or not isinstance(one.share, Estimate):
            continue
        said = f"{one.path}/{one.link} is {truth:.3f}, said {one.share.value:.3f}"
        said += f" ({one.share.low:.3f} to {one.share.high:.3f})"
        covered = one.share.low <= truth <= one.share.high
        yield Outcome(claim, seed, covered, said, (one.link,), (truth, one.share.value))


def _forecasts(seed: int, then: Seen, later: Cycles) -> Iterator[Outcome]:
    """New clients and income of the next quarter, beside the two ways in which most people forecast."""
    cut, quarter = then.history.as_of, later.as_of - then.history.as_of
    near = forecast(then.history, then.log, months=3, caution=CAUTION).near
    for what, at, amount in (
        ("clients", later.client_at, np.ones(len(later))),
        ("income", later.purchases.bought_at, later.purchases.value / 100),
    ):
        said = None if near is None else near.clients if what == "clients" else near.income
        if said is None:
            continue
        came = float(amount[(at > cut) & (at <= later.as_of)].sum())
        scale = 1 if what == "clients" else 100
        low, middle, high = said.low / scale, said.value / scale, said.high / scale
        last = _came_since(then.cycles, what, cut - quarter)
        pipeline = _open_times_won(then.cycles, what, quarter)
        words = f"{came:,.0f} came, said {middle:,.0f} ({low:,.0f} to {high:,.0f}); "
        words += f"last quarter {last:,.0f}, open deals {pipeline:,.0f}"
        figures = (came, middle, last, pipeline, _usual_quarter(then.cycles, what, quarter))
        yield Outcome(f"forecast of {what}", seed, low <= came <= high, words, (), figures)


def _usual_quarter(cycles: Cycles, what: str, quarter: int) -> float:
    """A fourth of what came in the year before, at least one client or purchase: the measure of errors."""
    bought = cycles.purchases.value
    one = 1.0 if what == "clients" else float(bought.mean()) / 100 if len(bought) else 1.0
    return max(_came_since(cycles, what, cycles.as_of - 4 * quarter) / 4, one)


def _came_since(cycles: Cycles, what: str, since: int) -> float:
    if what == "clients":
        return float(((cycles.client_at > since) & (cycles.client_at < NEVER)).sum())
    return float(cycles.purchases.value[cycles.purchases.bought_at > since].sum()) / 100


def _open_times_won(cycles: Cycles, what: str, quarter: int) -> float:
    """Open deals times the win rate; income: that times the mean price, and renewals as lately."""
    asked_at, first = _first_asks(cycles), np.flatnonzero(~cycles.asks.renewal)
    answered = np.zeros(len(cycles), dtype=bool)
    answered[cycles.asks.contact[first]] = cycles.asks.answered_at[first] < NEVER  # the last ask says it
    won = (cycles.client_at < NEVER) & (asked_at < NEVER)
    is_open = (asked_at < NEVER) & ~won & ~answered
    lost = int((answered & ~won).sum())
    expected = float(is_open.sum() * won.sum() / max(won.sum() + lost, 1))
    if what == "clients":
        return expected
    bought = cycles.purchases
    values, lately = bought.value[bought.first], ~bought.first & (bought.bought_at > cycles.as_of - quarter)
    more = expected * float(values.mean()) if len(values) else 0.0
    return (more + float(bought.value[lately].sum())) / 100


def _plans(seed: int, then: Seen, later: Cycles) -> Iterator[Outcome]:
    """The odds that the plan gives to the asks that were really made, and whether the goal was reached."""
    cut, by = then.cycles.as_of, later.as_of
    asked_at = _first_asks(later)
    made = int(((asked_at > cut) & (asked_at <= by)).sum())
    clients = later.client_at[asked_at < later.client_at]
    came = int(((clients > cut) & (clients <= by)).sum())
    usual = max(1.0, _came_since(then.cycles, "clients", cut - (by - cut)))
    drawn = np.random.default_rng([seed, 8]).choice(GOALS, 2, replace=False)
    for goal in sorted({max(1, round(usual * times)) for times in drawn.tolist()}):
        plan = asks(then.cycles, goal=Goal(by=by, clients=goal), caution=CAUTION).plan
        if not isinstance(plan, Plan):
            return
        stated = plan.asks.odds(made)
        said = f"{made} asks for {goal} clients: odds {stated:.0%}, {came} came"
        yield Outcome("odds of the plan", seed, came >= goal, said, figures=(stated,))


def _first_asks(cycles: Cycles) -> npt.NDArray[np.int64]:
    """When each was first asked, by an ask on record; NEVER where they weren't."""
    first = np.full(len(cycles), NEVER)
    rows = np.flatnonzero(~cycles.asks.renewal)[::-1]
    first[cycles.asks.contact[rows]] = cycles.asks.asked_at[rows]
    return first
