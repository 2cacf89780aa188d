"""Which contacts are meant: by their numbers, or by the filters of a list, as pages have them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from pydantic import Field

from leadline.engine.wording import listed
from leadline.web import access, listing, warehouse
from leadline.web.actions.several import MOST_AT_ONCE
from leadline.web.api.door import now
from leadline.web.api.shapes import Asked, Currency, Day, Given, Id, Short, Word
from leadline.web.errors import Invalid, NotFound
from leadline.web.filters import OWN, Filters
from leadline.web.models import Address, Company, Contact, User
from leadline.web.spans import SINCE

Nobody = Literal["none"]
Price = Annotated[str, Field(max_length=24)]


class ContactsAsked(Asked):
    """Which contacts: those for whom all of this holds."""

    q: Short | None = Field(
        default=None, description="How a name, its second word, an address or the company begins."
    )
    key: Short | None = None
    email: Short | None = None
    tag: Short | None = None
    path: Word | None = Field(default=None, description="By which they came; `none`: by none that is known.")
    owner: Short | None = Field(
        default=None, description="The address of somebody who works here, or `me`, or `none`."
    )
    team: Id | Nobody | None = None
    company: Id | Nobody | None = None
    after: Day | None = Field(default=None, description="Last touched on that day or later.")
    before: Day | None = Field(default=None, description="Last touched before that day.")
    open: Literal["ask", "follow", "reply"] | None = Field(
        default=None,
        description="`ask`: ready, never asked; `follow`: without a follow-up; `reply`: they wait "
        "for one, for 60 days at most.",
    )
    fact: Short | None = Field(default=None, description="Of whom a fact holds: `need`; or not: `no need`.")
    title: Short | None = Field(default=None, description="What their job title has somewhere.")
    made_from: Day | None = Field(default=None, description="Recorded on that day or later.")
    made_to: Day | None = Field(default=None, description="Recorded on that day or before.")
    funnel: Short | None = None
    stage: Short | None = Field(default=None, description="A stage of that funnel, by its name.")
    since_from: Day | None = Field(
        default=None, description="Came to their stage of that funnel on that day or later."
    )
    since_to: Day | None = Field(
        default=None, description="Came to their stage of that funnel on that day or before."
    )
    since_days: Annotated[int, Field(ge=0, le=100_000)] | None = Field(
        default=None, description="In their stage of that funnel for so many days at least."
    )
    amount_from: Price | None = Field(
        default=None, description="Their open ask is of so much at least, in whole units: 1200 or 99.50."
    )
    amount_to: Price | None = Field(default=None, description="Their open ask is of so much at most.")
    currency: Currency | None = Field(
        default=None, description="Of these amounts; without it they are in that of the token's user."
    )


class ContactsMeant(ContactsAsked):
    """All contacts for whom this holds; `fields` are fields of your own."""

    fields: Annotated[dict[Word, Short], Field(max_length=20)] = Field(default={})


class SeveralGiven(Given):
    """Contacts, by their numbers or by what holds for all of them."""

    contacts: Annotated[list[Id], Field(min_length=1, max_length=MOST_AT_ONCE)] | None = None
    where: ContactsMeant | None = Field(
        default=None,
        description=f"All for whom this holds; {{}} means everybody. More than {MOST_AT_ONCE:,} are changed"
        " by the worker, and the answer is 202 with how far it is.",
    )


def own_of(request: HttpRequest) -> dict[str, str]:
    """What the address of a list asks of fields of one's own: `field.size=12`."""
    asked = request.GET.items()
    return {name.removeprefix(OWN): str(value) for name, value in asked if name.startswith(OWN)}


def meant(user: User, asked: ContactsAsked, own: dict[str, str]) -> QuerySet[Contact]:
    """The contacts that somebody sees and for whom all of this holds."""
    seen = access.contacts(user).filter(_besides(asked))
    return _filters(asked, own).apply(seen, user, now())


def turned(
    user: User, asked: ContactsAsked, own: dict[str, str], order: str, cursor: str, size: int
) -> listing.Listed:
    """One page of them in an order of pages."""
    if cursor and not listing.is_cursor(cursor, order):
        raise Invalid(
            "A part of a list was asked for",
            found="a cursor of something else",
            allowed="`next` as it was given",
        )
    sought = _filters(asked, own).sought(user, now(), order=order)
    if order == "stage" and not (asked.funnel and sought.has_stages):
        raise Invalid(
            "A list was to be put in the order of stages", found="no stages", allowed="with a funnel"
        )
    return listing.turn(sought.besides(_besides(asked)), order, cursor, size)


def numbers_of(user: User, given: SeveralGiven) -> list[int]:
    """The numbers of several contacts; whom the token's user doesn't see is left out. Raises Invalid.

    Of more than can be changed at once one too many.
    """
    if (given.contacts is None) == (given.where is None):
        raise Invalid("Several contacts were named", found="contacts and where", allowed="one of both")
    if given.where is not None:
        rows = meant(user, given.where, dict(given.where.fields)).order_by()
        return list(rows.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    found: list[int] = []
    numbers = given.contacts or []
    for start in range(0, len(numbers), 500):
        some = access.contacts(user).filter(pk__in=numbers[start : start + 500])
        found += some.values_list("pk", flat=True)
    return found


class CompaniesAsked(Asked):
    """Which companies: those for which all of this holds."""

    q: Short | None = Field(default=None, description="How a name or a domain begins.")
    owner: Short | None = Field(
        default=None, description="The address of somebody who works here, or `me`, or `none`."
    )
    team: Id | Nobody | None = None
    made_from: Day | None = Field(default=None, description="Recorded on that day or later.")
    made_to: Day | None = Field(default=None, description="Recorded on that day or before.")
    people_from: Annotated[int, Field(ge=0, le=10**9)] | None = Field(
        default=None, description="The token's user sees so many of its people at least."
    )
    people_to: Annotated[int, Field(ge=0, le=10**9)] | None = Field(
        default=None, description="The token's user sees so many of its people at most."
    )


def companies_meant(user: User, asked: CompaniesAsked, own: dict[str, str]) -> QuerySet[Company]:
    """The companies that somebody sees and for which all of this holds."""
    return _given(asked, own).of_companies(access.every_company(user), user)


def filters_of(given: SeveralGiven) -> dict[str, str]:
    """The filters of all contacts that are meant, by the names that pages have for them."""
    assert given.where is not None
    return dict(_filters(given.where, dict(given.where.fields)).given)


def _filters(asked: ContactsAsked, own: dict[str, str]) -> Filters:
    if not asked.funnel and any(getattr(asked, name) not in (None, "") for name in _OF_FUNNEL):
        raise Invalid(
            "Those in a stage were asked for",
            found="no funnel",
            allowed=f"a funnel with {listed(_OF_FUNNEL)}",
        )
    known = warehouse.funnels()
    if asked.funnel and asked.funnel not in known:
        allowed = ", ".join(known) or "none is in force"
        raise NotFound(f"The funnel “{asked.funnel}” was asked for", allowed=allowed)
    return _given(asked, own)


def _given(asked: ContactsAsked | CompaniesAsked, own: dict[str, str]) -> Filters:
    """What was asked for, by the names that pages have for it."""
    told = asked.named().items()
    given = {name: value for name, value in told if name in _LIKE_PAGES and value not in (None, "")}
    if asked.owner:
        given["owner"] = _keeper(asked.owner)
    return Filters.of(given | {f"{OWN}{name}": value for name, value in own.items()})


_OF_FUNNEL = ("stage", *SINCE)
_LIKE_PAGES = (ContactsAsked.model_fields | CompaniesAsked.model_fields).keys() - {"key", "email"}


def _besides(asked: ContactsAsked) -> Q:
    """By what programs know contacts, besides what pages filter by."""
    found = Q(key=asked.key) if asked.key else Q()
    if asked.email:
        theirs = Address.objects.filter(sort="email", value=asked.email.lower())
        found &= Q(pk__in=theirs.values("contact"))
    return found


def by_owner(said: str, user: User) -> Q:
    """The records of somebody by their address, the user's own (`me`), or nobody's (`none`)."""
    found = _keeper(said)
    return Q(owner={"me": user.pk, "none": None}.get(found, found))


def _keeper(said: str) -> Any:
    """The number of somebody by their address; `me` and `none` as they are."""
    if said in {"me", "none"}:
        return said
    found = User.objects.filter(email=said.lower()).values_list("pk", flat=True).first()
    if found is None:
        raise Invalid(
            "A list was to be filtered by owner",
            found=f"“{said}”",
            allowed="me, none, or the address of somebody who works here",
        )
    return found
