"""Whose days figures are told by that many look at: those of where the team is.

A touch of which only the day is known is kept at the midnight of UTC that stands for its day, wherever the
team may move to. Whoever reads touches (stages, reasons, reports, lists) reads it at the midnight of that day
where the team is now, so that all of them count it from the same instant on.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date

import numpy as np
import numpy.typing as npt
from django.db.models import Q

from leadline.engine.clocks import begin_of, days_of, home, is_zone, placed
from leadline.engine.instants import DAY, to_instant
from leadline.web.models import User
from leadline.web.models.people import Role


def team_zone() -> str:
    """The time zone of the team: that of its first owner; where it was asked for already, that one."""
    return home() or find_team_zone()


def find_team_zone() -> str:
    """The same as it is in the database now."""
    owners = User.objects.filter(role=Role.OWNER, is_active=True).order_by("pk")
    found = owners.values_list("zone", flat=True).first() or "UTC"
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


def since_day(column: str, day: date) -> Q:
    """What happened on a day, where one is, or later: also what is kept of it as a whole day."""
    return Q(**{f"{column}__gte": begin_of(day)}) | Q(**{column: to_instant(day)})
