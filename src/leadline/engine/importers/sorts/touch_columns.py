"""What touches carry besides who, what and when, from the rows they came from: path, channel, owner.

In a log whoever owns a row is taken for who did it, unless another column says that; in a file of deals
whoever has the deal, whosesoever its contact is. Which deal a touch is of is told where a subject may have
several: not where each deal is a subject of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from leadline.engine.importers.evidence import Integers
from leadline.engine.importers.sorts.pipeline import read_keys
from leadline.engine.importers.sorts.readings import Reading
from leadline.engine.importers.sorts.sources import find_path, name_paths, read_sources
from leadline.engine.importers.subjects import Unit, join_texts
from leadline.engine.touches import Column

CARRIED = {
    "campaign": "campaign", "channel": "channel", "content": "content", "offer": "offer",
    "company": "company", "owner": "owner", "origin": "source",
}  # fmt: skip
"""Columns of touches, and the meaning of the column of the file that they are taken from."""


def gather_columns(readings: Sequence[Reading], unit: Unit) -> dict[str, Column]:
    """The further columns of all touches of these files, one file after the other."""
    named = _named_paths(readings)
    found = [_columns_of(reading, named) for reading in readings]
    if unit != "deal":
        for reading, columns in zip(readings, found, strict=True):
            if (deal := read_deal(reading)) is not None:
                columns["deal"] = deal
    names = dict.fromkeys(name for columns in found for name in columns)
    lengths = [len(reading.evidence) for reading in readings]
    stacked = {
        name: _stack(
            [columns.get(name) for columns in found], [reading.evidence.row for reading in readings], lengths
        )
        for name in names
    }
    return {name: column for name, column in stacked.items() if (column.codes >= 0).any()}


def _named_paths(readings: Sequence[Reading]) -> frozenset[str]:
    """The names of paths that the files of people use; a count of an audience may use them, or a source's."""
    told = [reading.export.column("path") for reading in readings if not _counts_people(reading)]
    return frozenset(str(label).casefold() for column in told if column for label in column.labels)


def _counts_people(reading: Reading) -> bool:
    return reading.export.proposal.shape == "audience"


def _columns_of(reading: Reading, named: frozenset[str]) -> dict[str, Column]:
    """One value a row of the file."""
    export = reading.export
    carried = {name: export.column(means) for name, means in CARRIED.items()}
    carried |= {"currency": reading.currency, "path": read_paths(reading, named)}
    if export.proposal.shape == "touch log":
        carried["note"] = export.column("note")
        carried["actor"] = export.column("actor") or export.column("owner")
    if export.proposal.shape in ("activities", "messages"):
        subject, note = export.column("subject"), export.column("note")
        carried["note"] = join_texts(subject, note, ": ") if subject and note else subject or note
    if export.proposal.shape in ("activities", "deals"):
        carried["actor"] = export.column("owner")
    return {name: column for name, column in carried.items() if column is not None}


def read_deal(reading: Reading) -> Column | None:
    """Of which deal each row is; None for files whose rows are of none."""
    export = reading.export
    if export.proposal.shape == "deals":
        return read_keys(reading)
    if export.proposal.shape == "touch log":
        return export.column("deal id") or export.column("deal name")
    return None


def read_paths(reading: Reading, named: frozenset[str] = frozenset()) -> Column | None:
    """The path of each row: as told, or as the source says; a channel counts if its words are sources.

    `named` are names of paths, in lower case, that counts of an audience may use.
    """
    if (told := reading.export.column("path")) is not None:
        return name_paths(told, kept=named if _counts_people(reading) else None)
    if (source := read_sources(reading.export)) is not None:
        return name_paths(source, kept=frozenset())
    channel = reading.export.column("channel")
    if channel is None:
        return None
    known = [find_path(str(label)) is not None for label in channel.labels]
    return name_paths(channel, kept=frozenset()) if known and np.mean(known) >= 0.5 else None


def _stack(columns: Sequence[Column | None], rows: Sequence[Integers], lengths: Sequence[int]) -> Column:
    """Some rows of several columns, one after the other, with the labels of all."""
    places: dict[str, int] = {}
    codes = []
    for column, taken, length in zip(columns, rows, lengths, strict=True):
        if column is None:
            codes.append(np.full(length, -1, dtype=np.int32))
            continue
        told = [places.setdefault(str(label), len(places)) for label in column.labels]
        codes.append(np.array([*told, -1], dtype=np.int32)[column.codes[taken]])
    return Column(np.concatenate(codes), list(places))
