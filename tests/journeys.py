"""Journeys written by hand or drawn by chance, and the exact answers in the dumbest way that can be right."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from leadline.engine.credit.journeys import Journeys
from leadline.engine.instants import DAY


def journeys(*paths, names=None):
    """Journeys from `("A B A", won, lost)`, or with what was paid as a fourth; a day between touchpoints."""
    values = [path[0].split() for path in paths]
    names = tuple(names or sorted({value for path in values for value in path}))
    lengths = np.array([len(path) for path in values], np.int64)
    won, lost, worth = (
        np.array([path[place] if len(path) > place else 0 for path in paths], np.int64) for place in (1, 2, 3)
    )
    return Journeys(
        names=names,
        starts=np.concatenate([[0], np.cumsum(lengths)]),
        value=np.array([names.index(value) for path in values for value in path], np.int32),
        age=np.array([DAY * left for n in lengths for left in range(n - 1, -1, -1)], np.int64),
        won=won,
        lost=lost,
        worth=worth,
    )


_path = st.lists(st.sampled_from("ABCDEFGH"), min_size=1, max_size=6).map(" ".join)
some_paths = st.lists(
    st.tuples(_path, st.integers(0, 4), st.integers(0, 4), st.integers(0, 900)), min_size=1, max_size=12
).filter(lambda paths: any(path[1] for path in paths))
"""Up to twelve journeys over up to eight values, of which at least one has led somewhere."""


def random_paths(seed, number=300, values="ABCDEF", longest=8):
    """Many journeys: some values close, others don't, and some follow each other more often."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(number):
        path = [str(rng.choice(list(values)))]
        while len(path) < longest and rng.random() < 0.7:
            path.append(path[-1] if rng.random() < 0.2 else str(rng.choice(list(values))))
        won = int(rng.integers(0, 4) * (path[-1] < "D"))
        found.append((" ".join(path), won, int(rng.integers(0, 5)) + (won == 0), 100 * won))
    return found


def states_of(path, order):
    """The states of a journey: its runs of so many values, or all of it where it is shorter."""
    values = path.split()
    if len(values) <= order:
        return [tuple(values)]
    return [tuple(values[at : at + order]) for at in range(len(values) - order + 1)]


def removal_by_removal(paths, order, only=None):
    """The removal effect of each value, by solving the chain anew without each of them."""
    states = sorted({state for path in paths for state in states_of(path[0], order)})
    number = {state: place for place, state in enumerate(states)}
    begin, ended, moves = np.zeros(len(states)), np.zeros(len(states)), np.zeros((len(states), len(states)))
    left = np.zeros(len(states))
    for path, won, lost, *_ in paths:
        steps = [number[state] for state in states_of(path, order)]
        begin[steps[0]] += won + lost
        ended[steps[-1]] += won
        left[steps[-1]] += won + lost
        for source, target in pairwise(steps):
            moves[source, target] += won + lost
            left[source] += won + lost
    left[left == 0] = 1
    moves, ended, begin = moves / left[:, None], ended / left, begin / begin.sum()

    def won_without(value):
        kept = [place for place, state in enumerate(states) if value not in state]
        stay = np.eye(len(kept)) - moves[np.ix_(kept, kept)]
        return begin[kept] @ np.linalg.solve(stay, ended[kept])

    whole = won_without(None)
    names = sorted({value for state in states for value in state})
    return {name: 1 - won_without(name) / whole for name in only or names}
