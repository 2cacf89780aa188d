"""The removal effect, by hand, by a chain solved anew without each value, and by another library."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from leadline.engine.credit.chains import DENSE, count_chain, most_values, removal_effects
from leadline.engine.credit.journeys import Journeys
from tests.journeys import journeys, random_paths, removal_by_removal, some_paths
from tests.strategies import examples

ORDERS = (1, 2, 3)
PEER = json.loads((Path(__file__).parent / "peer.json").read_text(encoding="utf-8"))
"""What `bench/record_credits.py` was told by the package ChannelAttribution."""


def effects(some, order=1):
    return dict(zip(some.names, removal_effects(count_chain(some, order))[0].tolist(), strict=True))


def test_what_goes_missing_is_what_was_won_on_the_ways_through_a_value():
    # Of four journeys A B wins, A and B lose, and C wins. By the chain: from A half go on to B, half are
    # lost; half of those at B win: 1/4 (C) + 1/2 · 1/2 · 1/2 (through A) + 1/4 · 1/2 (B at once) = 1/2.
    some = journeys(("A B", 1, 0), ("A", 0, 1), ("B", 0, 1), ("C", 1, 0))
    assert effects(some) == pytest.approx({"A": 1 / 8 / (1 / 2), "B": 1 / 4 / (1 / 2), "C": 1 / 4 / (1 / 2)})


def test_a_value_without_which_nothing_is_won_is_missed_wholly():
    assert effects(journeys(("A B", 3, 1), ("B", 2, 5), ("A", 0, 9)))["B"] == pytest.approx(1)


def test_coming_twice_in_a_row_is_coming_once():
    once = journeys(("A B", 1, 1), ("B C", 2, 1))
    assert effects(journeys(("A A A B", 1, 1), ("B C C", 2, 1))) == pytest.approx(effects(once))


def test_where_nothing_was_won_nothing_goes_missing():
    assert effects(journeys(("A B", 0, 1), ("B", 0, 2))) == {"A": 0, "B": 0}


@pytest.mark.parametrize("order", ORDERS)
@given(some_paths)
@examples(60)
def test_the_removal_effect_is_that_of_the_chain_solved_without_the_value(order, paths):
    paths = [path for path in paths if path[1] + path[2]]
    expected = removal_by_removal(paths, order)
    assert effects(journeys(*paths), order) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("order", ORDERS)
def test_the_removal_effect_is_exact_over_long_journeys_with_loops(order):
    paths = random_paths(5, number=400, values="ABCDEFGH", longest=40)
    assert effects(journeys(*paths), order) == pytest.approx(removal_by_removal(paths, order), abs=1e-9)


def test_more_states_than_an_inverse_is_for_are_solved_as_exactly():
    values = "ABCDEFGHIJKLMNOPQRST"
    paths = random_paths(8, number=1_600, values=values, longest=12)
    some = journeys(*paths)
    assert count_chain(some, 3).states > DENSE
    expected, found = removal_by_removal(paths, 3, only="T"), effects(some, 3)
    assert found["T"] == pytest.approx(expected["T"], abs=1e-10)


def test_groups_counted_apart_add_up_to_the_whole():
    paths = random_paths(3)
    some, group = journeys(*paths), np.arange(len(paths)) % 7
    apart = count_chain(some, 2, group, 7)
    assert removal_effects(apart)[0] == pytest.approx(removal_effects(count_chain(some, 2))[0], abs=1e-12)
    only = journeys(*[path for place, path in enumerate(paths) if place % 7 == 3], names=some.names)
    mixes = np.eye(7)[[3, 3]]
    assert removal_effects(apart, mixes)[1] == pytest.approx(
        removal_effects(count_chain(only, 2))[0], abs=1e-12
    )


def test_missing_money_is_weighed_by_what_was_paid():
    # every win is worth 10, so money goes missing as conversions do; then those after C are worth more
    even = journeys(("A B", 1, 1, 10), ("C", 1, 0, 10))
    assert removal_effects(count_chain(even, 1), money=True) == pytest.approx(
        removal_effects(count_chain(even, 1))
    )
    uneven = journeys(("A B", 1, 1, 10), ("C", 1, 0, 30))
    assert removal_effects(count_chain(uneven, 1), money=True)[0] == pytest.approx([1 / 4, 1 / 4, 3 / 4])


def test_no_journey_makes_an_empty_chain():
    empty = Journeys((), *(np.zeros(n, np.int64) for n in (1, 0, 0, 0, 0, 0)))
    assert removal_effects(count_chain(empty, 2)).shape == (1, 0)


def test_there_is_a_limit_to_the_values_that_a_chain_can_tell_apart():
    assert [most_values(order) for order in ORDERS] == [1023, 100, 31]


@pytest.mark.parametrize("told", PEER["chains"], ids=lambda told: f"order {told['order']}")
def test_another_library_finds_by_simulation_what_is_solved_here(told):
    paths = [tuple(path) for path in told["paths"]]
    assert effects(journeys(*paths), told["order"]) == pytest.approx(told["effects"], abs=0.01)
