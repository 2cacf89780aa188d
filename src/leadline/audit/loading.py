"""Files into what an audit needs: exports of any shape, or a log of touches as Leadline keeps it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from leadline.audit.own_exports import read_sorted, sort_out
from leadline.audit.parcels import unpacked
from leadline.engine.importers import Imported, Mapping, import_files
from leadline.engine.kinds import Kinds

Progress = Callable[[int, int], None]


def load_files(
    paths: Sequence[Path],
    *,
    mapping: Mapping | None = None,
    date_order: str | None = None,
    kinds: Kinds | None = None,
    progress: Progress | None = None,
) -> Imported:
    """What the files hold; a folder or a ZIP archive stands for those in it.

    A log of touches in Parquet, and what Leadline exports in any form, is read as it is, with the list of its
    contacts; all else is somebody's export.
    """
    with unpacked(paths) as (files, left):
        found = sort_out(files)
        imported = (
            import_files(files, mapping=mapping, date_order=date_order, kinds=kinds, progress=progress)
            if found is None
            else read_sorted(found, kinds, mapping)
        )
        return replace(imported, notes=(*imported.notes, *left))
