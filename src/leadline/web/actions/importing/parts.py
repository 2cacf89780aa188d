"""Some people of an intake at a time, with all that can be worked out before anything of them is written.

Others wait while an import writes. So what is written of touches, and what follows from those of whoever
turns out to be new, is worked out first, from what was read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from leadline.engine.kinds import Kinds
from leadline.engine.touches import Column, Touches
from leadline.web import warehouse
from leadline.web.actions import openings
from leadline.web.actions.importing.intake import Intake
from leadline.web.actions.rows import Row, touch_rows
from leadline.web.actions.settling import Following, first_paths, follow
from leadline.web.actions.standings import Followed, last_touches
from leadline.web.warehouse.zones import placed_at_home, team_zone

PEOPLE, TOUCHES = 400, 3000
"""A part ends with so many people or, if that comes first, touches: others wait while it is written."""


class Terms(NamedTuple):
    """By what it is told what follows from touches: kinds, funnels, and where days begin."""

    kinds: Kinds
    funnels: Followed
    zone: str

    @staticmethod
    def now() -> Terms:
        """Those that hold now."""
        return Terms(warehouse.kinds(), warehouse.followed(), team_zone())


@dataclass(frozen=True, eq=False)
class Part:
    """The people at `places` of an intake: what is written of their touches, and what follows from these.

    `told` has by row the touches of theirs, as values for `rows.TOUCH`; `last` and `paths` have by place
    the last touch and the first path. `sold` are the places of those of whom something is a sale or a deal:
    what of theirs is written hangs on what is there. `found` is what follows, by `terms`, for all others if
    they are new; its contacts are places, its touches are rows.
    """

    places: Sequence[int]
    told: Mapping[int, Row]
    last: Mapping[int, int]
    paths: Mapping[int, str]
    sold: frozenset[int]
    found: Following
    terms: Terms


def part_people(intake: Intake) -> Iterator[list[int]]:
    """The people of each part, in the order of the files: those who were touched last at about the same time.

    Indexes by time are what most of the writing is for. So a part changes few of their pages, and not nearly
    all of them, as it would with people in the order of their names or of their numbers elsewhere.
    """
    touches = intake.touches
    codes, latest = touches.contact.codes, np.zeros(len(intake.people), dtype=np.int64)
    somebodys = codes >= 0
    np.maximum.at(latest, codes[somebodys], touches.happened_at[somebodys])
    order = np.argsort(latest, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.diff(intake.starts)[order])])
    first = 0
    while first < len(order):
        full = int(np.searchsorted(starts, starts[first] + TOUCHES, side="right")) - 1
        last = min(max(full, first + 1), first + PEOPLE, len(order))
        yield sorted(order[first:last].tolist())
        first = last


def prepare(intake: Intake, places: Sequence[int], origin: str, user: int, now: int) -> Part:
    """Work out what can be before anything is written; `origin` is that of the touches without their line."""
    rows = np.concatenate([intake.rows(place) for place in places]).astype(np.int64)
    terms = Terms.now()._replace(kinds=intake.touches.kinds)
    touches = _touches_of(intake, rows, terms.zone)
    sold = frozenset(place for place in places if any(map(intake.is_of_sale, intake.rows(place))))
    return Part(
        places,
        dict(zip(rows.tolist(), touch_rows(intake, rows, origin, now, user), strict=True)),
        last_touches(touches),
        first_paths(touches),
        sold,
        follow(_without(touches, sold), terms.funnels, now),
        terms,
    )


def _touches_of(intake: Intake, rows: npt.NDArray[np.int64], zone: str) -> Touches:
    """Some touches of an intake as they will be read from the database: contacts are places, touches rows."""
    told = intake.touches
    return Touches(
        kinds=told.kinds,
        contact=_short(told.contact.codes[rows], range(len(intake.people))),
        kind=told.kind[rows],
        happened_at=placed_at_home(told.happened_at[rows], zone),
        columns={
            name: _short(column.codes[rows], column.labels)
            for name in openings.COLUMNS
            if (column := intake.texts.get(name)) is not None
        },
        value=None if told.value is None else told.value[rows],
        n=None if told.n is None else told.n[rows],
        id=Column(np.arange(len(rows), dtype=np.int32), rows.tolist()),
        machine=None if told.machine is None else told.machine[rows],
    )


def _without(touches: Touches, places: frozenset[int]) -> Touches:
    """The touches of all but some contacts."""
    if not places:
        return touches
    left = np.array([place not in places for place in touches.contact.labels], dtype=bool)
    found = touches.take(left[touches.contact.codes])
    assert found.id is not None
    contact, number = (_short(one.codes, one.labels) for one in (found.contact, found.id))
    return replace(found, contact=contact, id=number)


def _short(codes: npt.NDArray[np.int32], labels: Sequence[Any]) -> Column:
    """A column with those labels alone that stand in it."""
    there, short = np.unique(codes, return_inverse=True)
    blank = int(len(there) > 0 and there[0] < 0)
    return Column((short - blank).astype(np.int32), [labels[code] for code in there[blank:].tolist()])
