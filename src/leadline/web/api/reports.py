"""Reports: what they say, and their figures; the funnel on a day; who waits before a link."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal, get_args

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from leadline.engine.instants import to_datetime, to_instant
from leadline.engine.reports.conversion import conversions
from leadline.engine.reports.standing import standing
from leadline.engine.reports.velocity import velocity
from leadline.web import warehouse
from leadline.web.actions.reports import case_for, circumstances, mask_of
from leadline.web.api.contacts import one_funnel
from leadline.web.api.door import now, scoped, user_of
from leadline.web.api.shapes import Day, Given, Instant, Short, Word
from leadline.web.errors import Invalid, NotFound
from leadline.web.models import User
from leadline.web.models.people import Role
from leadline.web.warehouse.cases import DIMENSIONS, Case
from leadline.web.warehouse.days import FunnelOnDay, funnel_on
from leadline.web.warehouse.reports import NOTHING, REPORTS
from leadline.web.warehouse.waiting import waiting_before

router = Router(tags=["reports"])
Name = Literal[
    "asks", "attribution", "balance", "compare", "conversion", "forecast", "leaks", "paths", "standing",
    "velocity",
]  # fmt: skip
Link = Literal["generate", "nurture", "ask", "answer", "renew"]
Model = Literal["first", "last", "linear", "position", "decay", "markov", "shapley"]
PLAIN: dict[str, Callable[[Case], Any]] = {
    "standing": lambda case: standing(case.history),
    "conversion": lambda case: conversions(case.staged),
    "velocity": lambda case: velocity(case.staged),
}
"""Reports that no page shows by themselves."""


class ReportAsked(Given):
    """In which funnel (the first, unless named), as of when (now), and what single reports take besides."""

    funnel: Word | None = None
    as_of: Instant | None = None
    by: Literal["path", "channel", "campaign", "content", "offer", "actor", "owner"] | None = Field(
        default=None, description="For attribution and compare: by what contacts are told apart."
    )
    model: Model | None = Field(default=None, description="For attribution: one model alone.")
    clients: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        default=None, description="For asks: a goal of so many clients, with `until`."
    )
    until: Day | None = None


class FiguresAsked(Given):
    """On which day (today, unless named), and of whom."""

    on: Day | None = None
    path: Word | None = None
    owner: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    tag: Short | None = None


class WaitingAsked(Given):
    """Before which link of which path."""

    path: Word
    link: Link
    funnel: Word | None = None


class ReportTold(Schema):
    """A report: what it says, and its figures."""

    report: str
    funnel: str
    as_of: datetime
    sentences: list[str]
    rows: list[dict[str, Any]]


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


class WaitsTold(Schema):
    """Somebody who waits before a link."""

    contact: int
    since: datetime
    days: float


class WaitingTold(Schema):
    """How many wait before a link, got through it and left; and the latest 200 of those who wait."""

    waiting: int
    through: int
    left: int
    items: list[WaitsTold]


@router.get("/reports/leaks/people", response=WaitingTold, summary="See who waits before a link of a path")
@scoped("reports:read")
def list_waiting(request: HttpRequest, asked: Query[WaitingAsked]) -> dict[str, Any]:
    """`generate`: were reached; `nurture`: responded; `ask`: talked; `answer`: were asked; `renew`."""
    at = now()
    case, _ = _case(request, asked.funnel, at)
    found = waiting_before(case.at(at).cycles, asked.path, asked.link)
    items = [
        {"contact": one.contact, "since": to_datetime(one.since), "days": one.duration / 86_400e6}
        for one in found.latest
    ]
    return {"waiting": found.waiting, "through": found.through, "left": found.left, "items": items}


@router.get("/reports/{report}", response=ReportTold, summary="See a report")
@scoped("reports:read")
def get_report(request: HttpRequest, report: Name, asked: Query[ReportAsked]) -> dict[str, Any]:
    """Over all whom the token's user sees. `sentences` say what it found; `rows` are its figures."""
    at = now()
    case, slug = _case(request, asked.funnel, at)
    as_of = min(to_instant(asked.as_of), at) if asked.as_of else at
    found = _made(report, case.at(as_of), _parameters(report, asked), user_of(request))
    return {"report": report, "funnel": slug, "as_of": to_datetime(as_of), **found}


@router.get("/funnels/{funnel}/figures", response=FiguresTold, summary="See the funnel on a day")
@scoped("reports:read")
def get_figures(request: HttpRequest, funnel: str, asked: Query[FiguresAsked]) -> dict[str, Any]:
    """At the end of the day, or now; over all whom the token's user sees, or some of them."""
    at = now()
    case, slug = _case(request, funnel, at)
    end = at if asked.on is None else min(_end_of(asked.on), at)
    only = {name: str(value) for name, value in asked.named().items() if value is not None and name != "on"}
    found = funnel_on(case, end, mask_of(case, user_of(request), only, at))
    return _figures(found, slug)


def _case(request: HttpRequest, funnel: str | None, at: int) -> tuple[Case, str]:
    known = one_funnel(funnel) if funnel else warehouse.funnels()
    if not known:
        raise NotFound(
            "A report was asked for", found="no funnel in force", allowed="a funnel that is published"
        )
    slug = next(iter(known))
    case, _ = case_for(_whose(user_of(request)), slug, at)
    return case, slug


def _whose(user: User) -> User | None:
    """Whose contacts reports are about: None, all of them, for those who see all."""
    return None if user.role == Role.OWNER else user


def _made(name: str, case: Case, parameters: Mapping[str, str], user: User) -> dict[str, Any]:
    if name in PLAIN:
        report = PLAIN[name](case)
        return {"sentences": report.sentences(), "rows": report.rows()}
    if not len(case.touches) or not case.history.subjects:
        return {"sentences": [NOTHING], "rows": []}
    given = circumstances(case, parameters, whole=_whose(user) is None)
    report = REPORTS[name](case, parameters, given)[0]
    return {"sentences": [*given.told, *report.sentences()], "rows": report.rows()}


def _parameters(name: str, asked: ReportAsked) -> dict[str, str]:
    found: dict[str, str] = {}
    if asked.by is not None:
        allowed = {"attribution": DIMENSIONS, "compare": (*DIMENSIONS, "owner")}.get(name, ())
        if asked.by not in allowed:
            raise Invalid(f"The report {name} was asked for", found=f"by {asked.by}", allowed=_said(allowed))
        found["by"] = asked.by
    if asked.model is not None:
        if name != "attribution":
            raise Invalid(f"The report {name} was asked for", found="a model", allowed="none")
        found["model"] = asked.model
    if (asked.clients is None) != (asked.until is None) or (asked.clients is not None and name != "asks"):
        raise Invalid(
            "A goal was given", found="half of it", allowed="clients and until, for the report asks"
        )
    if asked.clients is not None and asked.until is not None:
        found |= {"clients": str(asked.clients), "by": asked.until.isoformat()}
    return found


def _said(words: tuple[str, ...]) -> str:
    return ", ".join(words) or "nothing of that"


def _end_of(day: date) -> int:
    return to_instant(datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)) - 1


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


assert set(get_args(Name)) == {*REPORTS, *PLAIN}
