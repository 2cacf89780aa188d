"""Chance and the calendar: repeatable draws, delays, working hours."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.engine.errors import LeadlineError
from leadline.engine.instants import DAY
from leadline.engine.kinds import Kinds
from leadline.engine.simulate.business import Business, Delay, Mix

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
MONTH_DAYS = 30.4375


class Draws:
    """Random numbers for each named step of a business, apart from those of all other steps.

    So two businesses that differ in one rate, run with one seed, differ only where that rate matters.
    """

    def __init__(self, seed: int, name: str) -> None:
        if seed < 0:
            raise LeadlineError("A seed was asked for", found=str(seed), allowed="a whole number from 0 up")
        self.seed, self.name = seed, name

    def of(self, step: str) -> np.random.Generator:
        """The generator of one step, always the same for a seed."""
        return np.random.default_rng([self.seed, zlib.crc32(f"{self.name}/{step}".encode())])


@dataclass(frozen=True)
class Run:
    """One run of a business: the words for touches, the chance, and the instants from when to when."""

    business: Business
    kinds: Kinds
    draws: Draws
    start: int
    as_of: int

    def each(self, parameter: str) -> npt.NDArray[Any]:
        """A parameter of every path, in the order of the paths."""
        return np.array([getattr(path, parameter) for path in self.business.paths])

    def delays(self, parameter: str) -> list[Delay]:
        """A delay of every path, in the order of the paths."""
        return [getattr(path, parameter) for path in self.business.paths]

    @property
    def closed(self) -> Mask:
        """Which paths are closed cycles."""
        return np.array([path.cycle == "closed" for path in self.business.paths])

    def in_office(self, n: int) -> Mask:
        """Whether each of n conversations, asks or purchases keeps office hours."""
        return np.full(n, self.business.office_hours)


def draw_delays(rng: np.random.Generator, delays: Sequence[Delay], which: Ints) -> Ints:
    """One delay for each entry of `which` (positions in `delays`), in microseconds."""
    mean = np.array([delay.mean_days for delay in delays])[which]
    spread = np.array([delay.spread for delay in delays])[which]
    lognormal = np.array([delay.shape == "lognormal" for delay in delays], dtype=bool)[which]
    gamma_days = rng.standard_gamma(1 / spread**2) * mean * spread**2
    sigma = np.sqrt(np.log1p(spread**2))
    lognormal_days = mean * np.exp(sigma * rng.standard_normal(len(which)) - sigma**2 / 2)
    days: Floats = np.where(lognormal, lognormal_days, gamma_days)
    return (days * DAY).astype(np.int64)


def draw_kinds(
    rng: np.random.Generator, kinds: Kinds, mixes: Sequence[Mix], which: Ints
) -> npt.NDArray[np.uint16]:
    """The code of one kind for each entry of `which` (positions in `mixes`), by the weights of that mix.

    Raises UnknownName for a kind that isn't declared.
    """
    names = sorted({name for mix in mixes for name in mix})
    codes = np.array([kinds.code(name) for name in names], dtype=np.uint16)
    edges = np.cumsum([[mix.get(name, 0.0) for name in names] for mix in mixes], axis=1)[which]
    passed = rng.random(len(which))[:, None] * edges[:, -1:] >= edges
    drawn: npt.NDArray[np.uint16] = codes[passed.sum(axis=1)]
    return drawn


def draw_places(rng: np.random.Generator, weights: Sequence[float], n: int) -> Ints:
    """n positions in `weights`, each as often as its weight says."""
    edges = np.cumsum(weights)
    places: Ints = np.searchsorted(edges, rng.random(n) * edges[-1], side="right")
    return places


def settle(rng: np.random.Generator, instants: Ints, earliest: Ints, at_work: Mask) -> Ints:
    """Instants moved to an hour at which such things happen, in whole seconds and after `earliest`.

    At work: Monday to Friday, 8:30 to 18:00; what falls on a weekend goes to a working day from the Thursday
    before to the Wednesday after. Otherwise any day, 7 to 23 o'clock.
    """
    day, n = instants // DAY, len(instants)
    weekday = (day + 3) % 7  # 1970-01-01 was a Thursday
    moved_by = np.array([-2, -1, 2, 3, 4])[rng.integers(0, 5, n)]
    workday = day + np.select([weekday == 5, weekday == 6], [moved_by, moved_by - 1], 0)
    office = workday * DAY + ((8.5 + 9.5 * rng.beta(2, 2.2, n)) * HOUR).astype(np.int64)
    anytime = day * DAY + ((7 + 16 * rng.beta(2.2, 1.8, n)) * HOUR).astype(np.int64)
    moved = np.where(at_work, office, anytime)
    soon_after = earliest + rng.integers(3 * MINUTE, 90 * MINUTE, n)
    return np.where(moved > earliest, moved, soon_after) // SECOND * SECOND
