"""Lots: who is parted into which group, by what happened with them and not by their number.

Intervals are found by leaving out groups, or drawing them again. Contacts have other numbers in another file,
and the same group has to be theirs: so lots are drawn in the order of a hash of what is known of each
(splitmix64; G. L. Steele et al., Fast splittable pseudorandom number generators (2014)). Of those of whom all
of it is the same, it makes no difference which is where.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_TIMES = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_SHIFTS = np.uint64(30), np.uint64(27), np.uint64(31)


def mixed(*columns: npt.NDArray[Any]) -> Hashes:
    """A hash of each row of these columns of whole numbers, in their order."""
    found = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        found += column.astype(np.int64).view(np.uint64) + _STEP
        for shift, times in zip(_SHIFTS, _TIMES, strict=False):
            found ^= found >> shift
            found *= times
        found ^= found >> _SHIFTS[-1]
    return found


def dealt(hashes: Hashes, groups: int, seed: int) -> npt.NDArray[np.int64]:
    """Of each row its group, drawn by lot; of two groups one has at most one row more."""
    group = np.empty(len(hashes), dtype=np.int64)
    group[np.argsort(hashes)] = np.random.default_rng(seed).permutation(len(hashes)) % groups
    return group
