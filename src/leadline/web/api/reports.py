"""Reports: what they say, and their figures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router

from leadline.engine.instants import to_datetime, to_instant
from leadline.engine.reports.asks import asks
from leadline.engine.reports.attribution import attribution
from leadline.engine.reports.balance import balance
from leadline.engine.reports.conversion import conversions
from leadline.engine.reports.forecast import forecast
from leadline.engine.reports.leaks import leaks
from leadline.engine.reports.paths import paths
from leadline.engine.reports.standing import standing
from leadline.engine.reports.velocity import velocity
from leadline.web import warehouse
from leadline.web.actions.reports import case_for
from leadline.web.api.contacts import one_funnel
from leadline.web.api.door import actor_of, scoped, user_of
from leadline.web.api.shapes import Instant, ReportTold
from leadline.web.errors import NotFound
from leadline.web.models.people import Role
from leadline.web.warehouse.cases import Case

router = Router(tags=["reports"])
Name = Literal[
    "asks", "attribution", "balance", "conversion", "forecast", "leaks", "paths", "standing", "velocity"
]


REPORTS: dict[str, Callable[[Case], Any]] = {
    "asks": lambda of: asks(of.cycles),
    "attribution": lambda of: attribution(of.history, of.touches),
    "balance": lambda of: balance(of.history, of.cycles, of.process),
    "conversion": lambda of: conversions(of.staged),
    "forecast": lambda of: forecast(of.history, of.touches),
    "leaks": lambda of: leaks(of.cycles),
    "paths": lambda of: paths(of.cycles),
    "standing": lambda of: standing(of.history),
    "velocity": lambda of: velocity(of.staged),
}


@router.get("/{report}", response=ReportTold, summary="See a report")
@scoped("reports:read")
def get_report(
    request: HttpRequest,
    report: Name,
    funnel: Annotated[str | None, Query(default=None, max_length=64)] = None,
    as_of: Annotated[Instant | None, Query(default=None)] = None,
) -> dict[str, Any]:
    """Over all whom the token's user sees, in one funnel (the first, unless named), now or as of a day."""
    known = one_funnel(funnel) if funnel else warehouse.funnels()
    if not known:
        raise NotFound(
            "A report was asked for", found="no funnel in force", allowed="a funnel that is published"
        )
    slug = next(iter(known))
    now, user = actor_of(request).now, user_of(request)
    at = min(to_instant(as_of), now) if as_of else now
    case, _ = case_for(None if user.role == Role.OWNER else user, slug, now)
    found = REPORTS[report](case.at(at))
    return {
        "report": report,
        "funnel": slug,
        "as_of": to_datetime(at),
        "sentences": found.sentences(),
        "rows": found.rows(),
    }
