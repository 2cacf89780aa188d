"""ZIP archives: one stands for the tables in it, and what can't be taken out of it is named with its reason.

| in the archive | what becomes of it |
| --- | --- |
| a file with the ending of a table | unpacked under its own name alone, whatever folder it is in |
| hidden files, `__MACOSX`, folders | passed over: nobody put them there |
| any other file, an archive among them | left, as no table |
| a locked or damaged file | left |
| more bytes or files than are allowed | the whole archive is refused |
"""

from __future__ import annotations

import errno
import re
import zlib
from dataclasses import dataclass, field
from io import BufferedReader, FileIO
from itertools import chain, count
from lzma import LZMAError
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from leadline.engine.errors import BadFile

ARCHIVE = ".zip"
ENDINGS = (
    ".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".parquet", ".pq",
    ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".vcf",
)  # fmt: skip
"""Endings of the names of files that can hold a table."""
MOST_BYTES = 500 * 1024 * 1024
"""So much may be in an archive, unpacked."""
MOST_FILES = 2000
NO_TABLE = "no table"
NESTED = "an archive in an archive: take it out, and give it by itself"
LOCKED = "locked with a password"
DAMAGED = "damaged"
_DIRECTORY = 2 << 20
"""Bytes of the list of the files of an archive: beyond that there are more than are allowed."""
_UTF8 = 0x800
_ENCRYPTED = 0x1
_STEM = 200
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
"""Where the disk is full, nothing is wrong with the archive."""
BROKEN = (BadZipFile, RuntimeError, EOFError, zlib.error, LZMAError, ValueError)
"""What reading an archive that is damaged or locked raises."""


@dataclass
class Unpacked:
    """What was in an archive: the `tables`, by name, their bytes, and of each file that is `left` why."""

    tables: list[Path] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    size: int = 0


def unpack(path: Path, folder: Path, most: int = MOST_BYTES) -> Unpacked:
    """The tables of an archive, written into a folder; together they have at most so many bytes.

    Raises BadFile for what is no archive, is damaged, has too much in it, or is locked in whole.
    """
    found = Unpacked()
    try:
        with _Careful(FileIO(path)) as file, ZipFile(file) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            if len(members) > MOST_FILES:
                raise _refuse(path, f"{len(members):,} files", f"up to {MOST_FILES:,} files")
            for member in members:
                _take_out(archive, member, folder, most, found)
    except (*BROKEN, OSError) as error:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            raise
        said = str(error) if isinstance(error, _TooMany) else "one that is damaged, or no ZIP archive"
        raise _refuse(path, said, f"a ZIP archive of up to {MOST_FILES:,} files") from None
    if not found.tables and found.left and all(why == LOCKED for _, why in found.left):
        raise _refuse(path, "one that is locked with a password", "an archive without one")
    found.tables.sort(key=lambda one: one.name)
    return found


def plain_name(name: str) -> str:
    """A file's name without what means something to a file system, its folders and what is too long."""
    name = re.sub(r"[\x00-\x1f\x7f/\\:\ud800-\udfff]", "_", name).lstrip(".").strip() or "file"
    stem, dot, ending = name.rpartition(".")
    return f"{stem[:80].encode()[:_STEM].decode(errors='ignore')}{dot}{ending[:8]}"


def free_place(folder: Path, name: str) -> Path:
    """Where a file of that name can be written; of several of one name the later ones are numbered."""
    stem, dot, ending = name.rpartition(".")
    names = chain([name], (f"{stem} ({number}){dot}{ending}" for number in count(2)))
    return next(folder / one for one in names if not (folder / one).exists())


class _TooMany(BadZipFile):
    """An archive whose list of files is too long to be read."""


class _Careful(BufferedReader):
    """A file of which no more is read at once than the longest list of files: that is read in one piece."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _DIRECTORY:
            raise _TooMany("more files than that")
        return super().read(size)


def _take_out(archive: ZipFile, member: ZipInfo, folder: Path, most: int, found: Unpacked) -> None:
    *folders, name = re.split(r"[/\\]", _name_of(member))
    if name.startswith(".") or "__MACOSX" in folders:
        return
    why = _why_left(member, name)
    if not why:
        place = free_place(folder, plain_name(name))
        try:
            found.size += _write(archive, member, place, most - found.size)
        except BROKEN:
            place.unlink(missing_ok=True)
            why = DAMAGED
        else:
            found.tables.append(place)
    if why:
        found.left.append((plain_name(name), why))


def _why_left(member: ZipInfo, name: str) -> str:
    if name.casefold().endswith(ARCHIVE):
        return NESTED
    if not name.casefold().endswith(ENDINGS):
        return NO_TABLE
    return LOCKED if member.flag_bits & _ENCRYPTED else ""


def _write(archive: ZipFile, member: ZipInfo, place: Path, most: int) -> int:
    """Write one file, and tell its bytes; what the archive says of its size is not believed."""
    size = 0
    with archive.open(member) as packed, place.open("xb") as file:
        while piece := packed.read(1 << 18):
            size += len(piece)
            if size > most:
                allowed = f"up to {MOST_BYTES // 1024**2} MB, unpacked"
                raise _refuse(Path(archive.filename or ""), "more bytes than are allowed", allowed)
            file.write(piece)
    return size


def _name_of(member: ZipInfo) -> str:
    """The name of a file: many programs write it in UTF-8, and don't say so."""
    name = member.filename
    if member.flag_bits & _UTF8:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _refuse(path: Path, found: str, allowed: str) -> BadFile:
    return BadFile("An archive can't be unpacked", found=found, allowed=allowed, where=str(path))
