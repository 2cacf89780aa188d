"""A history of stages: each row says that a deal, or a contact, was put into a stage on some day."""

from __future__ import annotations

from functools import cache

import numpy as np

from leadline.engine.importers.evidence import Evidence, Integers, Mask
from leadline.engine.importers.exports import Export, spread_labels
from leadline.engine.importers.sorts.outcomes import OUTCOMES, UNKNOWN, WON, Codes
from leadline.engine.importers.sorts.touch_log import read_instants
from leadline.engine.importers.words import find_outcome, squeezed, synonyms
from leadline.engine.touches import MISSING
from leadline.engine.wording import counted, listed

NAMED = 6
"""So many words are named in a note, at most."""


def prepare_history(export: Export) -> Integers:
    """The instant of each row; rows that can't be a change of a stage are left out."""
    for header, column in export.columns.items():
        if squeezed(header) in _words("fields"):
            other = [not _names_stage(str(label)) for label in column.labels]
            export.leave_out_labels(
                spread_labels(column, other) == 1,
                column,
                lambda label: f"a change of “{label}”, not of the stage",
            )
    return read_instants(export, "happened at")


def read_history(
    export: Export, record: Integers, instants: Integers, amounts: Integers
) -> tuple[Evidence, Codes]:
    """The touches of a history, and how it ended on the last row of each record (UNKNOWN on all others).

    A word for won or lost, or for a stage such as lead or customer, is its own kind of touch. Any other is
    the opening of a deal on the first row of a record, and no touch later. Rows that only repeat the stage
    before them change nothing. The amount of a deal that is won in the end stands with its last winning.
    """
    column = export.column("stage")
    if column is None:  # somebody said that this is a history of stages
        export.leave_out(np.ones(export.rows, dtype=bool), "nothing says which stage was set")
        return Evidence.join([]), np.full(export.rows, UNKNOWN, dtype=np.int64)
    order = np.lexsort((np.arange(export.rows), instants, record))
    order = order[record[order] >= 0]
    who = record[order]
    first = np.append(True, who[1:] != who[:-1])[: len(order)]
    last = np.append(first[1:], True)[: len(order)]
    stage = column.codes[order].astype(np.int64)
    entered = first | (stage != np.roll(stage, 1))
    told = spread_labels(column, [_find_kind(str(label), export) for label in column.labels])[order]
    opening = export.kinds.code("deal_opened" if export.column("deal id") is not None else "recorded")
    kinds = np.where(told >= 0, told, np.where(first, opening, -1))
    ended = spread_labels(column, [_find_end(str(label), export) for label in column.labels])[order]
    outcomes = np.full(export.rows, UNKNOWN, dtype=np.int64)
    outcomes[order[last]] = ended[last]
    value = _final_amounts(amounts[order], entered, last, ended)
    kept = entered & (kinds >= 0)
    _note(export, kept, told, stage)
    evidence = Evidence(order[kept], kinds[kept].astype(np.uint16), instants[order][kept], value[kept])
    return evidence, outcomes


def _final_amounts(amounts: Integers, entered: Mask, last: Mask, ended: Integers) -> Integers:
    """The last amount of each record that is won in the end, where it was won for the last time."""
    value = np.full(len(amounts), MISSING)
    begun = np.maximum.accumulate(np.where(entered, np.arange(len(amounts)), 0))
    won = np.flatnonzero(last & (ended == WON))
    value[begun[won]] = amounts[won]
    return value


def _find_kind(word: str, export: Export) -> int:
    """The code of the kind that a stage's word stands for, -1 where it stands for none."""
    said = {squeezed(known): kind for known, kind in export.mapping.kinds.items()}
    told = {squeezed(known): outcome for known, outcome in export.mapping.outcomes.items()}
    plain = squeezed(word)
    kind = said.get(plain)
    if kind is None and plain not in told:
        kind = _stage_kinds().get(plain)
    outcome = told.get(plain) or find_outcome(word)
    kind = kind or {"won": "bought", "lost": "lost"}.get(outcome or "")
    return export.kinds.code(kind) if kind else -1


def _find_end(word: str, export: Export) -> int:
    """Whether a record that stands in a stage is won, lost or open."""
    told = {squeezed(known): outcome for known, outcome in export.mapping.outcomes.items()}
    return OUTCOMES.index(told.get(squeezed(word)) or find_outcome(word) or "open")


def _note(export: Export, kept: Mask, told: Integers, stage: Integers) -> None:
    column = export.column("stage")
    assert column is not None
    silent = (told < 0) & (stage >= 0)
    words = [f"“{column.labels[code]}”" for code in np.unique(stage[silent]).tolist()]
    words = words[:NAMED] + ["others"] * (len(words) > NAMED)
    export.notes.append("a history of stages: each row says that a stage was set")
    if words:
        export.notes.append(
            f"{listed(words, 'or')} is a stage of the program's own: no touch, but for the first row of each "
            "record (a word can be given a kind under [kinds] in a mapping)"
        )
    again = int(np.sum(~kept & (told >= 0)))
    if again:
        export.notes.append(f"the stage is the same as before in {counted(again, 'row')}: no new touch")


def _names_stage(field: str) -> bool:
    plain = squeezed(field)
    return any(word in plain for word in _words("stage_fields"))


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(squeezed(word) for word in synonyms()["histories"][name])


@cache
def _stage_kinds() -> dict[str, str]:
    return {squeezed(word): kind for kind, words in synonyms()["stage_kinds"].items() for word in words}
