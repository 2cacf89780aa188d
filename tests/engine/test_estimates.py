"""Wilson's interval, and when a share is said at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline.engine.estimates import Caution, Estimate, TooEarly, TooFewConversions, share, wilson


@pytest.mark.parametrize(
    ("happened", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_the_published_one(happened, of, low, high):
    """R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3."""
    estimate = wilson(happened, of)
    assert estimate.value == happened / of
    assert (estimate.low, estimate.high) == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(st.integers(1, 10**6).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_share_lies_in_its_interval_and_the_interval_between_0_and_1(counts):
    estimate = wilson(*counts)
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1


@given(st.integers(0, 200), st.integers(0, 200))
def test_what_did_not_happen_has_the_mirrored_interval(happened, rest):
    if happened + rest:
        one, other = wilson(happened, happened + rest), wilson(rest, happened + rest)
        assert one.low == pytest.approx(1 - other.high)


def test_a_surer_interval_is_wider():
    assert wilson(5, 10, 0.99).low < wilson(5, 10, 0.95).low < wilson(5, 10, 0.5).low


def test_too_few_is_an_answer_and_not_an_error():
    assert share(7, 9, Caution()) == TooFewConversions(found=9, needed=10)
    assert share(7, 10, Caution()) == wilson(7, 10)
    assert share(7, 20, Caution(needed=30)) == TooFewConversions(found=20, needed=30)


def test_a_share_of_nobody_is_never_said():
    assert share(0, 0, Caution(needed=0)) == TooFewConversions(found=0, needed=0)


def test_as_data_a_figure_has_no_reason_and_a_silence_has_no_figure():
    names = ["x", "x_low", "x_high", "x_unsaid"]
    assert Estimate(0.5, 0.25, 0.75).fields("x") == dict(zip(names, (0.5, 0.25, 0.75, None), strict=True))
    few = TooFewConversions(7, 10).fields("x")
    assert few == dict(zip(names, (None, None, None, "too few: 7 of at least 10"), strict=True))
    assert TooEarly(7, 10).fields("x")["x_unsaid"] == "too early: 7 of at least 10"
