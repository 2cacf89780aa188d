"""What a file may hold that could not be told: said, so that nothing is missed without anybody knowing."""

from __future__ import annotations

import numpy as np

from leadline.engine.importers.cells.values import parse_truth
from leadline.engine.importers.columns.clients import BOUGHT
from leadline.engine.importers.columns.header_words import DATE_OF
from leadline.engine.importers.columns.meanings import AMOUNTS, UNKNOWN_DATES, UNKNOWN_NUMBERS
from leadline.engine.importers.evidence import Evidence, Integers
from leadline.engine.importers.exports import Export, spread_labels
from leadline.engine.importers.sorts.outcomes import UNKNOWN, WON, Codes
from leadline.engine.importers.sorts.stage_dates import find_over
from leadline.engine.importers.words import find_booking, leaves_open_how
from leadline.engine.touches import MISSING
from leadline.engine.wording import counted, listed

NAMED = 4
"""So many columns are named in a note, at most."""


def note_unknown_dates(export: Export) -> None:
    """Notes the columns of dates that are not used since nothing says what they stand for."""
    columns = export.proposal.columns.items()
    unused = {header: meaning.why for header, meaning in columns if meaning.means == "ignored"}
    found = [header for header, why in unused.items() if UNKNOWN_DATES in why]
    if found:
        export.notes.append(
            f"the dates in {_named(found)} are not used, for nothing says what they stand for "
            "(a mapping can: “date of” and a kind)"
        )


def note_undated_presences(export: Export) -> None:
    """Notes the columns of yes and no for who came, which say nothing of the day: no touch follows."""
    when = (f"{DATE_OF}attended", f"{DATE_OF}had_meeting", "happened at")
    dated = np.logical_or.reduce([export.dates_of(means)[1] for means in when])
    for header, meaning in export.proposal.columns.items():
        asked = meaning.means in ("attribute", "ignored") and find_booking(header) == "held"
        if asked and export.contents[header].truths:
            column = export.columns[header]
            came = [parse_truth(str(label)) is True for label in column.labels]
            rows = int(np.sum((spread_labels(column, came) == 1) & ~dated & export.used))
            if rows:
                export.notes.append(
                    f"“{header}” says yes in {counted(rows, 'row')}, and not when: no touch follows from it"
                )


def note_missing_amounts(export: Export, outcomes: Codes) -> None:
    """Notes the columns of numbers that may be amounts where something was won, and no amount was found."""
    if export.proposal.of("value") is not None or not np.any(outcomes == WON):
        return
    columns = export.proposal.columns.items()
    found = [
        header for header, meaning in columns if UNKNOWN_NUMBERS in meaning.why or meaning.why == AMOUNTS
    ]
    if found:
        export.notes.append(
            f"no column was taken for the amount; if {_named(found)} is one, a mapping can say so (“value”)"
        )


def note_unused_amounts(export: Export, amounts: Integers, evidence: Evidence, outcomes: Codes) -> None:
    """Notes where a file has amounts, and nothing in it says that anything was offered, bought or decided."""
    if export.proposal.shape == "deals" and export.mapping.deals == "asks":
        return  # it is what they were asked for
    header = export.proposal.of("value")
    known = (amounts != MISSING) & (amounts != 0) & export.used
    if header is None or not known.any() or (outcomes != UNKNOWN).any() or (evidence.value != MISSING).any():
        return
    export.notes.append(
        f"the amounts in “{header}” of {counted(int(known.sum()), 'row')} are not used, for nothing says "
        "what was bought, and when"
    )


def note_unsaid_endings(export: Export) -> None:
    """Notes the words of stages that say that something is over and not how; a client's custom has ended."""
    told = find_over(export) & export.dates_of(BOUGHT)[1]
    for means in ("outcome", "stage"):
        column = export.column(means)
        for code, label in enumerate(column.labels if column is not None else ()):
            assert column is not None
            rows = int(np.sum((column.codes == code) & export.used & ~told))
            if rows and leaves_open_how(str(label)) and str(label) not in export.mapping.outcomes:
                export.notes.append(
                    f"“{label}” in {counted(rows, 'row')} says neither won nor lost: put the word under "
                    "[outcomes] in a mapping if it is one of them"
                )


def _named(headers: list[str]) -> str:
    return listed([f"“{header}”" for header in headers[:NAMED]] + ["others"] * (len(headers) > NAMED))
