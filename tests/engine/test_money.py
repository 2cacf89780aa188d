"""Money: as people write it."""

from __future__ import annotations

import pytest

from leadline.engine.money import money_words


@pytest.mark.parametrize(
    ("minor", "said"),
    [(9950, "99.50 EUR"), (-150, "-1.50 EUR"), (-100, "-1 EUR"), (0, "0 EUR"), (-5, "-0.05 EUR")],
)
def test_an_amount_is_written_as_people_do(minor: int, said: str) -> None:
    assert money_words(minor, "EUR") == said
