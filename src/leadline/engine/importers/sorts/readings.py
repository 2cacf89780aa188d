"""One file read for what it is evidence of, and whom each row is about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from leadline.engine.importers.evidence import Evidence, Integers
from leadline.engine.importers.exports import Export
from leadline.engine.importers.sorts.activities import read_activities
from leadline.engine.importers.sorts.amounts import read_amounts, read_given_back
from leadline.engine.importers.sorts.audience import read_audience
from leadline.engine.importers.sorts.bookings import read_bookings
from leadline.engine.importers.sorts.contact_list import read_contacts
from leadline.engine.importers.sorts.deals import read_closings, read_engagements, read_openings
from leadline.engine.importers.sorts.doubts import (
    note_missing_amounts,
    note_undated_presences,
    note_unknown_dates,
    note_unsaid_endings,
    note_unused_amounts,
)
from leadline.engine.importers.sorts.duplicates import find_repeats, leave_out_repeats
from leadline.engine.importers.sorts.messages import read_messages
from leadline.engine.importers.sorts.orders import read_orders
from leadline.engine.importers.sorts.outcomes import LOST, OPEN, UNKNOWN, WON, Codes, read_outcomes
from leadline.engine.importers.sorts.part_payments import read_paid
from leadline.engine.importers.sorts.stage_dates import read_stage_dates
from leadline.engine.importers.sorts.stage_history import prepare_history, read_history
from leadline.engine.importers.sorts.touch_log import read_log
from leadline.engine.importers.subjects import Subjects
from leadline.engine.importers.words import tokens
from leadline.engine.instants import DAY, NEVER
from leadline.engine.kinds import Kinds
from leadline.engine.touches import MISSING, Column
from leadline.engine.wording import counted, day_words

A_MONTH = 31 * DAY
_LOGS: dict[str | None, Callable[[Export, Integers], list[Evidence]]] = {
    "touch log": read_log,
    "activities": read_activities,
    "bookings": read_bookings,
    "messages": read_messages,
}
"""How files are read of which each row is one thing that happened."""
_PLANNING = {
    "end",
    "ends",
    "ending",
    "expires",
    "expiry",
    "expiration",
    "until",
    "ende",
    "bis",
    "fin",
    "fine",
    "einde",
}


@dataclass(frozen=True, eq=False)
class Reading:
    """A file's touches, and for each of its rows the subject (-1: left out), the outcome and the currency.

    `undated` is the amount of a row that was won on a day which isn't known, otherwise MISSING. `people` is
    how many unknown people a row stands for, MISSING where it is about somebody. `amounts` are those of the
    rows of a file of contacts, companies or deals.
    """

    export: Export
    evidence: Evidence
    subject: Integers
    outcomes: Codes
    undated: Integers
    currency: Column | None
    people: Integers
    amounts: Integers | None = None


def read_export(export: Export, subjects: Subjects, *, deals_elsewhere: bool) -> Reading:
    """What a file says; subjects that nobody knows yet are added.

    With `deals_elsewhere` the close dates of a list of contacts only repeat what a file of deals says better.
    """
    leave_out_repeats(export)
    export.note_placeholders()
    if export.proposal.shape == "audience":
        return _read_audience(export)
    amounts, currency = read_amounts(export)
    outcomes, nobody = np.full(export.rows, UNKNOWN, dtype=np.int64), np.full(export.rows, MISSING)
    shape = export.proposal.shape
    if shape == "stage history":
        return _read_history(export, subjects, amounts, currency, deals_elsewhere=deals_elsewhere)
    if shape in _LOGS:
        parts = _LOGS[shape](export, amounts)
    elif shape == "orders":
        given_back, paid = read_given_back(export, currency), read_paid(export, amounts, currency)
        parts, won = read_orders(export, amounts, given_back, paid)
        outcomes[won] = WON
    else:
        outcomes = _read_outcomes(export)
        parts = read_openings(export) if shape == "deals" else read_contacts(export)
        parts += read_engagements(export) + read_stage_dates(export, amounts)
        if deals_elsewhere and shape == "contacts":
            amounts = np.full(export.rows, MISSING)
        else:
            parts += read_closings(export, outcomes, amounts)
    note_undated_presences(export)
    subject = subjects.settle(export)
    evidence = Evidence.join(parts)
    evidence = evidence.take(subject[evidence.row] >= 0)
    undated = nobody
    if shape == "deals":
        outcomes = _without_superseded(outcomes, number_records(export, subject))
    if shape not in (*_LOGS, "orders"):
        note_unused_amounts(export, amounts, evidence, outcomes)
        undated = _find_undated(
            evidence, np.where(outcomes == WON, amounts, MISSING), number_records(export, subject)
        )
        evidence = _without_repeats(export, evidence, subject)
    return Reading(export, evidence, subject, outcomes, undated, currency, nobody, amounts)


def _read_outcomes(export: Export) -> Codes:
    """How each row ended, with notes of what can't be said."""
    export.note_unreadable_dates()
    outcomes = read_outcomes(export)
    note_unknown_dates(export)
    note_missing_amounts(export, outcomes)
    note_unsaid_endings(export)
    return outcomes


def _read_audience(export: Export) -> Reading:
    """As `read_export`, for counts of people without names: every row is about nobody that is known."""
    evidence, people = read_audience(export)
    nobody, nothing = np.full(export.rows, -1), np.full(export.rows, MISSING)
    return Reading(export, evidence, nobody, np.full(export.rows, UNKNOWN), nothing, None, people)


def _read_history(
    export: Export, subjects: Subjects, amounts: Integers, currency: Column | None, *, deals_elsewhere: bool
) -> Reading:
    """As `read_export`, for a history of stages; what was paid stands better in a file of deals."""
    instants = prepare_history(export)
    subject = subjects.settle(export)
    nothing = np.full(export.rows, MISSING)
    evidence, outcomes = read_history(
        export, number_records(export, subject), instants, nothing if deals_elsewhere else amounts
    )
    return Reading(export, evidence, subject, outcomes, nothing, currency, nothing)


def _without_superseded(outcomes: Codes, record: Integers) -> Codes:
    """Where one row of a deal says how it ended, another on which it is still open says nothing."""
    ended = np.unique(record[np.isin(outcomes, (WON, LOST)) & (record >= 0)])
    return np.where((outcomes == OPEN) & np.isin(record, ended), UNKNOWN, outcomes)


def _find_undated(evidence: Evidence, amounts: Integers, record: Integers) -> Integers:
    """The amounts of which no touch tells, once a record; elsewhere MISSING."""
    undated = np.where(record >= 0, amounts, MISSING)
    undated[np.isin(record, record[evidence.row[evidence.value != MISSING]])] = MISSING
    rows = np.flatnonzero(undated != MISSING)
    undated[rows[find_repeats([record[rows]])[0]]] = MISSING
    return undated


def _without_repeats(export: Export, evidence: Evidence, subject: Integers) -> Evidence:
    """A record that stands on several rows: what they say alike happened once.

    What somebody of a list bought on one day for several amounts are several purchases.
    """
    record = number_records(export, subject)
    rows_of = np.bincount(record[record >= 0])
    again = int(np.sum(rows_of > 1))
    if not again:
        return evidence
    what = "deal" if export.proposal.shape == "deals" else "contact"
    export.notes.append(
        f"more than one row each: {counted(again, what)}; what the rows say alike counts once"
    )
    value = evidence.value if export.proposal.shape == "contacts" else np.zeros_like(evidence.value)
    kept = np.ones(len(evidence), dtype=bool)
    kept[find_repeats([record[evidence.row], evidence.kind, evidence.happened_at, value])[0]] = False
    return evidence.take(kept)


def without_shared(readings: Sequence[Reading]) -> list[Reading]:
    """The readings without what another file says too: exports overlap, and a log tells of deals as well.

    Where one file knows only the day, what another says of that day is the same; who knows more is kept.
    """
    if len(readings) < 2:
        return list(readings)
    file = np.concatenate([np.full(len(one.evidence), place) for place, one in enumerate(readings)])
    evidence = Evidence.join([one.evidence for one in readings])
    who = np.concatenate([one.subject[one.evidence.row] for one in readings])
    who = np.where(who >= 0, who, -1 - np.arange(len(who)))  # no two audiences are the same people
    told = np.zeros(len(evidence), dtype=bool)
    told[_find_shared(file, who, evidence)] = True
    kept = []
    for place, one in enumerate(readings):
        repeats = told[file == place]
        if repeats.any():
            count, are = int(np.sum(repeats)), "is" if np.sum(repeats) == 1 else "are"
            one.export.notes.append(
                f"{counted(count, 'touch')} of this file {are} in another one too: counted once"
            )
        kept.append(replace(one, evidence=one.evidence.take(~repeats)))
    return kept


def without_plans(readings: Sequence[Reading], kinds: Kinds) -> list[Reading]:
    """The readings without ends of custom that are yet to come: a membership's last day, a contract's term.

    Such an end lies more than a month after everything else that is on record, under a header that may
    mean either (`End Date`); a churn date is none.
    """
    ends = list(kinds.named("ended"))
    others = [one.evidence.happened_at[~np.isin(one.evidence.kind, ends)] for one in readings]
    latest = max((int(some.max()) for some in others if len(some)), default=NEVER - A_MONTH)
    kept = []
    for one in readings:
        late = np.isin(one.evidence.kind, ends) & (one.evidence.happened_at > latest + A_MONTH)
        planned = late & _may_plan(one.export)
        if planned.any():
            count = counted(int(planned.sum()), "end")
            ahead = f"{count} of custom after {day_words(latest + A_MONTH)}"
            one.export.notes.append(f"{ahead}, more than a month after all else: taken for plans, not used")
        kept.append(replace(one, evidence=one.evidence.take(~planned)))
    return kept


def _may_plan(export: Export) -> bool:
    """Whether the header of the ends says no more than that something ends, or is to be renewed."""
    columns = export.proposal.columns.items()
    headers = [header for header, meaning in columns if meaning.means == "date of churned"]
    if not headers:
        return export.proposal.of("renewal") is not None
    return any(_PLANNING & set(tokens(header)) for header in headers)


def _find_shared(file: Integers, who: Integers, evidence: Evidence) -> Integers:
    """The places of the touches that another file tells too."""
    at, value = evidence.happened_at, evidence.value
    found = [np.zeros(0, dtype=np.int64)]
    for when in (at, at // DAY):
        again, first = find_repeats([who, evidence.kind, when])
        same = (at[again] == at[first]) | (at[again] % DAY == 0) | (at[first] % DAY == 0)
        agree = (value[again] == value[first]) | (value[again] == MISSING) | (value[first] == MISSING)
        pairs = same & agree & (file[again] != file[first])
        again, first = again[pairs], first[pairs]
        known, better = value[first] != MISSING, value[again] != MISSING
        vague = (at[first] % DAY == 0) & (at[again] % DAY != 0)
        found.append(np.where((better & ~known) | ((better == known) & vague), first, again))
    return np.unique(np.concatenate(found))


def number_records(export: Export, subject: Integers) -> Integers:
    """For each row the number of its record, a deal by its id, else the subject; -1 if it is left out."""
    of_deals = export.proposal.shape in ("deals", "stage history")
    number = export.column("deal id") if of_deals else None
    if number is None:
        return np.where(export.used, subject, -1)
    own = np.where(number.codes >= 0, number.codes, len(number.labels) + np.arange(export.rows))
    return np.where(export.used, own, -1)
