"""Funnels as definitions: versions, checks, what-if, and putting one in force."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import Field

from leadline.engine.errors import BadFunnel
from leadline.engine.funnel import Funnel, dump_funnel, load_funnel, shipped_funnels
from leadline.engine.what_if import what_if
from leadline.web import warehouse
from leadline.web.actions import funnels as acts
from leadline.web.api.door import actor_of, now, scoped
from leadline.web.api.shapes import Given, Nothing, Whole, example
from leadline.web.errors import Invalid, NotFound
from leadline.web.models import FunnelVersion

router = Router(tags=["funnels"])
Slug = Annotated[str, Path(max_length=64, description="The short name of a funnel, as sales-cycle.")]
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="The number of a version.")]
SHORT = """\
name = "Two steps"
means = "Whoever met us, and whoever bought."

[[stages]]
name = "lead"
means = "Met us."
role = "open"
when = "met"

[[stages]]
name = "client"
means = "Bought."
role = "client"
when = "purchased"
"""
Toml = Annotated[str, Field(min_length=1, max_length=acts.LONGEST, description="A funnel as TOML.")]


class TextGiven(Given):
    """The text of a funnel, as TOML."""

    model_config = example(text=SHORT)
    text: Toml


class DraftGiven(Given):
    """The text of a draft. `over` is the text from which it was made: 409 where somebody saved another."""

    model_config = example(text=SHORT)
    text: Toml
    over: Annotated[str, Field(max_length=acts.LONGEST)] | None = None


class BeginGiven(Given):
    """A funnel of one's own: its text, or the name of a shipped one to begin from."""

    model_config = example(slug="two-steps", text=SHORT)
    slug: Annotated[str, Field(min_length=1, max_length=64)]
    text: Toml | None = None
    source: Annotated[str, Field(max_length=64)] | None = None


class StageGiven(Given):
    """A stage: `was` is its number from 1 in the text; 0 is a new one.

    `when` has phrases, one a line, all of which have to hold; without it the condition stays as it was.
    """

    was: Annotated[Whole, Field(ge=0, le=254)]
    name: Annotated[str, Field(min_length=1, max_length=80)]
    means: Annotated[str, Field(max_length=1000)]
    role: Annotated[str, Field(max_length=20)] = "open"
    owner: Annotated[str, Field(max_length=20)] = ""
    when: Annotated[str, Field(max_length=1000)] | None = None


class ReshapeGiven(Given):
    """The stages that a text shall have, in order."""

    model_config = example(
        text=SHORT,
        stages=[
            {"was": 1, "name": "acquainted", "means": "Met us."},
            {"was": 2, "name": "client", "means": "Bought.", "role": "client"},
        ],
    )
    text: Toml
    stages: Annotated[list[StageGiven], Field(min_length=1, max_length=254)]


class ShippedGiven(Given):
    """A funnel that comes with Leadline."""

    model_config = example(name="top-social")
    name: Annotated[str, Field(min_length=1, max_length=64)]


class PublishGiven(Given):
    """What is to be put out of force: 409 where another version is in force by now, or on its way."""

    model_config = example(instead_of=0)
    instead_of: Annotated[Whole, Field(ge=0, le=2**31 - 1)] | None = Field(
        default=None, description="The number of the version that was in force when you looked; 0 for none."
    )


class StageDeclared(Schema):
    """A stage as it is declared."""

    name: str
    means: str
    role: str
    owner: str | None


class FunnelTold(Schema):
    """A funnel in force, with its stages in order."""

    slug: str
    name: str
    means: str
    stages: list[StageDeclared]


class VersionTold(Schema):
    """One version of a funnel; one that is `coming` is in force as soon as everybody's stage is known."""

    slug: str
    number: int
    toml: str
    in_force: bool
    coming: bool
    published_at: datetime | None
    made_at: datetime


class CheckTold(Schema):
    """What is wrong with a text, or what it declares."""

    ok: bool
    problem: str
    atoms: int
    stages: list[StageDeclared]
    never_reached: list[str]


class TextTold(Schema):
    """A text of a funnel."""

    text: str


class MoveTold(Schema):
    """How many would move from one stage to another, and some of them."""

    old: str
    new: str
    count: int
    contacts: list[int]


class WhatIfTold(Schema):
    """Who would stand elsewhere; `each`: how many contacts stand for each that was looked at."""

    sentences: list[str]
    each: int
    moves: list[MoveTold]
    rows: list[dict[str, Any]]
    never_reached: list[str]


@router.get("/funnels", response=list[FunnelTold], summary="List funnels")
@scoped("definitions:read")
def list_funnels(request: HttpRequest) -> list[dict[str, Any]]:
    """Those in force, the first published first."""
    return [
        {"slug": slug, "name": one.name, "means": one.means, "stages": _stages(one)}
        for slug, one in warehouse.funnels().items()
    ]


@router.get("/shipped-funnels", response=list[FunnelTold], summary="List the funnels that come with Leadline")
@scoped("definitions:read")
def list_shipped_funnels(request: HttpRequest) -> list[dict[str, Any]]:
    """In force or not."""
    found = ((name, load_funnel(name)) for name in shipped_funnels())
    return [
        {"slug": name, "name": one.name, "means": one.means, "stages": _stages(one)} for name, one in found
    ]


@router.post("/funnels", response={201: VersionTold}, summary="Begin a funnel of one's own")
@scoped("definitions:write", "define")
def begin_funnel(request: HttpRequest, given: BeginGiven) -> Status[FunnelVersion]:
    """As a draft. 409 where there is one of that name."""
    if (given.text is None) == (given.source is None):
        raise Invalid("A funnel was to be begun", found="text and source", allowed="one of both")
    if given.source is not None and given.source not in shipped_funnels():
        raise NotFound(
            f"The funnel “{given.source}” was asked for", found="none", allowed=", ".join(shipped_funnels())
        )
    text = given.text if given.text is not None else dump_funnel(load_funnel(given.source or ""))
    return Status(201, acts.begin(actor_of(request), given.slug, text))


@router.post("/funnels/check", response=CheckTold, summary="Check the text of a funnel")
@scoped("definitions:read", "define")
def check_funnel(request: HttpRequest, given: TextGiven) -> dict[str, Any]:
    """What is wrong with it, or what it declares; nothing is kept."""
    try:
        declared, lookup = acts.check(given.text)
    except BadFunnel as error:
        return {"ok": False, "problem": str(error), "atoms": 0, "stages": [], "never_reached": []}
    told = {"ok": True, "problem": "", "atoms": len(lookup.atoms), "stages": _stages(declared)}
    return told | {"never_reached": list(lookup.never_reached())}


@router.post("/funnels/reshape", response=TextTold, summary="Give a funnel other stages")
@scoped("definitions:read", "define")
def reshape_funnel(request: HttpRequest, given: ReshapeGiven) -> dict[str, str]:
    """The text with its stages renamed, ordered, left out or added; nothing is kept.

    What can't be used is said with the name of its stage.
    """
    return {"text": acts.reshape(given.text, [one.model_dump(exclude_none=True) for one in given.stages])}


@router.post("/funnels/adopt", response={201: VersionTold}, summary="Take up a shipped funnel")
@scoped("definitions:write", "define")
def adopt_funnel(request: HttpRequest, given: ShippedGiven) -> Status[FunnelVersion]:
    """As a draft, which can be published as it is."""
    return Status(201, acts.adopt(actor_of(request), given.name))


@router.get("/funnels/{slug}/versions", response=list[VersionTold], summary="List the versions of a funnel")
@scoped("definitions:read", "define")
def list_versions(request: HttpRequest, slug: Slug) -> list[FunnelVersion]:
    """The 200 newest, the newest first; a draft has no `published_at`."""
    found = list(FunnelVersion.objects.filter(slug=slug).order_by("-number")[:200])
    if not found:
        raise NotFound(f"The funnel “{slug}” was asked for", found="none of that name")
    return found


@router.put("/funnels/{slug}/draft", response=VersionTold, summary="Save a draft")
@scoped("definitions:write", "define")
def save_draft(request: HttpRequest, slug: Slug, given: DraftGiven) -> FunnelVersion:
    """Keeps a text that can be used as the draft of a funnel that there is; nothing is counted by it."""
    if acts.latest(slug) is None:
        raise NotFound(f"The funnel “{slug}” was asked for", found="none of that name")
    return acts.save_draft(actor_of(request), slug, given.text, given.over)


@router.get("/funnels/{slug}/versions/{number}", response=VersionTold, summary="See a version")
@scoped("definitions:read", "define")
def get_version(request: HttpRequest, slug: Slug, number: Number) -> FunnelVersion:
    """404 where there is none of that number."""
    return _version(slug, number)


@router.post(
    "/funnels/{slug}/versions/{number}/publish", response=VersionTold, summary="Put a version in force"
)
@scoped("definitions:write", "define")
def publish_funnel(
    request: HttpRequest, slug: Slug, number: Number, given: PublishGiven | None = None
) -> FunnelVersion:
    """At once where there are few contacts; else it is `coming` until everybody's stage is known.

    With `instead_of` nobody is overridden who published another version meanwhile: 409.
    """
    instead_of = given.instead_of if given else None
    return acts.publish(actor_of(request), _version(slug, number), instead_of)


@router.get(
    "/funnels/{slug}/versions/{number}/what-if", response=WhatIfTold, summary="See who would stand elsewhere"
)
@scoped("definitions:read", "define")
def get_what_if(request: HttpRequest, slug: Slug, number: Number) -> dict[str, Any]:
    """If a version were put in force now, and how the figures change."""
    version = _version(slug, number)
    new, lookup = acts.check(version.toml)
    touches, each = warehouse.some_touches()
    found = what_if(touches, warehouse.funnels().get(slug) or new, new, now())
    moves = [
        {"old": old, "new": gone_to, "count": len(who), "contacts": list(who[:100])}
        for (old, gone_to), who in found.moves().items()
    ]
    told = {"sentences": found.sentences(), "each": each, "moves": moves, "rows": found.rows()}
    return told | {"never_reached": list(lookup.never_reached())}


@router.post("/funnels/{slug}/retire", response={204: None}, summary="Take a funnel out of force")
@scoped("definitions:write", "define")
def retire_funnel(request: HttpRequest, slug: Slug, given: Nothing | None = None) -> Status[None]:
    """Its versions stay. The last one in force can't be."""
    acts.retire(actor_of(request), slug)
    return Status(204, None)


def _stages(funnel: Funnel) -> list[dict[str, Any]]:
    names = ("name", "means", "role", "owner")
    return [{name: getattr(stage, name) for name in names} for stage in funnel.stages]


def _version(slug: str, number: int) -> FunnelVersion:
    found = FunnelVersion.objects.filter(slug=slug, number=number).first()
    if found is None:
        raise NotFound(f"Version {number} of the funnel “{slug}” was asked for", found="none")
    return found
