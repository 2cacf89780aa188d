"""What goes in and what comes out, as OpenAPI describes it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from ninja import Path, Schema
from pydantic import AfterValidator, ConfigDict, Field

LARGEST = 2**63 - 1
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def _within_reach(moment: datetime) -> datetime:
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not EARLIEST <= moment <= LATEST:
        raise ValueError("from 1900 to 2200")
    return moment


Identity = Annotated[int, Path(ge=1, le=LARGEST)]
Id = Annotated[int, Field(ge=1, le=LARGEST)]
Short = Annotated[str, Field(max_length=200)]
Instant = Annotated[datetime, AfterValidator(_within_reach)]
"""From 1900 to 2200; without a zone it is UTC."""
Text = Annotated[str, Field(min_length=1, max_length=200)]


class Given(Schema):
    """What comes in; a name that nobody knows is an error, not ignored."""

    model_config = ConfigDict(extra="forbid")


class AddressGiven(Given):
    """A way to reach somebody."""

    sort: Literal["email", "phone", "postal", "social"]
    value: Annotated[str, Field(min_length=1, max_length=300)]
    label: Annotated[str, Field(max_length=40)] = ""


class ContactGiven(Given):
    """What is known of a contact. What isn't named stays as it is; `addresses` and `tags` replace others.

    For an upsert `key` says who it is, or else the first e-mail address that somebody has.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "key": "crm-4711",
                    "name": "Eero Cooper",
                    "company": "Cooper Bikes",
                    "addresses": [{"sort": "email", "value": "eero@example.org"}],
                    "tags": ["workshop"],
                }
            ]
        },
    )
    key: Text | None = None
    name: Short | None = None
    job_title: Short | None = None
    company: Short | None = Field(
        default=None, description="Its name; one of that name is made where none is."
    )
    owner: Short | None = Field(default=None, description="The address of somebody who works here.")
    addresses: Annotated[list[AddressGiven], Field(max_length=50)] | None = None
    tags: Annotated[list[Annotated[str, Field(min_length=1, max_length=60)]], Field(max_length=50)] | None = (
        None
    )
    fields: dict[str, Any] | None = Field(default=None, description="Fields of your own; others stay.")


class ContactsGiven(Given):
    """Many contacts, all of them or none."""

    contacts: Annotated[list[ContactGiven], Field(min_length=1, max_length=1000)]


class ContactsAsked(Given):
    """Which contacts: those for whom all of this holds."""

    q: Short | None = Field(default=None, description="A part of the name.")
    key: Short | None = None
    email: Short | None = None
    tag: Short | None = None
    path: Short | None = None
    owner: Short | None = Field(default=None, description="The address of somebody who works here.")
    company: Id | None = None
    funnel: Short | None = None
    stage: Short | None = Field(default=None, description="A stage of that funnel, by its name.")


class AddressTold(Schema):
    """A way to reach somebody."""

    sort: str
    value: str
    label: str


class ContactTold(Schema):
    """A contact. `stages` says for each funnel in force where they stand."""

    id: int
    key: str | None
    name: str
    company: int | None
    company_name: str | None
    job_title: str
    owner: str | None
    addresses: list[AddressTold]
    tags: list[str]
    fields: dict[str, Any]
    path: str = Field(description="By which path they came.")
    stages: dict[str, str] = Field(examples=[{"voltage": "lead"}])
    last_touch_at: datetime | None
    created_at: datetime


class ContactsTold(Schema):
    """A part of the contacts; `next` is the cursor of what follows, null at the end."""

    contacts: list[ContactTold]
    next: str | None


class Upserted(Schema):
    """One row of an upsert: which contact it is, and whether it was made."""

    id: int
    made: bool


class UpsertsTold(Schema):
    """The rows in the order in which they were sent."""

    contacts: list[Upserted]


class CompanyGiven(Given):
    """What is known of a company. What isn't named stays as it is."""

    name: Text | None = None
    domain: Short | None = None
    fields: dict[str, Any] | None = None


class CompanyTold(Schema):
    """A company."""

    id: int
    name: str
    domain: str
    fields: dict[str, Any]
    created_at: datetime


class CompaniesTold(Schema):
    """A part of the companies."""

    companies: list[CompanyTold]
    next: str | None


class TouchGiven(Given):
    """Something that happened with somebody: `contact`, `contact_key` or `email` says with whom.

    A touch with a `key` is recorded once, however often it is sent.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "email": "eero@example.org",
                    "name": "Eero Cooper",
                    "kind": "downloaded",
                    "happened_at": "2026-03-02T09:30:00+01:00",
                    "path": "website",
                    "content": "Workbook",
                    "key": "form-4711",
                }
            ]
        },
    )
    contact: Id | None = None
    contact_key: Text | None = None
    email: Annotated[str, Field(min_length=3, max_length=300, pattern="@")] | None = None
    name: Short | None = Field(default=None, description="For somebody new.")
    kind: Annotated[str, Field(min_length=1, max_length=60)]
    happened_at: Instant | None = Field(default=None, description="Now, unless said.")
    path: Annotated[str, Field(max_length=80)] | None = None
    channel: Annotated[str, Field(max_length=80)] | None = None
    campaign: Annotated[str, Field(max_length=120)] | None = None
    content: Short | None = None
    offer: Annotated[str, Field(max_length=120)] | None = None
    value: Annotated[int, Field(ge=-LARGEST, le=LARGEST)] | None = Field(
        default=None, description="Money in minor units: 9950 for 99.50."
    )
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    note: Annotated[str, Field(max_length=20_000)] | None = None
    key: Annotated[str, Field(min_length=1, max_length=60)] | None = None


class TouchesGiven(Given):
    """Many touches, all of them or none."""

    touches: Annotated[list[TouchGiven], Field(min_length=1, max_length=1000)]


class TouchesAsked(Given):
    """Which touches: those for which all of this holds."""

    contact: Id | None = None
    kind: Short | None = None
    path: Short | None = None
    since: Instant | None = Field(default=None, description="Happened then or later.")
    until: Instant | None = Field(default=None, description="Happened before.")


class TouchTold(Schema):
    """Something that happened. `retracts` names the touch that this one takes back."""

    id: int
    contact: int | None
    kind: str
    happened_at: datetime
    recorded_at: datetime
    path: str
    channel: str
    campaign: str
    content: str
    offer: str
    value: int | None
    currency: str
    n: int | None
    actor: str
    note: str
    origin: str
    in_force: bool
    retracts: int | None


class TouchesTold(Schema):
    """A part of the touches, in the order in which they were recorded."""

    touches: list[TouchTold]
    next: str | None


class Recorded(Schema):
    """One row: which touch it is, of whom, and whether it was known before."""

    id: int
    contact: int | None
    known: bool


class RecordsTold(Schema):
    """The rows in the order in which they were sent."""

    touches: list[Recorded]


class StageTold(Schema):
    """Where somebody stands in a funnel and why, and what is missing for the stages further on."""

    funnel: str
    stage: str
    step: str | None
    since: datetime | None
    why: list[str]
    why_not: list[dict[str, Any]]
    phrases: list[dict[str, Any]]
    history: list[dict[str, Any]]


class FunnelTold(Schema):
    """A funnel in force, with its stages in order."""

    slug: str
    name: str
    means: str
    stages: list[dict[str, Any]]


class KindTold(Schema):
    """A kind of touch."""

    name: str
    means: str
    link: str
    direction: str
    groups: list[str]


class ReportTold(Schema):
    """A report: what it says, and its figures."""

    report: str
    funnel: str
    as_of: datetime
    sentences: list[str]
    rows: list[dict[str, Any]]
