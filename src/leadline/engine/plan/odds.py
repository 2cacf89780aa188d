"""Odds: how many have to start for enough to arrive in time, with all that is uncertain about it.

A *table* tells how those who wait in a state leave it, by age and by way out. What is known of that is a
posterior: in each interval of age with y at risk (those censored in it count half, as actuaries do), of whom
e₁ … e_C left by the ways 1 … C, the hazards are Dirichlet(e₁ + a, …, e_C + a, y − Σe + ½), a being so small
that all intervals together weigh as half a person: the beta process of N. L. Hjort, Nonparametric Bayes
estimators based on beta processes in models for life history data, Annals of Statistics 18 (1990) 1259–1294,
whose mean is nearly the Aalen–Johansen estimate. Where nobody was followed so long, nothing is hoped for.

Every draw of the hazards gives the chance q of one who starts at any time before the day (all are equally
likely) to arrive by it. Of n who start, Binomial(n, q) arrive; until r have arrived, r + NegativeBinomial(r,
q) have to start. Over all draws that is the distribution of the number needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from leadline.engine.instants import NEVER

if TYPE_CHECKING:
    from collections.abc import Sequence

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

DRAWS = 2000
"""How many times the unknown is drawn: odds are exact to about one point."""
STEPS = 64
"""Into so many equal parts the time until the day is cut."""
PRIOR = 0.5
"""What is believed before anything is seen weighs as so many people."""

_PARTS = 33
_MOST_AGES = 32
_FARTHEST = 1e15
_BEFORE = -1


@dataclass(frozen=True, eq=False)
class Table:
    """Draws of how people leave a state: at each age of `edges` the share gone by each way, and staying.

    `gone` has the shape (ways, DRAWS, ages), `staying` (DRAWS, ages). The first age is just before 0.
    """

    edges: Integers
    gone: Floats
    staying: Floats

    def ahead(self, age: int, times: Integers) -> Floats:
        """Of those who are still there at an age: the share gone by each way in each interval of `times`.

        `times` begins with 0; an age below 0 is that of those who only start. Shape (ways, DRAWS, intervals).
        """
        ages = np.maximum(times + max(age, 0), 0)
        ages[0] = max(age, _BEFORE)
        left = np.maximum(_at(self.edges, self.staying, ages[:1]), 1e-12)
        share: Floats = np.diff(_at(self.edges, self.gone, ages), axis=-1) / left
        return share


def draw_table(
    durations: Integers, outcomes: npt.NDArray[np.uint8], ways: int, horizon: int, rng: np.random.Generator
) -> Table:
    """The table of people who waited so long (microseconds) and left by a way (1 to `ways`; 0: still there).

    Takes O(n log ages); the draws don't depend on how many people there are.
    """
    edges = _edges(durations, outcomes, horizon)
    place = np.searchsorted(edges, durations)
    tally = np.bincount(place * (ways + 1) + outcomes, minlength=len(edges) * (ways + 1))
    tally = tally.reshape(len(edges), ways + 1).astype(np.float64)
    at_risk = len(durations) - np.concatenate([[0.0], np.cumsum(tally.sum(axis=1))[:-1]])
    seen = at_risk > 0
    left = tally[:, 1:].T
    stayed = np.maximum(at_risk - tally[:, 0] / 2 - left.sum(axis=0), 0)
    prior = PRIOR / (ways * max(int(seen[1:].sum()), 1))
    drawn = rng.standard_gamma((left + prior)[:, None, :], (ways, DRAWS, len(edges)))
    drawn[:, :, ~seen], drawn[:, :, 0] = 0, 0
    whole = drawn.sum(axis=0) + rng.standard_gamma(stayed + PRIOR, (DRAWS, len(edges)))
    hazard = drawn / np.maximum(whole, 1e-300)
    staying = np.cumprod(1 - hazard.sum(axis=0), axis=1)
    before = np.concatenate([np.ones((DRAWS, 1)), staying[:, :-1]], axis=1)
    return Table(edges, np.cumsum(before * hazard, axis=-1), staying)


def _edges(durations: Integers, outcomes: npt.NDArray[np.uint8], horizon: int) -> Integers:
    """Ages at which the table is told: evenly up to the horizon, and where most leave."""
    ended = durations[outcomes > 0]
    often = np.quantile(ended, np.linspace(0, 1, _PARTS)) if len(ended) else np.zeros(0)
    even = np.linspace(0, horizon, _PARTS)
    longest = int(durations.max(initial=0))
    return np.unique(np.concatenate([[_BEFORE, longest], often, even]).astype(np.int64))


def _at(edges: Integers, values: Floats, ages: Integers) -> Floats:
    """Values at these ages, straight lines between the edges and level beyond them."""
    place = np.clip(np.searchsorted(edges, ages, side="right") - 1, 0, len(edges) - 2)
    weight = np.clip((ages - edges[place]) / (edges[place + 1] - edges[place]), 0, 1)
    found: Floats = values[..., place] * (1 - weight) + values[..., place + 1] * weight
    return found


def grid(horizon: int) -> Integers:
    """The times from 0 to the horizon, one more than STEPS."""
    return np.linspace(0, horizon, STEPS + 1).astype(np.int64)


def arriving(table: Table, onward: Sequence[Floats], horizon: int) -> Floats:
    """For one who starts: the chance to have arrived by each time of the grid; shape (DRAWS, STEPS + 1).

    `onward` has for each way what is so for one who takes it: the result of another call, `AT_ONCE` for a way
    that is the arrival, `NOWHERE` for one that leads away.
    """
    gone, total = table.ahead(_BEFORE, grid(horizon)), np.zeros((DRAWS, STEPS + 1))
    for share, then in zip(gone, onward, strict=True):
        middle = (then[:, :-1] + then[:, 1:]) / 2
        if (middle == 1).all():  # whoever has left has arrived
            total[:, 1:] += np.cumsum(share, axis=1)
        elif middle.any():
            for step in range(STEPS):
                total[:, step + 1 :] += share[:, step, None] * middle[:, : STEPS - step]
    return np.minimum(total, 1)


AT_ONCE: Floats = np.ones((1, STEPS + 1))
NOWHERE: Floats = np.zeros((1, STEPS + 1))


def overall(arrived: Floats) -> Floats:
    """The chance to arrive by the day of one who starts at any time before it, in each draw."""
    middle: Floats = ((arrived[:, :-1] + arrived[:, 1:]) / 2).mean(axis=1)
    return middle


def arrivals(
    ages: Integers, table: Table, onward: Sequence[Floats], horizon: int, rng: np.random.Generator
) -> Integers:
    """How many of those who have been in a state for so long arrive by the day, in each draw."""
    times, total = grid(horizon), np.zeros(DRAWS, dtype=np.int64)
    for age, number in _alike(ages):
        gone, chance = table.ahead(age, times), np.zeros(DRAWS)
        for share, then in zip(gone, onward, strict=True):
            middle = (then[:, :-1] + then[:, 1:]) / 2
            chance += (share * middle[:, ::-1]).sum(axis=1)
        total += rng.binomial(number, np.clip(chance, 0, 1))
    return total


def _alike(ages: Integers) -> list[tuple[int, int]]:
    """The ages, those that are nearly the same as one, with how many have it."""
    parts = np.array_split(np.sort(ages), min(len(ages), _MOST_AGES)) if len(ages) else []
    return [(int(np.median(part)), len(part)) for part in parts]


def starts_needed(missing: Integers, chance: Floats, rng: np.random.Generator) -> Integers:
    """How many have to start until so many have arrived, in each draw; NEVER where it is out of reach."""
    wanted, known = np.maximum(missing, 1), np.maximum(chance, 1e-300)
    near = wanted / known < _FARTHEST
    more = rng.negative_binomial(np.where(near, wanted, 1), np.where(near, known, 1.0))
    needed: Integers = np.where(missing <= 0, 0, np.where(near, more + wanted, NEVER))
    return needed


def clients_for(income: int, values: Integers, rng: np.random.Generator) -> Integers:
    """How many first purchases it takes to reach an income, in each draw; `values` has at least one above 0.

    Values are drawn from a bootstrap sample of those on record; of very many the sum is taken as normal.
    """
    sample = rng.choice(np.sort(values), (DRAWS, min(len(values), 500))).astype(np.float64)
    mean, spread = np.maximum(sample.mean(axis=1), values.mean() / 100), sample.std(axis=1)
    about = income / mean
    most = float(np.median(about))
    if most <= 100:
        columns = int(min(4 * most + 20, 600))
        picked = sample[np.arange(DRAWS)[:, None], rng.integers(0, sample.shape[1], (DRAWS, columns))]
        sums = np.cumsum(picked, axis=1)
        reached = (sums < income).sum(axis=1) + 1
        beyond = np.ceil(columns + np.maximum(income - sums[:, -1], 0) / mean)
        few: Integers = np.where(reached <= columns, reached, beyond).astype(np.int64)
        return few
    noisy = about + np.sqrt(about) * spread / mean * rng.standard_normal(DRAWS)
    many: Integers = np.maximum(np.ceil(noisy), 1).astype(np.int64)
    return many


def income_of(clients: Integers, values: Integers, rng: np.random.Generator) -> Floats:
    """What so many first purchases come to, in each draw."""
    sample = rng.choice(np.sort(values), (DRAWS, min(len(values), 500))).astype(np.float64)
    few = np.minimum(clients, 100)
    rows = np.repeat(np.arange(DRAWS), few)
    picked = sample[rows, rng.integers(0, sample.shape[1], len(rows))]
    total = np.bincount(rows, picked, minlength=DRAWS)
    rest = clients - few
    noise = np.sqrt(rest) * sample.std(axis=1) * rng.standard_normal(DRAWS)
    income: Floats = np.maximum(total + rest * sample.mean(axis=1) + noise, 0)
    return income
