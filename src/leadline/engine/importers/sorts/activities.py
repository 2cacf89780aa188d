"""Activities of a CRM: what was done is a touch, and what is not done yet is still to do.

A call that reached nobody, a meeting that was called off and a task that is done were no talk with anybody.
What nothing calls done or open is done once its day has come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from leadline.engine.importers.cells.values import parse_truth
from leadline.engine.importers.evidence import Evidence, Integers, Mask
from leadline.engine.importers.sorts.touch_log import explain_unknown, find_code
from leadline.engine.importers.words import squeezed, synonyms, tokens
from leadline.engine.touches import Column

if TYPE_CHECKING:
    from leadline.engine.importers.exports import Export
    from leadline.engine.importers.sorts.readings import Reading

UNKNOWN, OPEN, DONE, OFF = -1, 0, 1, 2


@dataclass(frozen=True)
class Planned:
    """Something to do with a subject: what, by when, for whom of us.

    `surely` is False where nothing calls it open: it is still to do if its day has not come.
    """

    subject: int
    title: str
    due_at: int | None
    owner: str
    surely: bool
    file: str
    line: int


def read_activities(export: Export, _amounts: Integers) -> list[Evidence]:
    """A touch for each row that is done and was a call, a message or a meeting; others get their reason."""
    states, instants, dated = _states(export), *_instants(export)
    kinds = _kinds(export)
    export.leave_out(states == OFF, "it was called off, or did not come about")
    reached = export.column("reached")
    if reached is not None:
        missed = [squeezed(str(label)) in _words("missed") for label in reached.labels]
        export.leave_out(_spread(reached, missed) == 1, "nobody was reached")
    done = states != OPEN
    for column in export.every("what happened")[:1]:
        known = [squeezed(str(label)) in _words("tasks") for label in column.labels]
        unknown = done & (kinds < 0) & (_spread(column, known) == 0)
        export.leave_out_labels(unknown, column, lambda word: explain_unknown(word, export))
    export.leave_out(done & (kinds < 0), "it is done, and nothing says that it was a talk with anybody")
    export.leave_out(done & ~dated, "nothing says when it happened")
    return [Evidence.of(export.used & done, np.maximum(kinds, 0), instants)]


def find_planned(readings: Sequence[Reading]) -> tuple[Planned, ...]:
    """What is still to do, and what would be if its day has not come."""
    found: list[Planned] = []
    for one in readings:
        if one.export.proposal.shape == "activities":
            found += _planned(one.export, one.subject)
    return tuple(found)


def _planned(export: Export, subject: Integers) -> list[Planned]:
    states, owners, titles = _states(export), export.column("owner"), export.column("subject")
    words = export.every("what happened")
    due, has_due = _first_date(export, ("due", "happened at"))
    found = []
    for row in np.flatnonzero((states < DONE) & (subject >= 0)).tolist():
        said = next((str(column[row]) for column in words if column[row]), "To do")
        title = str((titles[row] if titles is not None else None) or said)
        owner = str((owners[row] if owners is not None else None) or "")
        at, line = int(due[row]) if has_due[row] else None, int(export.table.line[row])
        found.append(
            Planned(int(subject[row]), title, at, owner, bool(states[row] == OPEN), export.name, line)
        )
    return found


def _states(export: Export) -> Integers:
    """Of each row whether it is done, open, called off, or nothing says it."""
    columns = export.every("done")
    told = [_spread(one, [_state(str(label)) for label in one.labels]) for one in columns]
    states = np.maximum.reduce(told) if told else np.full(export.rows, UNKNOWN, dtype=np.int64)
    _, finished = export.dates_of("finished")
    return np.where((states == UNKNOWN) & finished, DONE, states)


def _state(label: str) -> int:
    truth, plain = parse_truth(label), squeezed(label)
    if truth is not None:
        return DONE if truth else OPEN
    return next((code for name, code in _STATES.items() if plain in _words(name)), UNKNOWN)


_STATES = {"open": OPEN, "off": OFF, "done": DONE}


def _instants(export: Export) -> tuple[Integers, Mask]:
    return _first_date(export, ("finished", "happened at", "due", "created"))


def _first_date(export: Export, means: Sequence[str]) -> tuple[Integers, Mask]:
    """Of each row the first of some dates that it has."""
    found, there = np.zeros(export.rows, dtype=np.int64), np.zeros(export.rows, dtype=bool)
    for one in means:
        instants, has = export.dates_of(one)
        found = np.where(has & ~there, instants, found)
        there = there | has
    return found, there


def _kinds(export: Export) -> Integers:
    """The code of each row's kind by its type, else by how its subject begins; -1 where it is no talk."""
    kinds = np.full(export.rows, -1, dtype=np.int64)
    for column in export.every("what happened"):
        told = [_type_code(str(one), export) for one in column.labels]
        kinds = np.where(kinds < 0, _spread(column, told), kinds)
    if (usual := _usual(export)) is not None:
        kinds = np.where(kinds < 0, usual, kinds)
    if (subject := export.column("subject")) is not None:
        begun = [_code(_beginning(str(one)), export) for one in subject.labels]
        kinds = np.where(kinds < 0, _spread(subject, begun), kinds)
    if (way := export.column("direction")) is not None:
        came = _spread(way, [squeezed(str(one)) in _words("incoming") for one in way.labels]) == 1
        kinds = np.where(came & (kinds == export.kinds.code("messaged")), export.kinds.code("replied"), kinds)
    return kinds


def _code(word: str, export: Export) -> int:
    said = {squeezed(known): kind for known, kind in export.mapping.kinds.items()}
    plain = squeezed(word)
    if plain in said:
        return export.kinds.code(said[plain])
    kind = _kind_words().get(plain)
    return export.kinds.code(kind) if kind else -1


def _type_code(word: str, export: Export) -> int:
    """The code of a type's kind: a word of activities, or one that any log has."""
    code = _code(word, export)
    return code if code >= 0 or squeezed(word) in _words("tasks") else find_code(word, export)


def _usual(export: Export) -> int | None:
    """The kind of all rows of a file whose headers speak of one sort: of calls, of meetings, of e-mails."""
    spoken = {tokens(header)[0] for header in export.proposal.columns if tokens(header)}
    telling = {"call": "called", "meeting": "had_meeting", "email": "messaged"}
    found = [kind for word, kind in telling.items() if word in spoken]
    several = export.proposal.of("what happened") is not None
    return export.kinds.code(found[0]) if len(found) == 1 and not several else None


def _beginning(subject: str) -> str:
    """The first word of a subject: `Email: Our offer`, `Call`."""
    return next(iter(tokens(subject)), "")


def _spread(column: Column, told: Sequence[int]) -> Integers:
    """What is said of each label, for each row; -1 where the column is blank."""
    return np.append(np.asarray(told, dtype=np.int64), -1)[column.codes]


@cache
def _words(sort: str) -> frozenset[str]:
    return frozenset(squeezed(word) for word in synonyms()["activities"]["words"][sort])


@cache
def _kind_words() -> dict[str, str]:
    said = synonyms()["activities"]["kinds"]
    return {squeezed(word): kind for kind, words in said.items() for word in words}
