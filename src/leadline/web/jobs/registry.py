"""Which kinds of work there are, what does each, and which come round by themselves."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from leadline.web.jobs.leases import Lease

Handler = Callable[[dict[str, Any], int, Lease], None]
"""Is given the payload, the instant (µs UTC) and the lease; whatever it does may have to be done again."""
GaveUp = Callable[[dict[str, Any], int, str], None]
"""Is told the payload, the instant and the last error of a job that failed for good."""
Due = Callable[[], int | None]
"""When the next piece of a kind falls due that comes round by itself; None: not so far."""


@dataclass(frozen=True)
class Kind:
    """One kind of work: who does it, how often it is tried, and for how many seconds it is claimed at a time.

    `longest`: after so many seconds a claim is no longer made to last, whatever the handler still does.
    `beside` names work that all other work isn't to wait for: as large as what somebody gives, or at the
    mercy of other people's servers. All that goes by one name is done one after the other.
    """

    name: str
    do: Handler
    attempts: int
    lease: int
    longest: int
    gave_up: GaveUp | None
    beside: str


BESIDE = LARGE, OUTBOUND = "large jobs", "outbound jobs"
"""The names of work that is done beside the rest."""
KINDS: dict[str, Kind] = {}
PERIODIC: dict[str, Due] = {}


def handles(
    name: str,
    *,
    attempts: int = 8,
    lease: int = 60,
    longest: int = 4 * 3600,
    gave_up: GaveUp | None = None,
    beside: str = "",
) -> Callable[[Handler], Handler]:
    """Declare what does the jobs of a kind."""

    def declare(do: Handler) -> Handler:
        KINDS[name] = Kind(name, do, attempts, lease, longest, gave_up, beside)
        return do

    return declare


def comes_round(name: str) -> Callable[[Due], Due]:
    """Declare when the next job of a kind falls due that nobody asks for."""

    def declare(due: Due) -> Due:
        PERIODIC[name] = due
        return due

    return declare


def load() -> None:
    """Import every module beside this one, so that all kinds are declared."""
    package = __package__ or "leadline.web.jobs"
    for module in pkgutil.iter_modules(import_module(package).__path__):
        import_module(f"{package}.{module.name}")
