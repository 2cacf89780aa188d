"""Parcels: a folder or a ZIP archive stands for the files in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile

from leadline.engine.errors import BadFile

SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".jsonl", ".parquet", ".pq"})
"""Endings of files that can hold a table."""


@contextmanager
def unpacked(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """The files that are meant; those of an archive are there until the end of the block.

    Raises BadFile for a folder or an archive without a table.
    """
    with ExitStack() as folders:
        found: list[Path] = []
        for path in paths:
            if path.is_dir():
                found += _tables(path, list(path.iterdir()), "a folder")
            elif path.suffix.lower() == ".zip" and path.is_file():
                folder = Path(folders.enter_context(TemporaryDirectory(prefix="leadline-")))
                found += _tables(path, _extract(path, folder), "an archive")
            else:
                found.append(path)
        yield found


def _tables(parcel: Path, files: Sequence[Path], what: str) -> list[Path]:
    """Those that can hold a table, by name; hidden ones are nobody's export."""
    kept = [one for one in files if one.is_file() and one.suffix.lower() in SUFFIXES]
    kept = [one for one in kept if not one.name.startswith(".")]
    if not kept:
        raise BadFile(
            "Files with tables were asked for",
            found=f"{what} without any",
            allowed=", ".join(sorted(SUFFIXES)),
            where=str(parcel),
        )
    return sorted(kept, key=lambda one: one.name)


def _extract(path: Path, folder: Path) -> list[Path]:
    """The files of an archive, each under its own name alone; of two of one name the first."""
    try:
        with ZipFile(path) as archive:
            for member in archive.infolist():
                place = folder / PurePosixPath(member.filename).name
                if not member.is_dir() and not place.exists():
                    with archive.open(member) as packed, place.open("wb") as file:
                        shutil.copyfileobj(packed, file)
    except (BadZipFile, RuntimeError, OSError) as error:
        raise BadFile("An archive can't be unpacked", found=str(error), where=str(path)) from None
    return list(folder.iterdir())
