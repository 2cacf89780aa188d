"""Outlook: many possible futures of a business, day by day, drawn from its estimated process.

    process = estimate_process(history, touches)
    outlook = foresee(process, 180, draws=1000, seed=1)
    outlook.clients.sum(axis=1)     # new clients in 180 days, one number a draw
    foresee(process, 180, clients_leave=True).income    # with nobody left of today's clients

Each draw has chances of its own, from their posteriors given the counts of the process: the chance to move
within a week is Beta for each state and band of ages, and where to, is Dirichlet (`chances`). Then the
numbers of people in each state and age (not the people) go from week to week by binomial and multinomial
draws, and so do clients between purchases (`futures`). What drifts is the chance to become a client. Amounts
are drawn from those on record of the same size, resampled for each draw. `try_past` does it all as if it were
an earlier day, which tells how far the process is to be believed.
"""

from __future__ import annotations

import calendar
import math
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from leadline.engine.chances import WIDE_BANDS, draw_chances, draw_ends
from leadline.engine.clocks import to_local
from leadline.engine.course import RECENT, course_at
from leadline.engine.estimates import NEEDED, TooEarly, TooFewConversions
from leadline.engine.futures import ALIKE, WIDE, Counts, Futures, People, aged, by_age, by_day, drifted
from leadline.engine.instants import DAY, WEEK, to_instant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from leadline.engine.estimates import Caution
    from leadline.engine.process import Process

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

WEEKS_NEEDED = 8
"""How many weeks have to be on record before anything is foreseen."""

_QUARTER, _DAYS_APART, _DAYS_NEEDED, _TRY_DRAWS = 13, 4, 3, 40  # weeks, weeks, days, futures
_EXPECTING = 100  # chances of a week, each drawn, of which the mean is taken
_PARTS = 4  # of the draws, each from random numbers of its own: as many on every machine
_TRIED: WeakKeyDictionary[Process, dict[int, Tried]] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Outlook:
    """What may come after `as_of`: one row a draw, one column a day (24 hours from `as_of` on).

    `newcomers`: people of whom there was no record before; `clients`: people who become a client for the
    first time; `income`: what is paid, first purchases and further ones, in minor units of `currency` (all 0
    where no money is on record, and `currency` is None). None is ever negative.
    """

    as_of: int
    currency: str | None
    newcomers: Integers
    clients: Integers
    income: Integers

    @property
    def days(self) -> int:
        """How many days ahead."""
        return int(self.clients.shape[1])

    def months(self, column: Counts) -> Counts:
        """A column of this outlook in months from `as_of` (draws × whole months; see `month_ends`)."""
        ends = month_ends(self.as_of, self.days // 28 + 1)
        return self.periods(column, [end for end in ends if end <= self.as_of + self.days * DAY])

    def periods(self, column: Counts, ends: Sequence[int]) -> Counts:
        """A column of this outlook between each of these instants and the next one (draws × periods).

        What comes on a day that an instant parts belongs to the period in which most of that day lies.
        """
        days = [round((end - self.as_of) / DAY) for end in ends]
        total = np.cumsum(column, axis=1)
        total = np.concatenate([np.zeros_like(total[:, :1]), total], axis=1)
        summed: Counts = np.diff(total[:, days], axis=1)
        return summed


@dataclass(frozen=True)
class Range:
    """A whole number of 0 or more (people, or minor units), and the interval that holds it."""

    value: int
    low: int
    high: int


def narrowest(draws: Integers, level: float) -> Range:
    """The median of some draws, and the narrowest interval that holds so large a share of them.

    Of intervals that are as narrow the one in the middle. The share of people is counted in whole ones, so
    that few draws more than needed lie inside.
    """
    ordered = np.sort(draws)
    inside = max(math.ceil(level * len(ordered)), 1)
    width = ordered[inside - 1 :] - ordered[: len(ordered) - inside + 1]
    best = np.flatnonzero(width == width.min())
    first = int(best[len(best) // 2])
    value = int(np.median(ordered) + 0.5)
    low, high = int(ordered[first]), int(ordered[first + inside - 1])
    return Range(value, min(low, value), max(high, value))


def central(draws: Integers, level: float) -> Range:
    """The median of some draws, and the interval that leaves out as many of them above as below.

    For amounts of money, of which hardly two are the same: their narrowest interval would be narrower by
    chance.
    """
    low, value, high = np.quantile(draws, [(1 - level) / 2, 0.5, (1 + level) / 2], method="inverted_cdf")
    return Range(int(value), int(low), int(high))


def count_past(process: Process, ends: Sequence[int]) -> tuple[Integers, Integers]:
    """The new clients and the income on record between each of these instants, in order, and the next one."""
    clients = np.searchsorted(process.became, ends, side="right")
    total = np.concatenate([[0], np.cumsum(process.paid)])
    paid = total[np.searchsorted(process.paid_at, ends, side="right")]
    return np.diff(clients), np.diff(paid)


def too_little(process: Process, caution: Caution) -> TooFewConversions | TooEarly | None:
    """Why nothing is to be foreseen: less than 8 weeks on record, or too few who ever became clients."""
    if process.weeks < WEEKS_NEEDED:
        return TooEarly(process.weeks, WEEKS_NEEDED)
    found, needed = len(process.became), max(caution.needed, 1)
    return TooFewConversions(found, caution.needed) if found < needed else None


@dataclass(frozen=True)
class Tried:
    """How far off the new clients of a quarter would have been, on so many past days four weeks apart.

    Sums over those days: `off` of the process, `plain_off` of “as many as in the quarter before”, `luck` of
    who knows the mean of a Poisson process (√(2/π) times its root), and how many `came`.
    """

    days: int
    off: float
    plain_off: float
    luck: float
    came: int

    @property
    def worse(self) -> bool:
        """Whether this business doesn't follow the process: twice as far off as luck and the plain one."""
        return self.days >= _DAYS_NEEDED and self.off > 2 * max(self.plain_off, self.luck)


def try_past(process: Process, seed: int = 1) -> Tried:
    """The process as it was known on past days of the last year, and what came in the quarter after each.

    Only days count before which a whole quarter and enough clients are on record. It takes the counts of the
    process back in time and no touches; what was found is known as long as the process is held.
    """
    known = _TRIED.setdefault(process, {})
    if seed not in known:
        known[seed] = _try_past(process, seed)
    return known[seed]


def _try_past(process: Process, seed: int) -> Tried:
    rng, off, plain, luck, total = np.random.default_rng(seed), [], 0, 0.0, 0
    for ago in range(_QUARTER, RECENT - _DAYS_APART + 1, _DAYS_APART):
        ends = [process.as_of - (ago + weeks) * WEEK for weeks in (_QUARTER, 0, -_QUARTER)]
        known = np.searchsorted(process.became, ends, side="right")
        course = course_at(process.lives, process.arrived, process.as_of, ago)
        if course.weeks < _QUARTER or known[1] < NEEDED:
            break
        before, came = np.diff(known).tolist()
        people = People(course, rng, _TRY_DRAWS, _QUARTER)
        entries = np.stack([entry.draw(rng, _TRY_DRAWS, _QUARTER) for entry in course.entries], axis=2)
        foreseen = sum(people.step(entries[:, week]) for week in range(_QUARTER))
        off.append(abs(float(np.median(foreseen)) - came))
        plain += abs(before - came)
        luck += math.sqrt(2 / math.pi * came)
        total += came
    return Tried(len(off), sum(off), float(plain), luck, total)


def rounded(minor: int) -> int:
    """An amount as it is said of what nobody knows exactly: two leading digits."""
    step: int = 10 ** max(len(str(abs(minor))) - 2, 0)
    return round(minor / step) * step


def period_words(starts: int, ends: int, *, end_only: bool = False) -> str:
    """How a month is called: “July 2026” where it is one of the calendar, else “the month to 15 July 2026”.

    `end_only`: the last of some months, “September 2026” or “15 September 2026”.
    """
    if _ends_month(starts) and _ends_month(ends):
        return f"{to_local(ends - 1):%B %Y}"
    day = to_local(ends)
    said = f"{day.day} {day:%B %Y}"
    return said if end_only else f"the month to {said}"


def _ends_month(instant: int) -> bool:
    """Whether it is on the last day of a month, or is the midnight after it."""
    return any((to_local(one) + timedelta(days=1)).day == 1 for one in (instant, instant - 1))


def month_ends(as_of: int, months: int) -> list[int]:
    """The instants at which 0, 1, … `months` months from `as_of` are over; negative: going back.

    A month lasts to the same day of the next one, or to its last day where it has none; from the end of a
    month on these are calendar months.
    """
    moment = to_local(as_of)
    day = moment.date()
    at_end = (day + timedelta(days=1)).day == 1
    ends = []
    for number in range(abs(months) + 1):  # from today on, whichever way
        place = day.year * 12 + day.month - 1 + (number if months >= 0 else -number)
        longest = calendar.monthrange(place // 12, place % 12 + 1)[1]
        there = longest if at_end else min(day.day, longest)
        ends.append(to_instant(moment.replace(year=place // 12, month=place % 12 + 1, day=there)))
    return ends


def foresee(
    process: Process,
    days: int,
    draws: int = 1000,
    seed: int = 1,
    *,
    clients_leave: bool = False,
    newcomers: bool = True,
) -> Outlook:
    """So many draws of so many days ahead, each with rates of its own, as uncertain as they are.

    `clients_leave`: today's clients buy nothing any more (new ones do, again and again). `newcomers` False:
    nobody new arrives, so that what comes is owed to those on record today.
    """
    counts = [len(part) for part in np.array_split(np.arange(draws), _PARTS)]
    drawn = zip(np.random.default_rng(seed).spawn(_PARTS), counts, strict=True)
    how = partial(_foresee, process, days, clients_leave=clients_leave, newcomers=newcomers)
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:  # drawing holds no interpreter lock
        parts = list(pool.map(lambda part: how(*part), drawn))
    return Outlook(
        process.as_of, process.currency, *(np.concatenate(some) for some in zip(*parts, strict=True))
    )


def _foresee(
    process: Process,
    days: int,
    rng: np.random.Generator,
    draws: int,
    *,
    clients_leave: bool,
    newcomers: bool,
) -> list[Integers]:
    """Newcomers, clients and income of so many draws, day by day."""
    weeks = -(-days // 7)
    futures = Futures(process, weeks, draws, rng, clients_leave=clients_leave, newcomers=newcomers)
    columns: list[list[Integers]] = [[np.zeros((draws, 0), np.int64)] for _ in range(3)]
    for _ in range(weeks):
        arrived, new, paid = futures.step()
        for column, one in zip(columns, (by_day(rng, arrived), by_day(rng, new), paid), strict=True):
            column.append(one)
    return [np.concatenate(parts, axis=1)[:, :days] for parts in columns]


def expect_daily(process: Process, days: int, seed: int = 1) -> Floats:
    """How many new clients are to be expected on each of so many days of those on record, if nobody new came.

    Forwards from today, with the shares of people who go in place of people.
    """
    rng, waits, weeks = np.random.default_rng(seed), process.people, -(-days // 7)
    usual = draw_chances(rng, _EXPECTING, waits)[:, :, ALIKE], draw_ends(rng, _EXPECTING, waits)
    times = process.course.drift.draw(rng, _EXPECTING, weeks)
    stock = np.repeat(waits.waiting[None].astype(np.float64), _EXPECTING, axis=0)
    came = np.zeros(weeks)
    for week in range(weeks):
        spans, ends = drifted(*usual, times[:, week])
        going = stock * by_age(spans)
        into = np.einsum("dsb,dsbt->dt", np.add.reduceat(going, WIDE_BANDS, axis=2), ends)
        stock = aged(stock, going)
        stock[:, :, 0] += into[:, :-1]
        came[week] = into[:, -1].mean()
    return np.repeat(came / 7, 7)[:days]


def expect_clients(process: Process, days: int, seed: int = 1) -> Floats:
    """How many new clients are to be expected within so many days of those who now are in each state.

    Backwards from the last week: who is there either moves (and is a client, or stands at the beginning of
    another state with a week less to go) or is a week older.
    """
    rng, draws, waits, weeks = np.random.default_rng(seed), _EXPECTING, process.people, -(-days // 7)
    usual = draw_chances(rng, draws, waits), draw_ends(rng, draws, waits)
    times = process.course.drift.draw(rng, draws, weeks)
    value = np.zeros(usual[0].shape)
    for week in reversed(range(weeks)):
        spans, ends = drifted(usual[0][:, :, ALIKE], usual[1], times[:, week])
        moved = ends[..., -1] + np.einsum("dsbt,dt->dsb", ends[..., :-1], value[:, :, 0])
        older = np.concatenate([value[:, :, 1:], value[:, :, -1:]], axis=2)
        chance = by_age(spans)
        value = chance * by_age(moved[:, :, WIDE]) + (1 - chance) * older
    expected: Floats = (value.mean(axis=0) * waits.waiting).sum(axis=1)
    return expected
