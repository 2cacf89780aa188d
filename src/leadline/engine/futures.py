"""Futures: how those on the way, and those who were clients once, go on from week to week in each draw.

Each draw has chances of its own, from their posteriors given the counts of the process (`chances`). What is
drawn are numbers of people in each state and age and not people. Weeks in a state whose chances are the same
are drawn at once, as one binomial number; those who go are then taken from these weeks in even steps
from a random start (a systematic sample: W. G. Cochran, Sampling Techniques (1977), chapter 8), so that each
person is as likely to be among them, and a week more or less is all that is left to chance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from leadline.engine.chances import WIDE_BANDS, dirichlet, draw_chances, draw_ends, draw_weekly_chances
from leadline.engine.course import BANDS, OLDEST

if TYPE_CHECKING:
    from leadline.engine.course import Course
    from leadline.engine.process import Process

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Counts = TypeVar("Counts", Integers, Floats)

ALIKE = np.union1d(BANDS, WIDE_BANDS)
"""The first week of each span of weeks in a state in which neither chance nor ends change."""

_WEEKS_ALIKE = np.diff(ALIKE, append=OLDEST + 1)
_FIRST_WIDE = np.searchsorted(ALIKE, WIDE_BANDS)
WIDE = np.searchsorted(WIDE_BANDS, ALIKE, side="right") - 1
"""The wide band in which each of these spans lies."""
_STARTS = 1e-6, 1 - 1e-6  # off whole numbers by more than sums are rounded by
_MOST_SUMMED = 50  # amounts that are drawn one by one
_MOST_VALUES = 400
_SURE = 0.99


class Futures:
    """So many futures of a business, which go on from week to week for as long as they are looked at.

    At most so many `weeks`; `clients_leave` and `newcomers` are those of `outlook.foresee`.
    """

    def __init__(
        self,
        process: Process,
        weeks: int,
        draws: int,
        rng: np.random.Generator,
        *,
        clients_leave: bool = False,
        newcomers: bool = True,
    ) -> None:
        entries = [entry.draw(rng, draws, weeks) for entry in process.entries]
        arrived = np.stack(entries, axis=2)
        self.arrived = arrived if newcomers else np.zeros_like(arrived)
        self.people = People(process.course, rng, draws, weeks)
        self.buyers = Buyers(process, rng, draws, clients_leave=clients_leave)

    def step(self) -> tuple[Integers, Integers, Integers]:
        """A week passes: newcomers and new clients in each draw, and what is paid on each of its days."""
        arrived = self.arrived[:, self.people.week]
        new = self.people.step(arrived)
        return arrived.sum(axis=1), new, self.buyers.step(new)

    def keep(self, wanted: npt.NDArray[np.bool_]) -> None:
        """Go on with some of the draws alone."""
        self.arrived = self.arrived[wanted]
        for part, columns in ((self.people, People.DRAWN), (self.buyers, Buyers.DRAWN)):
            for name in columns:
                setattr(part, name, getattr(part, name)[wanted])
        self.buyers.pools = [pool[wanted] for pool in self.buyers.pools]


class People:
    """Those who were never a client, as numbers: draws × states × weeks in the state."""

    DRAWN = "stock", "chance", "ends", "drift"

    def __init__(self, course: Course, rng: np.random.Generator, draws: int, weeks: int) -> None:
        waits, self.rng = course.people, rng
        self.stock = np.repeat(waits.waiting[None], draws, axis=0)
        self.chance = draw_chances(rng, draws, waits)[:, :, ALIKE]
        usual = np.argsort(-waits.moved.sum(axis=1)[:, :-1], axis=1, kind="stable")
        self.ways = np.pad(usual, ((0, 0), (0, 1)), constant_values=waits.moved.shape[2] - 1)
        self.ends = np.take_along_axis(draw_ends(rng, draws, waits), self.ways[None, :, None], axis=3)
        self.drift = course.drift.draw(rng.spawn(1)[0], draws, weeks)
        self.week = 0

    def step(self, arrived: Integers) -> Integers:
        """A week passes: how many became clients, in each draw."""
        chance, ends = drifted(self.chance, self.ends, self.drift[:, self.week])
        self.week += 1
        there = np.add.reduceat(self.stock, ALIKE, axis=2)
        going = self.rng.binomial(there, chance)
        into = self._move(np.add.reduceat(going, _FIRST_WIDE, axis=2), ends) + arrived
        self.stock = aged(self.stock, spread(self.rng, self.stock, there, going))
        self.stock[:, :, 0] += into[:, :-1]
        became: Integers = into[:, -1]
        return became

    def _move(self, going: Integers, ends: Floats) -> Integers:
        """How many go each way; of each state the usual ways first, after which few are left to be drawn."""
        moved = self.rng.multinomial(going, ends).sum(axis=2)
        into = np.zeros((len(going), ends.shape[3]), dtype=np.int64)
        for state, ways in enumerate(self.ways):
            into[:, ways] += moved[:, state]
        return into


def spread(rng: np.random.Generator, stock: Integers, there: Integers, going: Integers) -> Integers:
    """Those who go, week by week, of a stock in each week; `there` and `going` are by spans of `ALIKE`."""
    passed = by_age(going / np.maximum(there, 1))
    passed *= stock
    np.cumsum(passed, axis=2, out=passed)
    passed += rng.uniform(*_STARTS, passed.shape[:2])[..., None]
    whole: Integers = passed.astype(np.int64)
    whole[:, :, 1:] -= whole[:, :, :-1].copy()
    return whole


def drifted(chance: Floats, ends: Floats, times: Floats) -> tuple[Floats, Floats]:
    """The chances (by spans of `ALIKE`) and ends of a week in which to become a client is so often as likely.

    `times`: how often, in each draw.
    """
    if (times == 1).all():
        return chance, ends
    ends = ends.copy()
    ends[..., -1] *= times[:, None, None]
    whole: Floats = ends.sum(axis=-1, keepdims=True)
    return np.minimum(chance * whole[:, :, WIDE, 0], _SURE), ends / whole


def by_age(spans: Floats) -> Floats:
    """What is so of each span of `ALIKE` (the last axis), for each week in it."""
    ages: Floats = np.repeat(spans, _WEEKS_ALIKE, axis=-1)
    return ages


class Buyers:
    """Clients by what they bought last and how many weeks ago: draws × classes × weeks."""

    DRAWN = "stock", "chance", "ends", "prompt", "first"

    def __init__(
        self, process: Process, rng: np.random.Generator, draws: int, *, clients_leave: bool
    ) -> None:
        waits, self.rng = process.buyers, rng
        self.sizes = waits.moved.shape[2]
        self.stock = np.repeat(waits.waiting[None] * (not clients_leave), draws, axis=0)
        self.chance = draw_weekly_chances(rng, draws, waits)
        again: Floats = waits.moved.sum(axis=1).astype(np.float64)
        whole: Floats = again.sum(axis=0) + 0.5
        self.ends = dirichlet(rng, again + whole / float(whole.sum()), draws)
        self.prompt = rng.beta(process.at_once[0] + 0.5, process.at_once[1] + 0.5, draws)
        self.first = dirichlet(rng, process.first_sizes + 0.5, draws)
        self.pools = [_pool(rng, values, draws) for values in process.values]

    def step(self, new: Integers) -> Integers:
        """A week passes, in which so many become clients: what is paid on each of its days (draws × 7)."""
        going = _draw_binomial(self.rng, self.stock, self.chance)
        again = self.rng.multinomial(going.sum(axis=2), self.ends)
        prompt = self.rng.binomial(new, self.prompt)
        first = self.rng.multinomial(prompt, self.first) + again[:, 0]
        later = again[:, 1:].sum(axis=1)
        self.stock = aged(self.stock, going)
        self.stock[:, 0, 0] += new - prompt
        self.stock[:, 1 : 1 + self.sizes, 0] += first
        self.stock[:, 1 + self.sizes :, 0] += later
        paid = np.zeros((len(new), 7), dtype=np.int64)
        for size, pool in enumerate(self.pools):
            paid += _draw_sums(self.rng, by_day(self.rng, (first + later)[:, size]), pool)
        return paid


def _draw_binomial(rng: np.random.Generator, stock: Integers, chance: Floats) -> Integers:
    """How many of each go, drawn only where there is somebody."""
    going = np.zeros(stock.shape, dtype=np.int64)
    there = np.flatnonzero(stock)
    going.reshape(-1)[there] = rng.binomial(stock.reshape(-1)[there], chance.reshape(-1)[there])
    return going


def aged(stock: Counts, going: Counts) -> Counts:
    """Those who stayed, a week older; the last age holds all older ones."""
    older = np.empty_like(stock)
    np.subtract(stock[:, :, :-1], going[:, :, :-1], out=older[:, :, 1:])
    older[:, :, -1] += stock[:, :, -1] - going[:, :, -1]
    older[:, :, 0] = 0
    return older


def by_day(rng: np.random.Generator, counts: Integers) -> Integers:
    """The numbers of a week, each thing on any of its days: an axis more, of seven."""
    return rng.multinomial(counts, np.full(7, 1 / 7))


def _pool(rng: np.random.Generator, values: Integers, draws: int) -> Integers:
    """The amounts of each draw: those on record, resampled (a bootstrap)."""
    if not len(values):
        return np.zeros((draws, 1), dtype=np.int64)
    return values[rng.integers(0, len(values), (draws, min(len(values), _MOST_VALUES)))]


def _draw_sums(rng: np.random.Generator, counts: Integers, pool: Integers) -> Integers:
    """The sum of so many amounts of each draw's pool; of very many by the central limit theorem."""
    sums = np.zeros(counts.shape, dtype=np.int64)
    few = np.where(counts <= _MOST_SUMMED, counts, 0)
    total = int(few.sum())
    draw = np.repeat(np.repeat(np.arange(len(counts)), counts.shape[1]), few.reshape(-1))
    picked = pool[draw, rng.integers(0, pool.shape[1], total)]
    ends = np.cumsum(few.reshape(-1))
    running = np.concatenate([[0], np.cumsum(picked)])
    sums += (running[ends] - running[ends - few.reshape(-1)]).reshape(counts.shape)
    many = np.nonzero(counts > _MOST_SUMMED)
    if len(many[0]):
        n = counts[many]
        mean, spread, least = (part[many[0]] for part in (pool.mean(1), pool.std(1), pool.min(1)))
        drawn = n * mean + np.sqrt(n) * spread * rng.standard_normal(len(n))
        sums[many] = np.maximum(drawn, n * least).astype(np.int64)
    return sums
