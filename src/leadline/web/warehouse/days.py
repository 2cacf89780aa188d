"""A funnel on a day: who stands in each stage, what is asked and paid there, and how people go on.

Everything is read from a history that was derived once. *Asked* is the amount of the asks that are open on
that day: they wait for an answer, of people who have neither left nor bought since, as in the report on asks.
One that waits longer than nine in ten answers took is *overdue*, and counted apart. *Paid* is what was
bought by then, less what was given back by then. Amounts are in the currency of most purchases; others
aren't counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.engine.clocks import begin_of, to_local
from leadline.engine.estimates import USUAL, Duration, Estimate
from leadline.engine.history import History
from leadline.engine.instants import DAY, NEVER
from leadline.engine.passages import path_of
from leadline.engine.plan.tallies import open_asks, usual_answer
from leadline.engine.reports.conversion import Conversion, conversions
from leadline.engine.reports.standing import standing, trend
from leadline.engine.reports.velocity import Wait, velocity
from leadline.engine.touches import MISSING
from leadline.engine.wording import duration_words, percent, share_words, time_words, why_unsaid
from leadline.web.warehouse.cases import Case, Mask, cut, of_some

MONTHS = 24
BEFORE = 30 * DAY
"""What a stage is compared with: how many stood there so long before."""
HORIZONS = (30, 90, 180, 365)

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[Any]


@dataclass(frozen=True)
class StageOnDay:
    """A stage on a day: how many stand there, how many did 30 days before, what they are asked and paid.

    `asked` is what those asks are worth that are open and not overdue; `overdue` the open ones that are.
    """

    name: str
    means: str
    role: str
    owner: str
    people: int
    before: int
    asked: int
    overdue: int
    paid: int
    stay: str

    @property
    def change(self) -> int:
        """How many more stand there than 30 days before."""
        return self.people - self.before


@dataclass(frozen=True)
class Step:
    """From one stage to the next: who reached the first, and what came of them.

    `said` is the share so far with its interval, `short` without; `time` is within what half of the stays in
    the first stage end, empty where that can't be told.
    """

    begins: str
    ends: str
    entered: int
    went_on: int
    left: int
    in_play: int
    short: str
    said: str
    within: str
    time: str


@dataclass(frozen=True)
class FunnelOnDay:
    """Everything that the page of a funnel shows of one day."""

    at: int
    names: tuple[str, ...]
    known: int
    strangers: int
    currency: str
    path: tuple[StageOnDay, ...]
    others: tuple[StageOnDay, ...]
    steps: tuple[Step, ...]
    sentences: tuple[str, ...]
    months: tuple[tuple[date, tuple[int, ...]], ...]


def funnel_on(case: Case, at: int, wanted: Mask | None = None) -> FunnelOnDay:
    """The funnel of a case on a day, for everybody or for those wanted (a mask over its subjects)."""
    everyone = case.staged if wanted is None else of_some(case.staged, wanted)
    first_at = case.first_at if wanted is None else case.first_at[wanted]
    history = cut(everyone, at)
    now = standing(history, first_touch=first_at)
    before = standing(cut(everyone, at - BEFORE), first_touch=first_at).total.places
    money = money_on(case, at, stage_of(history, at), wanted)
    asked, overdue, paid = (_summed(one, len(history.stages)) for one in money)
    waits = {wait.stage: wait for wait in velocity(history).waits if wait.measure == "in"}
    places = [
        StageOnDay(
            name=stage.name,
            means=stage.means,
            role=stage.role,
            owner=stage.owner or "",
            people=now.total.places[number].count,
            before=before[number].count,
            asked=int(asked[number]),
            overdue=int(overdue[number]),
            paid=int(paid[number]),
            stay=_stay(waits.get(stage.name)),
        )
        for number, stage in enumerate(case.funnel.stages, 1)
    ]
    on_path = set(path_of(case.funnel))
    ways = conversions(history, horizons=HORIZONS)
    return FunnelOnDay(
        at=at,
        names=tuple(stage.name for stage in case.funnel.stages),
        known=now.total.known,
        strangers=now.total.places[0].count,
        currency=currency_of(case) or "",
        path=tuple(one for one in places if one.name in on_path),
        others=tuple(one for one in places if one.name not in on_path),
        steps=tuple(_step(way, waits.get(way.from_stage)) for way in ways.steps),
        sentences=tuple(now.sentences()),
        months=tuple(_months(history, first_at, at)),
    )


def first_day(case: Case) -> date | None:
    """The first day of which anything is on record."""
    first = case.first_at[case.first_at < NEVER]
    return to_local(int(first.min())).date() if len(first) else None


def stage_of(history: History, at: int) -> npt.NDArray[np.int64]:
    """For each subject the number of the stage in which it stands at an instant."""
    stage = np.zeros(len(history.subjects), dtype=np.int64)
    rows = np.flatnonzero((history.entered_at <= at) & (at < history.left_at))
    stage[history.contact[rows]] = history.stage[rows]
    return stage


@dataclass(frozen=True, eq=False)
class Amounts:
    """Amounts one by one: of whom (numbers of subjects), in which stage they stand, since when, how much."""

    contact: Codes
    stage: Integers
    since: Integers
    value: Integers


def money_on(case: Case, at: int, stage: Integers, wanted: Mask | None) -> tuple[Amounts, Amounts, Amounts]:
    """What is asked, overdue, and paid, by a day; `stage` is where those wanted stand then."""
    day = case.at(at)
    place = np.full(len(case.history.subjects), -1)
    place[np.arange(len(place)) if wanted is None else np.flatnonzero(wanted)] = stage
    asks = day.cycles.asks
    waiting, usual = open_asks(day.cycles), usual_answer(asks.take(~asks.renewal), USUAL)
    late = at - waiting.asked_at > (NEVER if usual is None else usual)
    values = _in_currency(case, waiting.row)
    payments = day.payments
    payers = case.touches.contact.codes[payments.row]
    return (
        _amounts(place, waiting.contact[~late], waiting.asked_at[~late], values[~late]),
        _amounts(place, waiting.contact[late], waiting.asked_at[late], values[late]),
        _amounts(place, payers, case.touches.happened_at[payments.row], payments.value),
    )


def _amounts(place: Integers, contact: Codes, since: Integers, value: Integers) -> Amounts:
    """Those amounts that are known, of those who are wanted."""
    known = np.flatnonzero((value != MISSING) & (place[contact] >= 0))
    return Amounts(contact[known], place[contact[known]], since[known], value[known])


def currency_of(case: Case) -> str | None:
    """The currency of most purchases; before the first one that of most asks. None without any amount."""
    if case.cycles.currency is not None or case.touches.value is None:
        return case.cycles.currency
    rows = case.cycles.asks.row
    rows = rows[case.touches.value[rows] != MISSING]
    named = case.touches.columns.get("currency")
    if named is None or not len(rows):
        return "" if len(rows) else None
    codes, counts = np.unique(named.codes[rows], return_counts=True)
    code = int(codes[counts.argmax()])
    return str(named.labels[code]) if code >= 0 else ""


def _in_currency(case: Case, rows: Integers) -> Integers:
    """The amounts of some touches in that currency; MISSING for others."""
    value, named, usual = case.touches.value, case.touches.columns.get("currency"), currency_of(case)
    if value is None or usual is None:
        return np.full(len(rows), MISSING)
    if named is None:
        return value[rows]
    code = named.labels.index(usual) if usual in named.labels else -1
    return np.where(named.codes[rows] == code, value[rows], MISSING)


def _summed(amounts: Amounts, stages: int) -> Integers:
    sums = np.zeros(stages, dtype=np.int64)
    np.add.at(sums, amounts.stage, amounts.value)
    return sums


def _stay(wait: Wait | None) -> str:
    """How long half of the visits to a stage last; nothing where it can't be told."""
    if wait is None or not isinstance(wait.median, Duration) or wait.median.value is None:
        return ""
    return duration_words(wait.median)


def _half(wait: Wait | None) -> str:
    """The same, as short as it can be said."""
    if wait is None or not isinstance(wait.median, Duration) or wait.median.value is None:
        return ""
    return time_words(wait.median.value)


def _step(way: Conversion, wait: Wait | None) -> Step:
    total = way.total
    share = total.so_far
    known = [(days, said) for days, said in total.within.items() if isinstance(said, Estimate)]
    within = f"{share_words(known[-1][1])} within {known[-1][0]} days" if known else ""
    return Step(
        begins=way.from_stage,
        ends=way.to_stage,
        entered=total.entered,
        went_on=total.converted,
        left=total.left,
        in_play=total.in_play,
        short=percent(share.value) if isinstance(share, Estimate) else "",
        said=share_words(share) if isinstance(share, Estimate) else why_unsaid(share, "contact"),
        within=within,
        time=_half(wait),
    )


def _months(history: History, first_at: Any, at: int) -> list[tuple[date, tuple[int, ...]]]:
    """How many stood in each stage at the end of each of the last months, and on the day itself."""
    known = first_at[first_at < NEVER]
    since = int(known.min()) if len(known) else at
    days, day = [at], to_local(at).date().replace(day=1)
    while len(days) < MONTHS and begin_of(day) - 1 > since:
        days.append(begin_of(day) - 1)
        day = (day - timedelta(days=1)).replace(day=1)
    found = trend(history, sorted(set(days)), first_touch=first_at)
    return [(to_local(day).date(), counts) for day, counts in zip(found.days, found.counts, strict=True)]
