"""Files in: upload, what their columns mean, the run, and undoing it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from django.http import HttpRequest, StreamingHttpResponse
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field as Described
from pydantic import ValidationError

from leadline.engine.importers import Mapping
from leadline.web.actions.importing import imports as acts
from leadline.web.actions.importing import proposals, uploads
from leadline.web.actions.importing.unused import unused_of
from leadline.web.api.door import actor_of, now, scoped, user_of
from leadline.web.api.parts import Cursor, Limit, Part, newest
from leadline.web.api.shapes import Given, Identity, Nothing, example
from leadline.web.errors import Invalid, NotFound
from leadline.web.models import Import

BY_PATH = (
    "By which path these people came, of whom the files don't say it; empty where it isn't known. "
    "Without it, a file whose kind leaves no doubt is proposed one: see `path` in the mapping."
)
WHOSE = (
    "Whose the contacts become that are new and of whom the files name nobody: the e-mail of somebody who "
    "works here, `me`, or `team:` and the name of a team whose people get them in turn; `none`, or nothing, "
    "leaves them nobody's."
)
TABLES = "Tables: CSV, JSON or a workbook, or a ZIP of them."
router = Router(tags=["imports and exports"])


class MappingGiven(Given):
    """What the columns mean, by the name of each table and header; see the proposal for how it looks."""

    model_config = example(
        mapping={"files": [{"name": "people.csv", "shape": "contacts", "columns": {"Mail": "e-mail"}}]}
    )
    mapping: dict[str, Any]


class ImportTold(Schema):
    """An import: its files, what their columns mean, how far it is, and what came of it."""

    id: int
    state: str = Described(description="proposed, running, done, failed, undoing or undone")
    files: list[str]
    made_by: str | None
    made_at: datetime
    done: int
    total: int
    error: str
    counts: dict[str, Any] = Described(description="What came of it; before that it is empty.")


class ProposalTold(ImportTold):
    """An import, with what its columns seem to mean and what would come of it."""

    mapping: dict[str, Any]
    proposal: dict[str, Any]


@router.get("/imports", response=Part[ImportTold], summary="List imports")
@scoped("imports:read", "import")
def list_imports(request: HttpRequest, cursor: Cursor = None, limit: Limit = 50) -> dict[str, Any]:
    """Those of the token's user; an owner sees all. The newest first."""
    found = acts.imports_of(user_of(request)).select_related("made_by")
    return newest(found, cursor, limit, _told)


@router.post("/imports", response={201: ProposalTold}, summary="Upload files")
@scoped("imports:write", "import")
def upload_files(
    request: HttpRequest,
    files: Annotated[list[UploadedFile], File(description=TABLES)],
    path: Annotated[str | None, Form(description=BY_PATH)] = None,
    owner: Annotated[str | None, Form(description=WHOSE)] = None,
) -> Status[dict[str, Any]]:
    """Proposes what they mean; nothing is taken in before it is run."""
    user = user_of(request)
    folder, kept = uploads.keep(files)
    try:
        look = proposals.look(user, folder, kept, Mapping(path=path, owner=owner), now())
        record = acts.propose(actor_of(request), folder, kept, look)
    except BaseException:
        uploads.forget(folder)
        raise
    return Status(201, _proposed(record))


@router.get("/imports/{upload}", response=ProposalTold, summary="See an import")
@scoped("imports:read", "import")
def get_import(request: HttpRequest, upload: Identity) -> dict[str, Any]:
    """How far it is, and what came of it; ask again until it is done."""
    return _proposed(acts.find(user_of(request), upload))


@router.put("/imports/{upload}/mapping", response=ProposalTold, summary="Say what the columns mean")
@scoped("imports:write", "import")
def set_mapping(request: HttpRequest, upload: Identity, given: MappingGiven) -> dict[str, Any]:
    """Answers with what would come of it now.

    `same` says who in the files is a contact who is there: what the files call somebody (`who` among the
    `namesakes` of the proposal), and the contact's number.
    """
    record = acts.find(user_of(request), upload)
    mapping = _mapping(given.mapping)
    acts.check_mapping(mapping)
    look = proposals.look(user_of(request), acts.folder_name(record), record.files, mapping, now())
    acts.understand(actor_of(request), record, look)
    return _proposed(record)


@router.post("/imports/{upload}/run", response={202: ImportTold}, summary="Run an import")
@scoped("imports:write", "import")
def run_import(
    request: HttpRequest, upload: Identity, given: Nothing | None = None
) -> Status[dict[str, Any]]:
    """The worker takes the files in. 409 where that has begun, or they make no sense."""
    acts.start(actor_of(request), acts.find(user_of(request), upload))
    return Status(202, _told(acts.find(user_of(request), upload)))


@router.post("/imports/{upload}/undo", response={202: ImportTold}, summary="Undo an import")
@scoped("imports:write", "import")
def undo_import(
    request: HttpRequest, upload: Identity, given: Nothing | None = None
) -> Status[dict[str, Any]]:
    """The worker takes back what it made and changed, unless somebody used or changed that since."""
    acts.start_undo(actor_of(request), acts.find(user_of(request), upload))
    return Status(202, _told(acts.find(user_of(request), upload)))


@router.delete("/imports/{upload}", response={204: None}, summary="Forget an upload")
@scoped("imports:write", "import")
def discard_import(request: HttpRequest, upload: Identity) -> Status[None]:
    """One that was never run."""
    acts.discard(actor_of(request), acts.find(user_of(request), upload))
    return Status(204, None)


@router.get(
    "/imports/{upload}/unused",
    summary="Download the rows that weren't used",
    openapi_extra={"responses": {200: {"description": "CSV.", "content": {"text/csv": {}}}}},
)
@scoped("imports:read", "import")
def get_unused(request: HttpRequest, upload: Identity) -> StreamingHttpResponse:
    """As CSV, each with its reason."""
    record = acts.find(user_of(request), upload)
    place = unused_of(acts.folder_name(record))
    if not place.is_file():
        raise NotFound("The rows that weren't used were asked for", found="no such list of this import")
    return StreamingHttpResponse(_pieces(place), content_type="text/csv; charset=utf-8")


def _mapping(given: dict[str, Any]) -> Mapping:
    try:
        return Mapping.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        raise Invalid(
            f"A meaning was given at {'.'.join(str(part) for part in first['loc'])[:80]}",
            found=str(first["input"])[:80],
            allowed=first["msg"],
        ) from None


def _pieces(place: Path) -> Iterator[bytes]:
    with place.open("rb") as file:
        while piece := file.read(1 << 16):
            yield piece


def _told(record: Import) -> dict[str, Any]:
    counts = {name: count for name, count in record.counts.items() if name not in {"look", "digest"}}
    same = ("state", "made_at", "done", "total", "error")
    return {name: getattr(record, name) for name in same} | {
        "id": record.pk,
        "files": [one["name"] for one in record.files],
        "made_by": record.made_by.email if record.made_by else None,
        "counts": counts,
    }


def _proposed(record: Import) -> dict[str, Any]:
    return _told(record) | {"mapping": record.mapping, "proposal": record.counts.get("look", {})}
