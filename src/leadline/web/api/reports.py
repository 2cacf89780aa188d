"""Reports: what they say, and their figures; who waits before a link."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from leadline.engine.errors import nearest
from leadline.engine.instants import to_datetime
from leadline.web import warehouse
from leadline.web.actions.reports import case_for, circumstances, own_dimensions, report_for
from leadline.web.api.contacts import one_funnel
from leadline.web.api.door import as_of_asked, now, scoped, user_of
from leadline.web.api.shapes import WHOLE, Asked, AsOf, Day, Word
from leadline.web.errors import Invalid, NotFound
from leadline.web.models import User
from leadline.web.models.people import Role
from leadline.web.warehouse.cases import DIMENSIONS, Case
from leadline.web.warehouse.reports import BESIDES, REPORTS, build
from leadline.web.warehouse.waiting import waiting_before

router = Router(tags=["reports"])
Name = Literal[
    "asks", "attribution", "balance", "compare", "conversion", "forecast", "leaks", "paths", "standing",
    "velocity",
]  # fmt: skip
Link = Literal["generate", "nurture", "ask", "answer", "renew"]
Model = Literal["first", "last", "linear", "position", "decay", "markov", "shapley"]


class ReportAsked(Asked):
    """In which funnel (the first, unless named), as of when, and what single reports take besides."""

    funnel: Word | None = None
    as_of: AsOf | None = Field(default=None, description=f"Else as it was worked out last. {WHOLE}")
    anew: bool = Field(default=False, description="Worked out now, however new the last one is.")
    by: Word | None = Field(
        default=None,
        description="For attribution and compare, by what contacts are told apart: `path`, `channel`, "
        "`campaign`, `content`, `offer` or `actor`; for compare also `owner`, or `field.NAME` for a field of "
        "your own that is neither a number nor a date.",
    )
    model: Model | None = Field(default=None, description="For attribution: one model alone.")
    clients: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        default=None, description="For asks: a goal of so many clients, with `until`."
    )
    until: Day | None = None


class WaitingAsked(Asked):
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
    more: int = Field(description="How many rows are left out, of very many.")


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
    case, _ = case_asked(request, asked.funnel, at)
    found = waiting_before(case.lately(at), asked.path, asked.link)
    items = [
        {"contact": one.contact, "since": to_datetime(one.since), "days": one.duration / 86_400e6}
        for one in found.latest
    ]
    return {"waiting": found.waiting, "through": found.through, "left": found.left, "items": items}


@router.get("/reports/{report}", response=ReportTold, summary="See a report")
@scoped("reports:read")
def get_report(request: HttpRequest, report: Name, asked: Query[ReportAsked]) -> dict[str, Any]:
    """Over all whom the token's user sees. `sentences` say what it found; `rows` are its figures.

    As it was worked out last, which `as_of` tells; with `anew`, or as of an instant, it is worked out now.
    """
    at, user, slug = now(), user_of(request), slug_asked(asked.funnel)
    parameters = _parameters(report, asked)
    if asked.as_of is None:
        kept = report_for(user, report, slug, at, parameters, anew=asked.anew)
        as_of, found = kept.as_of, kept.result
    else:
        as_of = min(as_of_asked(asked.as_of), at)
        case = case_for(_whose(user), slug, at)[0].at(as_of)
        with case.days():
            given = circumstances(case, parameters, whole=_whose(user) is None)
            found = build(report, case, parameters, given).result
    said = {"sentences": found["sentences"], "rows": found["figures"], "more": found["more_figures"]}
    return {"report": report, "funnel": slug, "as_of": to_datetime(as_of)} | said


def case_asked(request: HttpRequest, funnel: str | None, at: int) -> tuple[Case, str]:
    """What reports over all whom the token's user sees are made of, and the funnel. Raises NotFound."""
    slug = slug_asked(funnel)
    return case_for(_whose(user_of(request)), slug, at)[0], slug


def slug_asked(funnel: str | None) -> str:
    """The funnel that was asked for, or the first. Raises NotFound."""
    known = one_funnel(funnel) if funnel else warehouse.funnels()
    if not known:
        raise NotFound(
            "A report was asked for", found="no funnel in force", allowed="a funnel that is published"
        )
    return next(iter(known))


def _whose(user: User) -> User | None:
    """Whose contacts reports are about: None, all of them, for those who see all."""
    return None if user.role == Role.OWNER else user


def _parameters(name: str, asked: ReportAsked) -> dict[str, str]:
    found: dict[str, str] = {}
    if asked.by is not None:
        own = dict(own_dimensions()) if name == "compare" else {}
        allowed = (*DIMENSIONS, *own) if name in {"attribution", "compare"} else ()
        if asked.by not in allowed:
            raise Invalid(
                f"The report {name} was asked for",
                found=f"by {asked.by}",
                allowed=_said(allowed),
                suggestion=nearest(asked.by, allowed),
            )
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


assert set(get_args(Name)) == {*REPORTS, *BESIDES}
