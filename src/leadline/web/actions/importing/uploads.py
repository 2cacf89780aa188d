"""Files that somebody uploaded: where they rest, until what they say has been taken in."""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from leadline.engine.errors import BadFile, LeadlineError
from leadline.engine.importers import read_table
from leadline.engine.importers.reading.archives import (
    ARCHIVE,
    ENDINGS,
    NO_TABLE,
    free_place,
    plain_name,
    unpack,
)
from leadline.engine.importers.reading.objects import is_json, is_lines
from leadline.engine.importers.reading.parquet import is_parquet
from leadline.engine.wording import listed
from leadline.web.actions.importing.intake import Refused
from leadline.web.actions.importing.own_tables import LEFT, sorts_of
from leadline.web.errors import Invalid, NotFound

MOST_BYTES = 500 * 1024 * 1024
"""So much may one upload weigh, all of its files together."""
MOST_FILES = 20
"""So many tables, those in archives counted."""
TAKEN = (*ENDINGS, ARCHIVE)
"""Endings of what can be uploaded: tables, and archives of them."""
MOST_NAMED = 6
NOT_AGAIN = "what Leadline exports, and doesn’t take in again"
SAMPLE = 512 * 1024
"""So much of a file of text is read to propose what it means."""
LINES = 200
"""If so much has fewer ends of lines, all of the file is read: some rows are longer than the beginning."""


def keep(files: Sequence[UploadedFile[Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Write files to a folder of their own; its name, and of each table name, size and sha256.

    An archive stands for its tables; the first of them says in `left` what else was in it: names, and why.
    Raises Invalid for no files, too many, and too large ones, BadFile for those that are no tables by their
    names, and archives that can't be unpacked.
    """
    _check(files)
    folder = secrets.token_hex(16)
    place = folder_of(folder)
    place.mkdir(parents=True, mode=0o700)
    try:
        return folder, _keep_all(place, files)
    except BaseException:
        forget(folder)
        raise


def folder_of(folder: str) -> Path:
    """Where the files of an upload rest."""
    if not re.fullmatch(r"[0-9a-f]{32}", folder):
        raise Invalid("An upload was asked for", found="no name of one")
    return Path(settings.MEDIA_ROOT) / folder


def paths_of(folder: str, files: Iterable[dict[str, Any]]) -> list[Path]:
    """The files of an upload; raises NotFound where they are gone."""
    found = [folder_of(folder) / one["name"] for one in files]
    if missing := next((one.name for one in found if not one.is_file()), ""):
        allowed = "an upload of the same files again"
        raise NotFound(f"The file “{missing}” was asked for", found="that it is gone", allowed=allowed)
    return found


def samples_of(paths: Sequence[Path]) -> tuple[list[Path], bool]:
    """The same files, of large ones of text only the beginning; and whether that is all of each."""
    found, whole = [], True
    for path in paths:
        with path.open("rb") as file:
            start = file.read(SAMPLE)
        one_piece = (
            start[:2] in (b"PK", b"\xd0\xcf") or is_parquet(start) or (is_json(start) and not is_lines(start))
        )
        if path.stat().st_size <= SAMPLE or one_piece or start.count(b"\n") < LINES:
            found.append(path)
            continue
        sample = path.parent / "beginning" / path.name
        sample.parent.mkdir(exist_ok=True)
        wide = start[:2] in (b"\xff\xfe", b"\xfe\xff")
        sample.write_bytes(start if wide else start[: start.rfind(b"\n") + 1] or start)
        found.append(sample)
        whole = False
    return found, whole


def left_of(files: Iterable[dict[str, Any]]) -> list[Refused]:
    """The files of archives that may hold something, and can't be taken in."""
    return [Refused(name, 0, why) for name, why in _left(files) if why not in (NO_TABLE, NOT_AGAIN)]


def note_left(files: Iterable[dict[str, Any]]) -> list[str]:
    """What was left in archives, a sentence a reason."""
    by: dict[str, list[str]] = {}
    for name, why in _left(files):
        by.setdefault(why, []).append(f"“{name}”")
    return [f"Left in the archive: {listed(names, most=MOST_NAMED)} ({why})." for why, names in by.items()]


def forget(folder: str) -> None:
    """Remove an upload."""
    shutil.rmtree(folder_of(folder), ignore_errors=True)


def _check(files: Sequence[UploadedFile[Any]]) -> None:
    if not 1 <= len(files) <= MOST_FILES:
        raise _too_many(len(files))
    size = sum(one.size or 0 for one in files)
    if size > MOST_BYTES:
        raise Invalid(
            "Files were to be uploaded",
            found=f"{size / 1024**2:,.0f} MB",
            allowed=f"{MOST_BYTES // 1024**2} MB at a time",
        )
    for one in files:
        if not (one.name or "").casefold().endswith(TAKEN):
            raise BadFile("A table was to be uploaded", found=f"“{one.name}”", allowed=", ".join(TAKEN))


def _keep_all(place: Path, files: Sequence[UploadedFile[Any]]) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    for one in files:
        kept += _keep(place, one, MOST_BYTES - sum(each["size"] for each in kept))
    if len(kept) > MOST_FILES:
        raise _too_many(len(kept))
    return kept


def _too_many(count: int) -> Invalid:
    return Invalid("Tables were to be uploaded", found=f"{count}", allowed=f"1 to {MOST_FILES} at a time")


def _keep(place: Path, upload: UploadedFile[Any], most: int) -> list[dict[str, Any]]:
    """One upload; of an archive its tables, with at most so many bytes."""
    path = free_place(place, plain_name(upload.name or "file"))
    size = 0
    with path.open("xb") as file:
        for piece in upload.chunks():
            size += len(piece)
            if size > MOST_BYTES:
                raise Invalid("A file was to be uploaded", found="more of it than was said")
            file.write(piece)
    if path.suffix.lower() != ARCHIVE:
        return [_told(path)]
    try:
        found = unpack(path, place, most)
    finally:
        path.unlink()
    tables, left = _readable(found.tables)
    left += found.left
    if not tables:
        what = "; ".join(f"“{name}”: {why}" for name, why in left[:3]) or "nothing"
        raise BadFile(
            "An archive of tables was to be uploaded", found=what, allowed=", ".join(ENDINGS), where=path.name
        )
    first, *more = map(_told, tables)
    return [first | {"left": left} if left else first, *more]


def _readable(paths: Sequence[Path]) -> tuple[list[Path], list[tuple[str, str]]]:
    """Those of the files of an archive that can be taken in; the others are removed, and why."""
    own, kept, left = sorts_of(paths), [], []
    for path in paths:
        why = NOT_AGAIN if own[path] == LEFT else ""
        try:
            if not why:
                read_table(samples_of([path])[0][0])
        except LeadlineError as error:
            why = ", ".join(part for part in (error.asked, error.found) if part)
        if why:
            path.unlink()
            left.append((path.name, why))
        else:
            kept.append(path)
    return kept, left


def _left(files: Iterable[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(name, why) for one in files for name, why in one.get("left", ())]


def _told(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"name": path.name, "size": path.stat().st_size, "sha256": digest}
