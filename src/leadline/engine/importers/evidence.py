"""What the rows of one file are evidence of, before it is settled whom each row is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from leadline.engine.touches import MISSING

Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Evidence:
    """n touches: of each the row of the file, the kind's code, the instant (µs), the value or MISSING."""

    row: Integers
    kind: npt.NDArray[np.uint16]
    happened_at: Integers
    value: Integers

    def __len__(self) -> int:
        return len(self.row)

    @staticmethod
    def of(rows: Mask, kind: int | Integers, instants: Integers, value: Integers | None = None) -> Evidence:
        """A touch for each row of the mask; instants, values and (where they differ) kinds are one a row."""
        row = np.flatnonzero(rows)
        kinds = np.full(len(row), kind) if isinstance(kind, int) else kind[row]
        values = np.full(len(row), MISSING) if value is None else value[row]
        return Evidence(row, kinds.astype(np.uint16), instants[row], values)

    @staticmethod
    def join(parts: Sequence[Evidence]) -> Evidence:
        """All of them, one after the other."""
        if not parts:
            nothing = np.zeros(0, dtype=np.int64)
            return Evidence(nothing, nothing.astype(np.uint16), nothing, nothing)
        return Evidence(
            np.concatenate([part.row for part in parts]),
            np.concatenate([part.kind for part in parts]),
            np.concatenate([part.happened_at for part in parts]),
            np.concatenate([part.value for part in parts]),
        )

    def take(self, which: Mask) -> Evidence:
        """Some of the touches."""
        return Evidence(self.row[which], self.kind[which], self.happened_at[which], self.value[which])
