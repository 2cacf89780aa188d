"""Credits by seven models: by hand, by brute force over all coalitions, and against another library."""

from __future__ import annotations

import json
from itertools import combinations
from math import factorial
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.engine.credit.credits import (
    MODELS,
    BadRules,
    Draws,
    Rules,
    credits_of,
    list_credits,
    money_of,
    resampled,
    tail_of,
)
from leadline.engine.estimates import USUAL, Caution, Estimate, TooFewConversions, wilson
from tests.journeys import journeys, random_paths, removal_by_removal, some_paths
from tests.strategies import examples

PEER = json.loads((Path(__file__).parent / "peer.json").read_text(encoding="utf-8"))
"""What `bench/record_credits.py` was told by the package ChannelAttribution."""


def credit(model, *paths, **rules):
    some = journeys(*paths)
    return dict(zip(some.names, credits_of(some, Rules(**rules))[model].tolist(), strict=True))


def shapley(paths):
    """The Shapley value of each value, by looking at every coalition: the definition, and nothing else."""
    members = [(frozenset(path[0].split()), path[1]) for path in paths]
    names = sorted({name for path in paths for name in path[0].split()})

    def worth(coalition):
        return sum(won for path, won in members if path <= coalition)

    found = {}
    for name in names:
        others, n = [other for other in names if other != name], len(names)
        found[name] = sum(
            factorial(size) * factorial(n - size - 1) / factorial(n) * (worth({*some, name}) - worth({*some}))
            for size in range(n)
            for some in combinations(others, size)
        )
    return found


def test_each_model_shares_out_one_conversion_in_its_own_way():
    way = ("A B B C A", 1, 0)
    assert credit("first", way) == {"A": 1, "B": 0, "C": 0}
    assert credit("last", ("A B B C", 1, 0)) == {"A": 0, "B": 0, "C": 1}
    assert credit("linear", way) == pytest.approx({"A": 2 / 5, "B": 2 / 5, "C": 1 / 5})
    assert credit("position", way) == pytest.approx({"A": 0.8, "B": 0.2 * 2 / 3, "C": 0.2 / 3})
    assert credit("shapley", way) == pytest.approx({"A": 1 / 3, "B": 1 / 3, "C": 1 / 3})
    # from A half of the ways end, won, and half go on: without B or C half is lost, without A all
    assert credit("markov", way) == pytest.approx({"A": 1 / 2, "B": 1 / 4, "C": 1 / 4})


def test_by_position_one_gets_all_and_two_share_in_proportion():
    assert credit("position", ("A", 3, 0)) == {"A": 3}
    assert credit("position", ("A B", 1, 0)) == pytest.approx({"A": 0.5, "B": 0.5})
    assert credit("position", ("A B", 1, 0), position=(0.6, 0.2, 0.2)) == pytest.approx(
        {"A": 0.75, "B": 0.25}
    )
    assert credit("position", ("A B", 1, 0), position=(0, 1, 0)) == pytest.approx({"A": 0.5, "B": 0.5})
    assert credit("position", ("A B C", 1, 0), position=(0, 1, 0)) == pytest.approx({"A": 0, "B": 1, "C": 0})


def test_by_time_decay_a_touch_a_half_life_older_gets_half_as_much():
    # a day between touchpoints
    assert credit("decay", ("A B C", 7, 0), half_life_days=1) == pytest.approx({"A": 1, "B": 2, "C": 4})
    assert credit("decay", ("A B", 3, 0), half_life_days=1e9) == pytest.approx({"A": 1.5, "B": 1.5})


def test_by_time_decay_ages_of_a_thousand_half_lives_lose_nothing():
    old = journeys(("A B", 3, 0))
    old.age[:] += 10**15
    found = credits_of(old, Rules(half_life_days=0.5))["decay"]
    assert found == pytest.approx([3 / 5, 12 / 5])


def test_only_the_markov_model_looks_at_what_led_nowhere():
    alone, beside = [("A B", 4, 0), ("B", 2, 0)], [("A", 0, 50), ("C A", 0, 9)]
    for model in set(MODELS) - {"markov"}:
        assert credit(model, *alone, *beside) == credit(model, *alone) | {"C": 0}
    assert credit("markov", *alone, *beside)["A"] < credit("markov", *alone)["A"]


@given(some_paths)
@examples(40)
def test_the_shapley_value_is_that_of_all_coalitions(paths):
    assert credit("shapley", *paths) == pytest.approx(shapley(paths), abs=1e-9)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_markov_credits_are_the_removal_effects_scaled_to_the_conversions(order):
    paths = random_paths(2)
    effects, whole = removal_by_removal(paths, order), sum(path[1] for path in paths)
    expected = {name: effect / sum(effects.values()) * whole for name, effect in effects.items()}
    assert credit("markov", *paths, order=order) == pytest.approx(expected, abs=1e-9 * whole)


@given(some_paths, st.sampled_from([1, 2, 3]), st.sampled_from([(0.4, 0.2, 0.4), (1, 0, 0), (0, 1, 0)]))
@examples(60)
def test_what_is_credited_adds_up_to_the_conversions_and_to_the_money(paths, order, position):
    some, rules = journeys(*paths), Rules(order=order, position=position)
    won, worth = int(some.won.sum()), int(np.where(some.won, some.worth, 0).sum())
    some.worth[some.won == 0] = 0
    for model, found in credits_of(some, rules).items():
        assert found.min() >= 0, model
        assert found.sum() == pytest.approx(won, abs=1e-9), model
    assert {model: found.sum() for model, found in money_of(some, rules).items()} == dict.fromkeys(
        MODELS, worth
    )


@given(some_paths, st.permutations("ABCDEFGH"), st.sampled_from([1, 2]))
@examples(40)
def test_another_name_gets_the_same_credit(paths, names, order):
    told = dict(zip("ABCDEFGH", names, strict=True))
    renamed = [(" ".join(told[name] for name in path.split()), *rest) for path, *rest in paths]
    some, same = (
        credits_of(journeys(*one, names="ABCDEFGH"), Rules(order=order)) for one in (paths, renamed)
    )
    order_of_names = ["ABCDEFGH".index(told[name]) for name in "ABCDEFGH"]
    for model in MODELS:
        assert same[model][order_of_names] == pytest.approx(some[model], abs=1e-9), model


@pytest.mark.parametrize("told", PEER["heuristics"])
def test_first_last_and_linear_equal_another_library(told):
    some = journeys(*(tuple(path) for path in told["paths"]))
    assert list(some.names) == told["names"]
    credited, paid = credits_of(some, Rules()), money_of(some, Rules())
    for model, column in (("first", "first_touch"), ("last", "last_touch")):
        assert credited[model].tolist() == told[f"{column}_conversions"]
        assert paid[model].tolist() == told[f"{column}_value"]
    assert credited["linear"] == pytest.approx(told["linear_touch_conversions"], rel=1e-12)
    assert paid["linear"] == pytest.approx(told["linear_touch_value"], abs=1)  # whole units


def test_money_is_shared_in_whole_units_and_none_is_lost():
    found = money_of(journeys(("A B C", 1, 0, 100)), Rules())
    assert sorted(found["linear"].tolist()) == [33, 33, 34]
    assert found["first"].tolist() == [100, 0, 0]


def test_resamples_vary_as_journeys_drawn_anew_would():
    # of 60 conversions a third begin with A: their share by first touch has a standard error of
    # √(1/3 · 2/3 / 60) = 0.061; those that lead nowhere change nothing of that
    paths = [("A B", 1, 0)] * 20 + [("B", 1, 0)] * 40 + [("B", 0, 1)] * 40
    some = journeys(*paths)
    shares = resampled(some, Rules(), Draws.of(some, Rules(), seed=1))
    assert shares["first"][:, 0].mean() == pytest.approx(1 / 3, abs=0.01)
    assert shares["first"][:, 0].std() == pytest.approx(0.061, abs=0.006)
    for model in MODELS:
        assert shares[model].sum(axis=1) == pytest.approx(1)


def test_many_journeys_vary_as_little_in_groups_as_one_by_one():
    # 3,000 conversions, in 200 groups
    paths = [("A B", 1, 0)] * 1_000 + [("B", 1, 0)] * 2_000
    some = journeys(*paths)
    shares = resampled(some, Rules(), Draws.of(some, Rules(), seed=1))
    assert shares["linear"][:, 0].std() == pytest.approx(0.5 * (1 / 3 * 2 / 3 / 3_000) ** 0.5, rel=0.15)


def test_few_conversions_have_wider_intervals_than_their_resamples():
    # Student's t is 2.262 for 10 conversions and 1.98422 for 100; Φ(−2.262 √(10/9)) = 0.0086
    assert tail_of(10, 0.95) == pytest.approx(0.0086, abs=2e-4)
    assert tail_of(100, 0.95) == pytest.approx(NormalDist().cdf(-1.98422 * (100 / 99) ** 0.5), abs=1e-5)
    assert tail_of(1_000_000, 0.95) == pytest.approx(0.025, abs=1e-6)
    assert 0 <= tail_of(1, 0.95) < 0.01


def test_a_share_by_first_touch_has_wilsons_interval():
    some = journeys(*[("A B", 1, 0)] * 12, *[("B", 1, 0)] * 28)
    one = next(one for one in list_credits(some, Rules(), USUAL, 1, money=False) if one.name == "A")
    assert one.shares["first"] == wilson(12, 40)
    assert (one.credits["first"], one.present, one.opened, one.closed) == (12, 12, 12, 0)
    linear = one.shares["linear"]
    assert linear.value == pytest.approx(6 / 40)
    assert linear.low < linear.value < linear.high < one.shares["first"].high


def test_a_share_of_nothing_has_an_upper_limit():
    found = list_credits(journeys(("A", 40, 0), ("B", 0, 3)), Rules(), USUAL, 1, money=False)
    assert [one.name for one in found] == ["A", "B"]
    assert found[1].shares["linear"] == wilson(0, 40)
    assert found[0].shares["markov"].high == 1


def test_too_few_conversions_have_no_shares_and_keep_their_credits():
    found = list_credits(journeys(("A", 9, 3)), Rules(), USUAL, 1, money=False)
    assert found[0].shares == dict.fromkeys(MODELS, TooFewConversions(9, 10))
    assert found[0].credits["markov"] == 9
    found = list_credits(journeys(("A", 9, 3)), Rules(), Caution(needed=9), 1, money=False)
    assert isinstance(found[0].shares["linear"], Estimate)


def test_the_same_seed_gives_the_same_intervals():
    some = journeys(*random_paths(4))
    assert list_credits(some, Rules(), USUAL, 3, money=True) == list_credits(
        some, Rules(), USUAL, 3, money=True
    )
    assert list_credits(some, Rules(), USUAL, 3, money=True) != list_credits(
        some, Rules(), USUAL, 4, money=True
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"order": 0},
        {"order": 4},
        {"position": (0.5, 0.5)},
        {"position": (0.5, 0.5, 0.5)},
        {"position": (-0.5, 1, 0.5)},
        {"half_life_days": 0},
        {"half_life_days": float("nan")},
        {"lookback_days": -1},
    ],
)
def test_rules_by_which_nothing_can_be_shared_out_are_refused(wrong):
    with pytest.raises(BadRules):
        Rules(**wrong)
