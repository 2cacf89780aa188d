"""Where everybody stands, worked out for all: for a version that is published, and after kinds changed."""

from __future__ import annotations

import time
from typing import Any

from leadline.web import warehouse
from leadline.web.actions import funnels, rebuilding, standings
from leadline.web.jobs.leases import Lease
from leadline.web.jobs.registry import handles
from leadline.web.models import FunnelVersion
from leadline.web.turns import REST


@handles("funnel.publish")
def publish(payload: dict[str, Any], now: int, lease: Lease | None = None) -> None:
    """Prepare a version and put it in force; done twice, the second time changes nothing."""
    version = FunnelVersion.objects.filter(pk=payload["version"], coming=True).first()
    if version is not None and standings.prepare(version, now, REST):
        funnels.finish(version, now)


@handles("standings.forget")
def forget(payload: dict[str, Any], now: int, lease: Lease | None = None) -> None:
    """Forget what is kept of versions that are no longer followed, a few rows at a time."""
    while standings.forget():
        if lease is not None:
            lease.go_on()
        time.sleep(REST)


@handles(rebuilding.MOVE)
def move(payload: dict[str, Any], now: int, lease: Lease | None = None) -> None:
    """Work out what follows where the days of the team are those of another zone; twice is as once."""
    rebuilding.move(now, REST, lease.go_on if lease else None)


@handles("standings.rebuild")
def rebuild(payload: dict[str, Any], now: int, lease: Lease | None = None) -> None:
    """Work a funnel out anew, if it is still in force."""
    if payload["funnel"] in warehouse.funnels():
        standings.rebuild(payload["funnel"], now)
