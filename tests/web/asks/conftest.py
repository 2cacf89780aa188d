"""What is sold in the tests of sales."""

from __future__ import annotations

import pytest

from leadline.web.models import Offer


@pytest.fixture
def coaching(db: None) -> Offer:
    """Bought for a year at a time."""
    return Offer.objects.create(name="Coaching", price=240_000, currency="EUR", term_days=365)


@pytest.fixture
def workshop(db: None) -> Offer:
    """Bought once."""
    return Offer.objects.create(name="Workshop", price=90_000, currency="EUR")
