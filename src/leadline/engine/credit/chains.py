"""Chains: journeys as an absorbing Markov chain, and what goes missing when a value is taken out of it.

The states of a chain of order k are the runs of k values that follow each other in a journey; a journey
shorter than k is one state as a whole. A journey begins in its first state, moves from one to the next, and
ends in *won* or *lost*; the transition probabilities are the observed frequencies. Staying in a state is
left out, which changes no probability of ever getting anywhere.

With Q the transitions between states, r the probability (or the money) of winning from each, and s where
journeys begin, N = (I − Q)⁻¹ holds the expected visits, h = N r what is won from each state on, and n = s N
the visits of a journey (J. G. Kemeny and J. L. Snell, Finite Markov Chains (1960), chapter 3). To take a
value out is to let all states A that hold it end in *lost*. What is then missing is what is won on the ways
through A:

    s h − s h(without A) = n_A (N_AA)⁻¹ h_A,    of order 1, where A is one state v: n_v h_v / N_vv,

since N_AA⁻¹ turns visits of A into the first visit of A. The *removal effect* is that as a share of s h (E.
Anderl et al., Mapping the customer journey, International Journal of Research in Marketing 33 (2016)
457–474). One inverse serves all values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from leadline.engine.fold import compiled

if TYPE_CHECKING:
    from leadline.engine.credit.journeys import Journeys

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

ORDERS = (1, 2, 3)
MOST_RUNS = 1 << 20
"""So many runs of k + 1 values at most are told apart."""
DENSE = 2_000
"""Up to so many states are solved by an inverse; more, by iteration."""
SMALLEST = 1e-15
"""The least step, as a share of the whole, that is no rounding."""
EXACT = 1e-13
"""How close the iteration comes to what it converges to."""


@dataclass(frozen=True, eq=False)
class Chain:
    """What was counted, in g groups of journeys: arrays of g rows, with a column a state or a move.

    `holds[v]` flags the states that hold value v. Move m leads from state `source[m]` to `target[m]`. `begun`
    journeys begin in a state, `won` and `lost` end in it; `worth` was paid after those that were won.
    """

    holds: npt.NDArray[np.bool_]
    source: Integers
    target: Integers
    moves: Floats
    begun: Floats
    won: Floats
    lost: Floats
    worth: Floats

    @property
    def states(self) -> int:
        """The number of states."""
        return len(self.begun[0])


def most_values(order: int) -> int:
    """How many values a chain of this order can tell apart."""
    return int(float(MOST_RUNS) ** (1 / (order + 1))) - 1


def count_chain(journeys: Journeys, order: int, group: Integers | None = None, groups: int = 1) -> Chain:
    """The chain of these journeys, each of a `group` (0 to `groups` - 1; all one, unless given)."""
    base, lengths, begins = len(journeys.names) + 1, journeys.lengths, journeys.starts[:-1]
    runs, longer = base**order, base ** (order + 1)
    many = np.zeros(len(journeys), np.int64) if group is None else group
    weight = (journeys.won + journeys.lost).astype(np.float64)
    code, inside = _runs(journeys, order)
    moved = np.maximum(lengths - order, 0)
    moves = _count(np.repeat(many, moved), code[inside], np.repeat(weight, moved), (groups, longer))
    first, last = code[begins + np.minimum(lengths, order) - 1], code[journeys.starts[1:] - 1] % runs
    begun = _count(many, first, weight, (groups, runs))
    ends = [
        _count(many, last, much, (groups, runs)) for much in (journeys.won, journeys.lost, journeys.worth)
    ]
    return _observed(moves, begun, ends, base)


def _observed(moves: Floats, begun: Floats, ends: list[Floats], base: int) -> Chain:
    """The chain of the states and moves that there are, out of all that there could be."""
    runs = begun.shape[1]
    run = np.arange(moves.shape[1])
    source, target = run // base, run % runs
    kept = np.flatnonzero(np.any(moves > 0, axis=0) & (source != target))
    seen: npt.NDArray[np.bool_] = np.any(begun > 0, axis=0)
    seen[target[kept]] = True
    states = np.flatnonzero(seen)
    number = np.cumsum(seen) - 1
    holds = np.zeros((base - 1, len(states)), dtype=bool)
    left = states
    while left.any():
        left, digit = np.divmod(left, base)
        inside = np.flatnonzero(digit)
        holds[digit[inside] - 1, inside] = True
    parts = (part[:, states] for part in (begun, *ends))
    return Chain(holds, number[source[kept]], number[target[kept]], moves[:, kept], *parts)


def removal_effects(chain: Chain, mixes: Floats | None = None, *, money: bool = False) -> Floats:
    """The removal effect of each value, between 0 and 1; one row for each row of `mixes`.

    `mixes[i]` says how often each group counts (once, unless given); with `money` what is missing is money,
    and not conversions. Where nothing was won, nothing can go missing: 0.
    """
    mixes = np.ones((1, len(chain.begun))) if mixes is None else mixes
    moves, begun, won, lost, worth = (
        mixes @ part for part in (chain.moves, chain.begun, chain.won, chain.lost, chain.worth)
    )
    left = won + lost
    for mix, moved in enumerate(moves):
        left[mix] += np.bincount(chain.source, moved, chain.states)
    left[left == 0] = 1
    reward = (worth if money else won) / left
    begin = begun / np.maximum(begun.sum(axis=1, keepdims=True), 1)
    if chain.states > DENSE:
        parts = zip(moves / left[:, chain.source], reward, begin, strict=True)
        return np.array([_iterated(chain, *part) for part in parts])
    stay = np.zeros((len(mixes), chain.states, chain.states))
    stay[:, chain.source, chain.target] = -moves / left[:, chain.source]
    stay[:, np.arange(chain.states), np.arange(chain.states)] = 1
    return _solved(chain, np.linalg.inv(stay).astype(np.float64, copy=False), reward, begin)


def _solved(chain: Chain, visits: Floats, reward: Floats, begin: Floats) -> Floats:
    """The removal effects from the expected visits N of each mix."""
    ahead = (visits @ reward[:, :, None])[:, :, 0]
    visited = (begin[:, None, :] @ visits)[:, 0, :]
    missing = np.zeros((len(visits), len(chain.holds)))
    for value, held in enumerate(chain.holds):
        at = np.flatnonzero(held)
        first = np.linalg.solve(visits[:, at[:, None], at], ahead[:, at, None])[:, :, 0]
        missing[:, value] = (visited[:, at] * first).sum(axis=1)
    return _shares(missing, (begin * ahead).sum(axis=1))


def _iterated(chain: Chain, moves: Floats, reward: Floats, begin: Floats) -> Floats:
    """The removal effects of one mix, by Gauss and Seidel's iteration for each value."""
    order = np.argsort(chain.source, kind="stable")
    starts = np.searchsorted(chain.source[order], np.arange(chain.states + 1))
    solve = compiled(iterate_wins)
    rows = (starts, chain.target[order], moves[order], reward)
    everything: float = begin @ solve(*rows, np.zeros(chain.states, dtype=bool), EXACT)
    left = np.array([begin @ solve(*rows, held, EXACT) for held in chain.holds])
    effects: Floats = _shares(everything - left[None, :], np.array([everything]))[0]
    return effects


def iterate_wins(
    starts: Any, target: Any, moves: Any, reward: Any, held: npt.NDArray[np.bool_], exact: float
) -> Any:
    """What is won from each state on, if the states that are `held` end in nothing.

    Rises from 0 towards the solution; stops when what is still missing, judged by how fast the steps get
    smaller, is below `exact` of the largest.
    """
    won = np.zeros(len(reward))
    before = 0.0
    while True:
        step, top = 0.0, 0.0
        for state in range(len(reward)):
            if not held[state]:
                sum_ = reward[state]
                for at in range(starts[state], starts[state + 1]):
                    sum_ += moves[at] * won[target[at]]
                step = max(step, sum_ - won[state])
                top = max(top, sum_)
                won[state] = sum_
        rate = step / before if before > 0 else 1.0
        if step <= top * max(exact * (1 - rate), SMALLEST):
            return won
        before = step


def _shares(missing: Floats, whole: Floats) -> Floats:
    """What is missing as a share of the whole, in each row; rounding below 0 and above 1 cut off."""
    whole = whole[:, None]
    found: Floats = np.divide(missing, whole, out=np.zeros_like(missing), where=whole > 0)
    return np.clip(found, 0.0, 1.0)


def _runs(journeys: Journeys, order: int) -> tuple[Integers, npt.NDArray[np.bool_]]:
    """At each touchpoint the run of `order` + 1 values that ends there, and whether it is a whole one.

    A run is a number with a digit for each value, the last value the lowest; 0 before the journey's start.
    """
    base, lengths = len(journeys.names) + 1, journeys.lengths
    digit = journeys.value.astype(np.int64) + 1
    code, whole = digit.copy(), np.ones(len(digit), dtype=bool)
    for back in range(1, order + 1):
        code[back:] += digit[: len(digit) - back] * base**back
    for place in range(order):
        at = journeys.starts[:-1][lengths > place] + place
        code[at] %= base ** (place + 1)
        whole[at] = False
    return code, whole


def _count(group: Integers, where: Integers, weight: npt.NDArray[Any], shape: tuple[int, int]) -> Floats:
    counted = np.bincount(group * shape[1] + where, weight, shape[0] * shape[1])
    found: Floats = counted.astype(np.float64).reshape(shape)
    return found
