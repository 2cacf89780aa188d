"""Counts of people without names: a post that 1,400 saw, a talk before 60, the visitors of a week."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from leadline.engine.importers.cells.values import decide_number_form, parse_numbers
from leadline.engine.importers.evidence import Evidence, Integers
from leadline.engine.importers.exports import Export, spread_labels
from leadline.engine.importers.sorts.sources import find_path
from leadline.engine.importers.sorts.touch_log import read_instants, read_kinds
from leadline.engine.importers.words import squeezed, synonyms
from leadline.engine.touches import MISSING
from leadline.engine.wording import listed

MOST = 10**12
"""No audience is larger than this."""
OTHERWISE = "posted"
"""What reached people where neither a header nor a path says it."""


def read_audience(export: Export) -> tuple[Evidence, Integers]:
    """A touch for each row with a whole number of people from 1 up and a date, and that number for each row.

    The kind is what the row says happened; where no column says that, it follows from the path, or from what
    was counted (visitors, attendees, followers). All other rows get their reason.
    """
    people = _read_people(export)
    told = export.proposal.of("what happened") is not None
    kinds = read_kinds(export) if told else _find_kinds(export)
    instants = read_instants(export, "happened at")
    return Evidence.of(export.used, kinds, instants), people


def _read_people(export: Export) -> Integers:
    header = export.proposal.of("people")
    if header is None:
        export.leave_out(np.ones(export.rows, dtype=bool), "nothing says how many people there were")
        return np.full(export.rows, MISSING)
    column = export.columns[header]
    form = decide_number_form(column.labels, money=True)  # a count has no decimals: 1.234 is over a thousand
    numbers, found = parse_numbers(column.labels, form)
    whole = found & (numbers >= 1) & (numbers <= MOST)
    whole &= np.where(whole, numbers, 0.5) % 1 == 0
    counts = np.where(whole, numbers, 0).astype(np.int64)
    export.leave_out(column.codes < 0, f"“{header}” is blank")
    wrong = spread_labels(column, (~whole).astype(np.int64)) == 1
    export.leave_out_labels(
        wrong, column, lambda text: f"“{text}” in “{header}” is no whole number of people from 1 up"
    )
    return np.where(export.used, spread_labels(column, counts), MISSING)


def _find_kinds(export: Export) -> Integers:
    """The kind of each row by what its header counts, else by its path; noted, since nobody said it."""
    words = synonyms()
    header = squeezed(export.proposal.of("people") or "")
    counted = {squeezed(one): kind for kind, found in words["audience_headers"].items() for one in found}
    if header in counted:
        kind = counted[header]
        export.notes.append(f"what happened isn't said: a count in such a column is taken for “{kind}”")
        return np.full(export.rows, export.kinds.code(counted[header]))
    usual: Mapping[str, str] = words["audience_paths"]
    column = next(filter(None, map(export.column, ("path", "source", "channel"))), None)
    if column is None or not column.labels:
        export.notes.append(
            f"neither what happened nor a path is said: each count is taken for “{OTHERWISE}”"
        )
        return np.full(export.rows, export.kinds.code(OTHERWISE))
    names = [usual.get(find_path(str(label)) or "", OTHERWISE) for label in column.labels]
    found = listed([f"“{name}”" for name in sorted({*names})], "or")
    export.notes.append(f"what happened isn't said: each count is taken for {found}, by its path")
    codes = spread_labels(column, [export.kinds.code(name) for name in names])
    return np.where(codes >= 0, codes, export.kinds.code(OTHERWISE))
