"""Whose days figures are told by that many look at."""

from __future__ import annotations

from contextlib import AbstractContextManager

from leadline.engine.clocks import days_of
from leadline.web.models import User
from leadline.web.models.people import Role


def team_zone() -> str:
    """The time zone of the team: that of its first owner."""
    owners = User.objects.filter(role=Role.OWNER, is_active=True).order_by("pk")
    return owners.values_list("zone", flat=True).first() or "UTC"


def team_days() -> AbstractContextManager[None]:
    """Days told and counted inside are the team's."""
    return days_of(team_zone())
