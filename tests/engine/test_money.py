"""Money: what was bought by a day, refunds taken off, and as people write it."""

from __future__ import annotations

import pytest

from leadline.engine.instants import to_instant
from leadline.engine.money import money_words, won
from leadline.engine.touches import Touches
from tests.makers import day, touch


@pytest.mark.parametrize(
    ("minor", "said"),
    [(9950, "99.50 EUR"), (-150, "-1.50 EUR"), (-100, "-1 EUR"), (0, "0 EUR"), (-5, "-0.05 EUR")],
)
def test_an_amount_is_written_as_people_do(minor: int, said: str) -> None:
    assert money_words(minor, "EUR") == said


def test_what_was_bought_later_is_not_counted_and_a_refund_is_taken_off() -> None:
    rows = [
        touch("ann", "bought", number, value=value, currency="EUR")
        for number, value in ((0, 1000), (1, -300), (5, 99))
    ]
    assert won(Touches.of(rows), to_instant(day(1))) == {"EUR": 700}
