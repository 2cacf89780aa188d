"""A history as plain columns, however a tool holds it, and the fingerprint by which two are compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

AS_OF = datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC)  # the last second of the generated two years
AS_OF_INSTANT = int(AS_OF.timestamp()) * 1_000_000
NEVER = np.iinfo(np.int64).max
NULL = np.iinfo(np.int64).min  # what numpy makes of a missing timestamp
SAMPLE = 2_000


@dataclass(frozen=True)
class Rows:
    """History rows in any order: instants are µs since 1970 UTC, `left_at` is NEVER for a stage not left."""

    contact: Ints
    stage: npt.NDArray[np.uint8]
    entered_at: Ints
    left_at: Ints

    def only(self, contacts: Ints) -> Rows:
        """The rows of these contacts."""
        keep = np.isin(self.contact, contacts)
        return Rows(self.contact[keep], self.stage[keep], self.entered_at[keep], self.left_at[keep])

    def fingerprint(self) -> str:
        """Equal for equal rows, whatever their order."""
        order = np.lexsort((self.stage, self.entered_at, self.contact))
        digest = blake2b(digest_size=8)
        for column in (self.contact, self.stage, self.entered_at, self.left_at):
            digest.update(np.ascontiguousarray(column[order], np.int64))
        return f"{len(order)}-{digest.hexdigest()}"


def rows_of(contact: Any, stage: Any, entered_at: Any, left_at: Any) -> Rows:
    """Rows from what tools give: datetimes or integers, for a stage not left NaT, masked, NULL or NEVER."""
    left = _instants(left_at)
    return Rows(
        contact=np.asarray(contact, np.int64),
        stage=np.asarray(stage, np.uint8),
        entered_at=_instants(entered_at),
        left_at=np.where(left == NULL, NEVER, left),
    )


def sample_of(contacts: Ints) -> Ints:
    """SAMPLE contact ids, evenly taken from all there are; all of them where there are no more."""
    known = np.unique(contacts)
    return known[:: max(1, len(known) // SAMPLE)][:SAMPLE]


def _instants(values: Any) -> Ints:
    array = np.ma.filled(values, np.datetime64("NaT")) if np.ma.isMaskedArray(values) else np.asarray(values)
    return array.astype("M8[us]").view(np.int64) if array.dtype.kind == "M" else array.astype(np.int64)
