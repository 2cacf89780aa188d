"""Mistyped years: a few dates far away from all others, which would move the end of everything.

Nothing here knows what day it is, so what is far is told by the gap to the rest. What is dated more than
`AHEAD` after all else, or more than `BEHIND` before it, is left out where it is no more than one touch in
`ONE_IN` (always one, among at least `FEWEST`): 2062 for 2026, 1924 for 2024, 1900 where a program had no
date. Records do go back for years, so that the gap has to be wider there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from leadline.engine.importers.evidence import Integers, Mask
from leadline.engine.importers.sorts.readings import Reading
from leadline.engine.instants import YEAR
from leadline.engine.wording import counted, day_words, time_words

AHEAD, BEHIND = 5 * YEAR, 10 * YEAR
ONE_IN = 200
FEWEST = 20


def without_strays(readings: Sequence[Reading]) -> list[Reading]:
    """The readings without touches of mistyped years; a row that says nothing else is left out."""
    at = np.sort(np.concatenate([one.evidence.happened_at for one in readings]))
    if len(at) < FEWEST:
        return list(readings)
    few = max(1, len(at) // ONE_IN)
    last, first = _end(at, few, AHEAD), -_end(-at[::-1], few, BEHIND)
    if last == at[-1] and first == at[0]:
        return list(readings)
    return [_without(one, first, last) for one in readings]


def _end(at: Integers, few: int, gap: int) -> int:
    """The latest of these instants in order after which at most so few follow, and none within the gap."""
    last = at[-few - 1 :]
    wide = np.flatnonzero(np.diff(last) > gap)
    return int(last[wide[0]] if len(wide) else last[-1])


def _without(one: Reading, first: int, last: int) -> Reading:
    """One reading without what is before the first and after the last instant."""
    evidence = one.evidence
    stray = (evidence.happened_at < first) | (evidence.happened_at > last)
    if not stray.any():
        return one
    kept = np.zeros(one.export.rows, dtype=bool)
    kept[evidence.row[~stray]] = True
    gone = np.unique(evidence.row[stray])
    gone = gone[~kept[gone]]
    reasons = [_reason(one, stray & (evidence.row == row), first, last) for row in gone.tolist()]
    one.export.leave_out_each(gone, reasons)
    rest = np.setdiff1d(evidence.row[stray], gone)
    if len(rest):
        example = _reason(one, stray & (evidence.row == rest[0]), first, last)
        one.export.notes.append(
            f"in {counted(len(rest), 'row')} a date is far away from all others, and taken as blank "
            f"(line {one.export.table.line[rest[0]]}: {example})"
        )
    subject = one.subject.copy()
    subject[gone] = -1
    return replace(one, evidence=evidence.take(~stray), subject=subject)


def _reason(one: Reading, stray: Mask, first: int, last: int) -> str:
    at = int(one.evidence.happened_at[stray][0])
    gap = f"{time_words(at - last)} after" if at > last else f"{time_words(first - at)} before"
    return f"{day_words(at)} is {gap} everything else: the year is taken for a mistake"
