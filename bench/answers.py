"""A history as plain columns, however a tool holds it, and the fingerprint by which two are compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

NEVER = np.iinfo(np.int64).max
NULL = np.iinfo(np.int64).min  # what a missing timestamp is as an integer in numpy
SAMPLE = 2_000
AS_OF = datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC)  # the end of the generated two years
AS_OF_INSTANT = int(AS_OF.timestamp()) * 1_000_000


@dataclass(frozen=True)
class Rows:
    """History rows in any order: instants are µs since 1970 UTC, `left_at` is NEVER for a stage not left."""

    contact: npt.NDArray[np.int64]
    stage: npt.NDArray[np.uint8]
    entered_at: npt.NDArray[np.int64]
    left_at: npt.NDArray[np.int64]

    def only(self, contacts: npt.NDArray[np.int64]) -> Rows:
        """The rows of these contacts."""
        keep = np.isin(self.contact, contacts)
        return Rows(self.contact[keep], self.stage[keep], self.entered_at[keep], self.left_at[keep])

    def fingerprint(self) -> str:
        """Equal for equal rows, whatever their order."""
        order = np.lexsort((self.stage, self.entered_at, self.contact))
        digest = blake2b(digest_size=8)
        columns = (self.contact, np.int64), (self.stage, np.uint8), (self.entered_at, np.int64), (self.left_at, np.int64)
        for column, dtype in columns:
            digest.update(np.ascontiguousarray(column[order], dtype))
        return f"{len(order)}-{digest.hexdigest()}"


def rows_of(contact: object, stage: object, entered_at: object, left_at: object) -> Rows:
    """Rows from what tools give: datetimes or integers, NaT or the smallest integer where a stage was not left."""
    left = _instants(left_at)
    return Rows(
        np.asarray(contact, np.int64), np.asarray(stage, np.uint8), _instants(entered_at), np.where(left == NULL, NEVER, left)
    )


def _instants(values: object) -> npt.NDArray[np.int64]:
    array = np.ma.filled(values, np.datetime64("NaT")) if isinstance(values, np.ma.MaskedArray) else np.asarray(values)
    return array.astype("M8[us]").view(np.int64) if array.dtype.kind == "M" else array.astype(np.int64)


def sample_of(contacts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """About SAMPLE contact ids, evenly taken from all there are."""
    known = np.unique(contacts)
    return known[:: max(1, len(known) // SAMPLE)][:SAMPLE]
