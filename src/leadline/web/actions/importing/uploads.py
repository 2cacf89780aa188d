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

from leadline.engine.errors import BadFile
from leadline.engine.importers.reading.objects import is_json, is_lines
from leadline.engine.importers.reading.parquet import is_parquet
from leadline.web.errors import Invalid, NotFound

MOST_BYTES = 500 * 1024 * 1024
"""So much may one upload weigh, all of its files together."""
MOST_FILES = 20
ENDINGS = (
    ".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".parquet",
    ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods",
)  # fmt: skip
SAMPLE = 512 * 1024
"""So much of a file of text is read to propose what it means."""
LINES = 200
"""If so much has fewer ends of lines, all of the file is read: some rows are longer than the beginning."""


def keep(files: Sequence[UploadedFile[Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Write files to a folder of their own; its name, and of each file name, size and sha256.

    Raises Invalid for no files, too many, and too large ones, BadFile for those that are no tables by their
    names.
    """
    _check(files)
    folder = secrets.token_hex(16)
    place = folder_of(folder)
    place.mkdir(parents=True, mode=0o700)
    try:
        return folder, [_keep(place, one) for one in files]
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


def forget(folder: str) -> None:
    """Remove an upload."""
    shutil.rmtree(folder_of(folder), ignore_errors=True)


def _check(files: Sequence[UploadedFile[Any]]) -> None:
    if not 1 <= len(files) <= MOST_FILES:
        raise Invalid(
            "Files were to be uploaded", found=f"{len(files)}", allowed=f"1 to {MOST_FILES} at a time"
        )
    size = sum(one.size or 0 for one in files)
    if size > MOST_BYTES:
        raise Invalid(
            "Files were to be uploaded",
            found=f"{size / 1024**2:,.0f} MB",
            allowed=f"{MOST_BYTES // 1024**2} MB at a time",
        )
    for one in files:
        if not (one.name or "").casefold().endswith(ENDINGS):
            raise BadFile("A table was to be uploaded", found=f"“{one.name}”", allowed=", ".join(ENDINGS))


def _keep(place: Path, upload: UploadedFile[Any]) -> dict[str, Any]:
    path = _free(place, _plain(upload.name or "file"))
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as file:
        for piece in upload.chunks():
            size += len(piece)
            if size > MOST_BYTES:
                raise Invalid("A file was to be uploaded", found="more of it than was said")
            digest.update(piece)
            file.write(piece)
    return {"name": path.name, "size": size, "sha256": digest.hexdigest()}


def _plain(name: str) -> str:
    """A file's name without what means something to a file system."""
    name = re.sub(r"[\x00-\x1f\x7f/\\:\ud800-\udfff]", "_", name).lstrip(".").strip() or "file"
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:80]}{dot}{ending[:8]}"


def _free(place: Path, name: str) -> Path:
    stem, _, ending = name.rpartition(".")
    names = (name, *(f"{stem} ({number}).{ending}" for number in range(2, MOST_FILES + 2)))
    return next(place / one for one in names if not (place / one).exists())
