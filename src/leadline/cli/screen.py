"""What is printed: sentences, JSON, and a bar while something takes long."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from leadline.audit.loading import Progress


@contextmanager
def watched(what: str) -> Iterator[Progress]:
    """A bar on standard error, where somebody is looking, for whatever takes over a second."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _done, _total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def spell_out() -> None:
    """Print what the screen has no letters for as their codes, as Python does on standard error."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def print_json(found: dict[str, Any]) -> None:
    """Print plain data as JSON."""
    every_letter = (sys.stdout.encoding or "utf-8").lower().startswith("utf")
    typer.echo(json.dumps(found, ensure_ascii=not every_letter, indent=2, default=str))


def to_console() -> Console:
    """Standard output, as plain text as wide as the window."""
    from rich.console import Console

    return Console(highlight=False, markup=False)


def say(sentences: list[str]) -> None:
    """Print each sentence on a line of its own, broken where the window ends."""
    console = to_console()
    for sentence in sentences:
        console.print(sentence)
