"""What a command is given: files, kinds, and a funnel that fits them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from leadline.cli.screen import watched

if TYPE_CHECKING:
    from leadline.engine.funnel import Funnel
    from leadline.engine.importers import Imported
    from leadline.engine.kinds import Kinds


@contextmanager
def loaded(
    files: list[Path],
    mapping: Path | None = None,
    date_order: str | None = None,
    kinds: Path | None = None,
    zone: str | None = None,
) -> Iterator[Imported]:
    """What the files hold, with a bar while they are read; inside, days are those of the zone.

    Where none is named, it is the one that the mapping names, else UTC.
    """
    from leadline.audit.loading import load_files
    from leadline.engine.clocks import days_of, placed
    from leadline.engine.importers import Mapping

    meant = Mapping.read(mapping) if mapping else Mapping()
    meant = meant.model_copy(update={"zone": zone or meant.zone})
    with days_of(meant.zone or "UTC"):
        with watched("Reading") as progress:
            found = load_files(
                files, mapping=meant, date_order=date_order, kinds=read_kinds(kinds), progress=progress
            )
        touches = replace(found.touches, happened_at=placed(found.touches.happened_at))
        yield replace(found, touches=touches)


def read_kinds(path: Path | None) -> Kinds:
    """The kinds of a file, or those that come with Leadline."""
    from leadline.engine.kinds import Kinds

    return Kinds.read(path) if path else Kinds.shipped()


def fitting_funnel(name: str, imported: Imported) -> Funnel:
    """A funnel whose every phrase is known to the kinds of the touches."""
    from leadline.engine.funnel import load_funnel
    from leadline.engine.lookup import lookup

    found = load_funnel(name)
    lookup(found, imported.touches.kinds)
    return found


def chosen_funnel(name: str, imported: Imported) -> Funnel:
    """The funnel of that name, or where none is named the one that suits what was imported."""
    from leadline.audit.case import choose_funnel

    return fitting_funnel(name or choose_funnel(imported)[0], imported)


def checked_of(of: str) -> Any:
    """Whose stages to tell: contact or company; anything else was typed wrongly."""
    if of not in ("contact", "company"):
        raise typer.BadParameter(f"“{of}” is neither contact nor company", param_hint="--of")
    return of
