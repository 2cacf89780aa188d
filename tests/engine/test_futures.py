"""Futures: how those who go are taken from the weeks in a state, and how draws end one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engine.course import BANDS
from leadline.engine.futures import ALIKE, Futures, by_age, spread
from leadline.engine.process import estimate_process
from leadline.engine.touches import Touches
from tests.histories import crowd, history

PROCESS = estimate_process(
    history(
        crowd((40, "lead 3, client 30"), (60, "lead 10, prospect 50"), (30, "client 5"), (9, "lead 1")),
        as_of=120,
    ),
    Touches.of([]),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=61, max_size=61), st.integers(0, 99))
def test_whoever_goes_was_there_and_all_who_go_are_taken(stock: list[int], seed: int) -> None:
    rng, some = np.random.default_rng(seed), np.broadcast_to(np.array(stock), (5, 3, 61))
    there = np.add.reduceat(some, ALIKE, axis=2)
    going = rng.integers(0, there + 1)
    taken = spread(rng, some, there, going)
    assert (taken >= 0).all()
    assert (taken <= some).all()
    assert np.array_equal(np.add.reduceat(taken, ALIKE, axis=2), going)


def test_each_week_is_as_likely_to_be_left_as_there_are_people() -> None:
    # 6, 3 and 1 people in the ninth to the eleventh week, whose chance is the same: five of ten go
    assert {8, 11} <= set(BANDS.tolist())
    stock = np.zeros((4000, 1, 61), np.int64)
    stock[:, 0, 8:11] = 6, 3, 1
    there = np.add.reduceat(stock, ALIKE, axis=2)
    taken = spread(np.random.default_rng(1), stock, there, there // 2)[:, 0, 8:11]
    assert taken.mean(axis=0) == pytest.approx([3, 1.5, 0.5], abs=0.05)


def test_what_is_so_of_a_span_of_weeks_is_so_of_each_of_them() -> None:
    ages = by_age(ALIKE[None].astype(float))[0]
    assert ages.tolist() == [max(int(one) for one in ALIKE if one <= week) for week in range(61)]


def test_futures_that_are_kept_go_on_as_they_are() -> None:
    ahead = Futures(PROCESS, 12, 6, np.random.default_rng(2))
    ahead.step()
    wanted = np.array([True, False, False, True, True, False])
    before = ahead.people.stock[wanted], ahead.buyers.stock[wanted], ahead.arrived[wanted]
    ahead.keep(wanted)
    after = ahead.people.stock, ahead.buyers.stock, ahead.arrived
    assert all(np.array_equal(one, two) for one, two in zip(before, after, strict=True))
    arrived, new, paid = ahead.step()
    assert (arrived.shape, new.shape, paid.shape) == ((3,), (3,), (3, 7))
