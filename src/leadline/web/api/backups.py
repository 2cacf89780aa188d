"""Backups: asked for, listed, taken away, removed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import FileResponse, HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import Field

from leadline.engine.instants import to_datetime
from leadline.web.actions import backups as acts
from leadline.web.api.door import actor_of, scoped, takes_out
from leadline.web.api.shapes import Nothing

router = Router(tags=["backups"])
Name = Annotated[str, Path(max_length=80)]
FILE = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}


class BackupTold(Schema):
    """A backup that is kept."""

    name: str
    size: int = Field(description="In bytes.")
    made_at: datetime


class BackupsTold(Schema):
    """The backups that are kept, the newest first; whether one is being made, or why one couldn't be."""

    items: list[BackupTold]
    coming: bool
    problem: str


@router.get("/backups", response=BackupsTold, summary="List backups")
@scoped("backups:read", "govern")
def list_backups(request: HttpRequest) -> dict[str, Any]:
    """Those that were made from here; they rest on the server."""
    return _told()


@router.post("/backups", response={202: BackupsTold}, summary="Make a backup")
@scoped("backups:write", "govern")
def make_backup(request: HttpRequest, given: Nothing | None = None) -> Status[dict[str, Any]]:
    """Asks the worker for one. 409 while one is being made, and where too many are kept."""
    acts.ask_for(actor_of(request))
    return Status(202, _told())


@router.get(
    "/backups/{name}",
    summary="Take a backup away",
    openapi_extra={"responses": {200: {"description": "The backup, as a file.", "content": FILE}}},
)
@scoped("backups:read", "govern")
def get_backup(request: HttpRequest, name: Name) -> FileResponse:
    """The file. It holds everybody's data; who took it away is written down."""
    file = acts.find(name)
    if takes_out(request):
        acts.note_download(actor_of(request), name)
    answer = FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type="application/zip")
    answer["Cache-Control"] = "no-store"
    return answer


@router.delete("/backups/{name}", response={204: None}, summary="Remove a backup")
@scoped("backups:write", "govern")
def remove_backup(request: HttpRequest, name: Name) -> Status[None]:
    """For good."""
    acts.remove(actor_of(request), name)
    return Status(204, None)


def _told() -> dict[str, Any]:
    last = acts.coming()
    failed = last is not None and last.failed_at is not None
    return {
        "items": [
            {"name": one.name, "size": one.size, "made_at": to_datetime(one.made_at)} for one in acts.kept()
        ],
        "coming": last is not None and not failed,
        "problem": last.last_error if last is not None and failed else "",
    }
