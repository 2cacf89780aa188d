"""A backup, made while everything goes on."""

from __future__ import annotations

from typing import Any

from leadline.web.actions import backups
from leadline.web.backups.archive import back_up
from leadline.web.jobs.leases import Lease
from leadline.web.jobs.registry import handles


@handles(backups.KIND, attempts=3, lease=600)
def make(payload: dict[str, Any], now: int, lease: Lease | None = None) -> None:
    """Write the backup that was asked for; done twice, the second takes the place of the first."""
    folder = backups.folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    back_up(folder / str(payload["name"]), now)
