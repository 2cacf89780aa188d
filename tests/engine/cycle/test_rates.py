"""Rates, held to lifelines and to hand values; pooling, held to numeric integration."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engine.cycle.attempts import Attempts
from leadline.engine.cycle.rates import _log_gamma, count, evidence, measure, pool, spread_rates
from leadline.engine.estimates import Caution, Estimate, TooFewConversions
from leadline.engine.instants import DAY
from leadline.engine.survival import HAPPENED, OTHERWISE, WAITING

FEW = Caution(needed=1)
DRAWS = 40_000


def stood(*each: tuple[float, float, int]) -> Attempts:
    """Attempts of (days it took, days followed, outcome)."""
    n = len(each)
    took, followed, outcome = np.array(each, dtype=np.float64).reshape(-1, 3).T
    nobody = np.zeros(n, dtype=np.int32)
    return Attempts(
        nobody,
        nobody,
        np.zeros(n, dtype=np.int64),
        (took * DAY).astype(np.int64),
        (followed * DAY).astype(np.int64),
        outcome.astype(np.uint8),
    )


def test_where_all_were_followed_to_the_end_the_weight_is_their_number():
    some = stood(*[(5 + k, 100, HAPPENED) for k in range(4)], *[(100, 100, WAITING)] * 6)
    rate = measure(some, FEW)
    assert isinstance(rate.share, Estimate)
    assert rate.share.value == pytest.approx(0.4)
    assert (rate.weight, rate.passed) == (10, pytest.approx(4))
    assert (rate.began, rate.through, rate.left, rate.waiting) == (10, 4, 0, 6)
    assert rate.horizon == 100 * DAY


def test_the_weight_of_censored_waits_is_by_hand():
    # 1 of 4 at day 1; one is followed for 2 days only; 1 of the 2 left at day 3: F = 1 − ¾·½ = 5/8.
    some = stood((1, 9, HAPPENED), (2, 2, WAITING), (3, 9, HAPPENED), (9, 9, WAITING))
    rate = measure(some, FEW)
    variance = (3 / 8) ** 2 * (1 / (4 * 3) + 1 / (2 * 1))  # Greenwood
    assert rate.share.value == pytest.approx(5 / 8)
    assert rate.weight == pytest.approx(5 / 8 * 3 / 8 / variance)
    assert rate.passed == pytest.approx(5 / 8 * rate.weight)


def test_where_nobody_got_through_those_count_of_whom_it_is_known():
    some = stood(*[(30, 30, WAITING)] * 6, *[(3, 3, WAITING)] * 6, (5, 30, OTHERWISE))
    rate = measure(some, FEW)
    assert (rate.passed, rate.weight) == (0, 7)
    assert rate.stayed == pytest.approx(7 * 12 / 13)
    assert rate.share.value == 0


def test_who_is_followed_for_less_than_it_takes_is_not_ripe():
    young, old = [(5, 5, WAITING)] * 8, [(40, 40, WAITING)] * 2
    assert measure(stood(*young, *old), FEW, 20 * DAY).ripe == 2
    assert measure(stood(*young, *old), FEW).ripe == 2
    assert measure(stood(*young), FEW, 4 * DAY).ripe == 8


def test_the_share_is_that_within_the_usual_time_if_enough_were_followed_so_long():
    some = stood(*[(2, 50, HAPPENED)] * 3, *[(50, 50, WAITING)] * 3, *[(4, 4, WAITING)] * 60)
    caution = Caution(needed=5)
    assert measure(some, caution).horizon == 4 * DAY  # a quarter of all
    assert measure(some, caution, 45 * DAY).horizon == 45 * DAY
    assert measure(some, caution, 60 * DAY).horizon == 4 * DAY


def test_too_few_have_no_share_but_a_weight():
    rate = measure(stood((1, 9, HAPPENED), (9, 9, WAITING)), Caution(needed=10))
    assert rate.share == TooFewConversions(2, 10)
    assert rate.weight == pytest.approx(2)


def test_nobody_has_no_rate_and_no_warning():
    rate = measure(stood(), FEW)
    assert (rate.began, rate.weight, rate.passed, rate.ripe, rate.horizon) == (0, 0, 0, 0, None)
    assert measure(stood((0, 0, WAITING)), FEW).weight == 1


def test_counted_rates_never_pass_all():
    rate = count(12, 10, FEW)
    assert (rate.through, rate.began, rate.passed, rate.weight, rate.ripe) == (10, 10, 10, 10, 10)
    assert count(0, 0, FEW).share == TooFewConversions(0, 1)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 90), st.sampled_from([WAITING, HAPPENED, OTHERWISE])),
        min_size=2,
        max_size=25,
    ),
    st.randoms(),
)
def test_the_share_is_lifelines_aalen_johansen_at_the_horizon(found, random):
    from lifelines import AalenJohansenFitter  # takes seconds: who runs other tests needn't wait

    times = random.sample(range(1, 100), len(found))
    outcomes = [outcome for _, outcome in found]
    more = [0 if outcome == WAITING else extra for extra, outcome in found]
    rate = measure(stood(*((t, t + e, o) for t, e, o in zip(times, more, outcomes, strict=True))), FEW)
    assert 0 <= rate.passed <= rate.weight + 1e-9
    assert rate.weight <= rate.began + 1e-9
    assert 0 <= rate.share.low <= rate.share.value <= rate.share.high <= 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its logarithms of 0
        fitted = AalenJohansenFitter().fit(times, outcomes, event_of_interest=HAPPENED)
    theirs = fitted.cumulative_density_.iloc[:, 0]
    assert rate.share.value == pytest.approx(theirs[theirs.index <= rate.horizon / DAY].iloc[-1])
    longest = sorted(t + e for t, e in zip(times, more, strict=True))
    assert rate.horizon == longest[-math.ceil(len(found) / 4)] * DAY


def test_the_logarithm_of_gamma_is_that_of_the_standard_library():
    x = np.concatenate([np.geomspace(1e-5, 8, 200), np.linspace(8, 5_000, 200)])
    assert _log_gamma(x) == pytest.approx([math.lgamma(one) for one in x], rel=1e-10, abs=1e-9)


def integrated(rates, weigh):
    """The posterior mean of weigh(m, κ), by brute force over an even grid of m and of log κ."""
    total = norm = 0.0
    for m in (np.arange(300) + 0.5) / 300:
        for z in np.linspace(-3.8, 4.4, 60):
            k = 20 * math.exp(0.6 * z)
            log_chance = -z * z / 2
            for d, n in rates:
                log_chance += math.lgamma(k) - math.lgamma(k * m) - math.lgamma(k * (1 - m))
                log_chance += math.lgamma(k * m + d) + math.lgamma(k * (1 - m) + n - d) - math.lgamma(k + n)
            total += math.exp(log_chance) * weigh(m, k)
            norm += math.exp(log_chance)
    return total / norm


@pytest.mark.parametrize("rates", [[(8, 20)], [(3, 10), (12.5, 40)], [(0, 15), (30, 60)]])
def test_what_the_paths_have_in_common_is_what_integration_finds(rates):
    rng = np.random.default_rng(4)
    found = pool(evidence(rates), DRAWS, rng)
    assert found.mean.mean() == pytest.approx(integrated(rates, lambda m, _: m), abs=0.005)
    assert np.log(found.kappa).mean() == pytest.approx(integrated(rates, lambda _, k: math.log(k)), abs=0.03)
    assert found.usual(rng).mean() == pytest.approx(found.mean.mean(), abs=0.005)
    assert found.usual(rng).var() == pytest.approx(
        integrated(rates, lambda m, k: m * m + m * (1 - m) / (k + 1))
        - integrated(rates, lambda m, _: m) ** 2,
        rel=0.05,
    )
    shrunk = integrated(rates, lambda m, k: (k * m + 2) / (k + 8))
    assert found.given(2, 8, rng).mean() == pytest.approx(shrunk, abs=0.005)


def test_a_rate_lies_between_its_own_and_what_the_others_have():
    rng = np.random.default_rng(4)
    found = pool(evidence([(30, 100), (28, 100)]), DRAWS, rng)
    assert 0.29 < found.given(9, 10, rng).mean() < 0.9
    assert found.given(900, 1000, rng).mean() == pytest.approx(0.9, abs=0.02)


def test_without_other_paths_hardly_anything_is_known():
    found = pool(evidence([]), DRAWS, np.random.default_rng(4))
    assert found.mean.mean() == pytest.approx(0.5, abs=0.01)
    assert np.quantile(found.mean, [0.05, 0.95]) == pytest.approx([0.05, 0.95], abs=0.02)


def test_small_rates_spread_around_their_mean_in_logarithms():
    drawn = spread_rates([(10, 1000), (20, 1000)], DRAWS, np.random.default_rng(4))
    middle = math.exp((math.log(10.5 / 1001) + math.log(20.5 / 1001)) / 2)
    assert np.median(drawn) == pytest.approx(middle, rel=0.02)
    assert ((drawn > 0) & (drawn <= 1)).all()
    one = spread_rates([(10, 1000)], DRAWS, np.random.default_rng(4))
    assert np.quantile(one, 0.75) / np.median(one) == pytest.approx(
        math.exp(1.0 * math.sqrt(2) * 0.7649), rel=0.05  # Student's t with 3 degrees of freedom
    )  # fmt: skip
