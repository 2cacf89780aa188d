"""The team's own words: kinds of touches, paths, and fields of one's own."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field as Described

from leadline.web import access, warehouse
from leadline.web.actions import definitions as acts
from leadline.web.api.door import actor_of, scoped
from leadline.web.api.parts import Cursor, Limit, Part, listed
from leadline.web.api.shapes import Given, Identity, Whole, example
from leadline.web.errors import NotFound
from leadline.web.models import Field, KindDefinition, PathDefinition

router = Router(tags=["definitions"])
KindName = Annotated[str, Path(max_length=60)]
Group = Annotated[str, Described(min_length=1, max_length=60)]


class KindGiven(Given):
    """A kind of touch of one's own; what isn't named stays as it is."""

    model_config = example(
        name="came_to_fair", means="Came to our stand", link="generate", direction="both", groups=["met"]
    )
    name: Annotated[str, Described(min_length=1, max_length=60)] | None = None
    means: Annotated[str, Described(min_length=1, max_length=300)] | None = None
    link: Literal["generate", "nurture", "ask", "answer", "fact", "exit"] | None = None
    direction: Literal["out", "in", "both"] | None = None
    groups: Annotated[list[Group], Described(max_length=50)] | None = None


class KindTold(Schema):
    """A kind of touch; `own`: of the team, not shipped."""

    name: str
    means: str
    link: str
    direction: str
    groups: list[str]
    own: bool


class PathGiven(Given):
    """A path by which business comes; what isn't named stays as it is."""

    model_config = example(name="fairs", means="Stands and talks at fairs", position=3)
    name: Annotated[str, Described(min_length=1, max_length=80)] | None = None
    means: Annotated[str, Described(max_length=300)] | None = None
    position: Annotated[Whole, Described(ge=0, le=999)] | None = None


class PathTold(Schema):
    """A path by which business comes."""

    id: int
    name: str
    means: str
    position: int


class FieldGiven(Given):
    """A field of one's own."""

    model_config = example(
        of="contact", name="size", label="Size of fleet", type="choice", choices=["small", "large"]
    )
    of: Literal["contact", "company"]
    name: Annotated[str, Described(min_length=1, max_length=60)]
    label: Annotated[str, Described(min_length=1, max_length=80)]
    type: Literal["text", "number", "date", "choice", "flag"] = "text"
    choices: Annotated[list[Annotated[str, Described(max_length=80)]], Described(max_length=200)] = Described(
        default=[]
    )


class LabelGiven(Given):
    """The label and the choices of a field; its name and type stay."""

    model_config = example(label="Size", choices=["small", "large"])
    label: Annotated[str, Described(min_length=1, max_length=80)] | None = None
    choices: Annotated[list[Annotated[str, Described(max_length=80)]], Described(max_length=200)] | None = (
        None
    )


class FieldTold(Schema):
    """A field of one's own."""

    id: int
    of: str
    name: str
    label: str
    type: str
    choices: list[str]


@router.get("/kinds", response=list[KindTold], summary="List kinds of touches")
@scoped("definitions:read")
def list_kinds(request: HttpRequest) -> list[dict[str, Any]]:
    """Those that come with Leadline, and the team's own."""
    own = set(KindDefinition.objects.values_list("name", flat=True))
    return [_kind(kind, own=kind.name in own) for kind in warehouse.kinds().kinds]


@router.post("/kinds", response={201: KindTold}, summary="Declare a kind")
@scoped("definitions:write", "define")
def declare_kind(request: HttpRequest, given: KindGiven) -> Status[dict[str, Any]]:
    """It counts as groups that there are. 422 for a name that is in use."""
    usual = {"name": "", "means": "", "link": "nurture", "direction": "out", "groups": []}
    said = usual | {name: value for name, value in given.named().items() if value is not None}
    return Status(201, _kind(acts.declare_kind(actor_of(request), None, **said)))


@router.patch("/kinds/{kind}", response=KindTold, summary="Change a kind")
@scoped("definitions:write", "define")
def change_kind(request: HttpRequest, kind: KindName, given: KindGiven) -> dict[str, Any]:
    """One of the team's own. 409 for another name while touches or funnels name it."""
    record = _own_kind(kind)
    before = {name: getattr(record, name) for name in KindGiven.model_fields}
    said = {name: value for name, value in given.named().items() if value is not None}
    return _kind(acts.declare_kind(actor_of(request), record, **before | said))


@router.delete("/kinds/{kind}", response={204: None}, summary="Drop a kind")
@scoped("definitions:write", "define")
def drop_kind(request: HttpRequest, kind: KindName) -> Status[None]:
    """409 while touches or funnels name it."""
    acts.drop_kind(actor_of(request), _own_kind(kind))
    return Status(204, None)


@router.get("/paths", response=Part[PathTold], summary="List paths")
@scoped("definitions:read")
def list_paths(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """In the order in which they were declared; `position` is the one in which they are shown."""
    return listed(PathDefinition.objects.all(), cursor, limit)


@router.post("/paths", response={201: PathTold}, summary="Declare a path")
@scoped("definitions:write", "define")
def declare_path(request: HttpRequest, given: PathGiven) -> Status[PathDefinition]:
    """409 for a name that is taken."""
    said = (given.name or "", given.means or "", given.position or 0)
    return Status(201, acts.declare_path(actor_of(request), None, *said))


@router.patch("/paths/{path}", response=PathTold, summary="Change a path")
@scoped("definitions:write", "define")
def change_path(request: HttpRequest, path: Identity, given: PathGiven) -> PathDefinition:
    """Touches that name it by its old name keep that."""
    record = access.find(PathDefinition.objects.all(), path)
    said = [
        getattr(record, name) if getattr(given, name) is None else getattr(given, name)
        for name in ("name", "means", "position")
    ]
    return acts.declare_path(actor_of(request), record, *said)


@router.delete("/paths/{path}", response={204: None}, summary="Drop a path")
@scoped("definitions:write", "define")
def drop_path(request: HttpRequest, path: Identity) -> Status[None]:
    """Touches that name it keep it."""
    acts.drop_path(actor_of(request), access.find(PathDefinition.objects.all(), path))
    return Status(204, None)


@router.get("/fields", response=Part[FieldTold], summary="List fields of one's own")
@scoped("definitions:read")
def list_fields(
    request: HttpRequest,
    of: Annotated[Literal["contact", "company"] | None, Query(default=None)] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> dict[str, Any]:
    """Of contacts and companies, in the order in which they were declared."""
    return listed(Field.objects.filter(of=of) if of else Field.objects.all(), cursor, limit)


@router.post("/fields", response={201: FieldTold}, summary="Declare a field")
@scoped("definitions:write", "define")
def declare_field(request: HttpRequest, given: FieldGiven) -> Status[Field]:
    """409 for a name that is taken."""
    return Status(201, acts.declare_field(actor_of(request), None, **given.model_dump()))


@router.patch("/fields/{field}", response=FieldTold, summary="Change a field")
@scoped("definitions:write", "define")
def change_field(request: HttpRequest, field: Identity, given: LabelGiven) -> Field:
    """Its label and choices; values are kept under its name, in the form of its type."""
    record = access.find(Field.objects.all(), field)
    label = record.label if given.label is None else given.label
    choices = list(record.choices) if given.choices is None else given.choices
    return acts.declare_field(actor_of(request), record, label=label, choices=choices)


@router.delete("/fields/{field}", response={204: None}, summary="Drop a field")
@scoped("definitions:write", "define")
def drop_field(request: HttpRequest, field: Identity) -> Status[None]:
    """The values that records have under its name stay in them."""
    acts.drop_field(actor_of(request), access.find(Field.objects.all(), field))
    return Status(204, None)


def _own_kind(name: str) -> KindDefinition:
    found = KindDefinition.objects.filter(name=name).first()
    if found is None:
        raise NotFound(f"The kind “{name}” was asked for", found="none of the team's own")
    return found


def _kind(kind: Any, *, own: bool = True) -> dict[str, Any]:
    same = ("name", "means", "link", "direction")
    return {name: getattr(kind, name) for name in same} | {"groups": list(kind.groups), "own": own}
