"""What the reports say comes true: a small, fixed part of `bench/truth.py`, which says how it is measured.

The bench has 200 businesses; here are few, so a claim fails only where chance would rarely (once in 200)
let it fall so short.
"""

from __future__ import annotations

from math import comb, sqrt

import numpy as np
import pytest

from bench.businesses import random_business
from bench.trials import SPANS, see, try_business
from bench.truths import plant, true_rates
from leadline.engine.cycle.cycles import LINKS
from leadline.engine.instants import NEVER
from leadline.engine.simulate import simulate

pytestmark = pytest.mark.nightly
RARE = 0.005
BUSINESSES = range(5_000, 5_016)
FEWER = range(5_000, 5_006)


def outcomes_of(part, seeds):
    found = {}
    for seed in seeds:
        for outcome in try_business(seed, [part]):
            found.setdefault(outcome.claim, []).append(outcome)
    return found


@pytest.fixture(scope="module")
def of_leaks():
    return outcomes_of("leaks", BUSINESSES)


@pytest.fixture(scope="module")
def of_forecasts():
    return outcomes_of("forecasts", range(5_000, 5_010))


@pytest.fixture(scope="module")
def of_plans():
    return outcomes_of("plans", FEWER)


def chance_of_at_most(right, trials, share):
    return sum(comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(right + 1))


def falls_short(outcomes, share):
    """Where it fell short, if that is too often to be chance."""
    right = sum(one.right for one in outcomes)
    wrong = [f"{one.seed}: {one.detail}" for one in outcomes if not one.right]
    return wrong if chance_of_at_most(right, len(outcomes), share) < RARE else []


def test_a_missing_link_is_ranked_first(of_leaks):
    assert falls_short(of_leaks["missing link ranked first"], 0.95) == []


def test_a_sound_business_gives_no_alarm(of_leaks):
    assert falls_short(of_leaks["no false alarm"], 0.95) == []


@pytest.mark.parametrize("claim", ["rates, perfect records", "rates, flawed records"])
def test_intervals_of_rates_hold_the_truth(of_leaks, claim):
    assert len(of_leaks[claim]) > 20
    assert falls_short(of_leaks[claim], 0.85) == []


def test_intervals_of_gains_hold_the_truth(of_leaks):
    assert falls_short(of_leaks["gains"], 0.85) == []


@pytest.mark.parametrize("what", ["clients", "income"])
def test_intervals_of_forecasts_hold_what_came(of_forecasts, what):
    assert falls_short(of_forecasts[f"forecast of {what}"], 0.85) == []


@pytest.mark.parametrize("what", ["clients", "income"])
@pytest.mark.parametrize(("place", "other"), [(2, "same as last quarter"), (3, "open deals times win rate")])
def test_forecasts_are_nearer_than_simple_ones(of_forecasts, what, place, other):
    figures = np.array([one.figures for one in of_forecasts[f"forecast of {what}"]])
    errors = abs(figures[:, [1, place]] - figures[:, :1]) / figures[:, 4:]
    better = errors[:, 1] - errors[:, 0]
    # not worse by more than chance allows; that it is better takes the businesses of the bench
    assert better.mean() > -2.6 * better.std() / sqrt(len(better)), other


def test_the_odds_of_a_plan_come_true(of_plans):
    stated = np.array([one.figures[0] for one in of_plans["odds of the plan"]])
    came = np.array([one.right for one in of_plans["odds of the plan"]])
    # the two goals of a business come true together, so that they count as one
    error = sqrt(2 * (stated * (1 - stated)).sum())
    assert abs(came.sum() - stated.sum()) < 2.8 * error + 0.05 * len(came)


@pytest.mark.parametrize("seed", range(12))
def test_the_same_seed_gives_the_same_business_and_another_another(seed):
    assert random_business(seed) == random_business(seed)
    assert random_business(seed) != random_business(seed + 1)


def test_businesses_are_as_many_sided_as_they_are_said_to_be():
    businesses = [random_business(seed) for seed in range(300)]
    paths = np.array([len(one.paths) for one in businesses])
    assert (paths.min(), paths.max()) == (1, 7)
    assert 0.5 < np.isin(paths, [3, 4, 5]).mean() < 0.8
    assert 0.4 < np.mean([one.renewal is not None for one in businesses]) < 0.6
    assert 0.18 < np.mean([one.flaws.missing_rate == 0 for one in businesses]) < 0.33
    assert {path.cycle for one in businesses for path in one.paths} == {"open", "closed"}
    assert all(abs(sum(path.jumps.values())) <= 0.9 for one in businesses for path in one.paths)


def test_businesses_have_a_hundred_to_ten_thousand_contacts():
    known = np.array([len(simulate(random_business(seed), seed=seed).contacts["id"]) for seed in range(40)])
    assert known.min() >= 50
    assert known.max() <= 15_000
    assert ((known > 500) & (known < 3_000)).mean() > 0.5


DAYS = SPANS[2]


def perfect(seed):
    business = random_business(seed).scaled(10)
    return business.replaced(flaws={})


def test_true_rates_are_those_of_large_businesses():
    """Counted in the truth itself, of everybody who was reached by the first half."""
    business = perfect(11)
    whole = simulate(business, seed=1, start=DAYS.start, as_of=DAYS.end)
    lives, first = whole.truth.journeys, whole.truth.journeys.asks.number == 1
    names = [path.name for path in business.paths]
    rates = true_rates(business)
    for place, name in enumerate(names):
        talked = (lives.nurture_path == place) & (lives.warm_at < NEVER)
        asked = talked & (lives.first_asked_at < NEVER)
        won = np.isin(
            lives.asks.person[first & (lives.asks.path == place)], np.flatnonzero(lives.bought_at < NEVER)
        )
        for link, through, tried in (("ask", asked.sum(), talked.sum()), ("answer", won.sum(), len(won))):
            error = sqrt(rates[name, link] * (1 - rates[name, link]) / tried)
            assert abs(through / tried - rates[name, link]) < 4.5 * error, (name, link)


def test_a_planted_leak_costs_as_much_as_is_said():
    business, cut = random_business(11).replaced(flaws={}).scaled(20), DAYS.cut_at
    whole = simulate(business, seed=2, start=DAYS.start, as_of=DAYS.end)
    tried = [plant(business, whole, cut, np.random.default_rng(seed)) for seed in range(12)]
    for leak in [one for one in tried if one and one.link != "renew"][:3]:
        leaky = simulate(
            business.with_leak(leak.path, leak.link, leak.keeps), seed=2, start=DAYS.start, as_of=DAYS.end
        )
        before, after = (
            int(((one.truth.journeys.bought_at < NEVER) & (one.truth.journeys.reached_at <= cut)).sum())
            for one in (whole, leaky)
        )
        assert leak.link in LINKS
        assert 1 - after / before == pytest.approx(leak.cost, abs=0.05)


def test_what_is_seen_at_the_cut_has_no_future():
    whole = simulate(random_business(3), seed=3, start=DAYS.start, as_of=DAYS.end)
    then = see(whole, DAYS.cut)
    assert then.log.happened_at.max() <= then.history.as_of
    assert len(then.cycles) == len(then.log.contact.labels)
