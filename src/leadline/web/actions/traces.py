"""What names somebody outside their own records: what was told, answered and proposed, and files at rest.

Only what is theirs beyond doubt is looked for: addresses, keys, and names of two words or more. It is taken
out of the text that holds it; the rest of the text stays.
"""

from __future__ import annotations

import errno
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Model, Q, TextField
from django.db.models.functions import Cast

from leadline.engine.errors import BadFile
from leadline.engine.importers.reading.archives import BROKEN
from leadline.engine.importers.reading.parquet import is_parquet, read_parquet
from leadline.web.models import (
    AuditEntry,
    Delivery,
    Edit,
    Import,
    ImportChange,
    Job,
    Materialised,
    Reply,
    SavedView,
)

SHORTEST = 5
PLACES: dict[type[Model], tuple[str, ...]] = {
    AuditEntry: ("before", "after"),
    Delivery: ("body", "last_error"),
    Edit: ("given", "change", "error"),
    Import: ("counts", "files", "mapping", "error"),
    ImportChange: ("before",),
    Job: ("payload", "last_error"),
    Materialised: ("result", "pictures"),
    Reply: ("body",),
    SavedView: ("name", "query"),
}
"""Where somebody may be named by what was said of them at the time."""
_ZIPPED, _BINARY = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""How workbooks begin, those of today and those of old."""


def distinctive(texts: Iterable[str]) -> list[str]:
    """Those of some names and addresses that stand for nobody else, the longest first."""
    found = {" ".join(text.split()) for text in texts}
    return sorted((text for text in found if len(text) >= SHORTEST and _is_own(text)), key=len, reverse=True)


def wipe_tables(texts: list[str]) -> None:
    """Take the texts out of every table that may quote them."""
    pattern = _pattern(texts)
    if pattern is None:
        return
    for model, columns in PLACES.items():
        for column in columns:
            rows = model._default_manager.annotate(said=Cast(column, TextField())).filter(_holding(texts))
            for number, value in list(rows.values_list("pk", column)):
                model._default_manager.filter(pk=number).update(**{column: _without(value, pattern)})


def wipe_files(texts: list[str]) -> None:
    """Take the texts out of uploads, and of the rows that an import could not use.

    A file of a form that can't be written again is removed where it holds one, and a broken one that can't be
    searched is removed too.
    """
    pattern = _pattern(texts)
    if pattern is None:
        return
    for file in sorted(Path(settings.MEDIA_ROOT).rglob("*")):
        if file.is_file():
            _wipe(file, texts, pattern)


def _wipe(file: Path, texts: list[str], pattern: re.Pattern[str]) -> None:
    fresh = file.with_name(f".{file.name}.new")
    with file.open("rb") as opened:
        start = opened.read(4)
    try:
        if start == _ZIPPED or zipfile.is_zipfile(file):
            changed = _wipe_zip(file, fresh, texts)
        elif is_parquet(start):
            changed = any(map(pattern.search, _cells(file)))
        elif start == _BINARY:
            changed = _names(file.read_bytes(), texts)
        else:
            changed = _wipe_text(file, fresh, texts)
        if changed:
            fresh.replace(file) if fresh.exists() else file.unlink()
    except (*BROKEN, BadFile, KeyError, OSError) as error:
        if (
            isinstance(error, OSError) and error.errno != errno.EINVAL
        ):  # that one: a place before the beginning
            raise
        file.unlink()
    finally:
        fresh.unlink(missing_ok=True)


def _is_own(text: str) -> bool:
    digits = sum(letter.isdigit() for letter in text)
    return " " in text or "@" in text or digits >= 7 or (digits > 0 and any(map(str.isalpha, text)))


def _pattern(texts: Iterable[str]) -> re.Pattern[str] | None:
    """Any of the texts as a word of its own, whatever is between the digits of a number."""
    said = [_spelled(text) for text in texts]
    return re.compile(rf"(?<!\w)(?:{'|'.join(said)})(?!\w)", re.IGNORECASE) if said else None


def _spelled(text: str) -> str:
    if re.fullmatch(r"\+?[\d\s()./-]+", text):
        return r"[\s()./-]*".join(re.escape(letter) for letter in text if letter.isdigit() or letter == "+")
    return r"\s+".join(re.escape(word) for word in text.split())


def _holding(texts: list[str]) -> Q:
    """Rows whose text holds one, as it is or as JSON escapes it."""
    found = Q(pk__in=[])
    for text in texts:
        cased = {text} if text.isascii() else {text, text.lower(), text.upper(), text.title()}
        for form in {said for one in cased for said in (one, json.dumps(one)[1:-1])}:
            found |= Q(said__icontains=form)
    return found


def _without(value: Any, pattern: re.Pattern[str]) -> Any:
    """Plain data with the pattern taken out of each text in it, keys too."""
    if isinstance(value, str):
        return pattern.sub("", value)
    if isinstance(value, list):
        return [_without(one, pattern) for one in value]
    if isinstance(value, dict):
        return {_without(name, pattern): _without(one, pattern) for name, one in value.items()}
    return value


def _wipe_text(file: Path, fresh: Path, texts: list[str]) -> bool:
    """Line by line, since an upload may be large; read so that every byte that stays is as it was."""
    with file.open("rb") as start:
        wide = start.read(2) in (b"\xff\xfe", b"\xfe\xff")
    forms = {form for text in texts for form in (text, text.lower(), text.upper())}
    told = texts if wide else [*texts, *(form.encode().decode("latin-1") for form in forms)]
    pattern, encoding = _pattern(told), "utf-16" if wide else "latin-1"
    assert pattern is not None
    changed = False
    with (
        file.open(encoding=encoding, errors="surrogatepass", newline="") as old,
        fresh.open("w", encoding=encoding, errors="surrogatepass", newline="") as new,
    ):
        for line in old:
            kept = pattern.sub("", line)
            changed |= kept != line
            new.write(kept)
    return changed


def _wipe_zip(file: Path, fresh: Path, texts: list[str]) -> bool:
    """Sheets are written without the texts; with a part that is no XML and holds one, nothing is written."""
    pattern, changed = _pattern(escape(text) for text in texts), False
    assert pattern is not None
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            held = old.read(member)
            if member.filename.endswith((".xml", ".rels")):
                kept = pattern.sub("", held.decode("utf-8", "surrogateescape"))
                changed |= kept.encode("utf-8", "surrogateescape") != held
                held = kept.encode("utf-8", "surrogateescape")
            elif _names(held, texts):
                raise BadFile("A text was to be taken out", found=f"it in {member.filename}")
            new.writestr(member.filename, held)
    return changed


def _cells(file: Path) -> Iterator[str]:
    headers, batches = read_parquet(file)
    yield from headers
    for rows in batches:
        yield from chain.from_iterable(rows)


def _names(held: bytes, texts: list[str]) -> bool:
    held = held.lower()
    forms = {form for text in texts for form in (text, text.lower(), text.upper())}
    coded = (form.encode(to, "replace").lower() for form in forms for to in ("utf-8", "latin-1", "utf-16-le"))
    return any(one in held for one in coded)
