"""Lots: groups of equal size that follow from what is known, whatever the order."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.engine.lots import dealt, mixed

WHOLE = st.integers(-(2**62), 2**62)


@given(
    st.lists(st.tuples(WHOLE, WHOLE), min_size=1, max_size=60, unique=True), st.integers(1, 9), st.randoms()
)
def test_the_same_are_dealt_to_the_same_group_in_any_order(rows, groups, random) -> None:
    def group_of(some):
        columns = np.array(some, dtype=np.int64).T
        return dict(zip(some, dealt(mixed(*columns), groups, 1).tolist(), strict=True))

    shuffled = random.sample(rows, len(rows))
    assert group_of(rows) == group_of(shuffled)
    sizes = np.bincount(list(group_of(rows).values()), minlength=groups)
    assert sizes.max() - sizes.min() <= 1


def test_equal_rows_are_dealt_by_lot() -> None:
    # 500 of one kind and 500 of another, to ten groups of a hundred: hypergeometric, of variance 25 · 900/999
    rows = np.repeat([3, 8], 500)
    groups = [dealt(mixed(rows), 10, seed) for seed in range(200)]
    assert all(np.bincount(group).tolist() == [100] * 10 for group in groups)
    ones = np.array([np.bincount(group[:500], minlength=10) for group in groups])
    assert ones.var() == pytest.approx(25 * 900 / 999, rel=0.1)


def test_hashes_are_spread_and_tell_columns_apart() -> None:
    numbers = np.arange(100_000)
    hashes = mixed(numbers)
    assert len(np.unique(hashes)) == len(numbers)
    assert (hashes / 2.0**64).mean() == pytest.approx(0.5, abs=0.005)
    bits = [int(((hashes >> np.uint64(bit)) & np.uint64(1)).sum()) for bit in range(64)]
    assert all(49_000 < count < 51_000 for count in bits)
    assert not np.array_equal(mixed(numbers, numbers + 1), mixed(numbers + 1, numbers))
