"""Files into what an audit needs: exports of any shape, or a log of touches as Leadline keeps it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from leadline.engine.errors import BadFile
from leadline.engine.importers import FileCount, Imported, Mapping, import_files
from leadline.engine.kinds import Kinds
from leadline.engine.logs import read_touches

Progress = Callable[[int, int], None]


def load_files(
    paths: Sequence[Path],
    *,
    mapping: Mapping | None = None,
    date_order: str | None = None,
    kinds: Kinds | None = None,
    progress: Progress | None = None,
) -> Imported:
    """What the files hold. A single Parquet file is a log of touches; all else is somebody's export."""
    logs = [path for path in paths if path.suffix.lower() in (".parquet", ".pq")]
    if not logs:
        return import_files(paths, mapping=mapping, date_order=date_order, kinds=kinds, progress=progress)
    if len(paths) > 1:
        found = f"{len(paths)} files, {len(logs)} of them Parquet"
        raise BadFile(
            "A log of touches in Parquet stands by itself",
            found=found,
            allowed="one Parquet file, or exports",
        )
    touches = read_touches(logs[0], kinds=kinds)
    count = FileCount(logs[0].name, len(touches), len(touches), 0, ())
    return Imported(
        touches=touches,
        unit="contact",
        attributes={},
        typed=None,
        outcome=None,
        value=None,
        files=(count,),
        unused=(),
        mapping=mapping or Mapping(),
        notes=(),
    )
