"""What was paid of each invoice, where a column beside its total says that, or what is still due.

An invoice of which nothing is paid is not bought yet, and one that is paid in part is bought as a whole.
"""

from __future__ import annotations

import numpy as np

from leadline.engine.importers.evidence import Integers
from leadline.engine.importers.exports import Export
from leadline.engine.importers.sorts.amounts import read_beside
from leadline.engine.importers.words import speak_of_invoices, squeezed, synonyms
from leadline.engine.touches import MISSING, Column

UNSAID, NOTHING, PART, WHOLE = -1, 0, 1, 2
"""How much of an invoice was paid."""


def read_paid(export: Export, totals: Integers, currencies: Column | None) -> Integers:
    """Of each row how much of it was paid; UNSAID in all where no column tells it of invoices.

    No more than all can be paid, or be due: a column that says so in any row is about something else, and so
    may be one by which nothing is paid of any.
    """
    unsaid = np.full(export.rows, UNSAID, dtype=np.int64)
    if not _are_invoices(export):
        return unsaid
    billed = (totals > 0) & (totals != MISSING)
    for sort in ("paid", "due"):
        header = _find(export, sort)
        if header is None:
            continue
        said = read_beside(export, header, currencies)
        known = billed & (said != MISSING)
        if known.any() and ((said >= 0) & (said <= totals))[known].all():
            paid = said if sort == "paid" else totals - said
            share = np.where(paid <= 0, NOTHING, np.where(paid >= totals, WHOLE, PART))
            if (share != NOTHING)[known].any():
                return np.where(known, share, unsaid)
    return unsaid


def _are_invoices(export: Export) -> bool:
    entry = export.column("entry")
    return speak_of_invoices([*export.contents, *(map(str, entry.labels) if entry is not None else ())])


def _find(export: Export, sort: str) -> str | None:
    """The column of amounts whose header says that these are paid, or due."""
    words, value = set(map(squeezed, synonyms()["part_payments"][sort])), export.proposal.of("value")
    found = (header for header, held in export.contents.items() if held.are_numbers and not held.truths)
    return next((header for header in found if header != value and squeezed(header) in words), None)
