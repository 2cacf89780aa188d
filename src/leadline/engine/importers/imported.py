"""What somebody's files hold: touches, of whom, what else is known, and an account of every row."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from leadline.engine.importers.columns.mapping import Mapping
from leadline.engine.importers.reading.unused import UnusedRow
from leadline.engine.importers.sorts.activities import Planned
from leadline.engine.importers.sorts.opt_outs import OptedOut
from leadline.engine.importers.sorts.pipeline import Deal
from leadline.engine.importers.sorts.sales import Sold
from leadline.engine.importers.sorts.tags import Tags
from leadline.engine.importers.subjects import Unit
from leadline.engine.touches import Column, Touches


@dataclass(frozen=True)
class FileCount:
    """Of one file or sheet: rows read (without the header), used and not used, and what was found out."""

    name: str
    rows_read: int
    rows_used: int
    rows_unused: int
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Imported:
    """What was imported from one or more files.

    `touches.contact.labels` are all subjects, also those of whom nothing is dated; `unit` says what one is.
    `attributes`, `typed` (the stage that somebody typed), `outcome` ("won", "lost", "open", where a file says
    it) and `value` (won, in minor units, or MISSING) have one place a subject, as has each of `names`, what
    else they are called. `unused` are all rows that were read and not used, each with its reason; `mapping`
    is what each column was taken to mean; `notes` are sentences for a person to read. `file` and `line` say
    of each touch which row it was read from. `monthly` are columns of amounts for each month, of which each
    purchase on record counts one, since nothing says which months were paid. `sold` are the purchases of
    lists of clients, `deals` those of which asks were made. `tags` has one place a subject where any column
    holds some; `opted_out` are subjects that asked for nothing more on a day that isn't known; `planned` is
    what files of activities say is to be done; `writers` are those who wrote most of the messages.
    """

    touches: Touches
    unit: Unit
    attributes: dict[str, Column]
    typed: Column | None
    outcome: Column | None
    value: npt.NDArray[np.int64] | None
    files: tuple[FileCount, ...]
    unused: tuple[UnusedRow, ...]
    mapping: Mapping
    notes: tuple[str, ...]
    names: dict[str, Column] = field(default_factory=dict)
    file: Column | None = None
    line: npt.NDArray[np.int64] | None = None
    monthly: tuple[str, ...] = ()
    sold: tuple[Sold, ...] = ()
    deals: tuple[Deal, ...] = ()
    tags: Tags = ()
    opted_out: tuple[OptedOut, ...] = ()
    planned: tuple[Planned, ...] = ()
    writers: tuple[str, ...] = ()

    def find(self, text: str) -> str | None:
        """The label of the one subject that is called so: by label, address or name, whatever the case."""
        plain = text.casefold()
        labels = self.touches.contact.labels
        found = {str(label) for label in labels if str(label).casefold() == plain}
        for column in () if found else self.names.values():
            codes = [code for code, label in enumerate(column.labels) if str(label).casefold() == plain]
            found |= {str(labels[who]) for who in np.flatnonzero(np.isin(column.codes, codes)).tolist()}
        return found.pop() if len(found) == 1 else None
