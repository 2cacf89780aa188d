"""What is one's own: preferences, tokens, and lists as somebody likes to see them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from leadline.engine.instants import to_datetime
from leadline.web import access
from leadline.web.actions import me, tokens, views
from leadline.web.api.door import actor_of, now, scoped, tell_secret, token_of, user_of
from leadline.web.api.parts import Cursor, Limit, Part, listed
from leadline.web.api.shapes import Given, Identity, Whole, example
from leadline.web.errors import Forbidden, Invalid
from leadline.web.filters import NAMES, OWN
from leadline.web.models import SavedView, Token, User

router = Router(tags=["own"])
ScopeName = Annotated[str, Field(min_length=1, max_length=60)]


class MeGiven(Given):
    """How somebody reads dates and money, and what they see first; what isn't named stays as it is."""

    model_config = example(zone="Europe/Berlin", locale="de")
    name: Annotated[str, Field(min_length=1, max_length=120)] | None = None
    zone: Annotated[str, Field(max_length=64)] | None = None
    locale: Annotated[str, Field(max_length=12)] | None = None
    currency: Annotated[str, Field(pattern="^([A-Z]{3})?$", description="Three letters, or none.")] | None = (
        None
    )
    funnel: Annotated[str, Field(max_length=64)] | None = None


class MeTold(Schema):
    """For whom the token acts, and what it may."""

    id: int
    email: str
    name: str
    role: str
    team: int | None
    zone: str
    locale: str
    currency: str
    funnel: str
    scopes: list[str]


class TokenGiven(Given):
    """A token for the same user, which may no more than the one that makes it; null days: until revoked.

    Where no days are named, it lives for 90, or as long as the one that makes it.
    """

    model_config = example(name="Website", scopes=["touches:write"], days=90)
    name: Annotated[str, Field(min_length=1, max_length=80)]
    scopes: Annotated[list[ScopeName], Field(min_length=1, max_length=50)]
    days: Annotated[Whole, Field(ge=1, le=tokens.LONGEST)] | None = 90


class TokenTold(Schema):
    """A token; of its secret there are the last letters."""

    id: int
    user: str
    name: str
    hint: str
    scopes: list[str]
    expires_at: datetime | None
    last_used_at: datetime | None
    made_at: datetime


class TokenMade(TokenTold):
    """A token with its secret, which is shown here once."""

    secret: str


class ViewGiven(Given):
    """The contacts' list as somebody likes to see it: filters and order by name, and columns."""

    model_config = example(
        name="Warm", query={"funnel": "voltage", "stage": "lead", "sort": "last"}, columns=["stage", "last"]
    )
    of: Literal["contacts", "companies"] = Field(default="contacts", description="The list that it is of.")
    name: Annotated[str, Field(min_length=1, max_length=80)]
    query: Annotated[dict[str, Annotated[str, Field(max_length=200)]], Field(max_length=30)] = Field(
        default={}
    )
    columns: Annotated[list[Annotated[str, Field(max_length=80)]], Field(max_length=50)] = Field(default=[])
    shared: bool = False
    default: bool = False


class ViewTold(Schema):
    """A kept view."""

    id: int
    of: Literal["contacts", "companies"]
    name: str
    owner: str
    query: dict[str, Any]
    columns: list[str]
    shared: bool
    default: bool


@router.get("/me", response=MeTold, summary="See for whom the token acts")
@scoped("own:read")
def get_me(request: HttpRequest) -> dict[str, Any]:
    """With the scopes of the token."""
    return _me(request)


@router.patch("/me", response=MeTold, summary="Change one's preferences")
@scoped("own:write")
def change_me(request: HttpRequest, given: MeGiven) -> dict[str, Any]:
    """Changes what is named, and leaves the rest."""
    user = access.find(User.objects.all(), user_of(request).pk)
    kept = {name: getattr(user, name) for name in MeGiven.model_fields}
    kept |= {name: value for name, value in given.named().items() if value is not None}
    kept["name"] = kept["name"] or user.email
    token_of(request).user = me.prefer(actor_of(request), user, **kept)
    return _me(request)


@router.get("/tokens", response=Part[TokenTold], summary="List tokens")
@scoped("own:read")
def list_tokens(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """One's own; an owner sees everybody's."""
    return listed(_tokens(user_of(request)).select_related("user"), cursor, limit, _token)


@router.post("/tokens", response={201: TokenMade}, summary="Make a token")
@scoped("own:write")
def make_token(request: HttpRequest, given: TokenGiven) -> Status[dict[str, Any]]:
    """Answers with its secret, which is shown once. It may no more, and no longer, than this one."""
    mine = token_of(request)
    more = sorted(set(given.scopes) - set(map(str, mine.scopes)))
    left = None if mine.expires_at is None else (mine.expires_at - to_datetime(now())).days
    days = given.days
    if left is not None and days is not None and "days" not in given.model_fields_set:
        days = min(days, left)
    _refuse_more(mine, more, days, left)
    tell_secret(request)
    made, secret = tokens.make(actor_of(request), user_of(request), given.name, given.scopes, days)
    return Status(201, _token(made) | {"secret": secret})


@router.delete("/tokens/{token}", response={204: None}, summary="Revoke a token")
@scoped("own:write")
def revoke_token(request: HttpRequest, token: Identity) -> Status[None]:
    """It is of no use from now on."""
    tokens.revoke(actor_of(request), access.find(_tokens(user_of(request)), token))
    return Status(204, None)


@router.get("/views", response=Part[ViewTold], summary="List kept views")
@scoped("own:read")
def list_views(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """One's own, and those that others share."""
    return listed(_views(user_of(request)).select_related("owner"), cursor, limit, _view)


@router.post("/views", response={201: ViewTold}, summary="Keep a view")
@scoped("own:write")
def save_view(request: HttpRequest, given: ViewGiven) -> Status[dict[str, Any]]:
    """Takes the place of one's own of that name."""
    if given.shared:
        access.require(user_of(request), "change")
    for name in given.query:
        if name not in (*NAMES, "sort") and not name.startswith(OWN):
            raise Invalid(
                "A view was to be kept", found=f"“{name[:60]}”", allowed=", ".join((*NAMES, "sort"))
            )
    made = views.save_view(
        actor_of(request),
        given.of,
        given.name,
        dict(given.query),
        list(given.columns),
        shared=given.shared,
        default=given.default,
    )
    return Status(201, _view(made))


@router.delete("/views/{view}", response={204: None}, summary="Let a view go")
@scoped("own:write")
def remove_view(request: HttpRequest, view: Identity) -> Status[None]:
    """403 for somebody else's."""
    views.remove_view(actor_of(request), access.find(_views(user_of(request)), view))
    return Status(204, None)


def _refuse_more(mine: Token, more: list[str], days: int | None, left: int | None) -> None:
    """Raise Forbidden for a token that may more, or lives longer, than the one that makes it.

    That one has so many days `left`; None: it lives until it is revoked.
    """
    if more:
        raise Forbidden(
            "A token was to be made by a token",
            found=f"the scopes {', '.join(more)}",
            allowed=", ".join(map(str, mine.scopes)),
        )
    if left is not None and (days is None or days > left):
        raise Forbidden(
            "A token was to be made by a token",
            found="one that lives longer" if days is None else f"{days} days",
            allowed=f"{left} days at most, as long as this one lives",
        )


def _tokens(user: User) -> QuerySet[Token]:
    return Token.objects.all() if access.may(user, "govern") else Token.objects.filter(user=user)


def _views(user: User) -> QuerySet[SavedView]:
    return SavedView.objects.filter(Q(owner=user) | Q(shared=True))


def _me(request: HttpRequest) -> dict[str, Any]:
    user = user_of(request)
    same = ("email", "name", "role", "zone", "locale", "currency", "funnel")
    told = {name: getattr(user, name) for name in same}
    return told | {"id": user.pk, "team": user.team_id, "scopes": token_of(request).scopes}


def _token(one: Token) -> dict[str, Any]:
    same = ("name", "hint", "scopes", "expires_at", "last_used_at", "made_at")
    return {name: getattr(one, name) for name in same} | {"id": one.pk, "user": one.user.email}


def _view(one: SavedView) -> dict[str, Any]:
    same = ("of", "name", "query", "columns", "shared", "default")
    return {name: getattr(one, name) for name in same} | {"id": one.pk, "owner": one.owner.email}
