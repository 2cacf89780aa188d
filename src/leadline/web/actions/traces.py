"""What names somebody outside their own records: what was told, answered and proposed, and files at rest.

Only what is theirs beyond doubt is looked for: addresses, keys, and names of two words or more. It is taken
out of the text that holds it; the rest of the text stays.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import Model, Q, TextField
from django.db.models.functions import Cast

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
_ZIPPED, _BINARY = (".xlsx", ".xlsm", ".ods"), (".xls", ".xlsb")


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

    A file of a form that can't be written again is removed where it holds one.
    """
    pattern = _pattern(texts)
    if pattern is None:
        return
    for file in sorted(Path(settings.MEDIA_ROOT).rglob("*")):
        if not file.is_file():
            continue
        if file.suffix.casefold() in _ZIPPED and zipfile.is_zipfile(file):
            _wipe_zip(file, _pattern([escape(text) for text in texts]) or pattern)
        elif file.suffix.casefold() in _BINARY:
            _remove_naming(file, texts)
        else:
            _wipe_text(file, texts)


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


def _wipe_text(file: Path, texts: list[str]) -> None:
    """Line by line, since an upload may be large; read so that every byte that stays is as it was."""
    with file.open("rb") as start:
        wide = start.read(2) in (b"\xff\xfe", b"\xfe\xff")
    forms = {form for text in texts for form in (text, text.lower(), text.upper())}
    told = texts if wide else [*texts, *(form.encode().decode("latin-1") for form in forms)]
    pattern, encoding = _pattern(told), "utf-16" if wide else "latin-1"
    assert pattern is not None
    fresh, changed = file.with_name(f".{file.name}.new"), False
    with (
        file.open(encoding=encoding, errors="surrogatepass", newline="") as old,
        fresh.open("w", encoding=encoding, errors="surrogatepass", newline="") as new,
    ):
        for line in old:
            kept = pattern.sub("", line)
            changed |= kept != line
            new.write(kept)
    fresh.replace(file) if changed else fresh.unlink()


def _wipe_zip(file: Path, pattern: re.Pattern[str]) -> None:
    fresh, changed = file.with_name(f".{file.name}.new"), False
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(fresh, "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            held = old.read(member)
            if member.filename.endswith((".xml", ".rels")):
                kept = pattern.sub("", held.decode("utf-8", "surrogateescape"))
                changed |= kept.encode("utf-8", "surrogateescape") != held
                held = kept.encode("utf-8", "surrogateescape")
            new.writestr(member.filename, held)
    fresh.replace(file) if changed else fresh.unlink()


def _remove_naming(file: Path, texts: list[str]) -> None:
    held = file.read_bytes().lower()
    forms = (form for text in texts for form in (text.lower().encode("utf-16-le"), text.lower().encode()))
    if any(form in held for form in forms):
        file.unlink()
