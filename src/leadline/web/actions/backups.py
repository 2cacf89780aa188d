"""Backups that are made from a page: asked for here, written by the worker, kept beside the database."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from leadline.engine.instants import to_datetime
from leadline.web.actions.acting import Actor, action, enqueue, note_change
from leadline.web.errors import Conflict, NotFound
from leadline.web.models import Job

KIND = "backup.make"
MOST = 20
"""So many are kept here: whoever wants another removes one."""
_NAME = re.compile(r"leadline-\d{8}-\d{6}\.zip")


@dataclass(frozen=True)
class Kept:
    """A backup that is kept: its name, how many bytes it has, and when it was made (µs UTC)."""

    name: str
    size: int
    made_at: int


def folder() -> Path:
    """Where backups rest."""
    return Path(settings.HOME) / "backups"


def kept() -> list[Kept]:
    """The backups that there are, the newest first."""
    names = sorted((one for one in folder().glob("*.zip") if _NAME.fullmatch(one.name)), reverse=True)
    return [_told(one) for one in names]


def find(name: str) -> Path:
    """The file of a backup; raises NotFound."""
    path = folder() / name
    if not _NAME.fullmatch(name) or not path.is_file():
        raise NotFound("A backup was asked for", found=f"none called “{name[:40]}”")
    return path


def name_at(now: int) -> str:
    """What a backup is called that is made at an instant."""
    return f"leadline-{to_datetime(now):%Y%m%d-%H%M%S}.zip"


def coming() -> Job | None:
    """The backup that is being made, or that wasn't made for good since the last one that was asked for."""
    last = Job.objects.filter(kind=KIND).order_by("-pk").first()
    return last if last is not None and last.done_at is None else None


@action
def ask_for(actor: Actor) -> None:
    """Have the worker make a backup. Raises Conflict where one is being made, or too many are kept."""
    waiting = coming()
    if waiting is not None and waiting.failed_at is None:
        raise Conflict("A backup was to be made", found="that one is being made")
    if len(kept()) >= MOST:
        raise Conflict(
            "A backup was to be made", found=f"that {MOST} are kept", allowed="this, once one is removed"
        )
    name = name_at(actor.now)
    enqueue(KIND, {"name": name}, actor.now, dedupe_key=KIND)
    note_change(actor, "backup.asked_for", "backup:all", {}, {"name": name})


@action
def note_download(actor: Actor, name: str) -> None:
    """Write down who took a backup away: it holds everybody's data."""
    note_change(actor, "backup.taken", "backup:all", {}, {"name": name})


@action
def remove(actor: Actor, name: str) -> None:
    """Remove a backup for good."""
    path = find(name)
    note_change(actor, "backup.removed", "backup:all", {"name": name}, {})
    path.unlink()


def _told(path: Path) -> Kept:
    stat = path.stat()
    return Kept(path.name, stat.st_size, stat.st_mtime_ns // 1000)
