"""Plans: goals, capacity, costs, and how many people without names were reached."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from django.db.models import Model
from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from leadline.web import access
from leadline.web.actions import dropped
from leadline.web.actions import plans as acts
from leadline.web.actions.acting import Actor
from leadline.web.api.door import actor_of, scoped
from leadline.web.api.parts import Cursor, Limit, Part, listed
from leadline.web.api.shapes import Amount, Currency, Day, Given, Identity, Short, Whole, example
from leadline.web.models import Audience, Capacity, Goal, PathCost

router = Router(tags=["plans"])
M = TypeVar("M", bound=Model)
Path = Annotated[str, Field(min_length=1, max_length=80)]


class GoalGiven(Given):
    """So many new clients, or so much income, by a day."""

    model_config = example(by="2027-12-31", clients=12)
    by: Day
    clients: Annotated[Whole, Field(ge=1, le=10**6)] | None = None
    income: Amount | None = None
    currency: Currency | None = None


class GoalTold(Schema):
    """What is aimed at; the latest that was set counts."""

    id: int
    by: date
    clients: int | None
    income: int | None
    currency: str
    set_at: datetime


class CapacityGiven(Given):
    """How many new clients a month can be taken on from a day."""

    model_config = example(since="2026-03-01", clients_a_month=4.0)
    since: Day
    clients_a_month: Annotated[float, Field(ge=0, lt=10**6)]


class CapacityTold(Schema):
    """How many new clients a month can be taken on from a day."""

    id: int
    since: date
    clients_a_month: float


class CostGiven(Given):
    """What a path cost from a day up to and with another."""

    model_config = example(
        path="advertising", since="2026-02-01", until="2026-02-28", amount=45_000, currency="EUR"
    )
    path: Path
    since: Day
    until: Day
    amount: Amount
    currency: Currency
    campaign: Annotated[str, Field(max_length=120)] = ""


class CostTold(Schema):
    """What a path cost."""

    id: int
    path: str
    campaign: str
    since: date
    until: date
    amount: int | None
    currency: str


class AudienceGiven(Given):
    """So many people without names met something of ours on a day."""

    model_config = example(path="content", kind="posted", day="2026-03-01", n=1200, content="Guide")
    path: Path
    kind: Annotated[str, Field(min_length=1, max_length=60)]
    day: Day
    n: Annotated[Whole, Field(ge=1, le=acts.MOST_PEOPLE)]
    content: Short = ""


class AudienceTold(Schema):
    """So many people without names met something of ours on a day."""

    id: int
    path: str
    kind: str
    day: date
    n: int
    content: str


class DroppedTold(Schema):
    """What `POST /plans/restore` takes to put it back, for a day."""

    restore: str


class RestoreGiven(Given):
    """What the answer said when something was dropped."""

    model_config = example(restore="eyJ…")
    restore: Annotated[str, Field(min_length=1, max_length=20_000)]


@router.get("/goals", response=Part[GoalTold], summary="List goals")
@scoped("plans:read")
def list_goals(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """In the order in which they were set."""
    return listed(Goal.objects.all(), cursor, limit)


@router.post("/goals", response={201: GoalTold}, summary="Set a goal")
@scoped("plans:write", "change")
def set_goal(request: HttpRequest, given: GoalGiven) -> Status[Goal]:
    """The latest goal is the one that counts."""
    said = (given.by, given.clients, given.income, given.currency or "")
    return Status(201, acts.set_goal(actor_of(request), *said))


@router.delete("/goals/{goal}", response=DroppedTold, summary="Drop a goal")
@scoped("plans:write", "change")
def drop_goal(request: HttpRequest, goal: Identity) -> dict[str, str]:
    """A goal that is none any more."""
    return _drop(request, acts.drop_goal, access.find(Goal.objects.all(), goal))


@router.get("/capacities", response=Part[CapacityTold], summary="List capacities")
@scoped("plans:read")
def list_capacities(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """In the order in which they were set; the one of the latest day that has come counts."""
    return listed(Capacity.objects.all(), cursor, limit)


@router.post("/capacities", response=CapacityTold, summary="Set the capacity")
@scoped("plans:write", "change")
def set_capacity(request: HttpRequest, given: CapacityGiven) -> Capacity:
    """Takes the place of what was set for the same day."""
    a_month = round(Decimal(str(given.clients_a_month)), 2)
    return acts.set_capacity(actor_of(request), given.since, a_month)


@router.delete("/capacities/{capacity}", response=DroppedTold, summary="Drop a capacity")
@scoped("plans:write", "change")
def drop_capacity(request: HttpRequest, capacity: Identity) -> dict[str, str]:
    """One that was noted wrongly: the one before it holds."""
    return _drop(request, acts.drop_capacity, access.find(Capacity.objects.all(), capacity))


@router.get("/costs", response=Part[CostTold], summary="List costs")
@scoped("plans:read")
def list_costs(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """In the order in which they were recorded."""
    return listed(PathCost.objects.all(), cursor, limit)


@router.post("/costs", response={201: CostTold}, summary="Record a cost")
@scoped("plans:write", "change")
def record_cost(request: HttpRequest, given: CostGiven) -> Status[PathCost]:
    """Of a path, or of a campaign on it."""
    return Status(201, acts.record_cost(actor_of(request), **given.model_dump()))


@router.delete("/costs/{cost}", response=DroppedTold, summary="Drop a cost")
@scoped("plans:write", "change")
def drop_cost(request: HttpRequest, cost: Identity) -> dict[str, str]:
    """A cost that was none."""
    return _drop(request, acts.drop_cost, access.find(PathCost.objects.all(), cost))


@router.get("/audiences", response=Part[AudienceTold], summary="List audiences")
@scoped("plans:read")
def list_audiences(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """In the order in which they were counted."""
    return listed(Audience.objects.all(), cursor, limit)


@router.post("/audiences", response={201: AudienceTold}, summary="Count an audience")
@scoped("plans:write", "change")
def count_audience(request: HttpRequest, given: AudienceGiven) -> Status[Audience]:
    """Records a touch of so many people, of a kind of lead generation or nurturing."""
    return Status(201, acts.count_audience(actor_of(request), **given.model_dump()))


@router.delete("/audiences/{audience}", response=DroppedTold, summary="Drop a count")
@scoped("plans:write", "change")
def drop_audience(request: HttpRequest, audience: Identity) -> dict[str, str]:
    """A count that was wrong: its touch is taken back."""
    return _drop(request, acts.drop_audience, access.find(Audience.objects.all(), audience))


@router.post("/plans/restore", response={204: None}, summary="Put back what was dropped")
@scoped("plans:write", "change")
def restore_plan(request: HttpRequest, given: RestoreGiven) -> Status[None]:
    """A goal, a capacity, a cost or a count, within a day. 409 where it is there."""
    dropped.put_back(actor_of(request), given.restore)
    return Status(204, None)


def _drop(request: HttpRequest, drop: Callable[[Actor, M], None], record: M) -> dict[str, str]:
    kept = dropped.text_of(record)
    drop(actor_of(request), record)
    return {"restore": kept}
