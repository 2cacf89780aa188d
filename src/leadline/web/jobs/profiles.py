"""Contacts held against the profiles: everybody, or some of whom fields changed."""

from __future__ import annotations

from typing import Any

from leadline.web.actions.acting import Actor
from leadline.web.actions.profiles import BY, JOB, refit_some
from leadline.web.actions.standings import batches
from leadline.web.jobs.leases import Lease
from leadline.web.jobs.registry import handles


@handles(JOB)
def refit(payload: dict[str, Any], now: int, lease: Lease | None = None) -> None:
    """Hold contacts against the profiles, batch by batch; done twice, the second time changes nothing."""
    for contacts in [payload["contacts"]] if "contacts" in payload else batches():
        if lease is not None:
            lease.go_on()
        refit_some(Actor(None, BY, now), contacts)
