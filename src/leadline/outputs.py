"""Files that are written whole or not at all."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from leadline.engine.errors import LeadlineError


class NotWritten(LeadlineError):
    """A file that could not be written; nothing of it is left."""

    code, exit_code = "not-written", 6


@contextmanager
def whole_file(path: Path) -> Iterator[IO[str]]:
    """A text file that appears under its name only once it is complete; raises NotWritten."""
    with _whole(path, "w", encoding="utf-8", newline="") as file:
        yield file


@contextmanager
def _whole(path: Path, mode: str, **how: Any) -> Iterator[IO[Any]]:
    check_outputs([path], [])
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _not_written(path, error) from None
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, mode, **how) as file:
            yield file
        unfinished.chmod(0o666 & ~_umask())
        unfinished.replace(path)
    except OSError as error:
        raise _not_written(path, error) from None
    finally:
        unfinished.unlink(missing_ok=True)


def check_outputs(outputs: Iterable[Path | None], inputs: Iterable[Path]) -> None:
    """Raise NotWritten if a file that is to be written is one that is read, is named twice, or can't be.

    To be asked before the work begins: so nothing is written where one of several files can't be.
    """
    read = {path.resolve() for path in inputs}
    named: set[Path] = set()
    for path in filter(None, outputs):
        whole = path.resolve()
        if whole in read:
            raise _refuse(path, "one of the files that are read")
        if whole in named:
            raise _refuse(path, "the name was given twice")
        named.add(whole)
        if path.exists() and not path.is_file():  # what is written takes its place
            raise _refuse(path, "that is a folder" if path.is_dir() else "that is no file, but a device")
        if not path.parent.is_dir():
            raise _refuse(path, f"there is no folder “{path.parent}”")
        if not os.access(path.parent, os.W_OK):
            raise _refuse(path, f"nothing can be written in the folder “{path.parent}”")


def write_text(path: Path, text: str) -> None:
    """Write a text file, whole or not at all; raises NotWritten."""
    with whole_file(path) as file:
        file.write(text)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file as it is, whole or not at all; raises NotWritten."""
    with _whole(path, "wb") as file:
        file.write(data)


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file, whole or not at all; raises NotWritten."""
    with whole_file(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _not_written(path: Path, error: OSError) -> NotWritten:
    return _refuse(path, error.strerror or str(error))


def _refuse(path: Path, found: str) -> NotWritten:
    return NotWritten(
        f"“{path}” can't be written", found=found, allowed="a file in a folder that you may write to"
    )
