"""Companies."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from leadline.web import access
from leadline.web.actions import upserts
from leadline.web.api.door import actor_of, scoped, user_of
from leadline.web.api.parts import Cursor, Limit, part
from leadline.web.api.shapes import CompaniesTold, CompanyGiven, CompanyTold, Identity
from leadline.web.models import Company

router = Router(tags=["companies"])


@router.get("", response=CompaniesTold, summary="List companies")
@scoped("contacts:read")
def list_companies(
    request: HttpRequest,
    cursor: Cursor = None,
    limit: Limit = 50,
    q: Annotated[str | None, Query(default=None, max_length=200)] = None,
) -> dict[str, Any]:
    """Which the token's user sees, by their number. `q` is part of a name."""
    found = access.companies(user_of(request))
    records, following = part(found.filter(name__icontains=q) if q else found, cursor, limit)
    return {"companies": records, "next": following}


@router.post("", response={201: CompanyTold}, summary="Make a company")
@scoped("contacts:write", "change")
def create_company(request: HttpRequest, given: CompanyGiven) -> Status[Company]:
    """409 where one of that name is there."""
    return Status(201, upserts.create_company(actor_of(request), given.dict(exclude_unset=True)))


@router.get("/{company}", response=CompanyTold, summary="See a company")
@scoped("contacts:read")
def get_company(request: HttpRequest, company: Identity) -> Company:
    """404 for one that the token's user doesn't see."""
    return access.find(access.companies(user_of(request)), company)


@router.patch("/{company}", response=CompanyTold, summary="Change a company")
@scoped("contacts:write", "change")
def change_company(request: HttpRequest, company: Identity, given: CompanyGiven) -> Company:
    """Changes what is named, and leaves the rest."""
    record = access.find(access.companies(user_of(request)), company)
    return upserts.change_company(actor_of(request), record, given.dict(exclude_unset=True))
