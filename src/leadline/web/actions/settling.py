"""What follows from new touches, of one contact or of thousands: everything that is kept beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from leadline.engine.touches import Touches
from leadline.web import warehouse
from leadline.web.actions import held_facts, openings, standings
from leadline.web.actions.acting import enqueue
from leadline.web.actions.openings import Asked, Step
from leadline.web.actions.rows import rewrite
from leadline.web.actions.standings import Followed, Moves, People, Place
from leadline.web.models import Contact, Profile


@dataclass(frozen=True)
class Following:
    """What follows from the touches of some contacts, in the funnels that were followed then.

    Contacts and touches go by the labels of the touches that it follows from, as a rule by their numbers.
    """

    funnels: Followed
    last: Mapping[int, int]
    paths: Mapping[int, str]
    places: list[Place]
    asks: list[Asked]
    steps: list[Step]
    facts: set[held_facts.Row]

    def numbered(self, contacts: Mapping[int, int], touches: Mapping[int, int]) -> Following:
        """The same by other numbers, given by labels: whoever of the contacts has none is left out."""
        return Following(
            self.funnels,
            {contacts[who]: at for who, at in self.last.items() if who in contacts},
            {contacts[who]: path for who, path in self.paths.items() if who in contacts},
            [
                one._replace(
                    contact_id=contacts[one.contact_id],
                    cause_id=None if one.cause_id is None else touches[one.cause_id],
                )
                for one in self.places
                if one.contact_id in contacts
            ],
            [
                one._replace(contact_id=contacts[one.contact_id], touch_id=touches[one.touch_id])
                for one in self.asks
                if one.contact_id in contacts
            ],
            [
                one._replace(contact_id=contacts[one.contact_id])
                for one in self.steps
                if one.contact_id in contacts
            ],
            {
                (contacts[who], name, since, until)
                for who, name, since, until in self.facts
                if who in contacts
            },
        )


def settle(contacts: Iterable[int], now: int) -> Moves:
    """Write, inside a transaction, where contacts stand, what is open with them, and what lists say of them.

    Lists say of them the last touch, the first path, and which facts hold. Their touches are read once, and
    only what differs is written. Answers with those whose stage became another, each with the stage before.
    """
    if not (given := set(contacts)):
        return []
    people = standings.hold(given)
    return write(people, follow(people.touches(openings.COLUMNS), warehouse.followed(), now), now)


def follow(touches: Touches, funnels: Followed, now: int) -> Following:
    """What follows from touches with the columns of `openings.COLUMNS`."""
    return Following(
        funnels,
        standings.last_touches(touches),
        first_paths(touches),
        standings.follow(funnels, touches, now),
        openings.follow_asks(touches),
        openings.follow_steps(touches),
        held_facts.follow(touches, now),
    )


def write(people: People, found: Following, now: int) -> Moves:
    """Write what follows from the touches of people, where it differs; answers as `settle` does."""
    if (turned := _write_lasts(people, found)) and _tells_by_path():
        enqueue("profile.refit", {"contacts": turned}, now)
    moves = standings.write(people, found.places, found.last, found.funnels, now)
    openings.write(people, found.asks, found.steps)
    held_facts.write(people, found.facts)
    return moves


def _write_lasts(people: People, found: Following) -> list[int]:
    """Write the last touch and the first path of people; who came by another path than was known."""
    told = [
        (people.told[number][2:], (found.last.get(number), found.paths.get(number, "")), number)
        for number in people.kept
    ]
    rewrite(Contact, ("last_touch_at", "path"), told)
    return [number for before, after, number in told if before[1] != after[1]]


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
