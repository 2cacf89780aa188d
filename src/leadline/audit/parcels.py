"""Parcels: a folder or a ZIP archive stands for the tables in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from leadline.engine.errors import BadFile
from leadline.engine.importers.reading.archives import ARCHIVE, ENDINGS, NO_TABLE, unpack


@contextmanager
def unpacked(paths: Sequence[Path]) -> Iterator[tuple[list[Path], list[str]]]:
    """The files that are meant, those of an archive until the end of the block; and what was left in it.

    Raises BadFile for a folder or an archive without a table.
    """
    with ExitStack() as folders:
        found: list[Path] = []
        left: list[str] = []
        for path in paths:
            if path.is_dir():
                found += _tables(path, [one for one in path.iterdir() if _is_table(one)], "a folder")
            elif path.suffix.lower() == ARCHIVE and path.is_file():
                folder = Path(folders.enter_context(TemporaryDirectory(prefix="leadline-")))
                parcel = unpack(path, folder)
                found += _tables(path, parcel.tables, "an archive")
                left += [f"{name} was left in it: {why}." for name, why in parcel.left if why != NO_TABLE]
            else:
                found.append(path)
        yield found, left


def _is_table(path: Path) -> bool:
    """Whether a file can hold a table, by its name; hidden ones are nobody's export."""
    return path.is_file() and path.name.casefold().endswith(ENDINGS) and not path.name.startswith(".")


def _tables(parcel: Path, files: Sequence[Path], what: str) -> list[Path]:
    if not files:
        raise BadFile(
            "Files with tables were asked for",
            found=f"{what} without any",
            allowed=", ".join(ENDINGS),
            where=str(parcel),
        )
    return sorted(files, key=lambda one: one.name)
