"""What is known of each subject besides its touches, also from files that only describe it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePath

import numpy as np

from leadline.engine.importers.evidence import Integers
from leadline.engine.importers.exports import Export
from leadline.engine.importers.joins import Link, find_links
from leadline.engine.touches import Column
from leadline.engine.wording import counted, listed

FIRST = ("source", "owner", "campaign", "channel", "offer")
LAST = ("company", "lost reason")
"""Meanings that are attributes under their own names: before and after those under their headers."""
TOLD = ("attribute", "owner", "source", "stage", "company")
"""Meanings of columns of files that only describe that become attributes of what names their rows."""
NAMED = 3

Attributes = dict[str, Column]
Part = tuple[Export, Integers]
"""A file, and the subject of each of its rows."""


def gather_attributes(parts: Sequence[Part], described: Sequence[Export], subjects: int) -> Attributes:
    """Each attribute's value for each subject: that of its first row which has one."""
    found: Attributes = {}
    joined: set[str] = set()
    for export, who in parts:
        links = {
            other.name: found_links[0] for other in described if (found_links := find_links(export, other))
        }
        joined |= links.keys()
        for name, column in _row_attributes(export, described, links):
            told = first_of(who, column, subjects)
            found[name] = fill(found[name], told) if name in found else told
    for export in described:
        if export.name not in joined:
            export.leave_out(export.used, "its file names nobody, and no other file refers to it")
    return {name: column for name, column in found.items() if (column.codes >= 0).any()}


def _row_attributes(
    export: Export, described: Sequence[Export], links: dict[str, Link]
) -> Iterator[tuple[str, Column]]:
    """The attributes of each row of a file, those of the rows that it refers to included."""
    columns = dict(export.columns)
    for other in described:
        if link := links.get(other.name):
            columns[link.header] = _respell(columns[link.header], link)
            _note_link(export, other, link)
    by_meaning = {meaning.means: header for header, meaning in export.proposal.columns.items()}
    kept = {"attribute", "note"} if _tells_no_touch(export) else {"attribute"}
    own = [header for header, meaning in export.proposal.columns.items() if meaning.means in kept]
    own += _marking(export)
    yield from ((means, columns[by_meaning[means]]) for means in FIRST if means in by_meaning)
    yield from ((header, columns[header]) for header in own)
    taken = {*FIRST, *LAST, *own, *(links[name].header for name in links)}
    for other in described:
        if link := links.get(other.name):
            for header, column in _described_columns(other, link):
                name = f"{header} ({PurePath(other.name).stem})" if header in taken else header
                yield name, _look_up(export.columns[link.header], link, column)
    yield from ((means, columns[by_meaning[means]]) for means in LAST if means in by_meaning)


def _marking(export: Export) -> list[str]:
    """The columns of words that people are marked with, where few enough of these can be compared."""
    columns = export.proposal.columns.items()
    return [header for header, one in columns if one.means == "tags" and export.contents[header].are_few]


def _tells_no_touch(export: Export) -> bool:
    """Whether it is a list of contacts without a date: no touch can carry what it notes of somebody."""
    meant = [meaning.means for meaning in export.proposal.columns.values()]
    dated = any(means == "created" or means.startswith("date of ") for means in meant)
    return export.proposal.shape == "contacts" and not dated


def _described_columns(other: Export, link: Link) -> Iterator[tuple[str, Column]]:
    for header, meaning in other.proposal.columns.items():
        held = other.contents[header]
        tells = meaning.means in TOLD and held.are_few
        if header != link.key and tells and held.distinct > 1:
            yield header, other.columns[header]


def _look_up(column: Column, link: Link, described: Column) -> Column:
    """For each row what the row that it refers to says."""
    told = np.append(np.where(link.rows >= 0, described.codes[link.rows], -1), -1)
    return Column(told[column.codes].astype(np.int32), described.labels)


def _respell(column: Column, link: Link) -> Column:
    """A column with the spelling of the file that it refers to."""
    if not link.near:
        return column
    spelled = [link.near.get(code, str(label)) for code, label in enumerate(column.labels)]
    labels = list(dict.fromkeys(spelled))
    places = {label: place for place, label in enumerate(labels)}
    codes = np.array([*(places[label] for label in spelled), -1], dtype=np.int32)
    return Column(codes[column.codes], labels)


def _note_link(export: Export, other: Export, link: Link) -> None:
    column = export.columns[link.header]
    rows = np.bincount(column.codes[export.used & (column.codes >= 0)], minlength=len(column.labels))
    taken = [
        f"“{column.labels[code]}” in {counted(int(rows[code]), 'row')} was taken as “{spelling}”"
        for code, spelling in link.near.items()
        if rows[code]
    ]
    export.notes.extend(f"{note} in {other.name}" for note in taken)
    order = np.argsort(-rows, kind="stable").tolist()
    missing = [code for code in order if rows[code] and link.rows[code] < 0]
    by = f", where it is “{link.key}”" if link.key != link.header else ""
    note = f"“{link.header}” was looked up in {other.name}{by}"
    if missing:
        named = [f"“{column.labels[code]}”" for code in missing[:NAMED]] + ["others"] * (len(missing) > NAMED)
        note += f"; not there: {listed(named)}, in {counted(int(rows[missing].sum()), 'row')}"
    export.notes.append(note)


def first_of(who: Integers, column: Column, subjects: int) -> Column:
    """For each subject what the column says on its first row that says anything."""
    rows = np.flatnonzero((who >= 0) & (column.codes >= 0))[::-1]
    codes = np.full(subjects, -1, dtype=np.int32)
    codes[who[rows]] = column.codes[rows]
    return Column(codes, column.labels)


def fill(column: Column, other: Column) -> Column:
    """A column whose blanks are filled from another of the same length."""
    labels = list(dict.fromkeys([*column.labels, *other.labels]))
    places = {label: place for place, label in enumerate(labels)}
    mine = np.array([*(places[label] for label in column.labels), -1], dtype=np.int32)
    theirs = np.array([*(places[label] for label in other.labels), -1], dtype=np.int32)
    return Column(np.where(column.codes >= 0, mine[column.codes], theirs[other.codes]), labels)
