"""What the rows of all files come to for each subject: how it ended, what was typed, what it brought."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import reduce

import numpy as np

from leadline.engine.importers.evidence import Integers
from leadline.engine.importers.exports import Export
from leadline.engine.importers.people.attributes import fill, first_of
from leadline.engine.importers.sorts.outcomes import LOST, OPEN, OUTCOMES, WON
from leadline.engine.importers.sorts.readings import Reading
from leadline.engine.importers.subjects import Unit, join_texts, name_people, part_names
from leadline.engine.instants import NEVER
from leadline.engine.payments import payments_of
from leadline.engine.touches import MISSING, Column, Touches
from leadline.engine.wording import counted

STAGES = 5
"""So many stages are named in a note, at most."""
CALLED = ("e-mail", "other e-mail", "name", "deal name", "company", "phone", "address", "social", "team")
"""Meanings of columns by which a person would call a subject."""

BETWEEN = "; "
"""Stands between several addresses or numbers of somebody."""


def find_outcomes(readings: Sequence[Reading], subjects: int) -> Column | None:
    """How it ended with each subject: won if anything was won, else open if anything is, else lost."""
    found = np.full(subjects, -1, dtype=np.int32)
    for outcome in (LOST, OPEN, WON):
        for reading in readings:
            found[reading.subject[(reading.subject >= 0) & (reading.outcomes == outcome)]] = outcome
    return Column(found, list(OUTCOMES)) if (found >= 0).any() else None


def find_typed(readings: Sequence[Reading], subjects: int) -> Column | None:
    """The stage that somebody typed for each subject: of several rows the last, of a history the latest."""
    found: Column | None = None
    for reading in readings:
        export = reading.export
        stage = export.column("stage") if export.proposal.shape not in ("orders", "bookings") else None
        if stage is not None:
            rows = np.arange(export.rows)[::-1]
            if export.proposal.shape == "stage history":
                rows = rows[np.argsort(-export.dates_of("happened at")[0][rows], kind="stable")]
            column = first_of(reading.subject[rows], Column(stage.codes[rows], stage.labels), subjects)
            found = column if found is None else fill(found, column)
    return found


def find_names(readings: Sequence[Reading], subjects: int) -> dict[str, Column]:
    """What else the subjects are called."""
    found: dict[str, Column] = {}
    for reading in readings:
        for means in CALLED:
            column = name_people(reading.export) if means == "name" else _join(reading.export.every(means))
            if column is not None:
                if means == "name":
                    column = Column(column.codes, [names[0] for names in part_names(column, means)])
                column = first_of(reading.subject, column, subjects)
                found[means] = fill(found[means], column) if means in found else column
    return found


def _join(columns: Sequence[Column]) -> Column | None:
    """Several columns of addresses or numbers as one: all that stands on a row, one after the other."""
    return reduce(lambda one, other: join_texts(one, other, BETWEEN), columns) if columns else None


def find_values(readings: Sequence[Reading], touches: Touches) -> Integers | None:
    """What each subject brought: what it bought and kept, and the amounts of rows won on an unknown day."""
    if all(reading.export.proposal.of("value") is None for reading in readings):
        return None
    subjects, payments = len(touches.contact.labels), payments_of(touches, touches.contact, NEVER)
    total, known = np.zeros(subjects, dtype=np.int64), np.zeros(subjects, dtype=bool)
    amounts = [(touches.contact.codes[payments.row].astype(np.int64), payments.kept)]
    amounts += [(reading.subject, reading.undated) for reading in readings]
    for who, value in amounts:
        np.add.at(total, who[value != MISSING], value[value != MISSING])
        known[who[value != MISSING]] = True
    return np.where(known, total, MISSING) if known.any() else None


def note_undated(touches: Touches, typed: Column | None, unit: Unit, exports: Sequence[Export]) -> list[str]:
    """Sentences on the subjects of whom nothing has a date."""
    subjects = len(touches.contact.labels)
    dated = np.zeros(subjects, dtype=bool)
    dated[touches.contact.codes[touches.contact.codes >= 0]] = True
    undated = int(np.sum(~dated))
    if not undated:
        return []
    if not dated.any():
        told = any(export.proposal.of(means) for export in exports for means in ("outcome", "stage"))
        note = (
            "Nothing in these files says when something happened, so nothing can be put in time: no stages, "
            f"no durations. What can be said of the {counted(subjects, unit)} is how many there are"
            f"{', how they ended' * told} and what they are like."
        )
        return [note]
    which = ""
    if typed is not None:
        stages = Counter(str(stage) for stage in typed.take(~dated).values() if stage).most_common(STAGES)
        which = f" ({', '.join(f'{count:,} “{stage}”' for stage, count in stages)})" if stages else ""
    have = "has" if undated == 1 else "have"
    who = f"{undated:,} of {counted(subjects, unit)}"
    return [f"{who} {have} no date at all{which}: counted, but nowhere in time."]
