"""One run of a business: its log and tables as they would be on record, and the truth behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from leadline.engine.clocks import last_of
from leadline.engine.errors import LeadlineError
from leadline.engine.instants import Moment, to_datetime, to_instant
from leadline.engine.kinds import Kinds
from leadline.engine.simulate.business import Business
from leadline.engine.simulate.draws import Draws, Ints, Mask, Run
from leadline.engine.simulate.joined import only_seen, with_audience
from leadline.engine.simulate.journeys import live
from leadline.engine.simulate.logbook import write_down
from leadline.engine.simulate.recording import Recording, record, touches_of
from leadline.engine.simulate.tables import (
    LADDER,
    Rows,
    audience_of,
    contacts_of,
    deals_of,
    right_stages,
    texts,
)
from leadline.engine.simulate.truth import Truth, link_truths
from leadline.engine.touches import Touches

START = date(2024, 7, 1)
AS_OF = date(2026, 6, 30)


@dataclass(frozen=True, eq=False)
class Simulation:
    """A business from `start` to `as_of` (instants), with everything it has on record.

    `touches` is the log without its duplicates; `recorded_at` and `doubled` (a written log holds that row
    twice) are aligned with it. `contacts`, `deals` and `audience` are tables; `truth` is what happened.
    `log` is the touches together with the audiences, as reports want them.
    """

    business: Business
    seed: int
    start: int
    as_of: int
    touches: Touches
    recorded_at: Ints
    doubled: Mask
    contacts: Rows
    deals: Rows
    audience: Rows
    truth: Truth

    @cached_property
    def log(self) -> Touches:
        """The touches, and after them the audiences of open paths, which have an `n` and no contact."""
        return with_audience(self.touches, self.audience)

    def known_at(self, moment: Moment) -> Touches:
        """The log as it stood at the end of a day (or at an instant): what had happened and been recorded.

        Contacts of whom nothing was on record yet are not in it. So a business that is simulated up to a
        later day has a known future.
        """
        at = last_of(moment)
        log = self.log
        recorded_at = np.concatenate([self.recorded_at, log.happened_at[len(self.touches) :]])
        return only_seen(log.take(np.maximum(log.happened_at, recorded_at) <= at))


def simulate(
    business: Business,
    *,
    seed: int = 1,
    start: Moment = START,
    as_of: Moment = AS_OF,
    kinds: Kinds | None = None,
) -> Simulation:
    """A business whose truth is known, from the beginning of `start` to the end of `as_of`.

    The same business, seed and instants give the same simulation. Raises UnknownName for a kind of touch that
    nobody declared, LeadlineError for a time that ends before it begins.
    """
    run = Run(
        business=business,
        kinds=kinds or Kinds.shipped(),
        draws=Draws(seed, business.name),
        start=to_instant(start),
        as_of=last_of(as_of),
    )
    if run.start >= run.as_of:
        raise LeadlineError(
            "A business is simulated from a start to a later day",
            found=f"{to_datetime(run.start):%Y-%m-%d} to {to_datetime(run.as_of):%Y-%m-%d}",
        )
    return _simulate(run, seed)


def _simulate(run: Run, seed: int) -> Simulation:
    journeys = live(run)
    recording = record(run, journeys, write_down(run, journeys))
    contacts = contacts_of(run, journeys, recording)
    right = right_stages(run, journeys, recording)
    truth = Truth(
        journeys=journeys,
        recording=recording,
        links=link_truths(run, journeys),
        right_stage=right,
        stale=np.array(texts(LADDER, right) != contacts["stage"], dtype=bool),
        merged=_merged(recording, contacts),
    )
    return Simulation(
        business=run.business,
        seed=seed,
        start=run.start,
        as_of=run.as_of,
        touches=touches_of(run, recording, contacts),
        recorded_at=recording.recorded_at[recording.on_record],
        doubled=recording.doubled[recording.on_record],
        contacts=contacts,
        deals=deals_of(run, journeys, recording.contact, contacts),
        audience=audience_of(run, journeys, recording),
        truth=truth,
    )


def _merged(recording: Recording, contacts: Rows) -> dict[str, str]:
    twice, ids = recording.twin >= 0, contacts["id"]
    return dict(zip(ids[recording.twin[twice]], ids[recording.contact[twice]], strict=True))
