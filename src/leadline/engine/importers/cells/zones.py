"""Times as the clocks of a place show them."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from leadline.engine.instants import DAY, to_datetime

Integers = npt.NDArray[np.int64]
QUARTER = DAY // 96
"""Clocks are put forward and back on the quarter of an hour."""


def from_clock(shown: Integers, zone: str) -> Integers:
    """Instants (µs UTC) of times that the clocks of a zone show, given as if these were UTC.

    A midnight stands for its day and stays, and no other time becomes one (`clocks.of_hour`). Of an hour that
    clocks show twice it is the first; one that they leave out is counted on from before.
    """
    place = ZoneInfo(zone)
    quarters, place_of = np.unique(shown // QUARTER, return_inverse=True)
    ahead = np.array([_find_ahead(int(quarter) * QUARTER, place) for quarter in quarters], dtype=np.int64)
    found = shown - ahead[place_of] if len(shown) else shown
    return np.where(shown % DAY == 0, shown, found + (found % DAY == 0))


def _find_ahead(shown: int, place: ZoneInfo) -> int:
    """The microseconds that the clocks of a place are ahead of UTC when they show a time."""
    return (to_datetime(shown).replace(tzinfo=place).utcoffset() or timedelta()) // timedelta(microseconds=1)
