"""How likely a link leaks: held to populations in which it is known which of them do."""

from __future__ import annotations

import numpy as np
import pytest

from leadline.engine.cycle.suspicion import BEFOREHAND, KEPT, suspect

DRAWS = 5000


def draws(middle: float, spread: float, seed: int = 1) -> np.ndarray:
    """Rates whose log odds are normal."""
    rng = np.random.default_rng(seed)
    return 1 / (1 + np.exp(-rng.normal(middle, spread, DRAWS)))


@pytest.mark.parametrize(
    ("passed", "of"), [(20, 40), (5, 40), (1, 40), (0, 12), (3, 16), (60, 400), (30, 400), (9, 400)]
)
@pytest.mark.parametrize("spread", [0.5, 0.9])
def test_of_many_links_that_look_alike_so_many_leak(passed: int, of: int, spread: float) -> None:
    rng = np.random.default_rng(7)
    n = 2_000_000
    natural, whole = (1 / (1 + np.exp(-rng.normal(-0.4, spread, n))) for _ in range(2))
    leaky = whole * rng.uniform(*KEPT, n)
    like = [np.count_nonzero(rng.binomial(of, rates) == passed) for rates in (natural, leaky)]
    share = like[1] * BEFOREHAND / (like[1] * BEFOREHAND + like[0] * (1 - BEFOREHAND))
    assert suspect(draws(-0.4, spread), passed, of) == pytest.approx(share, abs=0.02 + 0.12 * share)


def test_the_further_below_the_more_suspect() -> None:
    said = [suspect(draws(-0.4, 0.5), passed, 200) for passed in (100, 60, 30, 15, 5, 1, 0)]
    assert said == sorted(said)
    assert said[0] < BEFOREHAND
    assert said[-1] > 0.99


def test_who_is_known_from_few_people_is_less_suspect() -> None:
    usual = draws(-0.4, 0.4)
    assert suspect(usual, 1, 10) < 0.5 * suspect(usual, 100, 1000)


def test_where_paths_differ_by_orders_of_magnitude_hardly_anything_is_suspect() -> None:
    assert suspect(draws(-4, 6), 6_700, 1_000_000) < 0.05


def test_the_number_of_people_is_no_trouble() -> None:
    for passed, of in ((0, 100_000_000), (50, 1_000_000), (0, 100)):
        assert suspect(draws(-0.8, 0.5), passed, of) > 0.9
    assert suspect(draws(0, 0.5), 1_000_000, 1_000_000) < 0.001
    assert 0 <= suspect(np.ones(DRAWS), 1, 2) <= 1
    assert 0 <= suspect(np.zeros(DRAWS), 0, 1) <= 1
