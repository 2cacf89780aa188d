"""When which fact holds of everybody: a cache of what follows from touches, for lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import numpy as np

from leadline.engine.atoms import Atom, resolve_phrase
from leadline.engine.conditions import Phrase
from leadline.engine.errors import BadFunnel
from leadline.engine.instants import NEVER
from leadline.engine.kinds import Kinds
from leadline.engine.touches import Touches
from leadline.web.actions.lives import Moment, lives_of
from leadline.web.actions.rows import insert
from leadline.web.actions.standings import People
from leadline.web.among import one_of
from leadline.web.models import HeldFact

COLUMNS = ("contact_id", "name", "since", "until")
"""What is kept of a fact, in the order of the rows of this file."""

Row = tuple[int, str, int, int]


def write(people: People, found: Iterable[Row]) -> None:
    """Write when facts hold of people, now or soon; only what differs."""
    wanted, gone = set(found), []
    there = HeldFact.objects.filter(one_of(people.everybody, "contact"))
    for number, *row in there.values_list("pk", *COLUMNS):
        if (one := (row[0], row[1], row[2], row[3])) in wanted:
            wanted.remove(one)
        else:
            gone.append(number)
    if gone:
        HeldFact.objects.filter(one_of(gone)).delete()
    insert(HeldFact, COLUMNS, sorted(wanted))


def kept(contacts: Iterable[int], now: int) -> set[Row]:
    """What is kept of some contacts and not over."""
    rows = HeldFact.objects.filter(contact__in=contacts, until__gt=now)
    return set(rows.values_list(*COLUMNS))


def follow(touches: Touches, now: int) -> set[Row]:
    """The times in which facts hold, by touches, those left out that are over."""
    known = atoms(touches.kinds)
    about = np.array(sorted({code for atom in known.values() for code in atom.kinds | atom.since}))
    return {
        (contact, name, since, until)
        for contact, life in lives_of(touches, np.isin(touches.kind, about)).items()
        for name, atom in known.items()
        for since, until in times(atom, life)
        if since < until and until > now
    }


def times(atom: Atom, life: Iterable[Moment]) -> Iterator[tuple[int, int]]:
    """From when until when one touch of an atom holds, by what happened in order of time and of kinds."""
    time: tuple[int, int] | None = None
    for at, kind in life:
        if kind in atom.since:
            if time:
                yield time[0], min(time[1], at)
            time = None
        elif kind in atom.kinds:
            if time and time[1] <= at:
                yield time
                time = None
            time = (time[0] if time else at, NEVER if atom.window is None else at + atom.window)
    if time:
        yield time


@lru_cache(maxsize=8)
def atoms(kinds: Kinds) -> dict[str, Atom]:
    """The atom of each fact; one that nothing sets has none."""
    found = {}
    for name in kinds.facts:
        try:
            found[name] = resolve_phrase(Phrase(name), kinds)
        except BadFunnel:
            continue
    return found
