"""Columns of dates that each stand for one kind of touch: stages that were typed, sign-ups, meetings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from leadline.engine.importers.columns.clients import says_bought
from leadline.engine.importers.columns.header_words import DATE_OF, read_date_header
from leadline.engine.importers.evidence import Evidence, Integers, Mask
from leadline.engine.importers.exports import Export, spread_labels
from leadline.engine.importers.sorts.bookings import read_called_off
from leadline.engine.importers.words import goes_on, has_ended, is_coming, is_free, is_over, is_trial, tokens
from leadline.engine.instants import NEVER
from leadline.engine.touches import MISSING
from leadline.engine.wording import counted, listed

LAST_ACTIVITY = "messaged"
"""What a date of "last activity" is taken for, the weakest that it can be: nobody knows who acted."""

MONTHLY = frozenset(
    {"monthly", "month", "monat", "monatspreis", "monatsbeitrag", "mensuel", "mensual", "mensile", "mrr"}
    | {"maandprijs", "annual", "yearly"}
)
"""An amount whose header has one of these is paid again and again."""
JOINED = "recorded"
"""What the day on which something began is of those who bought nothing, where its header says no more."""
TRIED = "trialed"
"""What the day of joining is of those whose status says that they are on trial."""


def read_stage_dates(export: Export, amounts: Integers) -> list[Evidence]:
    """A touch for each date; meetings that were cancelled or missed are none, and a trial is no purchase.

    Where the file has no date of closing, an amount is that of what was bought.
    """
    parts = []
    closes = any(export.proposal.of(means) for means in ("closed", "won on"))
    cancelled = read_called_off(export)
    for header, means in export.date_columns().items():
        kind = means.removeprefix(DATE_OF) if means.startswith(DATE_OF) else None
        if means == "last activity":
            kind = LAST_ACTIVITY
        if kind is None:
            continue
        ends = _find_ends(export, means)
        if header in ends[1:]:
            continue
        instants, found = _read_ends(export, ends) if ends else export.dates(header)
        found &= export.used
        if cancelled is not None and export.kinds.kinds[export.kinds.code(kind)].link != "generate":
            missed = found & (cancelled == 1)
            found &= ~missed
            _note_missed(export, header, missed)
        purchase = "purchased" in export.kinds.kinds[export.kinds.code(kind)].groups
        for other, rows in _find_others(export, header, kind, amounts):
            parts.append(Evidence.of(found & rows, export.kinds.code(other), instants))
            found &= ~rows
        paid = purchase and not closes
        if paid and found.any():
            _note_monthly(export)
        parts.append(Evidence.of(found, export.kinds.code(kind), instants, amounts if paid else None))
    if export.monthly is None:
        parts = _count_once(export, parts)
    parts.append(_read_lapses(export))
    if export.monthly is not None:
        once = "once for each purchase on record, on its day"
        export.notes.append(f"“{export.monthly}” is counted {once}: nothing says what was paid since")
    return parts


def _note_missed(export: Export, header: str, missed: Mask) -> None:
    if missed.any():
        count = counted(int(np.sum(missed)), "row")
        export.notes.append(f"“{header}” of {count} was cancelled or missed, and is no touch")


def _count_once(export: Export, parts: Sequence[Evidence]) -> list[Evidence]:
    """The touches with the amount of each row on one purchase, the last: by then all of it was paid.

    Where a first and a last purchase are of one day, they are one.
    """
    bought = export.kinds.code("bought")
    if sum((part.kind == bought).any() for part in parts) < 2:
        return list(parts)
    purchases = Evidence.join([part.take(part.kind == bought) for part in parts])
    last = np.full(export.rows, -NEVER)
    np.maximum.at(last, purchases.row, purchases.happened_at)
    keys = np.stack([purchases.row, purchases.happened_at])
    purchases = purchases.take(
        np.isin(np.arange(len(purchases)), np.unique(keys, axis=1, return_index=True)[1])
    )
    before = purchases.happened_at < last[purchases.row]
    if (before & (purchases.value != MISSING)).any():
        rows = counted(len(np.unique(purchases.row[before])), "row")
        header = export.proposal.of("value")
        export.notes.append(f"“{header}” of {rows} with several days of a purchase counts once, on the last")
    value = np.where(before, MISSING, purchases.value)
    return [*(part.take(part.kind != bought) for part in parts), replace(purchases, value=value)]


def _find_others(export: Export, header: str, kind: str, amounts: Integers) -> list[tuple[str, Mask]]:
    """The rows on which the day under a header is that of something else than its kind, and that."""
    if kind == "registered":
        return [(JOINED, _find_absent(export, header))]
    if "purchased" not in export.kinds.kinds[export.kinds.code(kind)].groups:
        return []
    tried = _find_trials(export)
    others = [(TRIED, tried)]
    if kind == "bought":
        others.append((_name_joining(header), _find_joined(export, header, amounts, tried)))
    return others


def _find_absent(export: Export, header: str) -> Mask:
    """The guests who were only invited to an event, wait for a place, or said no."""
    status = export.column("coming")
    if status is None:
        return np.zeros(export.rows, dtype=bool)
    others = [is_coming(str(label)) is False for label in status.labels]
    absent: Mask = (spread_labels(status, others) == 1) & export.used & export.dates(header)[1]
    if absent.any():
        names = listed([f"“{label}”" for label in dict.fromkeys(status.take(absent).values())], "or")
        count = counted(int(np.count_nonzero(absent)), "row")
        export.notes.append(f"“{header}” of {count} is no registration: the guest is {names}")
    return absent


def _find_joined(export: Export, header: str, amounts: Integers, tried: Mask) -> Mask:
    """The rows of people who began that day, and bought nothing: neither an amount nor an offer that costs.

    One that is to be renewed was bought. Where the header itself says that they bought, they did.
    """
    offer, renews = export.column("offer"), export.dates_of("renewal")[1]
    if export.proposal.shape != "contacts" or export.proposal.of("value") is None or says_bought(header):
        return np.zeros(export.rows, dtype=bool)
    if offer is None:
        nothing = (amounts == 0) & ~renews
    else:
        free = spread_labels(offer, [is_free(str(label)) for label in offer.labels])
        nothing = (free == 1) | ((free == -1) & ~renews)
        nothing &= (amounts == 0) | (amounts == MISSING)
    joined: Mask = nothing & ~tried & export.dates(header)[1] & export.used
    if joined.any():
        count = counted(int(np.count_nonzero(joined)), "row")
        export.notes.append(f"“{header}” of {count} is no purchase: no amount, and nothing that was bought")
    return joined


def _name_joining(header: str) -> str:
    """The kind that the days under a header stand for of those who bought nothing."""
    said = read_date_header(header, {})
    told = said.means if said is not None else ""
    return told.removeprefix(DATE_OF) if told.startswith(DATE_OF) else JOINED


def _find_ends(export: Export, means: str) -> list[str]:
    """The columns of dates with a meaning, if it is that custom ended, or was said to end."""
    ended = {f"{DATE_OF}{export.kinds.kinds[code].name}" for code in export.kinds.named("ended")}
    return [header for header, one in export.date_columns().items() if one == means] if means in ended else []


def _read_ends(export: Export, headers: Sequence[str]) -> tuple[Integers, Mask]:
    """When custom ended: of several days (on which it was cancelled, and from which it was over) the last.

    Who goes on by the status, with one of these days alone, has said that it will end, and not yet ended.
    """
    instants, found = export.dates(headers[0])
    instants, all_told = np.where(found, instants, -NEVER), found.copy()
    for header in headers[1:]:
        others, told = export.dates(header)
        instants = np.maximum(instants, np.where(told, others, -NEVER))
        found, all_told = found | told, all_told & told
    announced = found & ~all_told & _find_members(export)
    if announced.any():
        count = counted(int(np.count_nonzero(announced)), "row")
        export.notes.append(
            f"in {count} an end was announced, and the status says that it goes on: no end yet"
        )
    return np.where(found, instants, 0), found & ~announced


def _note_monthly(export: Export) -> None:
    """Notes that of an amount for each month each purchase counts one: no row says which months were paid."""
    header = export.proposal.of("value")
    if header is not None and MONTHLY & set(tokens(header)):
        export.monthly = header


def _read_lapses(export: Export) -> Evidence:
    """`lapsed` on the day of renewal of each row that says that it is over, and not otherwise when."""
    renews, told = export.dates_of("renewal")
    ended = export.dates_of(f"{DATE_OF}churned")[1]
    bought = export.dates_of(f"{DATE_OF}bought")[1]
    lapsed = told & bought & find_over(export) & ~ended & export.used
    return Evidence.of(lapsed, export.kinds.code("lapsed"), renews)


def find_over(export: Export) -> Mask:
    """The rows whose status says that somebody is a member, or in a list of clients one of these, no more."""
    clients = export.proposal.of("renewal") or export.proposal.of("offer")
    return _find_status(export, is_over if clients else has_ended) | _find_active(export, 0)


def find_ended_members(export: Export) -> Mask:
    """The rows of a list of people whose status says that custom ended, in a column that says so of some.

    Where it says of nobody that it goes on, the words may as well be of people who were never clients.
    """
    members = export.proposal.shape == "contacts" and _find_members(export).any()
    return (_find_status(export, has_ended) | _find_active(export, 0)) & members


def _find_members(export: Export) -> Mask:
    """The rows that say of somebody that custom goes on: by the status, or as a yes."""
    return _find_status(export, goes_on) | _find_active(export, 1)


def _find_active(export: Export, said: int) -> Mask:
    """The rows that say no (0) or yes (1) to whether a member still is one."""
    told = export.truths("active")
    return np.zeros(export.rows, dtype=bool) if told is None else told == said


def _find_trials(export: Export) -> Mask:
    """The rows whose status says that somebody tries it out."""
    return _find_status(export, is_trial)


def _find_status(export: Export, says: Callable[[str], bool]) -> Mask:
    status = export.column("stage")
    if status is None:
        return np.zeros(export.rows, dtype=bool)
    found: Mask = spread_labels(status, [says(str(label)) for label in status.labels]) == 1
    return found
