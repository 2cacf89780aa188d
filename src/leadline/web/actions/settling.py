"""What follows from new touches, of one contact or of thousands: everything that is kept beside them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from leadline.engine.touches import Touches
from leadline.web.actions import held_facts, openings, standings
from leadline.web.actions.acting import enqueue
from leadline.web.actions.rows import rewrite
from leadline.web.actions.standings import Moves, People
from leadline.web.models import Contact, Profile


def settle(contacts: Iterable[int], now: int) -> Moves:
    """Write, inside a transaction, where contacts stand, what is open with them, and what lists say of them.

    Lists say of them the last touch, the first path, and which facts hold. Their touches are read once, and
    only what differs is written. Answers with those whose stage became another, each with the stage before.
    """
    people = standings.hold(contacts)
    touches = people.touches(openings.COLUMNS)
    if (turned := _write_lasts(people, touches)) and _tells_by_path():
        enqueue("profile.refit", {"contacts": turned}, now)
    moves = standings.write(people, touches, now)
    openings.write(people, touches)
    held_facts.write(people, touches, now)
    return moves


def _write_lasts(people: People, touches: Touches) -> list[int]:
    """Write the last touch and the first path of people; who came by another path than was known."""
    last, paths = standings.last_touches(touches), first_paths(touches)
    found = [
        (people.told[number][2:], (last.get(number), paths.get(number, "")), number) for number in people.kept
    ]
    rewrite(Contact, ("last_touch_at", "path"), found)
    return [number for before, after, number in found if before[1] != after[1]]


def _tells_by_path() -> bool:
    """Whether it hangs on somebody's path if they fit a profile."""
    rules = Profile.objects.filter(active=True).values_list("rules", flat=True)
    return any(rule["field"] == "contact.path" for some in rules for rule in some)


def first_paths(touches: Touches) -> dict[int, str]:
    """The path by which each contact came: that of the first of their touches that has one."""
    if "path" not in touches.columns:
        return {}
    path, contact = touches.columns["path"], touches.contact
    rows = np.flatnonzero((path.codes >= 0) & (contact.codes >= 0))
    rows = rows[np.argsort(touches.happened_at[rows], kind="stable")][::-1]  # so that the first one stays
    codes = dict(zip(contact.codes[rows].tolist(), path.codes[rows].tolist(), strict=True))
    return {contact.labels[who]: path.labels[code] for who, code in codes.items()}
