"""The ideal customer: profiles of rules over fields, all of which make the fact `fit`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from leadline.web import access
from leadline.web.actions import profiles as acts
from leadline.web.api.door import actor_of, scoped
from leadline.web.api.parts import Cursor, Limit, Part, listed
from leadline.web.api.shapes import Given, Identity, example
from leadline.web.models import Profile

router = Router(tags=["definitions"])


class RuleGiven(Given):
    """A rule; several values of `is` and `is not` have commas between them."""

    field: Annotated[str, Field(min_length=1, max_length=100)]
    test: Literal["is", "is not", "contains", "at least", "at most", "known"]
    value: Annotated[str, Field(max_length=500)] = ""


class ProfileGiven(Given):
    """A profile; what isn't named stays as it is."""

    model_config = example(
        name="Workshops", rules=[{"field": "contact.job_title", "test": "contains", "value": "workshop"}]
    )
    name: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    rules: Annotated[list[RuleGiven], Field(min_length=1, max_length=acts.MOST_RULES)] | None = None
    active: bool | None = None


class RuleTold(Schema):
    """A rule."""

    field: str
    test: str
    value: str


class ProfileTold(Schema):
    """A profile: whoever matches all of its rules fits."""

    id: int
    name: str
    rules: list[RuleTold]
    active: bool


class RuleField(Schema):
    """A field that rules may look at, and what people call it."""

    field: str
    label: str


@router.get("/profiles", response=Part[ProfileTold], summary="List profiles")
@scoped("definitions:read")
def list_profiles(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """In the order in which they were declared."""
    return listed(Profile.objects.all(), cursor, limit)


@router.get("/profile-fields", response=list[RuleField], summary="List the fields that rules may look at")
@scoped("definitions:read")
def list_profile_fields(request: HttpRequest) -> list[dict[str, str]]:
    """Those of contacts and companies, one's own too."""
    return [{"field": name, "label": label} for name, label in acts.fields().items()]


@router.post("/profiles", response={201: ProfileTold}, summary="Declare a profile")
@scoped("definitions:write", "define")
def declare_profile(request: HttpRequest, given: ProfileGiven) -> Status[Profile]:
    """Everybody is held against it in a moment."""
    return Status(201, _declare(request, None, given))


@router.patch("/profiles/{profile}", response=ProfileTold, summary="Change a profile")
@scoped("definitions:write", "define")
def change_profile(request: HttpRequest, profile: Identity, given: ProfileGiven) -> Profile:
    """Everybody is held against it in a moment."""
    return _declare(request, access.find(Profile.objects.all(), profile), given)


@router.delete("/profiles/{profile}", response={204: None}, summary="Drop a profile")
@scoped("definitions:write", "define")
def drop_profile(request: HttpRequest, profile: Identity) -> Status[None]:
    """Whoever fitted by it alone no longer does, in a moment."""
    acts.drop(actor_of(request), access.find(Profile.objects.all(), profile))
    return Status(204, None)


def _declare(request: HttpRequest, record: Profile | None, given: ProfileGiven) -> Profile:
    before = record or Profile(name="", rules=[], active=True)
    rules = before.rules if given.rules is None else [rule.model_dump() for rule in given.rules]
    active = before.active if given.active is None else given.active
    name = before.name if given.name is None else given.name
    return acts.declare(actor_of(request), record, name, list(rules), active=active)
