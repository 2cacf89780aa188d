"""Who is marked in a list as one who asked not to be contacted any more, though nothing says since when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leadline.engine.importers.cells.values import parse_truth
from leadline.engine.importers.columns.header_words import DATE_OF
from leadline.engine.importers.evidence import Mask
from leadline.engine.importers.exports import Export, spread_labels
from leadline.engine.importers.sorts.readings import Reading
from leadline.engine.importers.words import find_kind, has_ended, opted_out, tokens
from leadline.engine.kinds import Kinds
from leadline.engine.wording import counted

WITHDREW = "withdrew"
"""The group of kinds by which somebody asks for nothing more: a date of one of them says since when."""
_UNPAID = frozenset({"non", "marketing"})


@dataclass(frozen=True)
class OptedOut:
    """One subject, by number, and the row of the file that says so."""

    subject: int
    file: str
    line: int


def find_opt_outs(readings: Sequence[Reading], kinds: Kinds) -> tuple[OptedOut, ...]:
    """Each subject once whose row says yes, and of whom no column says the day."""
    found: dict[int, OptedOut] = {}
    dated: set[int] = set()
    for one in readings:
        export = one.export
        told = (_said(export) | _say_stages(export, kinds)) & export.used & (one.subject >= 0)
        known = _dated(export, kinds) & (one.subject >= 0)
        dated |= set(one.subject[known].tolist())
        for row in np.flatnonzero(told & ~known).tolist():
            who = int(one.subject[row])
            found.setdefault(who, OptedOut(who, export.name, int(export.table.line[row])))
        if alone := len(set(one.subject[told & ~known].tolist())):
            rows = counted(alone, "row")
            export.notes.append(f"asked not to be contacted, and nothing says since when: {rows}")
    return tuple(one for who, one in found.items() if who not in dated)


def _said(export: Export) -> Mask:
    """The rows of which a column says that somebody opted out."""
    found = np.zeros(export.rows, dtype=bool)
    for column in export.every("opted out"):
        labels = [str(label) for label in column.labels]
        beside = any(opted_out(label) for label in labels)
        said = [parse_truth(label) or bool(opted_out(label, beside=beside)) for label in labels]
        found |= spread_labels(column, said) == 1
        unpaid = [set(tokens(label)) >= _UNPAID for label in labels]
        if rows := int(np.sum(spread_labels(column, unpaid) == 1)):
            told = f"in {counted(rows, 'row')} somebody is no marketing contact: that is no word of theirs"
            export.notes.append(f"{told}, and no touch follows from it")
    return found


def _say_stages(export: Export, kinds: Kinds) -> Mask:
    """The rows of a list of people whose stage is that they are to be left alone: “Do Not Contact”."""
    stage = export.column("stage") if export.proposal.shape == "contacts" else None
    if stage is None:
        return np.zeros(export.rows, dtype=bool)
    names = {kinds.kinds[code].name for code in kinds.named(WITHDREW)}
    said = [find_kind(str(label)) in names and not has_ended(str(label)) for label in stage.labels]
    found: Mask = spread_labels(stage, said) == 1
    return found


def _dated(export: Export, kinds: Kinds) -> Mask:
    """The rows with a day on which somebody asked for nothing more."""
    codes = kinds.named(WITHDREW)
    names = {f"{DATE_OF}{kinds.kinds[code].name}" for code in codes}
    found = np.zeros(export.rows, dtype=bool)
    for header, means in export.date_columns().items():
        if means in names:
            found |= export.dates(header)[1]
    return found
