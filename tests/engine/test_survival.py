"""Kaplan-Meier and Aalen-Johansen, held to a published table, to hand calculation, a loop and lifelines."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline.engine.estimates import Duration, wilson
from leadline.engine.survival import HAPPENED, OTHERWISE, WAITING, incidence

SIX_MP = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+".split()
"""Weeks in remission under 6-MP; + still in remission. Freireich and others, Blood 21 (1963) 699-716."""

waits = st.lists(st.tuples(st.integers(0, 12), st.sampled_from([WAITING, HAPPENED, OTHERWISE])), max_size=30)


def curve(pairs, level=0.95):
    durations, outcomes = np.array(list(pairs), dtype=np.int64).reshape(-1, 2).T
    return incidence(durations, outcomes, level)


def six_mp():
    return curve((int(week.rstrip("+")), WAITING if "+" in week else HAPPENED) for week in SIX_MP)


def by_loop(pairs, time):
    """Share and variance by time, straight from the formulas, one time after the other."""
    share, rest, steps = 0.0, 1.0, []
    for t in sorted({duration for duration, outcome in pairs if outcome != WAITING and duration <= time}):
        y = sum(duration >= t for duration, _ in pairs)
        one = sum(pair == (t, HAPPENED) for pair in pairs)
        both = one + sum(pair == (t, OTHERWISE) for pair in pairs)
        share += rest * one / y
        steps.append((share, rest, y, one, both))
        rest *= 1 - both / y
    variance = 0.0
    for then, before, y, one, both in steps:
        variance += (share - then) ** 2 * both / (y * (y - both)) if y > both else 0
        variance += before**2 * one * (y - one) / y**3 - 2 * (share - then) * before * one / y**2
    return share, variance


@pytest.mark.parametrize(
    ("week", "remaining", "error"),
    [(6, 0.857, 0.0764), (7, 0.807, 0.0869), (10, 0.753, 0.0963), (13, 0.690, 0.1068), (16, 0.627, 0.1141),
     (22, 0.538, 0.1282), (23, 0.448, 0.1346)],
)  # fmt: skip
def test_the_remission_times_give_the_published_survival_and_standard_error(week, remaining, error):
    found = six_mp()
    at = np.searchsorted(found.times, week)
    assert 1 - found.share[at] == pytest.approx(remaining, abs=6e-4)
    assert np.sqrt(found.variance[at]) == pytest.approx(error, abs=6e-5)


def test_the_median_remission_is_the_published_one_and_three_quarters_is_not_reached():
    half, three_quarters = six_mp().quantiles([0.5, 0.75])
    assert half == Duration(23, 13, None)
    assert three_quarters.value is None


def test_ties_of_all_three_outcomes_are_as_calculated_by_hand():
    # day 1: 10 at risk, 2 arrive, 1 leaves, 1 is lost from sight; day 2: of 6, 1 and 1; day 3: of 4, 1 lost;
    # day 4: of 3, 1 arrives and 2 leave. F = 2/10; + 7/10 x 1/6; + 7/10 x 4/6 x 1/3
    days = [(1, 1), (1, 1), (1, 2), (1, 0), (2, 1), (2, 2), (3, 0), (4, 1), (4, 2), (4, 2)]
    found = curve(days)
    assert found.times.tolist() == [1, 2, 3, 4]
    assert found.at_risk.tolist() == [10, 6, 4, 3]
    assert found.happened.tolist() == [2, 1, 0, 1]
    assert found.otherwise.tolist() == [1, 1, 0, 2]
    expected = [0.2, 0.2 + 0.7 / 6, 0.2 + 0.7 / 6, 0.2 + 0.7 / 6 + 0.7 * 4 / 6 / 3]
    assert found.share.tolist() == pytest.approx(expected)


def test_with_nobody_waiting_the_share_is_plain_and_its_variance_binomial():
    found = curve([(3, HAPPENED)] * 3 + [(5, OTHERWISE)] * 5 + [(9, HAPPENED)] * 12)
    assert found.share.tolist() == pytest.approx([0.15, 0.15, 0.75])
    assert found.variance.tolist() == pytest.approx([p * (1 - p) / 20 for p in (0.15, 0.15, 0.75)])


def test_the_variance_stays_exact_with_very_many():
    found = curve([(1, HAPPENED)] * 30_000 + [(2, OTHERWISE)] * 50_000 + [(3, HAPPENED)] * 20_000)
    assert found.variance.tolist() == pytest.approx([p * (1 - p) / 100_000 for p in (0.3, 0.3, 0.5)])


@given(waits)
def test_share_and_variance_are_those_of_the_loop(pairs):
    found = curve(pairs)
    for place, time in enumerate(found.times.tolist()):
        share, variance = by_loop(pairs, time)
        assert found.share[place] == pytest.approx(share)
        assert found.variance[place] == pytest.approx(variance, abs=1e-12)


@settings(max_examples=40)
@given(waits)
def test_one_cause_agrees_with_lifelines_ties_and_heavy_censoring_included(pairs):
    from lifelines import KaplanMeierFitter  # takes seconds: who runs other tests needn't wait

    pairs = [(duration, min(outcome, HAPPENED)) for duration, outcome in pairs] or [(1, WAITING)]
    found = curve(pairs)
    fitted = KaplanMeierFitter().fit(*np.array(pairs).T)
    assert found.share.tolist() == pytest.approx(list(1 - fitted.survival_function_at_times(found.times)))
    inside = (found.share > 0) & (found.share < 1 - 1e-9)
    estimates = [found.at(time) for time in found.times[inside].tolist()]
    limits = 1 - fitted.confidence_interval_.loc[found.times[inside]].to_numpy()
    assert [estimate.high for estimate in estimates] == pytest.approx(limits[:, 0].tolist())
    assert [estimate.low for estimate in estimates] == pytest.approx(limits[:, 1].tolist())


@settings(max_examples=30)
@given(waits)
def test_quantiles_agree_with_lifelines(pairs):
    from lifelines import KaplanMeierFitter  # takes seconds: who runs other tests needn't wait

    pairs = [(duration + 1, min(outcome, HAPPENED)) for duration, outcome in pairs] or [(1, WAITING)]
    fitted = KaplanMeierFitter().fit(*np.array(pairs).T)
    for share in (0.25, 0.5, 0.75):
        remaining = fitted.survival_function_.iloc[:, 0]
        reached = remaining.index[remaining <= 1 - share + 1e-9]
        assert curve(pairs).quantiles([share])[0].value == (int(reached[0]) if len(reached) else None)


@settings(max_examples=30)
@given(st.lists(st.sampled_from([WAITING, HAPPENED, OTHERWISE]), min_size=2, max_size=30), st.randoms())
def test_two_causes_agree_with_lifelines_where_no_times_are_tied(outcomes, random):
    from lifelines import AalenJohansenFitter  # takes seconds: who runs other tests needn't wait

    times = random.sample(range(1, 1000), len(outcomes))
    found = curve(zip(times, outcomes, strict=True))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its logarithms of 0
        fitted = AalenJohansenFitter().fit(times, outcomes, event_of_interest=HAPPENED)
    theirs = fitted.cumulative_density_.iloc[:, 0].loc[found.times]
    assert found.share.tolist() == pytest.approx(theirs.tolist())
    variance = fitted.variance_.loc[found.times].to_numpy()
    known = np.isfinite(variance)  # it divides by nothing where the last one at risk ends
    assert found.variance[known].tolist() == pytest.approx(variance[known].tolist(), abs=1e-12)


@given(waits)
def test_what_arrived_left_and_still_waits_adds_up_to_all(pairs):
    swapped = [
        (duration, {HAPPENED: OTHERWISE, OTHERWISE: HAPPENED}.get(outcome, outcome))
        for duration, outcome in pairs
    ]
    found, other = curve(pairs), curve(swapped)
    rest = np.cumprod(1 - (found.happened + found.otherwise) / found.at_risk)
    assert (found.share + other.share + rest).tolist() == pytest.approx([1.0] * len(rest))


@given(waits, st.sampled_from([0.5, 0.8, 0.95, 0.99]))
def test_a_share_only_grows_and_lies_in_its_interval_between_0_and_1(pairs, level):
    found = curve(pairs, level)
    assert (np.diff(found.share) >= 0).all()
    for time in range(14):
        estimate = found.at(time)
        assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


@given(waits, st.integers(0, 12))
def test_who_never_moves_can_raise_no_share(pairs, time):
    assert curve([*pairs, (99, WAITING)]).at(time).value <= curve(pairs).at(time).value + 1e-12


@given(waits, st.randoms())
def test_the_order_of_the_waits_does_not_matter(pairs, random):
    shuffled = random.sample(pairs, len(pairs))
    assert curve(pairs).share.tolist() == curve(shuffled).share.tolist()


def test_where_it_happened_to_none_the_upper_limit_is_that_of_wilson():
    found = curve([(5, OTHERWISE)] * 4 + [(9, WAITING)] * 6)
    assert found.at(3) == found.at(0)
    assert found.at(3).high == pytest.approx(wilson(0, 10).high)
    assert found.at(9).high == pytest.approx(wilson(0, 10).high)
    assert found.at(10).high == pytest.approx(wilson(0, 4).high)


def test_where_it_happened_to_all_the_lower_limit_is_that_of_wilson():
    found = curve([(day, HAPPENED) for day in range(12)])
    assert found.at(11).value == pytest.approx(1)
    assert found.at(11).low == pytest.approx(wilson(12, 12).low)


def test_of_nobody_nothing_is_known():
    found = curve([])
    assert (found.at(5).value, found.at(5).low, found.at(5).high) == (0, 0, 1)
    assert found.quantiles([0.5]) == [Duration(None, None, None)]
    assert [time for time, _ in found.points(7)] == [0, 7]


def test_what_happens_at_a_time_counts_at_that_time():
    found = curve([(10, HAPPENED)] + [(20, WAITING)] * 3)
    assert (found.at(9).value, found.at(10).value) == (0, pytest.approx(0.25))


def test_a_quarter_of_four_is_reached_with_the_first():
    found = curve([(day, HAPPENED) for day in (10, 20, 30, 40)])
    assert [time.value for time in found.quantiles([0.25, 0.5, 0.75])] == [10, 20, 30]


def test_a_million_are_thinned_for_drawing():
    found = curve((time, HAPPENED) for time in range(1000))
    points = found.points(500)
    assert len(points) <= 151
    assert points[-1][1].value == pytest.approx(501 / 1000)
