"""How the columns of two files refer to each other, found by their headers and by the values they share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath

import numpy as np

from leadline.engine.importers.cells.values import spread
from leadline.engine.importers.evidence import Integers
from leadline.engine.importers.exports import Export
from leadline.engine.importers.words import plain_number, squeezed, tokens
from leadline.engine.touches import Column

SAMPLE = 2000
"""So many different values are compared before two columns are taken to refer to each other."""
ENOUGH = 0.5
"""The share of a column's values that must be found in the other file, if their headers say nothing."""
ENOUGH_NAMED = 0.2
"""As ENOUGH, where the headers say that they refer to each other."""
_GENERAL = frozenset({"id", "name", "number", "code", "key", "record"})
LONG = 5
"""Numbers of so many digits or more are no mere counts: they refer to each other if most are shared."""


@dataclass(frozen=True, eq=False)
class Link:
    """The column `header` of one file names the rows of another by its column `key`.

    `rows` is, for each label of the first, the row of the other, or -1; `near` are the labels that were found
    only without case, spaces and punctuation, each with the label it was taken for.
    """

    header: str
    key: str
    rows: Integers
    near: dict[int, str]
    sure: float


class _Names:
    """The texts by which a column names rows: as they stand, and in the forms in which they are compared."""

    def __init__(self, column: Column) -> None:
        self.exact = {str(label) for label in column.labels}

    @cached_property
    def numbers(self) -> set[str]:
        """The numbers among them."""
        return {number for name in self.exact if (number := plain_number(name)) is not None}

    @cached_property
    def plain(self) -> set[str]:
        """Without case, spaces and punctuation."""
        return {squeezed(name) for name in self.exact}


def find_links(one: Export, other: Export) -> list[Link]:
    """All ways in which rows of `one` name rows of `other`, the surest first."""
    keys = {key: _Names(column) for key, column in other.columns.items() if _is_key(other, key)}
    headers = [header for header in one.columns if _may_refer(one, header)]
    weighed = [
        (header, key, _sureness(one, header, other, key, names))
        for header in headers
        for key, names in keys.items()
    ]
    best = sorted((found for found in weighed if found[2]), key=lambda found: -found[2])
    return [_link(one.columns[header], other.columns[key], header, key, sure) for header, key, sure in best]


def _is_key(export: Export, header: str) -> bool:
    """Whether a column is different in (nearly) every row, so that it can name rows."""
    column, held = export.columns[header], export.contents[header]
    filled = int(np.sum(column.codes >= 0))
    different = len(np.unique(column.codes[column.codes >= 0]))
    return (
        _may_refer(export, header)
        and different >= 0.95 * filled
        and filled >= 0.8 * export.rows
        and held.distinct > 1
    )


def _may_refer(export: Export, header: str) -> bool:
    held = export.contents[header]
    return held.can_be("keys") and not held.truths and held.distinct > 1 and held.length <= 100


def _sureness(one: Export, header: str, other: Export, key: str, names: _Names) -> float:
    """0 where the columns don't refer to each other, else up to 2: what they share, and what headers say."""
    held, there = one.contents[header], other.contents[key]
    if held.are_numbers != there.are_numbers:
        return 0.0
    named = squeezed(header) == squeezed(key) or _names_file(header, other, key)
    share = _share(one.columns[header], names, exact=held.are_numbers)
    if held.are_numbers and not named:
        return share if share >= 0.8 and held.length >= LONG else 0.0
    return share + named if share >= (ENOUGH_NAMED if named else ENOUGH) else 0.0


def _names_file(header: str, other: Export, key: str) -> bool:
    """Whether a header says of which file it names rows: `AccountId` those of accounts.csv by `Id`."""
    said = {word.rstrip("s") for word in tokens(header)} - _GENERAL
    called = {word.rstrip("s") for word in tokens(PurePath(other.name).stem)}
    return bool(said & called) and not set(tokens(key)) - _GENERAL


def _share(column: Column, names: _Names, *, exact: bool) -> float:
    there = set(np.unique(column.codes[column.codes >= 0]).tolist())
    sample = [str(label) for label in spread([column.labels[code] for code in sorted(there)], SAMPLE)]
    found = sum(label in names.exact for label in sample)
    if exact and found < len(sample):
        found = sum(label in names.exact or plain_number(label) in names.numbers for label in sample)
    if not exact and found < len(sample) and len(names.exact) <= 50 * SAMPLE:
        found = sum(label in names.exact or squeezed(label) in names.plain for label in sample)
    return found / len(sample) if sample else 0.0


def _link(column: Column, keys: Column, header: str, key: str, sure: float) -> Link:
    row_of = np.full(len(keys.labels) + 1, -1, dtype=np.int64)
    filled = np.flatnonzero(keys.codes >= 0)[::-1]
    row_of[keys.codes[filled]] = filled
    exact = {str(label): code for code, label in enumerate(keys.labels) if row_of[code] >= 0}
    missing = any(str(label) not in exact for label in column.labels)
    plain = dict(_without_doubt(list(exact))) if missing else {}
    rows = np.full(len(column.labels), -1, dtype=np.int64)
    near: dict[int, str] = {}
    for code, label in enumerate(column.labels):
        found = str(label) if str(label) in exact else plain.get(_plain(str(label)))
        if found is not None:
            rows[code] = row_of[exact[found]]
            if found != str(label) and plain_number(found) is None:
                near[code] = found
    return Link(header, key, rows, near, sure)


def _without_doubt(labels: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The labels by their plain form, where no two have the same; texts too short to be sure are left out."""
    seen: dict[str, list[str]] = {}
    for label in labels:
        seen.setdefault(_plain(label), []).append(label)
    sure = ((plain, same[0]) for plain, same in seen.items() if len(same) == 1)
    return ((plain, label) for plain, label in sure if len(plain) > 1 or plain.isdigit())


def _plain(label: str) -> str:
    """A text as it is compared where it isn't found as it stands."""
    return plain_number(label) or squeezed(label)
