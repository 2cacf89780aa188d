"""What is sold in the tests of sales."""

from __future__ import annotations

from leadline.web.models import Offer
from tests.rows import kept


@kept
def coaching() -> Offer:
    """Bought for a year at a time."""
    return Offer.objects.create(name="Coaching", price=240_000, currency="EUR", term_days=365)


@kept
def workshop() -> Offer:
    """Bought once."""
    return Offer.objects.create(name="Workshop", price=90_000, currency="EUR")
