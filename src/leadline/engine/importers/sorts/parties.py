"""Who takes part in each conversation of a file of messages, by what each is known, and which of them is us.

| found | who is us |
| --- | --- |
| somebody said it, or a column says which messages were sent | as they say |
| several conversations of two | the one who takes part in each of them |
| a conversation of two that is called by one of them, as its file may be | the other one |
| none of these | that can't be known, and is asked |
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

import numpy as np

from leadline.engine.errors import UnknownWriters
from leadline.engine.importers.columns.contents import LETTERS, looks_like_phone
from leadline.engine.importers.columns.sort_headers import tells_ways
from leadline.engine.importers.evidence import Integers
from leadline.engine.importers.exports import Export
from leadline.engine.importers.subjects import join_texts, part_names
from leadline.engine.importers.words import squeezed, tokens
from leadline.engine.touches import Column
from leadline.engine.wording import listed

SORTS = ("contact id", "e-mail", "social", "phone", "name")
"""By what a party of a conversation can be known, the surest first."""
MOST = 0.8
"""From this share of addresses, profiles or numbers on, those are what a column holds."""
CHOICES = 12
"""So many writers are named, the most frequent first, where it is asked which of them is us."""
_BETWEEN = re.compile(r"\s*[;,|]\s*")
Side = dict[str, Column]
"""What the parties on one side of the messages are called, by sort."""


@dataclass(eq=False)
class Talks:
    """The conversations of one file: `talk` is that of each row, `parties` are those of each conversation.

    A party is known by `key` (one of SORTS), in small letters; `called` is what each is called. `titles` say
    what a conversation is called, with the name of its file. `told`: a column says who wrote.
    """

    export: Export
    writers: Side
    recipients: Side
    key: str
    talk: Integers
    parties: list[frozenset[str]]
    called: dict[str, str]
    titles: list[str]
    told: bool
    ours: set[str] = field(default_factory=set)

    @property
    def is_settled(self) -> bool:
        """Whether it is known who is us."""
        return self.told or bool(self.ours)

    def say(self, party: str) -> str:
        """What tells one who wrote from all others: an address, else the name."""
        return party if self.key == "e-mail" else self.called[party]


def read_talks(export: Export) -> Talks:
    """The conversations of a file: as a column says, else the rows of the same parties, else all of them."""
    writers, recipients = read_side(export, "writer"), read_side(export, "recipient")
    key = _find_key(writers, recipients)
    wrote, got = _keys_of(writers.get(key), key), _keys_of(recipients.get(key), key)
    none = Column(np.full(export.rows, -1, dtype=np.int32), [])
    writer, recipient = writers.get(key, none), recipients.get(key, none)
    pairs = np.stack([writer.codes, recipient.codes])
    titles = [PurePath(export.table.name).stem]
    if columns := export.every("conversation"):
        whole = columns[0]
        for column in columns[1:]:
            whole = join_texts(whole, column)
        talk = whole.codes.astype(np.int64)
        titles = [f"{label} {titles[0]}" for label in whole.labels] + titles
        talk = np.where(talk < 0, len(whole.labels), talk)
    elif recipients:
        met, place = np.unique(pairs, axis=1, return_inverse=True)
        sets = [frozenset([*wrote[one], *got[other]]) for one, other in met.T.tolist()]
        places = {parties: number for number, parties in enumerate(dict.fromkeys(sets))}
        talk = np.array([places[parties] for parties in sets], dtype=np.int64)[place.reshape(-1)]
        titles = [""] * len(places)
    else:
        talk = np.zeros(export.rows, dtype=np.int64)
    found: list[set[str]] = [set() for _ in titles]
    for number, one, other in np.unique(np.stack([talk, *pairs]), axis=1).T.tolist():
        found[number] |= {*wrote[one], *got[other]}
    called = _called(recipients, key) | _called(writers, key)
    told = export.column("sent") is not None or _ways(export) is not None
    return Talks(
        export, writers, recipients, key, talk, [frozenset(one) for one in found], called, titles, told
    )


def _find_key(writers: Side, recipients: Side) -> str:
    """By what the parties are known: the surest that both sides have, and no fewer writers than any other."""
    both = [sort for sort in SORTS if sort in writers and sort in recipients]
    filled = {sort: int(np.sum(writers[sort].codes >= 0)) for sort in both or SORTS if sort in writers}
    most = max(filled.values(), default=0)
    return next((sort for sort, rows in filled.items() if rows == most), "name")


def read_side(export: Export, means: str) -> Side:
    """What those on one side are called, by sort; a number where others have a name is a telephone too."""
    found: Side = {}
    for header, meaning in export.proposal.columns.items():
        if meaning.means == means:
            found.setdefault(_sort_of(export, header), export.columns[header])
    if "name" in found and "phone" not in found:
        names = found["name"]
        numbers = [looks_like_phone(str(label)) for label in names.labels]
        if any(numbers):
            codes = np.where(np.array([*numbers, False])[names.codes], names.codes, -1)
            found["phone"] = Column(codes.astype(np.int32), names.labels)
    return found


def find_us(some: Sequence[Talks]) -> None:
    """Says of each file who is us. Raises UnknownWriters where that can't be known of one."""
    said = {squeezed(name) for talks in some[:1] for name in talks.export.mapping.we}
    for talks in some:
        _take(talks, said)
    for key in SORTS:
        alike = [talks for talks in some if talks.key == key and not talks.is_settled]
        if alike and (us := _find_common(alike) or _find_untitled(alike)):
            for talks in alike:
                talks.ours |= {us} & talks.called.keys()
    known = {squeezed(name) for talks in some for one in talks.ours for name in (one, talks.called[one])}
    for talks in some:
        if not talks.is_settled:
            _take(talks, known)
    for talks in some:
        talks.export.writers = tuple(name for name, _ in _count([talks]).most_common(CHOICES))
    unknown = [talks for talks in some if not talks.is_settled]
    if unknown:
        raise _unknown(unknown)


def _take(talks: Talks, names: set[str]) -> None:
    """Those who are called so are us."""
    talks.ours |= {
        key for key, name in talks.called.items() if {squeezed(key), squeezed(name)} & names - {""}
    }


def _find_common(alike: Sequence[Talks]) -> str | None:
    """The one who takes part in each conversation of two, where there are several."""
    pairs = {parties for talks in alike for parties in talks.parties if len(parties) == 2}
    common = frozenset.intersection(*pairs) if len(pairs) > 1 else frozenset()
    return next(iter(common)) if len(common) == 1 else None


def _find_untitled(alike: Sequence[Talks]) -> str | None:
    """The one in whose conversations of two the other is named by what these are called."""
    found: set[str] = set()
    for talks in alike:
        for parties, title in zip(talks.parties, talks.titles, strict=True):
            named = {one for one in parties if is_titled(talks.called[one], title)}
            if len(parties) == 2 and len(named) == 1:
                found |= parties - named
    return found.pop() if len(found) == 1 else None


def is_titled(name: str, title: str) -> bool:
    """Whether a conversation of that title is called by a name."""
    words = set(tokens(name))
    return bool(words) and words <= set(tokens(title))


def keys_of(label: str, key: str) -> tuple[str, ...]:
    """The parties that one cell names, as they are compared."""
    names = part_names(Column(np.zeros(1, dtype=np.int32), [label]), "name")[0]
    parts = names if key == "name" else _BETWEEN.split(label)
    return tuple(part.casefold() for part in parts if part)


def _keys_of(column: Column | None, key: str) -> list[tuple[str, ...]]:
    """The parties that each label of a column names; nobody at its end, for blanks."""
    return [*(keys_of(str(label), key) for label in (column.labels if column else ())), ()]


def _called(side: Side, key: str) -> dict[str, str]:
    """What each party of a side is called: by name where it has one."""
    if key not in side:
        return {}
    keys, names = side[key], side.get("name", side[key])
    codes, first = np.unique(keys.codes, return_index=True)
    found: dict[str, str] = {}
    for code, row in zip(codes.tolist(), first.tolist(), strict=True):
        parties = keys_of(str(keys.labels[code]), key) if code >= 0 else ()
        alone = len(parties) == 1
        for party in parties:
            found.setdefault(party, str(names[row] or party) if alone else party)
    return found


def _sort_of(export: Export, header: str) -> str:
    held = export.contents[header]
    shares = {"e-mail": held.emails, "social": held.profiles, "phone": held.phones}
    best = max(shares, key=shares.__getitem__)
    if shares[best] >= MOST:
        return best
    return "contact id" if tokens(header)[-1:] == ("id",) or held.letters < LETTERS else "name"


def _ways(export: Export) -> Column | None:
    column = export.column("direction")
    return column if column is not None and tells_ways(column) else None


def _unknown(unknown: Sequence[Talks]) -> UnknownWriters:
    names = [name for name, _ in _count(unknown).most_common(CHOICES)]
    files = ", ".join(talks.export.name for talks in unknown)
    example = names[0] if names else "your name"
    error = UnknownWriters(
        "it can't be told which of those who wrote these messages is you",
        found=f"messages of {listed([f'“{name}”' for name in names]) or 'nobody'}",
        allowed=f'with --map mapping.toml, the line we = ["{example}"], or several names',
        where=files,
    )
    error.writers = tuple(names)
    return error


def _count(some: Sequence[Talks]) -> Counter[str]:
    """How many messages each wrote."""
    found: Counter[str] = Counter()
    for talks in some:
        if (column := talks.writers.get(talks.key)) is not None:
            counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.labels)).tolist()
            for label, count in zip(column.labels, counts, strict=True):
                parties = keys_of(str(label), talks.key) if count else ()
                found.update({talks.say(party): count for party in parties})
    return found
