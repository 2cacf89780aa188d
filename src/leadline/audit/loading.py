"""Files into what an audit needs: exports of any shape, or a log of touches as Leadline keeps it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from leadline.engine.errors import BadFile, LeadlineError
from leadline.engine.importers import FileCount, Imported, Mapping, import_files
from leadline.engine.kinds import Kinds
from leadline.engine.logs import read_touches
from leadline.engine.touches import Touches

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
    touches = _read_log(logs[0], kinds)
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


def _read_log(path: Path, kinds: Kinds | None) -> Touches:
    """The touches of a log; who is at a terminal can't say, as in Python, which `names` its columns have."""
    try:
        return read_touches(path, kinds=kinds)
    except LeadlineError as error:
        if "names=" not in error.allowed:
            raise
        raise BadFile(
            "a log of touches in Parquet needs the columns contact, kind and happened_at",
            found=error.found,
            allowed="these names; or the same table as CSV, whose columns may be called as they are",
            where=str(path),
        ) from None
