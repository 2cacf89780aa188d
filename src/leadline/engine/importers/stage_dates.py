"""Columns of dates that each stand for one kind of touch: stages that were typed, sign-ups, meetings."""

from __future__ import annotations

import numpy as np

from leadline.engine.importers.evidence import Evidence, Integers
from leadline.engine.importers.exports import Export
from leadline.engine.importers.header_words import DATE_OF
from leadline.engine.wording import counted

LAST_ACTIVITY = "messaged"
"""What a date of "last activity" is taken for, the weakest that it can be: nobody knows who acted."""


def read_stage_dates(export: Export, amounts: Integers) -> list[Evidence]:
    """A touch for each date; meetings that were cancelled or missed are none.

    Where the file has no date of closing, an amount is that of what was bought.
    """
    parts = []
    closes = any(export.proposal.of(means) for means in ("closed", "won on"))
    cancelled = export.truths("cancelled")
    for header, means in export.date_columns().items():
        kind = means.removeprefix(DATE_OF) if means.startswith(DATE_OF) else None
        if means == "last activity":
            kind = LAST_ACTIVITY
        if kind is None:
            continue
        instants, found = export.dates(header)
        found &= export.used
        if cancelled is not None and export.kinds.kinds[export.kinds.code(kind)].link != "generate":
            missed = found & (cancelled == 1)
            found &= ~missed
            if missed.any():
                count = counted(int(np.sum(missed)), "row")
                export.notes.append(f"“{header}” of {count} was cancelled or missed, and is no touch")
        paid = "purchased" in export.kinds.kinds[export.kinds.code(kind)].groups and not closes
        parts.append(Evidence.of(found, export.kinds.code(kind), instants, amounts if paid else None))
    return parts
