"""How the deal of each row ended, as far as the file says it: won, lost, or still open."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from leadline.engine.importers.cells.values import parse_truth
from leadline.engine.importers.columns.header_words import DATE_OF
from leadline.engine.importers.exports import Export, spread_labels
from leadline.engine.importers.sorts.stage_dates import find_ended_members
from leadline.engine.importers.words import find_outcome, leaves_open_how, squeezed
from leadline.engine.touches import Column
from leadline.engine.wording import counted

OUTCOMES = ("open", "won", "lost")
UNKNOWN, OPEN, WON, LOST, NOT_WON = -1, 0, 1, 2, 3

Codes = npt.NDArray[np.int64]


def read_outcomes(export: Export) -> Codes:
    """For each row UNKNOWN or the place of its outcome in OUTCOMES.

    A column of outcomes is heard first, then the stage that was typed, then dates of winning and losing, then
    whether it is closed; where no stage says that anything was lost, the reason for it on a closed deal does.
    In a column with a word for won or lost, the other stages are open ones, but for those that say that
    something is over and not how ("Closed"). A "no" to "won?" is open where the stage, or a column for it,
    says so, and lost otherwise; who bought on a day that the file tells was not lost, nor was a member: a
    membership that is "cancelled" has ended.
    """
    found = np.full(export.rows, UNKNOWN, dtype=np.int64)
    for means in ("outcome", "stage"):
        column = export.column(means)
        if column is not None:
            told = spread_labels(column, _tell_labels(column, export, truths=means == "outcome"))
            found = np.where((found == UNKNOWN) | ((found == NOT_WON) & (told != UNKNOWN)), told, found)
    won, lost = export.dates_of("won on")[1], export.dates_of("lost on")[1]
    found[(found == UNKNOWN) & won & ~lost] = WON
    found[np.isin(found, (UNKNOWN, NOT_WON)) & lost & ~won] = LOST
    _hear_closed(export, found)
    found[np.isin(found, (LOST, NOT_WON)) & (_find_bought(export) | find_ended_members(export))] = UNKNOWN
    refused = found == NOT_WON
    found[refused] = LOST
    if refused.any() and not export.date_columns():
        where = f"“{export.proposal.of('outcome')}” of {counted(int(np.sum(refused)), 'row')}"
        export.notes.append(f"a “no” in {where} counts as lost: nothing tells the lost from the undecided")
    return found


def find_said_lost(export: Export) -> npt.NDArray[np.bool_]:
    """The rows on which a word says that it was lost; a mere “no” to “won?” may still become a yes."""
    found = np.zeros(export.rows, dtype=bool)
    for means in ("outcome", "stage"):
        column = export.column(means)
        if column is not None:
            found |= spread_labels(column, _tell_labels(column, export, truths=False)) == LOST
    return found


def _find_bought(export: Export) -> npt.NDArray[np.bool_]:
    """The rows with the date of a purchase."""
    found = np.zeros(export.rows, dtype=bool)
    for header, means in export.date_columns().items():
        kind = means.removeprefix(DATE_OF)
        if means.startswith(DATE_OF) and "purchased" in export.kinds.kinds[export.kinds.code(kind)].groups:
            found |= export.dates(header)[1]
    return found


def _hear_closed(export: Export, found: Codes) -> None:
    closed = export.truths("closed or not")
    if closed is not None:
        found[np.isin(found, (UNKNOWN, NOT_WON)) & (closed == 0)] = OPEN
    reason = export.column("lost reason")
    if reason is not None:
        over = export.dates_of("closed")[1] & (reason.codes >= 0)
        told = (UNKNOWN,) if (found == LOST).any() else (UNKNOWN, OPEN)
        found[over & np.isin(found, told)] = LOST


def _tell_labels(column: Column, export: Export, *, truths: bool) -> list[int]:
    """What each label of a column says; yes and no are only heard where `truths`."""
    said = {squeezed(word): OUTCOMES.index(outcome) for word, outcome in export.mapping.outcomes.items()}
    there = np.zeros(len(column.labels) + 1, dtype=bool)
    there[column.codes] = True
    codes = []
    for label in column.labels:
        outcome = find_outcome(label)
        truth = parse_truth(label) if truths else None
        heard = OUTCOMES.index(outcome) if outcome else {True: WON, False: NOT_WON, None: UNKNOWN}[truth]
        codes.append(said.get(squeezed(label), heard))
    ended = any(
        code in (WON, LOST) for code, is_there in zip(codes, there.tolist(), strict=False) if is_there
    )
    return [
        OPEN if code == UNKNOWN and ended and not leaves_open_how(label) else code
        for code, label in zip(codes, column.labels, strict=True)
    ]
