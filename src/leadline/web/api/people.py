"""Who works here: people, teams, invitations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from ninja import Router, Schema, Status
from pydantic import Field

from leadline.web import access
from leadline.web.actions import handing_on
from leadline.web.actions import people as acts
from leadline.web.api.door import actor_of, scoped, tell_secret, user_of
from leadline.web.api.edits import EditTold, told_edit
from leadline.web.api.parts import Cursor, Limit, Part, listed
from leadline.web.api.shapes import Given, Id, Identity, Nothing, example
from leadline.web.models import Invitation, Team, User
from leadline.web.outbound.mail import invite_by_mail

router = Router(tags=["people"])
RoleName = Literal["owner", "manager", "member", "reader"]


class PersonGiven(Given):
    """Somebody's role and team; what isn't named stays as it is."""

    model_config = example(role="manager", team=1)
    role: RoleName | None = None
    team: Id | None = None


class PersonTold(Schema):
    """Somebody who works here."""

    id: int
    email: str
    name: str
    role: str
    team: int | None
    is_active: bool


class HandOnGiven(Given):
    """To whom everything of somebody is given."""

    model_config = example(to=1)
    to: Id


class HandedTold(Schema):
    """The changes of many that give contacts and companies away; none where there are none."""

    edits: list[EditTold]


class InvitationGiven(Given):
    """Whom to invite, with which role, in which team."""

    model_config = example(email="ida@example.org", role="member", team=1)
    email: Annotated[str, Field(min_length=3, max_length=254)]
    role: RoleName = "member"
    team: Id | None = None


class InvitationTold(Schema):
    """An invitation that nobody has accepted yet."""

    id: int
    email: str
    role: str
    team: int | None
    expires_at: datetime


class InvitedTold(InvitationTold):
    """An invitation with its link, which is shown here once; `sent`: whether it went out by mail too."""

    link: str
    sent: bool


class TeamGiven(Given):
    """A team; what isn't named stays as it is."""

    model_config = example(name="South", shares=True)
    name: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    shares: bool | None = Field(default=None, description="Whether members see all contacts of the team.")


class TeamTold(Schema):
    """A team."""

    id: int
    name: str
    shares: bool


@router.get("/people", response=Part[PersonTold], summary="List who works here")
@scoped("people:read")
def list_people(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """Those who were let go too."""
    return listed(User.objects.all(), cursor, limit, _person)


@router.patch("/people/{person}", response=PersonTold, summary="Give somebody a role and a team")
@scoped("people:write", "govern")
def change_person(request: HttpRequest, person: Identity, given: PersonGiven) -> dict[str, Any]:
    """409 where no owner would be left."""
    record = _found(person)
    team = _team(given.team) if "team" in given.named() else record.team
    return _person(acts.change(actor_of(request), record, role=given.role or record.role, team=team))


@router.post("/people/{person}/deactivate", response=PersonTold, summary="Let somebody go")
@scoped("people:write", "govern")
def deactivate_person(request: HttpRequest, person: Identity, given: Nothing | None = None) -> dict[str, Any]:
    """Their sessions and tokens end; what they did stays theirs."""
    acts.deactivate(actor_of(request), _found(person))
    return _person(_found(person))


@router.post("/people/{person}/reactivate", response=PersonTold, summary="Let somebody in again")
@scoped("people:write", "govern")
def reactivate_person(request: HttpRequest, person: Identity, given: Nothing | None = None) -> dict[str, Any]:
    """With the role that they had."""
    acts.reactivate(actor_of(request), _found(person))
    return _person(_found(person))


@router.post("/people/{person}/hand-on", response={202: HandedTold}, summary="Hand on what somebody has")
@scoped("people:write", "govern")
def hand_on(request: HttpRequest, person: Identity, given: HandOnGiven) -> Status[dict[str, Any]]:
    """Their open tasks at once; contacts and companies in changes of many, which the worker makes."""
    begun = handing_on.hand_on(actor_of(request), _found(person), _found(given.to))
    return Status(202, {"edits": [told_edit(one) for one in begun]})


@router.get("/invitations", response=Part[InvitationTold], summary="List invitations")
@scoped("people:read", "govern")
def list_invitations(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """Those that nobody has accepted."""
    return listed(Invitation.objects.filter(accepted_at=None), cursor, limit, _invitation)


@router.post("/invitations", response={201: InvitedTold}, summary="Invite somebody")
@scoped("people:write", "govern")
def invite_person(request: HttpRequest, given: InvitationGiven) -> Status[dict[str, Any]]:
    """Answers with the link, which is shown once. An earlier invitation of theirs ends."""
    tell_secret(request)
    made, secret = acts.invite(actor_of(request), given.email, given.role, _team(given.team))
    link = settings.URL + reverse("invitation", args=[secret])
    sent = invite_by_mail(made.email, str(user_of(request)), link)
    return Status(201, _invitation(made) | {"link": link, "sent": sent})


@router.delete("/invitations/{invitation}", response={204: None}, summary="Withdraw an invitation")
@scoped("people:write", "govern")
def withdraw_invitation(request: HttpRequest, invitation: Identity) -> Status[None]:
    """The link that was sent no longer works."""
    acts.withdraw(actor_of(request), access.find(Invitation.objects.filter(accepted_at=None), invitation))
    return Status(204, None)


@router.get("/teams", response=Part[TeamTold], summary="List teams")
@scoped("people:read")
def list_teams(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """All of them."""
    return listed(Team.objects.all(), cursor, limit)


@router.post("/teams", response={201: TeamTold}, summary="Make a team")
@scoped("people:write", "govern")
def make_team(request: HttpRequest, given: TeamGiven) -> Status[Team]:
    """409 for a name that is taken."""
    return Status(201, acts.set_team(actor_of(request), None, given.name or "", shares=given.shares or False))


@router.patch("/teams/{team}", response=TeamTold, summary="Change a team")
@scoped("people:write", "govern")
def change_team(request: HttpRequest, team: Identity, given: TeamGiven) -> Team:
    """Its name, and whether its members see all of its contacts."""
    record = access.find(Team.objects.all(), team)
    shares = record.shares if given.shares is None else given.shares
    return acts.set_team(actor_of(request), record, given.name or record.name, shares=shares)


def _found(number: int) -> User:
    return access.find(User.objects.select_related("team"), number)


def _team(number: int | None) -> Team | None:
    return access.find(Team.objects.all(), number) if number else None


def _person(one: User) -> dict[str, Any]:
    same = ("email", "name", "role", "is_active")
    return {name: getattr(one, name) for name in same} | {"id": one.pk, "team": one.team_id}


def _invitation(one: Invitation) -> dict[str, Any]:
    same = ("email", "role", "expires_at")
    return {name: getattr(one, name) for name in same} | {"id": one.pk, "team": one.team_id}
