"""Those of whom a file says that they were lost, and not when: lost on the last day that is known of them.

Somebody whose status is “lost” must not stand among those to be asked next. A list of people says how things
are now, so that the day is the last on which anything happened with them, in whichever file; a row of a deal
tells of that deal alone, and the day is the last that it names. The touch comes right after what happened
that day. Nothing is added where the row has an end of its own, where anything else of the same subject was
won or is open, or where it bought something. A mere “no” to “won?” says nothing of that sort. A member whose
status is “cancelled”, with no date, has ended the custom on the last day known in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from leadline.engine.importers.evidence import Evidence, Integers, Mask
from leadline.engine.importers.sorts.outcomes import LOST, OPEN, WON, find_said_lost
from leadline.engine.importers.sorts.readings import Reading
from leadline.engine.importers.sorts.stage_dates import find_ended_members, find_over
from leadline.engine.instants import NEVER
from leadline.engine.kinds import Kinds
from leadline.engine.touches import Column
from leadline.engine.wording import counted, listed

SHAPES = ("contacts", "companies", "deals")
"""Shapes of files whose rows say how it ended."""
NAMED = 4
"""So many lines are named in a note, at most."""


def settle_losses(readings: Sequence[Reading], kinds: Kinds, subjects: int) -> list[Reading]:
    """The readings with a `lost` for each subject that was lost on a day which nobody wrote down."""
    going_on = _find_going_on(readings, kinds, subjects)
    latest = _find_latest(readings, subjects)
    bought, ended = (_find_any(readings, kinds.named(one), subjects) for one in ("purchased", "ended"))
    return [
        _with_ends(_with_losses(one, kinds, going_on, latest), kinds, latest, bought & ~ended)
        if one.export.proposal.shape in SHAPES
        else one
        for one in readings
    ]


def _with_losses(one: Reading, kinds: Kinds, going_on: Mask, latest: Integers) -> Reading:
    evidence, subject = one.evidence, one.subject
    ends = list(kinds.named("broke_off") | kinds.named("left"))
    ended = np.zeros(len(subject), dtype=bool)
    ended[evidence.row[np.isin(evidence.kind, ends)]] = True
    ended = (subject >= 0) & np.isin(subject, subject[ended])
    lost = (one.outcomes == LOST) & find_said_lost(one.export) & (subject >= 0) & ~ended
    lost &= ~going_on[subject]
    day = latest[subject]
    if one.export.proposal.shape == "deals":
        day = np.full(len(subject), -NEVER)
        np.maximum.at(day, evidence.row, evidence.happened_at)
    rows = np.flatnonzero(lost & (day > -NEVER))
    if not len(rows):
        return one
    rows = rows[np.lexsort((-day[rows], subject[rows]))]
    rows = np.sort(rows[np.unique(subject[rows], return_index=True)[1]])
    found = np.zeros(len(subject), dtype=bool)
    found[rows] = True
    one.export.notes.append(
        f"in {counted(len(rows), 'row')} the file says lost, and not when: they count as lost on the last "
        "day that is known of them"
    )
    told = Evidence.of(found, kinds.code("lost"), day + 1)
    return replace(one, evidence=Evidence.join([evidence, told]))


def _with_ends(one: Reading, kinds: Kinds, latest: Integers, clients: Mask) -> Reading:
    """With a `churned` for each member whose status says that it is over, and of whom no day says it.

    `clients` are those who bought something by any of the files, of which no file says that it ended. Of
    whom nothing was bought there is no day but that of the record, which is not the last of the custom.
    """
    status, evidence = one.export.column("stage") or one.export.column("active"), one.evidence
    if one.export.proposal.shape != "contacts" or status is None:
        return one
    bought, ended = (np.zeros(len(one.subject), dtype=bool) for _ in range(2))
    bought[evidence.row[np.isin(evidence.kind, list(kinds.named("purchased")))]] = True
    ended[evidence.row[np.isin(evidence.kind, list(kinds.named("ended")))]] = True
    over, members = find_over(one.export), find_ended_members(one.export) & (one.subject >= 0)
    found = ((over & bought & ~ended) | (members & clients[one.subject])) & (one.subject >= 0)
    _note_unsaid(one, members & ~found & ~ended & ~clients[one.subject], status)
    if not found.any():
        return one
    names = [f"“{label}”" for label in dict.fromkeys(status.take(found).values())]
    lines = [str(line) for line in one.export.table.line[found][:NAMED].tolist()]
    lines += ["others"] * int(found.sum() > NAMED)
    one.export.notes.append(
        f"in {counted(int(found.sum()), 'row')} the file says {listed(names, 'or')}, and not when (line "
        f"{listed(lines)}): their custom counts as ended on the last day that is known of them"
    )
    told = Evidence.of(found, kinds.code("churned"), latest[one.subject] + 1)
    return replace(one, evidence=Evidence.join([evidence, told]))


def _note_unsaid(one: Reading, rows: Mask, status: Column) -> None:
    """Notes of whom nothing follows, since neither what they bought nor when it ended is said."""
    if rows.any():
        names = [f"“{label}”" for label in dict.fromkeys(status.take(rows).values())]
        one.export.notes.append(
            f"in {counted(int(rows.sum()), 'row')} the file says {listed(names, 'or')}, and neither what was "
            "bought nor when that ended: nothing follows from it"
        )


def _find_any(readings: Sequence[Reading], kinds: frozenset[int], subjects: int) -> Mask:
    """Of whom there is a touch of some kinds, in any of the files."""
    found = np.zeros(subjects + 1, dtype=bool)
    for one in readings:
        found[one.subject[one.evidence.row[np.isin(one.evidence.kind, list(kinds))]]] = True
    found[-1] = False
    return found


def _find_going_on(readings: Sequence[Reading], kinds: Kinds, subjects: int) -> Mask:
    """Of whom something was won or bought, or is open."""
    found = np.zeros(subjects + 1, dtype=bool)
    bought = list(kinds.named("purchased"))
    for one in readings:
        found[one.subject[np.isin(one.outcomes, (WON, OPEN))]] = True
        found[one.subject[one.evidence.row[np.isin(one.evidence.kind, bought)]]] = True
    found[-1] = False  # where rows that are left out were noted
    return found


def _find_latest(readings: Sequence[Reading], subjects: int) -> Integers:
    """The last instant of each subject, -NEVER where nothing is dated."""
    found = np.full(subjects + 1, -NEVER)
    for one in readings:
        np.maximum.at(found, one.subject[one.evidence.row], one.evidence.happened_at)
    return found
