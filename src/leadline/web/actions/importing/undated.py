"""What files say without a day on which it happened: who opted out, and what is still to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from leadline.engine.importers import Imported
from leadline.engine.importers.sorts.activities import Planned
from leadline.engine.touches import MISSING, Column, Touches
from leadline.web.actions.meanings import kind_of


def with_opt_outs(
    imported: Imported, touches: Touches, file: Column, line: npt.NDArray[np.int64], now: int
) -> tuple[Touches, Column, npt.NDArray[np.int64]]:
    """The same with a touch, dated now, for whoever opted out on a day that the files don't say."""
    told = imported.opted_out
    if not told:
        return touches, file, line
    names = [str(label) for label in file.labels]
    names += sorted({one.file for one in told} - set(names))
    files = np.concatenate([file.codes, [names.index(one.file) for one in told]]).astype(np.int32)
    lines = np.concatenate([line, [one.line for one in told]])
    kind = touches.kinds.code(kind_of("opt out"))
    blank = np.full(len(told), -1, dtype=np.int32)
    none = np.full(len(told), MISSING)

    def longer(column: Column) -> Column:
        return Column(np.concatenate([column.codes, blank]), column.labels)

    who = np.array([one.subject for one in told], dtype=np.int32)
    joined = replace(
        touches,
        contact=Column(np.concatenate([touches.contact.codes, who]), touches.contact.labels),
        kind=np.concatenate([touches.kind, np.full(len(told), kind, dtype=np.uint16)]),
        happened_at=np.concatenate([touches.happened_at, np.full(len(told), now)]),
        columns={name: longer(column) for name, column in touches.columns.items()},
        value=None if touches.value is None else np.concatenate([touches.value, none]),
        n=None if touches.n is None else np.concatenate([touches.n, none]),
        machine=None if touches.machine is None else np.concatenate([touches.machine, blank > 0]),
    )
    return joined, Column(files, names), lines


def find_to_do(imported: Imported, now: int) -> list[Planned]:
    """What is open, or is to come where nothing calls it open or done."""
    return [one for one in imported.planned if one.surely or (one.due_at or 0) > now]


def by_subject(planned: Sequence[Planned]) -> dict[int, list[Planned]]:
    """The same for each subject."""
    found: dict[int, list[Planned]] = {}
    for one in planned:
        found.setdefault(one.subject, []).append(one)
    return found


def are_to_come(
    touches: Touches, file: Column, line: npt.NDArray[np.int64], planned: Sequence[Planned]
) -> npt.NDArray[np.bool_]:
    """The touches of rows that stand for something to do."""
    rows = {(one.file, one.line) for one in planned}
    if not rows:
        return np.zeros(len(touches), dtype=np.bool_)
    told = zip(file.values(), line.tolist(), strict=True)
    return np.fromiter((one in rows for one in told), dtype=np.bool_, count=len(touches))
