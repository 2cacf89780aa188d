"""From what happened to what is on record: forgotten, late, unknown, and made by machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.engine.kinds import Kinds
from leadline.engine.simulate.draws import SECOND, Ints, Mask, Run, draw_delays, draw_kinds, settle
from leadline.engine.simulate.journeys import Journeys
from leadline.engine.simulate.logbook import Happened, campaign_names, content_names
from leadline.engine.touches import MISSING, Column, Touches


class Fate(IntEnum):
    """What became of a touch on its way into the log."""

    RECORDED = 0
    FORGOTTEN = 1
    """Never recorded."""
    NOT_YET = 2
    """Recorded, but only after `as_of`."""
    UNNAMED = 3
    """Of somebody who was not known by name then: in the audience counts, not in the log."""


@dataclass(frozen=True, eq=False)
class Recording:
    """Everything that happened up to `as_of`, in order of time, and what became of it.

    `doubled` are the recorded rows that a written log holds twice; `contact` is each person's place among
    the contacts, -1 for those who are not one. `twin` is the place of the second contact that a person was
    made into by mistake, -1 for most; their `later` rows are recorded under that one.
    """

    rows: Happened
    recorded_at: Ints
    fate: npt.NDArray[np.uint8]
    machine: Mask
    doubled: Mask
    contact: Ints
    twin: Ints
    later: Mask

    @property
    def whose(self) -> Ints:
        """The place of the contact under which each row is recorded, -1 for none."""
        return np.where(self.later, self.twin[self.rows.person], self.contact[self.rows.person])

    @property
    def on_record(self) -> Mask:
        """Which rows the log holds."""
        held: Mask = self.fate == Fate.RECORDED
        return held


CHANNELS = {
    "phone": ("cold_called", "called"),
    "email": (
        *("cold_emailed", "mailed", "sent_content", "opened", "clicked", "replied", "proposed", "offered"),
        *("asked_renewal", "unsubscribed", "bounced", "opted_out", "scanned", "auto_replied"),
    ),
    "meeting": ("had_meeting", "asked", "demoed", "checked_reference"),
    "social": ("liked", "followed", "commented", "shared", "messaged", "chatted"),
    "event": ("spoke", "met", "introduced", "attended", "invited"),
    "web": (
        *("visited", "clicked_ad", "advertised", "subscribed", "downloaded", "filled_form", "requested_info"),
        *("registered", "read", "watched", "trialed", "compared", "asked_question", "bot_visited"),
    ),
}
"""The channel by which a touch of each kind usually comes; kinds not named here have none."""

MACHINES = {"email": {"scanned": 3.0, "auto_replied": 1.0}, "web": {"bot_visited": 1.0}}
"""What machines add to the touches of a channel."""


def record(run: Run, journeys: Journeys, happened: Happened) -> Recording:
    """What becomes of each touch up to `as_of`."""
    flaws, draws, kinds, as_of = run.business.flaws, run.draws, run.kinds, run.as_of
    rows = happened.take(happened.happened_at <= as_of)
    recorded_at = _recorded_at(run, rows)
    fate = np.where(recorded_at > as_of, Fate.NOT_YET, Fate.RECORDED).astype(np.uint8)
    invoiced = np.isin(rows.kind, [kinds.code("bought"), kinds.code("renewed")])
    forgotten = draws.of("forget").random(len(rows)) < flaws.missing_rate
    fate[forgotten & ~invoiced] = Fate.FORGOTTEN
    fate[~journeys.named[rows.person] & (rows.happened_at < journeys.bought_at[rows.person])] = Fate.UNNAMED
    added = _made_by_machines(run, rows.take(fate == Fate.RECORDED))
    added = added.take(added.happened_at <= as_of)
    all_rows = Happened.joined([rows, added])
    machine = np.arange(len(all_rows)) >= len(rows)
    recorded_at = np.concatenate([recorded_at, added.happened_at])
    fate = np.concatenate([fate, np.full(len(added), Fate.RECORDED, dtype=np.uint8)])
    order = np.lexsort((all_rows.kind, all_rows.person, all_rows.happened_at))
    doubled = draws.of("double").random(len(order)) < flaws.duplicate_rate
    contact, held = _contacts(journeys, as_of), fate[order] == Fate.RECORDED
    twin, later = _twins(run, all_rows.person[order], held, contact)
    return Recording(
        rows=all_rows.take(order),
        recorded_at=recorded_at[order],
        fate=fate[order],
        machine=machine[order],
        doubled=doubled & held,
        contact=contact,
        twin=twin,
        later=later,
    )


def channel_of(kinds: Kinds) -> npt.NDArray[np.int32]:
    """For each kind's code the place of its channel in CHANNELS, -1 for none."""
    place = {name: code for code, names in enumerate(CHANNELS.values()) for name in names}
    return np.array([place.get(kind.name, -1) for kind in kinds.kinds], dtype=np.int32)


def touches_of(run: Run, recording: Recording, contacts: Mapping[str, npt.NDArray[Any]]) -> Touches:
    """The log as touches: the recorded rows, each once, with the contacts' ids as labels."""
    business, kinds = run.business, run.kinds
    rows, n = recording.rows.take(recording.on_record), int(recording.on_record.sum())
    who = recording.whose[recording.on_record].astype(np.int32)
    ours = np.array([kind.direction != "in" for kind in kinds.kinds])[rows.kind]
    priced = rows.value != MISSING
    companies, owners = Column.of(contacts["company"]), Column.of(contacts["owner"])
    columns = {
        "path": Column(rows.path.astype(np.int32), [path.name for path in business.paths]),
        "channel": Column(channel_of(kinds)[rows.kind], list(CHANNELS)),
        "campaign": Column(rows.campaign.astype(np.int32), campaign_names(business)),
        "content": Column(rows.content.astype(np.int32), content_names(business)),
        "offer": Column(rows.offer.astype(np.int32), [offer.name for offer in business.offers]),
        "currency": Column(np.where(priced, 0, -1).astype(np.int32), [business.currency]),
        "actor": Column(np.where(ours, owners.codes[who], -1).astype(np.int32), owners.labels),
        "company": Column(companies.codes[who], companies.labels),
    }
    return Touches(
        kinds=kinds,
        contact=Column(who, contacts["id"].tolist()),
        kind=rows.kind,
        happened_at=rows.happened_at,
        columns={name: column for name, column in columns.items() if column.labels},
        value=rows.value,
        id=Column(np.arange(n, dtype=np.int32), [f"T{number:07d}" for number in range(1, n + 1)]),
    )


def _recorded_at(run: Run, rows: Happened) -> Ints:
    rng, flaws = run.draws.of("late"), run.business.flaws
    late = rng.random(len(rows)) < flaws.late_rate
    delay = draw_delays(rng, [flaws.late], np.zeros(len(rows), dtype=np.int64))
    later = settle(rng, rows.happened_at + delay, rows.happened_at, np.ones(len(rows), dtype=bool))
    return np.where(late, later, rows.happened_at)


def _made_by_machines(run: Run, rows: Happened) -> Happened:
    """A scanner's click, an auto-reply or a bot's visit, seconds after a recorded touch."""
    rng, channel = run.draws.of("machines"), channel_of(run.kinds)[rows.kind]
    places = {name: place for place, name in enumerate(MACHINES)}
    which = np.array([*(places.get(name, -1) for name in CHANNELS), -1])[channel]
    added = (which >= 0) & (rng.random(len(rows)) < run.business.flaws.machine_rate)
    after = rows.take(added)
    kind = draw_kinds(rng, run.kinds, list(MACHINES.values()), which[added])
    none = np.full(len(after), -1)
    changed = {
        "kind": kind,
        "happened_at": after.happened_at + rng.integers(1, 40, len(after)) * SECOND,
        "value": np.full(len(after), MISSING),
        **dict.fromkeys(("offer", "content", "campaign"), none),
    }
    return Happened(**{one.name: changed.get(one.name, getattr(after, one.name)) for one in fields(Happened)})


def _contacts(journeys: Journeys, as_of: int) -> Ints:
    """People are contacts once they were reached by name, or have bought."""
    known = (journeys.named & (journeys.reached_at <= as_of)) | (journeys.bought_at <= as_of)
    return np.where(known, np.cumsum(known) - 1, -1)


def _twins(run: Run, person: Ints, held: Mask, contact: Ints) -> tuple[Ints, Mask]:
    """The second contacts, placed after all others, and the rows recorded under them: from a drawn one on."""
    rng, people = run.draws.of("twins"), len(contact)
    rows = np.bincount(person[held], minlength=people)
    chosen = (rng.random(people) < run.business.flaws.twin_rate) & (rows > 1) & (contact >= 0)
    twin = np.where(chosen, contact.max(initial=-1) + np.cumsum(chosen), -1)
    first_later = 1 + (rng.random(people) * (rows - 1)).astype(np.int64)
    mine = np.flatnonzero(held & chosen[person])
    order = mine[np.argsort(person[mine], kind="stable")]
    starts = np.concatenate([[0], np.cumsum(np.where(chosen, rows, 0))])[person[order]]
    later = np.zeros(len(person), dtype=bool)
    later[order] = np.arange(len(order)) - starts >= first_later[person[order]]
    return twin, later
