"""Deals: when each was opened, when sales and the buyer began to talk, and when it was won or lost."""

from __future__ import annotations

import numpy as np

from leadline.engine.importers.evidence import Evidence, Integers, Mask
from leadline.engine.importers.exports import Export
from leadline.engine.importers.sorts.outcomes import LOST, OPEN, UNKNOWN, WON, Codes
from leadline.engine.wording import counted


def read_openings(export: Export) -> list[Evidence]:
    """`deal_opened` on the day each deal was created."""
    created, found = export.dates_of("created")
    return [Evidence.of(found & export.used, export.kinds.code("deal_opened"), created)]


def read_engagements(export: Export) -> list[Evidence]:
    """`engaged` on the day sales and the buyer began to talk."""
    engaged, found = export.dates_of("engaged")
    return [Evidence.of(found & export.used, export.kinds.code("engaged"), engaged)]


def read_closings(export: Export, outcomes: Codes, amounts: Integers) -> list[Evidence]:
    """`bought`, with the amount, or `lost` on the day a deal was closed.

    The close date of a deal that is open is what somebody expects, and one whose outcome isn't known is no
    evidence of either.
    """
    closed, known = export.dates_of("closed")
    parts, dated = [], known.copy()
    for outcome, means, kind in ((WON, "won on", "bought"), (LOST, "lost on", "lost")):
        own, found = export.dates_of(means)
        instants = np.where(found, own, closed)
        ended = (outcomes == outcome) & (found | known) & export.used
        parts.append(
            Evidence.of(ended, export.kinds.code(kind), instants, amounts if outcome == WON else None)
        )
        dated |= found
    _note(export, outcomes, known, dated)
    _note_order(export, closed, known & np.isin(outcomes, (WON, LOST)))
    return parts


def _note(export: Export, outcomes: Codes, closed: Mask, dated: Mask) -> None:
    expected = int(np.sum(closed & (outcomes == OPEN) & export.used))
    asks = export.mapping.deals == "asks"
    unknown = 0 if asks else int(np.sum(closed & (outcomes == UNKNOWN) & export.used))
    undated = int(np.sum(~dated & (outcomes == WON) & export.used))
    if expected:
        export.notes.append(
            f"the close date of {counted(expected, 'open deal')} is what somebody expects: it is no touch"
        )
    if unknown:
        export.notes.append(
            f"the close date of {counted(unknown, 'row')} is no touch, for nothing says whether it was won "
            "or lost (map a column as “outcome”, or the words of a stage under [outcomes])"
        )
    if undated and export.date_columns():
        counts = ", though what it brought is counted" if export.proposal.of("value") else ""
        export.notes.append(
            f"in {counted(undated, 'row')} the file says won, and not when: no touch, and so no stage, "
            f"follows from it{counts}"
        )


def _note_order(export: Export, closed: Integers, known: Mask) -> None:
    for means in ("created", "engaged"):
        begun, found = export.dates_of(means)
        wrong = np.flatnonzero(known & found & (closed < begun) & export.used)
        if len(wrong):
            export.notes.append(
                f"in {counted(len(wrong), 'row')} the day of closing is before the one on which it was "
                f"{means} (line {export.table.line[wrong[0]]}): both dates are used as they are"
            )
