"""Whose days figures are told by that many look at: those of where the team is.

A touch of which only the day is known is kept at the midnight of UTC that stands for its day, wherever the
team may move to. Whoever reads touches (stages, reasons, reports, lists) reads it at the midnight of that day
where the team is now, so that all of them count it from the same instant on.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

import numpy as np
import numpy.typing as npt
from django.db.models import Q

from leadline.engine.clocks import days_of, home, is_zone, placed
from leadline.engine.instants import DAY
from leadline.web.warehouse.definitions import owners_zone


def team_zone() -> str:
    """The time zone of the team: that of its first owner; where it was asked for already, that one."""
    return home() or find_team_zone()


def find_team_zone() -> str:
    """The same as it is in the database now."""
    found = owners_zone()
    return found if is_zone(found) else "UTC"


def team_days() -> AbstractContextManager[None]:
    """Days told and counted inside are the team's."""
    zone = team_zone()
    return days_of(zone, zone)


def placed_at_home(at: npt.NDArray[np.int64], zone: str | None = None) -> npt.NDArray[np.int64]:
    """Instants of touches as they count: whole days stand at their midnight where the team is, or in a zone.

    Where there are none, the zone is not even asked for.
    """
    if not len(at) or not (at % DAY == 0).any():
        return at
    with days_of(zone or team_zone()):
        return placed(at)


def from_instant(column: str, at: int, zone: str | None = None) -> Q:
    """What counts from an instant on where the team is, or in a zone; a midnight of UTC stands for its day.

    What is kept as a whole day counts from the midnight of that day there: of the days around the instant
    that is earlier or later than where they are kept.
    """
    with days_of(zone or team_zone()):
        start = int(placed(np.array([at]))[0])
        near = [start - start % DAY + days * DAY for days in (-1, 0, 1, 2)]
        counted = {day: int(placed(np.array([day]))[0]) for day in near}
    sooner = [day for day in near if day >= start > counted[day]]
    later = [day for day in near if day < start <= counted[day]]
    found = Q(**{f"{column}__gte": start})
    found = found | Q(**{f"{column}__in": later}) if later else found
    return found & ~Q(**{f"{column}__in": sooner}) if sooner else found
