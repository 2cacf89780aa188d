"""Where people came from, as their records say it: the path of the first touch that anything tells of them.

A list of contacts says of a person "came by referral" whatever happened first: a visit that a till wrote
down, a mail. That first touch takes the path, if it names none of its own; no date is changed and no touch
added. A record of buyers alone (memberships, customers with their first invoice) says nothing of where those
came from who didn't buy, so no path is taken from it: everybody on that path would be a client.

Of whom no record says it, the path counts by which somebody said that the people of the file came.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from leadline.engine.importers.evidence import Mask
from leadline.engine.importers.people.attributes import fill, first_of
from leadline.engine.importers.sorts.outcomes import WON
from leadline.engine.importers.sorts.readings import Reading
from leadline.engine.importers.sorts.touch_columns import read_paths
from leadline.engine.importers.words import squeezed, synonyms
from leadline.engine.touches import Column, Touches
from leadline.engine.wording import counted

OF_RECORDS = ("contacts", "companies")
"""Shapes of files whose source is that of a subject; in others it is that of a touch, a deal or a sale."""


def give_origins(touches: Touches, readings: Sequence[Reading]) -> Touches:
    """The touches, with the path that the records tell on the first one of everybody that counts."""
    subjects = len(touches.contact.labels)
    given = _find_given(readings, touches)
    told = _find_origins(readings, subjects)
    told = given if told is None else fill(told, given)
    if not told.labels:
        return touches
    none = Column(np.full(len(touches), -1, dtype=np.int32), [])
    column = touches.columns.get("path", none)
    at = touches.first_at()
    rows = np.flatnonzero(touches.counting())
    rows = rows[touches.happened_at[rows] == at[touches.contact.codes[rows]]]
    known = np.zeros(len(at), dtype=bool)
    known[touches.contact.codes[rows[column.codes[rows] >= 0]]] = True
    rows = rows[~known[touches.contact.codes[rows]]]
    codes = np.full(len(touches), -1, dtype=np.int32)
    codes[rows] = told.codes[touches.contact.codes[rows]]
    if not (codes >= 0).any():
        return touches
    return replace(touches, columns={**touches.columns, "path": fill(column, Column(codes, told.labels))})


def propose_path(file: str, headers: Iterable[str]) -> str | None:
    """The path by which the people of a file came, where its name or its headers leave no doubt of it."""
    said, there = squeezed(file), {squeezed(header) for header in headers}
    for origin in synonyms()["origins"]:
        named = any(squeezed(word) in said for word in origin["files"])
        if named or any(there.issuperset(map(squeezed, marks)) for marks in origin["headers"]):
            return str(origin["path"])
    return None


def _find_given(readings: Sequence[Reading], touches: Touches) -> Column:
    """For each subject the path by which somebody said that the people of its file came."""
    subjects = len(touches.contact.labels)
    there = np.zeros(subjects, dtype=bool)
    there[touches.contact.codes[touches.counting()]] = True
    found = Column(np.full(subjects, -1, dtype=np.int32), [])
    for reading in readings:
        export = reading.export
        said = export.mapping.of_file(export.name, export.table.columns).path
        path = export.mapping.path if said is None else said
        if not path:
            continue
        rows = Column(np.zeros(export.rows, dtype=np.int32), [path])
        column = first_of(reading.subject, rows, subjects)
        if silent := int(((column.codes >= 0) & ~there).sum()):
            export.notes.append(_say_silent(silent, path))
        found = fill(found, column)
    return found


def _say_silent(people: int, path: str) -> str:
    who = "1 of them has" if people == 1 else f"{people:,} of them have"
    return f"{who} no date, so nothing can carry the path “{path}”: it is kept with what happened first"


def _find_origins(readings: Sequence[Reading], subjects: int) -> Column | None:
    """For each subject the path that its first record tells which is not one of buyers alone."""
    found: Column | None = None
    buyers = _find_buyers(readings, subjects)
    for reading in readings:
        paths = read_paths(reading) if reading.export.proposal.shape in OF_RECORDS else None
        if paths is None:
            continue
        column = first_of(reading.subject, paths, subjects)
        told = column.codes >= 0
        if told.any() and buyers[told].all() and not buyers.all():
            _note_buyers(reading, int(told.sum()))
        else:
            found = column if found is None else fill(found, column)
    return found


def _find_buyers(readings: Sequence[Reading], subjects: int) -> Mask:
    """Who bought, or was won on a day that nobody knows."""
    found = np.zeros(subjects, dtype=bool)
    for reading in readings:
        purchase = np.array(["purchased" in kind.groups for kind in reading.export.kinds.kinds])
        found[reading.subject[reading.evidence.row[purchase[reading.evidence.kind]]]] = True
        found[reading.subject[(reading.subject >= 0) & (reading.outcomes == WON)]] = True
    return found


def _note_buyers(reading: Reading, people: int) -> None:
    who = counted(people, "client")
    reading.export.notes.append(
        f"where people came from is told of {who} here, and of nobody who didn't buy: it is not taken for "
        "the path that they came by, on which everybody would be a client"
    )
