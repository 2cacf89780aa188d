"""Deals as asks: each deal of a CRM is an offer put to somebody, who has answered it or has not yet.

The touch of an ask is what the file itself says of one (the day of a proposal), else `asked` on the day the
deal was opened, else on that of the answer. An open deal of which no day is known was asked when the file was
read. One that was won or lost on a day which isn't known was answered on the last day that its row names, and
that it was bought then is not said; where the row names none, it is no ask, for it would stand as open.

Where a word says that a deal is over and not how, or a day of closing stands without any word, nothing is
said of an ask; every other deal of which no word says that it ended is open, whatever its close date.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from leadline.engine.importers.evidence import Evidence, Integers, Mask
from leadline.engine.importers.exports import Export, spread_labels
from leadline.engine.importers.sorts.outcomes import LOST, OPEN, UNKNOWN, WON, Codes
from leadline.engine.importers.sorts.readings import Reading, number_records
from leadline.engine.importers.words import leaves_open_how
from leadline.engine.instants import NEVER
from leadline.engine.kinds import Kinds
from leadline.engine.touches import MISSING, Column
from leadline.engine.wording import counted

ASKED, AGREED, REFUSED = "asked", "said_yes", "said_no"
NAMELESS = "deal"
"""What a deal is known by that has no id, no title and nothing that was offered."""


@dataclass(frozen=True)
class Deal:
    """What one row says of a deal; its touches are those of this line of this file.

    `key` is what the next file calls it too: its id, else its title or what was offered, numbered where
    somebody has several; `has_id` tells which. `asked_told` is False where no row says when it was opened.
    `expected_at` is the day on which an open one is expected to close, None where nothing says it. The amount
    is in minor units.
    """

    file: str
    line: int
    key: str
    title: str
    offer: str
    value: int | None
    currency: str
    reason: str
    expected_at: int | None
    asked_told: bool
    has_id: bool


def read_deals(
    readings: Sequence[Reading], kinds: Kinds, as_of: int | None
) -> tuple[list[Reading], list[Deal]]:
    """The readings with an ask for each deal, and the deals, in the order of the files.

    `as_of` is when the files were read; without it an open deal of which no day is known is no ask.
    """
    found, deals = [], []
    for one in readings:
        if one.export.proposal.shape == "deals":
            asked, theirs = _read(one, kinds, as_of)
            found.append(asked)
            deals += theirs
        else:
            found.append(one)
    return found, deals


def _read(one: Reading, kinds: Kinds, as_of: int | None) -> tuple[Reading, list[Deal]]:
    rows, days = one.export.rows, _Days.of(one, kinds)
    outcomes = _outcomes(one, days)
    _note_undated(one.export, outcomes, days)
    answered = np.select([outcomes == WON, outcomes == LOST], [days.bought, days.refused], NEVER)
    late = np.isin(outcomes, (WON, LOST)) & (answered == NEVER) & (days.last > -NEVER)
    told = np.where(days.asked < NEVER, days.asked, days.opened)
    at = np.minimum(told, np.where(late, days.last + 1, answered))
    if as_of is not None:
        at = np.where((at == NEVER) & (outcomes == OPEN), as_of, at)
    chosen = _choose(one, outcomes, (outcomes != UNKNOWN) & (at < NEVER))
    amounts = np.full(rows, MISSING) if one.amounts is None else one.amounts
    amounts = np.where(amounts < 0, MISSING, amounts)
    parts = [
        one.evidence,
        Evidence.of(chosen & (days.asked == NEVER), kinds.code(ASKED), at, amounts),
        Evidence.of(chosen & late & (outcomes == WON), kinds.code(AGREED), days.last + 1),
        Evidence.of(chosen & late & (outcomes == LOST), kinds.code(REFUSED), days.last + 1),
    ]
    deals = _deals_of(one, np.flatnonzero(chosen), outcomes, amounts, told < NEVER)
    return replace(one, evidence=Evidence.join(parts)), deals


@dataclass(frozen=True)
class _Days:
    """For each row the first instants of its deal, NEVER where none is known, and the last one of the row."""

    asked: Integers
    opened: Integers
    bought: Integers
    refused: Integers
    last: Integers

    @staticmethod
    def of(one: Reading, kinds: Kinds) -> _Days:
        evidence = one.evidence
        record = number_records(one.export, one.subject)
        links = np.array([kind.link for kind in kinds.kinds])[evidence.kind]

        def first(which: Mask, whose: Integers) -> Integers:
            found = np.full(int(whose.max(initial=-1)) + 2, NEVER)
            np.minimum.at(found, whose[evidence.row[which]], evidence.happened_at[which])
            found[-1] = NEVER
            return np.asarray(found[whose])

        alone = np.arange(one.export.rows)
        last = np.full(one.export.rows, -NEVER)
        np.maximum.at(last, evidence.row, evidence.happened_at)
        begun = [first(evidence.kind == kinds.code(name), record) for name in ("deal_opened", "engaged")]
        return _Days(
            asked=first(links == "ask", alone),
            opened=np.where(begun[0] < NEVER, begun[0], begun[1]),
            bought=first(np.isin(evidence.kind, list(kinds.named("purchased"))), alone),
            refused=first(np.isin(evidence.kind, list(kinds.named("refused"))), alone),
            last=last,
        )


def _outcomes(one: Reading, days: _Days) -> Codes:
    """How the deal of each row ended; UNKNOWN where that isn't said."""
    export, found = one.export, one.outcomes.copy()
    found[days.refused < NEVER] = LOST
    found[days.bought < NEVER] = WON
    columns = [column for means in ("outcome", "stage") if (column := export.column(means)) is not None]
    over = np.zeros(export.rows, dtype=bool)
    for column in columns:
        over |= spread_labels(column, [leaves_open_how(str(label)) for label in column.labels]) == 1
    over |= export.dates_of("closed")[1] & (not columns)
    found[(found == UNKNOWN) & ~over] = OPEN
    return found


def _note_undated(export: Export, outcomes: Codes, days: _Days) -> None:
    undated = (outcomes == OPEN) & (days.asked == NEVER) & (days.opened == NEVER) & export.used
    if undated.any():
        export.notes.append(
            f"in {counted(int(undated.sum()), 'open deal')} nothing says since when: "
            "they count as asked when the file was read"
        )


def _choose(one: Reading, outcomes: Codes, known: Mask) -> Mask:
    """One row for each deal: the first that says how it ended, else its first."""
    record = number_records(one.export, one.subject)
    rows = np.flatnonzero(known & (record >= 0) & (one.subject >= 0))
    rows = rows[np.lexsort((rows, outcomes[rows] == OPEN, record[rows]))]
    rows = rows[np.unique(record[rows], return_index=True)[1]] if _has_ids(one.export) else rows
    chosen = np.zeros(one.export.rows, dtype=bool)
    chosen[rows] = True
    return chosen


def _has_ids(export: Export) -> bool:
    return export.column("deal id") is not None


def _deals_of(one: Reading, rows: Integers, outcomes: Codes, amounts: Integers, told: Mask) -> list[Deal]:
    export = one.export
    names = ("deal id", "deal name", "offer", "lost reason")
    number, title, offer, reason = (_texts(export.column(name), rows) for name in names)
    currency = _texts(one.currency, rows)
    expected, known = export.dates_of("expected close")
    closed, closes = export.dates_of("closed")
    expected, known = np.where(known, expected, closed), known | closes
    keys = read_keys(one)
    return [
        Deal(
            file=export.name,
            line=int(export.table.line[row]),
            key=str(keys[row]),
            title=title[place],
            offer=offer[place],
            value=None if amounts[row] == MISSING else int(amounts[row]),
            currency=currency[place],
            reason=reason[place] if outcomes[row] == LOST else "",
            expected_at=int(expected[row]) if known[row] and outcomes[row] == OPEN else None,
            asked_told=bool(told[row]),
            has_id=bool(number[place]),
        )
        for place, row in enumerate(rows.tolist())
    ]


def read_keys(one: Reading) -> Column:
    """For each row of a file of deals what its deal is called: its id, else its name, numbered."""
    rows = np.flatnonzero(one.export.used & (one.subject >= 0))
    number, title, offer = (
        _texts(one.export.column(name), rows) for name in ("deal id", "deal name", "offer")
    )
    called = [one or other or NAMELESS for one, other in zip(title, offer, strict=True)]
    keys = Column.of(_number(one.subject[rows].tolist(), number, called))
    codes = np.full(one.export.rows, -1, dtype=np.int32)
    codes[rows] = keys.codes
    return Column(codes, keys.labels)


def _number(whose: Sequence[int], ids: Sequence[str], names: Sequence[str]) -> list[str]:
    """By what each deal is known: its id; else its name, numbered from the second of the same subject on."""
    seen: Counter[tuple[int, str]] = Counter()
    keys = []
    for who, number, name in zip(whose, ids, names, strict=True):
        seen[who, name.casefold()] += not number
        again = seen[who, name.casefold()]
        keys.append(number or (f"{name} ({again})" if again > 1 else name))
    return keys


def _texts(column: Column | None, rows: Integers) -> list[str]:
    if column is None:
        return [""] * len(rows)
    labels = [*(str(label) for label in column.labels), ""]
    return [labels[code] for code in column.codes[rows].tolist()]
