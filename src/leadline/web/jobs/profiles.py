"""Everybody held against the profiles."""

from __future__ import annotations

from typing import Any

from leadline.web.actions.acting import Actor
from leadline.web.actions.profiles import refit_some
from leadline.web.actions.standings import batches
from leadline.web.jobs.leases import Lease
from leadline.web.jobs.registry import handles


@handles("profile.refit")
def refit(payload: dict[str, Any], now: int, lease: Lease | None = None) -> None:
    """Hold all contacts against the profiles, batch by batch; done twice, the second time changes nothing."""
    for contacts in batches():
        refit_some(Actor(None, "the customer profile", now), contacts)
