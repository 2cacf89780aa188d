"""Companies."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from leadline.engine.touches import Column
from leadline.web import access, warehouse
from leadline.web.actions import companies as acts
from leadline.web.actions import several
from leadline.web.api.contact_records import AsOfAsked, OneFunnel, StageTold, stage_of
from leadline.web.api.contacts import Changed, keeper, one_funnel, team_of
from leadline.web.api.door import actor_of, as_of_asked, scoped, user_of
from leadline.web.api.meant import CompaniesAsked, companies_meant, own_of
from leadline.web.api.parts import Cursor, Limit, Part, listed
from leadline.web.api.shapes import Given, Id, Identity, Short, Text, example
from leadline.web.errors import Invalid
from leadline.web.models import Company

router = Router(tags=["companies"])
MOST_FOLDED = 2000
"""Of a company with more people than that no stage is worked out while somebody waits."""


class CompanyGiven(Given):
    """What is known of a company. What isn't named stays as it is."""

    model_config = example(name="Cooper Bikes", domain="cooper.example")
    name: Text | None = None
    domain: Short | None = None
    fields: dict[str, Any] | None = None


class CompaniesGiven(Given):
    """Companies, by their numbers."""

    companies: Annotated[list[Id], Field(min_length=1, max_length=several.MOST_AT_ONCE)]


class CompaniesKept(CompaniesGiven):
    """Whose companies they are to be: somebody's by their address, or nobody's."""

    model_config = example(companies=[1], owner="ada@example.org")
    owner: Short | None


class CompaniesMoved(CompaniesGiven):
    """Of which team companies are to be; null: of none."""

    model_config = example(companies=[1], team=2)
    team: Id | None


class CompaniesFilled(CompaniesGiven):
    """Which companies get which value in a field of one's own; null: none."""

    model_config = example(companies=[1], field="sector", value="tools")
    field: Short
    value: str | float | bool | None


class CompanyTold(Schema):
    """A company."""

    id: int
    name: str
    domain: str
    fields: dict[str, Any]
    created_at: datetime


@router.get("/companies", response=Part[CompanyTold], summary="List companies")
@scoped("contacts:read")
def list_companies(
    request: HttpRequest, asked: Query[CompaniesAsked], cursor: Cursor = None, limit: Limit = 50
) -> dict[str, Any]:
    """Which the token's user sees, and for which all of this holds, by their number.

    `field.size=12` asks for a field of your own.
    """
    return listed(companies_meant(user_of(request), asked, own_of(request)), cursor, limit)


@router.post("/companies", response={201: CompanyTold}, summary="Make a company")
@scoped("contacts:write", "change")
def create_company(request: HttpRequest, given: CompanyGiven) -> Status[Company]:
    """409 where one of that name is there."""
    said = _known(given)
    return Status(201, acts.create_company(actor_of(request), said.pop("name", ""), **said))


@router.post("/companies/owner", response=Changed, summary="Give many companies to somebody")
@scoped("contacts:write", "change")
def assign_companies(request: HttpRequest, given: CompaniesKept) -> dict[str, int]:
    """Gives companies to somebody and their team. What the token's user doesn't see is left out."""
    user = user_of(request)
    owner = keeper(user, given.owner)
    return _several(request, given, several.to_owner(owner, owner.team if owner else user.team))


@router.post("/companies/team", response=Changed, summary="Move many companies to a team")
@scoped("contacts:write", "change")
def move_companies(request: HttpRequest, given: CompaniesMoved) -> dict[str, int]:
    """Moves companies to a team; their owners stay. What the token's user doesn't see is left out."""
    return _several(request, given, {"do": "team", "team": team_of(user_of(request), given.team)})


@router.post("/companies/field", response=Changed, summary="Fill in a field of many companies")
@scoped("contacts:write", "change")
def fill_companies(request: HttpRequest, given: CompaniesFilled) -> dict[str, int]:
    """Gives a field of one's own one value. What the token's user doesn't see is left out."""
    return _several(request, given, {"do": "field", "field": given.field, "value": given.value})


def _several(request: HttpRequest, given: CompaniesGiven, change: dict[str, Any]) -> dict[str, int]:
    seen: list[int] = []
    for start in range(0, len(given.companies), 500):
        some = access.companies(user_of(request)).filter(pk__in=given.companies[start : start + 500])
        seen += some.values_list("pk", flat=True)
    return {"changed": acts.change_companies(actor_of(request), seen, change)}


@router.get("/companies/{company}", response=CompanyTold, summary="See a company")
@scoped("contacts:read")
def get_company(request: HttpRequest, company: Identity) -> Company:
    """404 for one that the token's user doesn't see."""
    return _company(request, company)


@router.patch("/companies/{company}", response=CompanyTold, summary="Change a company")
@scoped("contacts:write", "change")
def change_company(request: HttpRequest, company: Identity, given: CompanyGiven) -> Company:
    """Changes what is named, and leaves the rest."""
    return acts.edit_company(actor_of(request), _company(request, company), **_known(given))


@router.get(
    "/companies/{company}/stages", response=list[StageTold], summary="See where a company stands, and why"
)
@scoped("contacts:read")
def get_company_stages(
    request: HttpRequest, company: Identity, funnel: OneFunnel = None, as_of: AsOfAsked = None
) -> list[dict[str, Any]]:
    """By what happened with all of its people whom the token's user sees, as one subject."""
    record, at = _company(request, company), as_of_asked(as_of)
    people = access.contacts(user_of(request)).filter(company=record)
    numbers = list(people.values_list("pk", flat=True)[: MOST_FOLDED + 1])
    if len(numbers) > MOST_FOLDED:
        raise Invalid(
            "A company's stage was asked for",
            found=f"more than {MOST_FOLDED:,} people",
            allowed=f"up to {MOST_FOLDED:,}",
        )
    happened = warehouse.touches_of(numbers)
    named = Column.of([str(record)] * len(happened))
    folded = replace(happened, columns={**happened.columns, "company": named})
    wanted = one_funnel(funnel) if funnel else warehouse.funnels()
    return [stage_of(folded, slug, one, str(record), at, of="company") for slug, one in wanted.items()]


def _company(request: HttpRequest, number: int) -> Company:
    return access.find(access.companies(user_of(request)), number)


def _known(given: CompanyGiven) -> dict[str, Any]:
    """What was named, as the actions take it: null is nothing."""
    nothing: dict[str, Any] = {"name": "", "domain": "", "fields": {}}
    return {name: nothing[name] if value is None else value for name, value in given.named().items()}
