"""When the income is back: by brute force, and against businesses that start without clients."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.engine.horizon.replacement import replaced_after
from leadline.engine.horizon.ranges import MONTH
from leadline.engine.instants import DAY


def test_the_income_is_back_when_a_window_holds_as_much_as_before():
    steady = np.full((1, 400), 10)  # 10 a day, against 200 a month: 600 in three months are there on day 60
    assert replaced_after(steady, 200, 3).tolist() == [60]
    assert replaced_after(steady, 10 * MONTH / DAY, 3).tolist() == [91]  # as much as ever: one whole window


def test_one_payment_long_ago_falls_out_of_the_window():
    paid = np.zeros((2, 400), dtype=np.int64)
    paid[0, [0, 80]] = 300
    paid[1, [0, 100]] = 300
    assert replaced_after(paid, 200, 3).tolist() == [81, np.inf]


def test_windows_are_summed_as_a_loop_sums_them():
    rng = np.random.default_rng(5)
    paid = rng.poisson(0.05, (40, 500)) * 100
    width = round(6 * MONTH / DAY)
    expected = []
    for row in paid:
        sums = [row[max(day - width + 1, 0) : day + 1].sum() for day in range(len(row))]
        expected.append(next((day + 1.0 for day, total in enumerate(sums) if total >= 160 * width * DAY / MONTH), np.inf))
    assert replaced_after(paid, 160, 6).tolist() == sorted(expected)
    assert np.isinf(expected).any()
    assert np.isfinite(expected).any()
