"""The tables that such a business would export: its contacts, its deals, its audience counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.engine.instants import NEVER
from leadline.engine.simulate.draws import Ints, Run, draw_kinds, draw_places
from leadline.engine.simulate.journeys import NO, NOT_NOW, YES, Journeys
from leadline.engine.simulate.logbook import campaign_names, campaigns_at
from leadline.engine.simulate.names import addresses, company_names, people_names
from leadline.engine.simulate.recording import CHANNELS, Fate, Recording, channel_of

Rows = dict[str, npt.NDArray[Any]]
"""A table by columns: text as objects (None where missing), instants as datetime64[us], money as float."""

SOURCES = {
    "website": "Website",
    "social": "Social media",
    "content": "Blog",
    "email": "Newsletter",
    "referral": "Client introduction",
    "advertising": "Paid ads",
    "partnership": "Partner",
    "networking": "Introduction",
    "speaking": "Webinar / talk",
    "outbound": "Cold outreach",
    "list": "Purchased list",
}
"""What people type as the source of a contact by each path: how they were reached, whatever came of it."""

LADDER = (
    "Subscriber",
    "Lead",
    "Marketing Qualified Lead",
    "Sales Qualified Lead",
    "Opportunity",
    "Customer",
)
"""The lifecycle stages that people type: reached, responded, heeded us, in conversation, asked, bought."""

DEAL_STAGES = ("Qualified", "Proposal Sent", "Contract Sent", "Closed Lost", "Closed Won")
"""The stages of a deal, as people name them."""


def texts(labels: Sequence[str], codes: npt.NDArray[Any]) -> npt.NDArray[np.object_]:
    """One text for each code, None where it is below 0."""
    found: npt.NDArray[np.object_] = np.array([*labels, None], dtype=object)[codes]
    return found


def people_of(recording: Recording) -> Ints:
    """The person behind each contact: in order of arrival, and after them those who are in it twice."""
    return np.concatenate([np.flatnonzero(recording.contact >= 0), np.flatnonzero(recording.twin >= 0)])


def right_stages(run: Run, journeys: Journeys, recording: Recording) -> Ints:
    """For each contact the rung of LADDER that somebody who keeps up would have typed by `as_of`."""
    who = people_of(recording)
    heeds = [kind.link == "nurture" and kind.direction == "in" for kind in run.kinds.kinds]
    heeding = np.array(heeds)[recording.rows.kind] & ~recording.machine
    heeded_at = np.full(len(journeys), NEVER)
    np.minimum.at(heeded_at, recording.rows.person[heeding], recording.rows.happened_at[heeding])
    rungs = (journeys.lead_at, heeded_at, journeys.warm_at, journeys.first_asked_at, journeys.bought_at)
    reached = [np.where(at[who] <= run.as_of, rung, 0) for rung, at in enumerate(rungs, start=1)]
    highest: Ints = np.max(reached, axis=0)
    return highest


def contacts_of(run: Run, journeys: Journeys, recording: Recording) -> Rows:
    """The contacts as `people_of` has them, with the stage that somebody typed: right, or stale."""
    business, draws, who = run.business, run.draws, people_of(recording)
    n = len(who)
    known = int((recording.contact >= 0).sum())
    same = np.append(np.arange(known), recording.contact[recording.twin >= 0])
    company = _employers(run, known)[same]
    names = people_names(draws.of("people"), known)
    people = [names[place] for place in same.tolist()]
    sources = [SOURCES.get(path.name, path.name.capitalize()) for path in business.paths]
    source = texts(sources, journeys.path[who])
    source[~journeys.named[who]] = None
    width = max(4, len(str(n)))
    return {
        "id": _objects([f"C{number:0{width}d}" for number in range(1, n + 1)]),
        "name": _objects([f"{first} {last}" for first, last in people]),
        "email": _objects(addresses(people, company.tolist())),
        "company": company,
        "created_at": _created(journeys, recording, who).astype("datetime64[us]"),
        "source": source,
        "owner": texts(business.owners, draws.of("owner").integers(0, len(business.owners), n)),
        "segment": texts(
            list(business.segments), draw_places(draws.of("segment"), [*business.segments.values()], n)
        ),
        "stage": texts(LADDER, _typed(run, right_stages(run, journeys, recording))),
    }


def deals_of(run: Run, journeys: Journeys, contact: Ints, contacts: Rows) -> Rows:
    """A deal for everybody in conversation and for every further ask, as it stands at `as_of`."""
    deals = _deals(run, journeys, contact)
    person, stage = deals["person"], deals["stage"]
    company, name = contacts["company"][contact[person]], contacts["name"][contact[person]]
    offer = texts([one.name for one in run.business.offers], journeys.offer[person])
    return {
        "id": _objects([f"D{number:05d}" for number in range(1, len(person) + 1)]),
        "name": _objects([f"{a or b} – {c}" for a, b, c in zip(company, name, offer, strict=True)]),
        "contact": contacts["id"][contact[person]],
        "stage": texts(DEAL_STAGES, stage),
        "created_at": deals["created_at"].astype("datetime64[us]"),
        "closed_at": _instants(deals["closed_at"]),
        "amount": np.where(stage > 0, journeys.value[person] / 100, np.nan),
        "outcome": texts(("Open", "Open", "Open", "Lost", "Won"), stage),
        "owner": contacts["owner"][contact[person]],
    }


def audience_of(run: Run, journeys: Journeys, recording: Recording) -> Rows:
    """How many unknown people there were: reached by each occasion of an open path, or active in a week.

    The latter are touches of those who were not known by name before they bought, if they ever did.
    """
    business, occasions = run.business, journeys.occasions
    ways = [path.reach_by for path in business.paths]
    rows = np.flatnonzero(~run.closed[occasions.path] & (occasions.reached > 0))
    reached_path = occasions.path[rows]
    reach_by = draw_kinds(run.draws.of("audience"), run.kinds, ways, reached_path)
    seen_at, seen_path, seen_kind, seen = _unnamed(recording)
    at = np.concatenate([occasions.happened_at[rows], seen_at])
    path, kind = np.concatenate([reached_path, seen_path]), np.concatenate([reach_by, seen_kind])
    people = np.concatenate([occasions.reached[rows], seen])
    order = np.lexsort((kind, path, at))
    at, path, kind, people = at[order], path[order], kind[order], people[order]
    generates = np.array([one.link == "generate" for one in run.kinds.kinds])[kind]
    campaign = np.where(generates, campaigns_at(business, path, at), -1)
    return {
        "happened_at": at.astype("datetime64[us]"),
        "kind": texts([one.name for one in run.kinds.kinds], kind),
        "path": texts([one.name for one in business.paths], path),
        "channel": texts(list(CHANNELS), channel_of(run.kinds)[kind]),
        "campaign": texts(campaign_names(business), campaign),
        "n": people,
    }


def _deals(run: Run, journeys: Journeys, contact: Ints) -> dict[str, Ints]:
    """Whose deal, its place in DEAL_STAGES, and its instants; in order of creation."""
    asks, as_of = journeys.asks, run.as_of
    in_table = journeys.named | (journeys.bought_at <= as_of)
    asked = (asks.asked_at <= as_of) & in_table[asks.person] & (contact[asks.person] >= 0)
    asked &= journeys.named[asks.person] | (asks.answer == YES)
    waits = (journeys.warm_at <= as_of) & (journeys.first_asked_at > as_of) & journeys.named & (contact >= 0)
    unasked = np.flatnonzero(waits)
    person = np.concatenate([asks.person[asked], unasked])
    answered = np.where(asks.answered_at[asked] <= as_of, asks.answer[asked], -1)
    bought_at = journeys.bought_at[asks.person[asked]]
    lost = (answered == NO) | (answered == NOT_NOW)
    won = (answered == YES) & (bought_at <= as_of)
    stage = np.select([won, lost, answered == YES], [4, 3, 2], 1)
    closed_at = np.select([won, lost], [bought_at, asks.answered_at[asked]], NEVER)
    # the first ask's deal was opened when the conversation began; a stranger's when the order came in
    opened_at = np.where(asks.number[asked] == 1, journeys.warm_at[asks.person[asked]], asks.asked_at[asked])
    opened_at = np.where(journeys.named[asks.person[asked]], opened_at, bought_at)
    created_at = np.concatenate([opened_at, journeys.warm_at[unasked]])
    order = np.lexsort((person, created_at))
    return {
        "person": person[order],
        "stage": np.concatenate([stage, np.zeros(len(unasked), dtype=np.int64)])[order],
        "created_at": created_at[order],
        "closed_at": np.concatenate([closed_at, np.full(len(unasked), NEVER)])[order],
    }


def _typed(run: Run, right: Ints) -> Ints:
    """The typed stages: a declared share of them one or two rungs behind (or ahead, on the lowest)."""
    rng = run.draws.of("typed")
    stale = rng.random(len(right)) < run.business.flaws.stale_rate
    behind = np.maximum(right - 1 - (rng.random(len(right)) < 0.3), 0)
    return np.where(stale, np.where(right > 0, behind, 1), right)


def _employers(run: Run, n: int) -> npt.NDArray[np.object_]:
    """The company of each contact; None where the business sells to people."""
    if run.business.people_per_company == 0:
        return np.full(n, None, dtype=object)
    companies = max(1, round(n / run.business.people_per_company))
    rng = run.draws.of("companies")
    return texts(company_names(rng, companies), rng.integers(0, companies, n))


def _created(journeys: Journeys, recording: Recording, who: Ints) -> Ints:
    """When each contact's record was made: with its first touch on record, else when it was first known."""
    first = np.full(len(who), NEVER)
    on_record = recording.on_record
    np.minimum.at(first, recording.whose[on_record], recording.recorded_at[on_record])
    known = np.where(journeys.named, journeys.reached_at, journeys.bought_at)
    return np.where(first < NEVER, first, known[who])


def _unnamed(recording: Recording) -> tuple[Ints, Ints, Ints, Ints]:
    """Per week, path and kind, how many touches unknown people had: the last instant, path, kind, number."""
    rows = recording.rows.take(recording.fate == Fate.UNNAMED)
    week = (rows.happened_at.astype("datetime64[us]").astype("datetime64[D]").astype(np.int64) + 3) // 7
    groups, group = np.unique(np.stack([week, rows.path, rows.kind]), axis=1, return_inverse=True)
    last = np.zeros(groups.shape[1], dtype=np.int64)
    np.maximum.at(last, group, rows.happened_at)
    return last, groups[1], groups[2], np.bincount(group, minlength=groups.shape[1])


def _instants(at: Ints) -> npt.NDArray[np.datetime64]:
    found = np.where(at < NEVER, at, 0).astype("datetime64[us]")
    found[at == NEVER] = np.datetime64("NaT", "us")
    return found


def _objects(values: list[str]) -> npt.NDArray[np.object_]:
    return np.array(values, dtype=object)
