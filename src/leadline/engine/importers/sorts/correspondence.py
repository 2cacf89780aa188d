"""Whom each message is about: whoever is on the other side of it, whichever side wrote."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import PurePath

import numpy as np

from leadline.engine.errors import BadMapping
from leadline.engine.importers.cells.values import parse_truth
from leadline.engine.importers.columns.sort_headers import find_way
from leadline.engine.importers.evidence import Integers, Mask
from leadline.engine.importers.exports import Export, spread_labels
from leadline.engine.importers.sorts.parties import (
    SORTS,
    Side,
    Talks,
    find_us,
    keys_of,
    read_side,
    read_talks,
)
from leadline.engine.importers.words import squeezed, synonyms
from leadline.engine.touches import Column
from leadline.engine.wording import listed

WAY, CONVERSATION, GROUPS = "way", "talk", "group"
"""Derived columns of a file of messages: who wrote, in which conversation, and -1 where that is no group."""
RECEIVED, SENT = 0, 1
WAYS = ("received", "sent")
LONGEST = 80
"""What a program writes in the place of a message is no longer."""


def settle_messages(exports: Sequence[Export]) -> None:
    """Gives each file of messages the columns that say who is on the other side.

    Raises UnknownWriters, and BadMapping for a file of which no column says who wrote.
    """
    some = [read_talks(export) for export in exports if export.proposal.shape == "messages"]
    for talks in some:
        if not talks.writers and not (talks.told and read_side(talks.export, "correspondent")):
            raise _nobody_wrote(talks.export)
    find_us(some)
    for talks in some:
        _settle(talks)


def _settle(talks: Talks) -> None:
    export = talks.export
    _leave_out_others(export)
    _leave_out_missed_calls(export)
    _without_placeholders(export)
    sent, known = _find_sent(talks)
    others = [parties - talks.ours for parties in talks.parties]
    groups = np.array([len(parties) > 1 for parties in others])[talks.talk]
    source = _find_source(talks, sent, known & ~sent, others)
    addressed = read_side(export, "correspondent")
    sides = (talks.writers, talks.recipients)
    for sort in SORTS:
        column = addressed.get(sort) if addressed else _other_side(sort, *sides, sent, source)
        if column is not None:
            export.derived[sort] = column
    _name_by_title(talks, sent & (source < 0), others)
    _name_by_number(export)
    named = np.logical_or.reduce(
        [export.derived[sort].codes >= 0 for sort in SORTS if sort in export.derived]
    )
    export.leave_out(~known, "nobody wrote it: the program itself tells something")
    export.leave_out(sent & ~named & groups, "you wrote it to a group, and so to nobody personally")
    export.leave_out(sent & ~named, "nothing says to whom you wrote it")
    export.derived[WAY] = Column(sent.astype(np.int32), WAYS)
    export.derived[CONVERSATION] = Column(talks.talk.astype(np.int32), talks.titles)
    export.derived[GROUPS] = Column(np.where(groups, 0, -1).astype(np.int32), ["group"])
    export.ours = tuple(sorted({talks.say(one) for one in talks.ours}))
    if export.ours:
        who = listed([f"“{name}”" for name in export.ours])
        export.notes.append(f"{who} {'is' if len(export.ours) == 1 else 'are'} taken for you")


def _nobody_wrote(export: Export) -> BadMapping:
    return BadMapping(
        "no column says who wrote these messages",
        found=", ".join(export.table.columns),
        allowed="a column that means “writer”, or “correspondent” beside one that means “direction”",
        where=export.name,
    )


def _leave_out_others(export: Export) -> None:
    """Leaves out what is no conversation with people: robots, channels that many read, notes to oneself."""
    column = export.column("conversation type")
    if column is None:
        return
    said = {squeezed(word) for word in synonyms()["messages"]["others"]}
    told = spread_labels(column, [squeezed(str(label)) in said for label in column.labels]) == 1
    export.leave_out_labels(told, column, lambda label: f"“{label}” is no conversation with people")


def _leave_out_missed_calls(export: Export) -> None:
    """Leaves out what the program tells of calls that nobody took, under the name of whoever called."""
    if (note := export.column("note")) is not None:
        told = spread_labels(note, [_is_one_of("missed", str(label)) for label in note.labels]) == 1
        export.leave_out_labels(told, note, lambda label: f"“{label}” is no message")


def _without_placeholders(export: Export) -> None:
    """Gives what was written without what stands for a picture, or for words that were taken back.

    They wrote all the same: the touch stays, and has no note.
    """
    if (note := export.column("note")) is not None:
        plain = [_written(str(label)) for label in note.labels]
        blank = np.array([*(not text for text in plain), True])
        export.derived["note"] = Column(np.where(blank[note.codes], -1, note.codes).astype(np.int32), plain)


def _written(text: str) -> str:
    """What somebody wrote, of what stands in the place of a message."""
    if _is_one_of("wordless", text):
        return ""
    words, mark, added = text.rpartition("<")
    return words.rstrip() if mark and _is_one_of("added", added) else text


def _is_one_of(sort: str, text: str) -> bool:
    return len(text) <= LONGEST and squeezed(text) in _words(sort)


@cache
def _words(sort: str) -> frozenset[str]:
    return frozenset(map(squeezed, synonyms()["messages"][sort]))


def _find_sent(talks: Talks) -> tuple[Mask, Mask]:
    """Which messages are ours, and of which it is known whose they are."""
    export = talks.export
    if (flags := export.column("sent")) is not None:
        told = spread_labels(flags, [parse_truth(str(label)) is True for label in flags.labels])
    elif talks.told and (column := export.column("direction")) is not None:
        ways = [find_way(str(label)) for label in column.labels]
        told = spread_labels(column, [-1 if way is None else WAYS.index(way) for way in ways])
    else:
        column = talks.writers[talks.key]
        ours = [not talks.ours.isdisjoint(keys_of(str(label), talks.key)) for label in column.labels]
        told = spread_labels(column, ours)
    return told == SENT, told >= 0


def _find_source(talks: Talks, sent: Mask, theirs: Mask, others: Sequence[frozenset[str]]) -> Integers:
    """The row that says who is on the other side of each row; -1 where none does.

    That is itself where they wrote; where we did, one that the only other of its conversation wrote.
    """
    rows = np.arange(talks.export.rows)
    first = np.full(len(others), -1)
    first[talks.talk[theirs][::-1]] = rows[theirs][::-1]
    alone = np.array([len(parties) == 1 for parties in others])
    return np.where(sent, np.where(alone, first, -1)[talks.talk], rows)


def _other_side(sort: str, writers: Side, recipients: Side, sent: Mask, source: Integers) -> Column | None:
    """Of each row what the other side is called: the writer of theirs, the recipient of ours."""
    wrote, got = writers.get(sort), recipients.get(sort)
    if wrote is None and got is None:
        return None
    labels = list(dict.fromkeys([*(wrote.labels if wrote else ()), *(got.labels if got else ())]))
    places = {label: place for place, label in enumerate(labels)}

    def codes(column: Column | None) -> Integers:
        if column is None:
            return np.full(len(sent), -1, dtype=np.int64)
        return spread_labels(column, [places[label] for label in column.labels])

    theirs = np.where(source >= 0, codes(wrote)[source], -1)
    addressed = np.where(sent & (len(recipients) > 0), codes(got), theirs)
    return Column(addressed.astype(np.int32), labels)


def _name_by_number(export: Export) -> None:
    """Whoever has no name, and nothing else to be known by, is called by a number or a profile."""
    if {"contact id", "e-mail"} & export.derived.keys():
        return
    for sort in ("phone", "social"):
        if sort in export.derived:
            other, name = export.derived[sort], export.derived.get("name", export.derived[sort])
            blank = name.codes < 0
            codes = np.where(blank & (other.codes >= 0), other.codes + len(name.labels), name.codes)
            export.derived["name"] = Column(codes.astype(np.int32), [*name.labels, *other.labels])


def _name_by_title(talks: Talks, alone: Mask, others: Sequence[frozenset[str]]) -> None:
    """Where nobody answered us, whoever we wrote to is called as the conversation is."""
    export, headers = talks.export, talks.export.proposal.columns.items()
    titles = [export.columns[h] for h, one in headers if one.means == "conversation" and _names(export, h)]
    if not titles or talks.recipients:
        return
    called = [str(label) != PurePath(export.name).stem for label in titles[0].labels]
    unanswered = alone & np.array([not parties for parties in others])[talks.talk]
    unanswered &= np.array([*called, False])[titles[0].codes]
    names, title = export.derived.get("name"), titles[0]
    if names is None or not unanswered.any():
        return
    labels = [*names.labels, *title.labels]
    codes = np.where(unanswered, title.codes + len(names.labels), names.codes)
    export.derived["name"] = Column(codes.astype(np.int32), labels)


def _names(export: Export, header: str) -> bool:
    """Whether a column of conversations says what these are called, and is no number or code of theirs."""
    return squeezed(header).endswith(("name", "title", "conversation", "chat")) and (
        export.contents[header].letters > 0.5
    )
