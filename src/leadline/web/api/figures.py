"""The funnel on a day: its figures, and whom each of them counts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema
from pydantic import Field

from leadline.engine.errors import UnknownName, nearest
from leadline.engine.instants import to_datetime
from leadline.web import access
from leadline.web.actions.reports import mask_of
from leadline.web.api.door import as_of_asked, now, scoped, user_of
from leadline.web.api.meant import own_of
from leadline.web.api.reports import case_asked
from leadline.web.api.shapes import WHOLE, Asked, Day, Id, Short, Word
from leadline.web.filters import OWN
from leadline.web.models import User
from leadline.web.warehouse.cases import Case, Mask
from leadline.web.warehouse.days import FunnelOnDay, currency_of, funnel_on
from leadline.web.warehouse.whom import FIGURES, steps_from

router = Router(tags=["reports"])
Slug = Annotated[str, Path(max_length=64)]
FigureName = Literal["people", "before", "asked", "overdue", "paid", "reached", "went", "left", "waiting"]
OF_STEPS = ("reached", "went", "left", "waiting")


class FiguresAsked(Asked):
    """On which day (today, unless named), and of whom."""

    on: Day | None = Field(default=None, description=WHOLE)
    path: Word | None = None
    owner: Id | None = None
    team: Id | None = None
    tag: Short | None = None


class WhomAsked(FiguresAsked):
    """Which figure of which stage; `first` is how many of its people to pass over."""

    stage: Short
    figure: FigureName = Field(
        default="people",
        description="`people`, `before` (30 days ago): who stands there; `asked`, `overdue`, `paid`: with an "
        "ask that waits, one that waits longer than nine in ten answers took, a purchase; `reached`, `went`, "
        "`left`, `waiting`: what became of those who reached it.",
    )
    first: Annotated[int, Field(ge=0, le=10**9)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class FiguresTold(Schema):
    """The funnel on a day: who stands in each stage, what is asked and paid there, how people go on."""

    funnel: str
    as_of: datetime
    known: int
    strangers: int
    currency: str
    sentences: list[str]
    stages: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    months: list[dict[str, Any]]


class OneTold(Schema):
    """Somebody whom a figure counts: since when, and for how much. `contact` is null once they are erased."""

    contact: int | None
    name: str
    since: datetime
    amount: int | None


class WhomTold(Schema):
    """Whom a figure counts, the latest first; `count` is how many they are."""

    funnel: str
    as_of: datetime
    count: int
    currency: str
    items: list[OneTold]


@router.get("/funnels/{funnel}/figures", response=FiguresTold, summary="See the funnel on a day")
@scoped("reports:read")
def get_figures(request: HttpRequest, funnel: Slug, asked: Query[FiguresAsked]) -> dict[str, Any]:
    """At the end of the day, or now; over all whom the token's user sees, or some of them.

    Days are those of the first owner's zone.
    """
    case, slug, end, wanted = _question(request, funnel, asked)
    with case.days():
        return _figures(funnel_on(case, end, wanted), slug)


@router.get(
    "/funnels/{funnel}/figures/people", response=WhomTold, summary="See whom a figure of the funnel counts"
)
@scoped("reports:read")
def list_figure_people(request: HttpRequest, funnel: Slug, asked: Query[WhomAsked]) -> dict[str, Any]:
    """On the same day, and over the same contacts, as the figure itself."""
    case, slug, end, wanted = _question(request, funnel, asked)
    names = case.funnel.stage_names
    allowed = steps_from(case) if asked.figure in OF_STEPS else list(names)
    if asked.stage not in allowed:
        raise UnknownName(
            f"The people of “{asked.figure}” were asked for",
            found=f"the stage “{asked.stage}”",
            allowed=", ".join(allowed),
            suggestion=nearest(asked.stage, allowed),
        )
    found = FIGURES[asked.figure].find(case, end, wanted, names.index(asked.stage))
    span = slice(asked.first, asked.first + asked.limit)
    amounts = found.amounts[span] if found.amounts else [None] * len(found.contacts[span])
    rows = zip(found.contacts[span], found.since[span], amounts, strict=True)
    return {
        "funnel": slug,
        "as_of": to_datetime(end),
        "count": len(found),
        "currency": currency_of(case) or "",
        "items": _named(user_of(request), list(rows)),
    }


def _question(request: HttpRequest, funnel: str, asked: FiguresAsked) -> tuple[Case, str, int, Mask | None]:
    """What is looked at, in which funnel, as of when, and of whom."""
    at = now()
    case, slug = case_asked(request, funnel, at)
    end = min(as_of_asked(asked.on), at)
    given = {name: getattr(asked, name) for name in ("path", "owner", "team", "tag")}
    only = {name: str(value) for name, value in given.items() if value}
    only |= {f"{OWN}{name}": value for name, value in own_of(request).items()}
    return case, slug, end, mask_of(case, user_of(request), only, at)


def _named(user: User, rows: list[tuple[int, int, int | None]]) -> list[dict[str, Any]]:
    there = access.contacts(user).in_bulk([number for number, _, _ in rows])
    return [
        {
            "contact": number if number in there else None,
            "name": str(there[number]) if number in there else "",
            "since": to_datetime(since),
            "amount": amount,
        }
        for number, since, amount in rows
    ]


def _figures(found: FunnelOnDay, slug: str) -> dict[str, Any]:
    stages = [vars(one) | {"on_path": one in found.path} for one in (*found.path, *found.others)]
    return {
        "funnel": slug,
        "as_of": to_datetime(found.at),
        "known": found.known,
        "strangers": found.strangers,
        "currency": found.currency,
        "sentences": list(found.sentences),
        "stages": sorted(stages, key=lambda one: found.names.index(one["name"])),
        "steps": [
            {name: getattr(one, name) for name in ("begins", "ends", "entered", "went_on", "left", "in_play")}
            for one in found.steps
        ],
        "months": [
            {"on": day, "people": dict(zip(("stranger", *found.names), counts, strict=False))}
            for day, counts in found.months
        ],
    }


assert set(get_args(FigureName)) == set(FIGURES)
