"""In what encoding a file of text is written, and what it is if it isn't text."""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from leadline.engine.errors import BadFile, nearest
from leadline.engine.importers.reading.letters import (
    BLOCK,
    CodePage,
    ends_as_mac,
    find_code_page,
    sample_cells,
)

TEXT = "a table as text (CSV, TSV, JSON) or a workbook (XLSX, XLS, ODS)"

USUAL = "UTF-8"
"""What a file is written in of which nothing needs to be said."""
_BINARIES = {
    b"PK\x03\x04": "a zip archive (unpack it first)",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip archive (unpack it first)",
    b"BZh": "a bzip2 archive (unpack it first)",
    b"\xfd7zXZ": "an xz archive (unpack it first)",
    b"\x28\xb5\x2f\xfd": "a zstd archive (unpack it first)",
    b"7z\xbc\xaf": "a 7z archive (unpack it first)",
    b"Rar!": "a RAR archive (unpack it first)",
    b"SQLite format 3": "an SQLite database",
    b"{\\rtf": "an RTF document",
    b"\x7fELF": "a program",
}
_OTHER_TEXTS = {
    re.compile(
        r"<(?:!doctype html|html|table|head|meta)", re.IGNORECASE
    ): "a web page (save it as CSV or XLSX)",
    re.compile(r"<\?xml|<\w+[ >]"): "XML",
    re.compile(r"[\[{]\s*[{\[\"]|\{\s*\}|\[\s*\]"): "JSON",
}
_NO_TEXT = "bytes that no text has"
_NO_LETTERS = ("Cn", "Co", "Cs")
"""Categories of characters that stand for nothing."""
MOST_EMPTY = 3
"""Of so many lines one may have NUL bytes, as where a disk was full: its row is set apart."""
_CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x19\x1c-\x1f\x7f]")


@dataclass(frozen=True)
class Encoding:
    """How to decode a file: Python's name of the codec, what becomes of odd bytes, words for people.

    `doubt` says what to check where the bytes don't tell the encoding for certain.
    """

    codec: str
    errors: str
    words: str
    doubt: str = ""


def read_start(path: Path) -> bytes:
    """The first MiB of a file. Raises BadFile if the file is missing, a folder, locked or empty."""
    if path.is_dir():
        raise BadFile(
            "a file is needed", found="a folder", allowed="the files in it, one by one", where=str(path)
        )
    try:
        with path.open("rb") as file:
            start = file.read(BLOCK)
    except FileNotFoundError:
        near = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        raise BadFile("there is no such file", suggestion=nearest(path.name, near), where=str(path)) from None
    except OSError as error:
        raise BadFile("the file can't be read", found=error.strerror or str(error), where=str(path)) from None
    if not start:
        raise BadFile("the file is empty", where=str(path))
    return start


def find_encoding(path: Path, start: bytes) -> Encoding:
    """The encoding of a file that begins with `start`: UTF-8, UTF-16, or the code page of its letters.

    UTF-8 in which some bytes are not UTF-8 is read with those as Windows-1252, as in files that were put
    together from several. Raises BadFile, saying what the file looks like, if it is not a table as text, and
    for text that is in no encoding: it would be read as other letters.
    """
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _check(path, start, Encoding("utf-16", "replace", "UTF-16"))
    if wide := _find_wide(start):
        return _check(path, start, wide)
    refuse_binary(path, start)
    if _is_utf8(path):
        return _check(path, start, Encoding("utf-8-sig", "strict", USUAL))
    return _check(path, start, _find_old(path, start))


def _find_old(path: Path, start: bytes) -> Encoding:
    """The encoding of a file that is not UTF-8, or not all of it.

    A cell of another code page is UTF-8 by chance where it is short, as a surname in Chinese is: so UTF-8 is
    mixed with Windows-1252 if the rest is that, and with another code page if most cells are UTF-8.
    """
    cells = sample_cells(path)
    rest = [cell for cell in cells if not _fits_utf8(cell)]
    page = find_code_page(rest, of_mac=ends_as_mac(start))
    whole = len(cells) - len(rest)
    if whole and (page.codec == "cp1252" or whole > len(rest)):
        return Encoding("utf-8-sig", "leadline-windows", "UTF-8, with some bytes in Windows-1252")
    if not page.fits:
        raise BadFile(
            "the file can't be read",
            found="text in an encoding that isn't known",
            allowed="UTF-8: save it as “CSV UTF-8”, or as XLSX",
            where=str(path),
        )
    return Encoding(page.codec, "replace", page.words, _doubt(page))


def _doubt(page: CodePage) -> str:
    if not page.check:
        return ""
    shown = ", ".join(f"“{cell[:40]}”" for cell in page.check)
    return (
        f"read as {page.words}, which its letters don't prove: check {shown}, and where they are wrong, "
        "save the file as “CSV UTF-8”"
    )


def refuse_binary(path: Path, start: bytes) -> None:
    """Raise BadFile if a file that begins with `start` is not text at all."""
    known = next((words for magic, words in _BINARIES.items() if start.startswith(magic)), "")
    if known or _is_no_text(start):
        raise _refuse(path, "not text", known or _NO_TEXT)


def _is_no_text(start: bytes) -> bool:
    """Whether bytes are no text: control characters all over, or NUL bytes in more than some lines."""
    lines = start.splitlines()
    empty = sum(b"\0" in line for line in lines)
    return empty * MOST_EMPTY > len(lines) or len(_CONTROLS.findall(start)) > len(start) // 50


def _check(path: Path, start: bytes, encoding: Encoding) -> Encoding:
    """The encoding, if what it makes of the file's beginning is a table and not another sort of text."""
    text = start[:4096].decode(encoding.codec, "replace").lstrip()
    unknown = sum(unicodedata.category(sign) in _NO_LETTERS for sign in text)
    if _is_no_text(text.encode("utf-8", "replace")) or unknown > len(text) // 20:
        raise _refuse(path, "not text", _NO_TEXT)
    for pattern, words in _OTHER_TEXTS.items():
        if pattern.match(text):
            raise _refuse(path, "not a table", words)
    return encoding


def _refuse(path: Path, what: str, found: str) -> BadFile:
    return BadFile(f"the file is {what}", found=f"it looks like {found}", allowed=TEXT, where=str(path))


def _find_wide(start: bytes) -> Encoding | None:
    """UTF-16 without a byte order mark: every other byte of the common letters is zero."""
    even, odd = start[:4096:2], start[1:4096:2]
    for codec, high, low in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        regular = high.count(0) > len(high) // 10 and low.count(0) <= len(low) // 100
        if regular and set(start[:4096].decode(codec, "replace")) & set("\n\r\t,;|"):
            return Encoding(codec, "replace", "UTF-16")
    return None


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _fits_utf8(cell: bytes) -> bool:
    try:
        cell.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _decode_windows(error: UnicodeError) -> tuple[str, int]:
    """What the bytes that are not UTF-8 are in Windows-1252 (the handler of a codec)."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("leadline-windows", _decode_windows)
