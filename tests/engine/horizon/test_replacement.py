"""When the income is back: by brute force, and against businesses that start without clients."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from leadline.engine.clocks import last_of
from leadline.engine.cycle.cycles import trace_cycles
from leadline.engine.estimates import USUAL
from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.horizon.pace import client_spans
from leadline.engine.horizon.replacement import Replacement, _middle, replaced_after, replacement
from leadline.engine.instants import DAY, MONTH, NEVER
from leadline.engine.outlook import Tried
from leadline.engine.process import estimate_process
from leadline.engine.simulate import AS_OF, load_business, simulate


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
        held = (day + 1 for day, total in enumerate(sums) if total >= 160 * width * DAY / MONTH)
        expected.append(_third_month(next(held, np.inf)))
    assert replaced_after(paid, 160, 6).tolist() == sorted(expected)
    assert np.isinf(expected).any()
    assert np.isfinite(expected).any()


def _third_month(last):
    """The end of the third of the six months that end on a day; what came sooner came when it came."""
    return min(last, 91) if last <= 182 else last - (182 - 91)


def test_the_time_is_near_that_of_a_business_that_did_lose_its_clients():
    business, today = load_business("saas"), last_of(AS_OF)
    truths, said = [], []
    for seed in (1, 2):
        touches = simulate(business, seed=seed, as_of="2028-06-30").touches
        history = derive(touches, load_funnel("sales-cycle"), as_of=today)
        cycles = trace_cycles(touches, history)
        found = replacement(cycles, estimate_process(history, touches), USUAL, 1, 60)
        who, _, left = client_spans(history)
        stays = np.ones(len(cycles), dtype=bool)
        stays[who[left == NEVER]] = False
        after = trace_cycles(touches, derive(touches, load_funnel("sales-cycle"))).purchases
        theirs = (after.bought_at > today) & stays[after.contact]
        paid = np.bincount((after.bought_at[theirs] - today) // DAY, after.value[theirs], 731)
        truths.append(replaced_after(paid[None], found.monthly, found.window)[0])
        said.append(found.time)
    assert np.mean([one.value / DAY for one in said]) == pytest.approx(np.mean(truths), rel=0.2)
    assert all(one.low <= truth * DAY <= one.high for one, truth in zip(said, truths, strict=True))


def futures(days):
    days = np.sort(np.array(days, dtype=float))
    return Replacement(100_000.0, "EUR", 3, 5, days, _middle(days))


def test_futures_too_far_apart_have_no_middle_worth_telling():
    told = futures([30] * 10 + [200] * 40 + [400] * 50)
    assert (told.time.low, told.time.high) == (30 * DAY, 400 * DAY)
    assert told.sentence() == (
        "If all clients left today, nobody can say when today's income (about 1,000 EUR a month) would be "
        "back: anything between 4 weeks and 13 months is possible."
    )
    assert "would be back after" in futures([60] * 10 + [200] * 40 + [400] * 50).sentence()
    assert "more than 5 years is possible" in futures([60] * 60 + [np.inf] * 40).sentence()
    assert "in 20 % of them not in 5 years" in futures([60] * 80 + [np.inf] * 20).sentence()


def test_what_rests_on_a_forecast_that_fails_on_its_own_past_is_not_said():
    touches = simulate(load_business("coach"), seed=1).touches
    history = derive(touches, load_funnel("sales-cycle"))
    cycles, process = trace_cycles(touches, history), estimate_process(history, touches)
    assert isinstance(replacement(cycles, process, USUAL, 1, 20), Replacement)
    # as if nearly as many had become clients each week of the last year, whoever was on the way
    even = np.sort(process.as_of - np.arange(52 * 40) * 7 * DAY // 40)
    found = replacement(cycles, replace(process, became=even), USUAL, 1, 20)
    assert isinstance(found, Tried)
    assert found.worse
