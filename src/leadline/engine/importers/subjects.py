"""Whom each row is about: the rows of several files are brought together by ids, addresses and names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import numpy as np

from leadline.engine.importers.evidence import Integers
from leadline.engine.importers.exports import Export
from leadline.engine.importers.words import plain_number
from leadline.engine.touches import Column
from leadline.engine.wording import counted

Unit = Literal["contact", "company", "deal"]
Who = tuple[str, Column]
"""What sort of name a column holds, and the column."""

NAMES: dict[Unit, tuple[str, ...]] = {
    "contact": ("contact id", "e-mail", "name"),
    "deal": ("deal id", "deal name"),
    "company": ("company id", "company"),
}
"""By what each unit is known, the surest first."""
WEAK = ("name", "deal name", "company")
"""Names that several can have."""
_INSIDE = re.compile(r"[^\s;,|<>()]+@[^\s;,|<>()]+|[^;|<>()]+")
_SEVERAL = re.compile(r"\s*[;|]\s*|,\s*(?=\S+@)")
"""What parts several who are named in one cell; a comma does so between addresses only."""


COMMAS = 0.5
"""From this share of names with a comma on, it stands between family name and first name."""


class Subjects:
    """Everybody who was found: `labels`, and by what names each is known."""

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.labels: list[str] = []
        self._known: dict[str, dict[str, int]] = {}
        self._numbers: dict[str, dict[str, int]] = {}
        self._taken: set[str] = set()

    def settle(self, export: Export) -> Integers:
        """The subject of each row, -1 for rows that are left out; rows that name nobody are left out here."""
        self._numbers.clear()
        named = find_names(export, self.unit)
        own = [who for who in named if who[0] != "company" or self.unit == "company"]
        whos = _weak_only_alone(named)
        found = np.full(export.rows, -1, dtype=np.int64)
        for sort, column in whos:
            self._look_up(sort, column, found)
        for sort, column in whos:
            self._look_up(sort, column, found)
            if sort != "linked deal":
                self._add(
                    sort, _ids_of_buyers(export, named) if sort == "contact id" else column, found, export
                )
            self._remember(own, np.where(export.used, found, -1))
        found[~export.used] = -1
        sorts = " or ".join(dict.fromkeys(sort for sort, _ in whos)) or self.unit
        export.leave_out(found < 0, f"no {sorts}: whom the row is about isn't said")
        self._note_shared(export, whos, found)
        _note_several(export, named)
        return found

    def _look_up(self, sort: str, column: Column, found: Integers) -> None:
        """Fills in the rows whose name is known already."""
        known = self._known.get("deal id" if sort == "linked deal" else sort)
        if not known:
            return
        told = np.array([self._find(sort, str(label)) for label in column.labels] + [-1], dtype=np.int64)
        found[:] = np.where(found < 0, told[column.codes], found)

    def _find(self, sort: str, label: str) -> int:
        known = self._known["deal id" if sort == "linked deal" else sort]
        code = known.get(plain_name(sort, label))
        if code is None:
            code = self._find_number(sort, label)
        if code is None and ("@" in label or ";" in label or "|" in label):
            inside = [part.strip() for part in _INSIDE.findall(label)]
            tried = (names.get(plain_name(s, p)) for p in inside for s, names in self._known.items())
            code = next((one for one in tried if one is not None), None)
        return -1 if code is None else code

    def _find_number(self, sort: str, label: str) -> int | None:
        """Who has an id that is the same number, written with other zeros; None if several have."""
        number = plain_number(label) if sort.endswith((" id", " deal")) else None
        if number is None:
            return None
        sort = "deal id" if sort == "linked deal" else sort
        if sort not in self._numbers:
            there = self._numbers[sort] = {}
            for name, code in self._known[sort].items():
                plain = plain_number(name)
                if plain is not None:
                    there[plain] = code if there.get(plain, code) == code else -1
        code = self._numbers[sort].get(number, -1)
        return None if code < 0 else code

    def _add(self, sort: str, column: Column, found: Integers, export: Export) -> None:
        """New subjects for the names that nobody has yet, in the order of the rows."""
        rows = np.flatnonzero((found < 0) & (column.codes >= 0) & export.used)
        codes, first = np.unique(column.codes[rows], return_index=True)
        codes = codes[np.argsort(first)]
        parted = part_names(column, sort)
        shown = [parted[code][0] for code in codes.tolist()]
        known = self._known.setdefault(sort, {})
        told = np.full(len(column.labels), -1, dtype=np.int64)
        for code, name in zip(codes.tolist(), shown, strict=True):
            plain = plain_name(sort, name)
            if plain not in known:
                known[plain] = len(self.labels)
                self.labels.append(self._label(sort, name))
            told[code] = known[plain]
        found[rows] = told[column.codes[rows]]

    def _label(self, sort: str, name: str) -> str:
        """What a subject is called: as in the file, unless another sort of name took that already."""
        plain = (sort in NAMES[self.unit] or sort == "row") and name not in self._taken
        label = name if plain else f"{sort.removesuffix(' id')} {name}"
        self._taken.add(label)
        return label

    def _remember(self, whos: Sequence[Who], found: Integers) -> None:
        """By which other names the subjects are known; of names that two have in this file, by none."""
        for sort, column in whos if len(whos) > 1 else ():
            rows = np.flatnonzero((column.codes >= 0) & (found >= 0))[::-1]
            told = np.full(len(column.labels), -1, dtype=np.int64)
            told[column.codes[rows]] = found[rows]
            if sort in WEAK:
                others = (column.codes >= 0) & (told[column.codes] != found)
                told[column.codes[others]] = -1
            known = self._known.setdefault("deal id" if sort == "linked deal" else sort, {})
            for label, code in zip(column.labels, told.tolist(), strict=True):
                if code >= 0:
                    known.setdefault(plain_name(sort, str(label)), code)

    def _note_shared(self, export: Export, whos: Sequence[Who], found: Integers) -> None:
        """Notes addresses that several ids share: they stay apart."""
        columns = dict(whos)
        if "e-mail" not in columns or whos[0][0] == "e-mail":
            return
        mail = columns["e-mail"].codes
        rows = (mail >= 0) & (found >= 0)
        pairs = np.unique(np.stack([mail[rows].astype(np.int64), found[rows]]), axis=1)[0]
        shared = int(np.sum(np.bincount(pairs) > 1)) if len(pairs) else 0
        if shared:
            export.notes.append(
                f"several ids share an e-mail address ({counted(shared, 'such address')}): they stay apart"
            )


def find_names(export: Export, unit: Unit) -> list[Who]:
    """The columns by which the rows of a file name their subject, the surest first."""
    whos = [(sort, column) for sort in NAMES[unit] if (column := _name_column(export, sort)) is not None]
    linked = export.column("linked deal")
    if linked is not None and unit == "contact":
        whos.append(("linked deal", linked))
    by_deal = export.proposal.shape == "stage history" and export.column("deal id") is not None
    company = export.column("company") if unit == "contact" and export.mapping.deals == "asks" else None
    if company is not None and export.proposal.shape == "deals":
        whos.append(("company", company))
    if by_deal or export.proposal.shape == "deals":
        whos += [who for who in _deal_names(export) if who[0] not in dict(whos)]
    alone = export.proposal.shape == "contacts" and not whos
    return [("row", _lines(export))] if alone else whos


def plain_name(sort: str, label: str) -> str:
    """A name as it is compared: ids as they are, all others without case."""
    return label if sort.endswith(" id") else label.casefold()


def part_names(column: Column, sort: str) -> list[list[str]]:
    """For each label of a column those who are named in it.

    `Dan Day, Eve East` are two, `Day, Dan` is one, as are all where most have the family name first.
    """
    labels = [str(label) for label in column.labels]
    parted = [_part(label) for label in labels]
    commas = [place for place, label in enumerate(labels) if "," in label and "@" not in label]
    if sort == "name" and len(commas) < COMMAS * len(labels):
        for place in commas:
            names = [name.strip() for name in labels[place].split(",")]
            if all(len(name.split()) > 1 for name in names):
                parted[place] = names
    return parted


def _part(label: str) -> list[str]:
    """Each of those who are named in one cell, parted by signs that no name has."""
    if ";" not in label and "|" not in label and "," not in label:
        return [label]
    return [part for part in _SEVERAL.split(label) if part] or [label]


def _note_several(export: Export, whos: Sequence[Who]) -> None:
    """Notes in how many rows more than one is named: all that the row says is counted for one of them."""
    rows = np.zeros(export.rows, dtype=bool)
    for sort, column in whos:
        several = [len(names) > 1 for names in part_names(column, sort)]
        rows |= np.array([*several, False])[column.codes]
    if many := int(np.sum(rows & export.used)):
        export.notes.append(
            f"several people are named in {counted(many, 'row')}: it counts for one of them, who is in "
            "another file too or stands first"
        )


def _ids_of_buyers(export: Export, whos: Sequence[Who]) -> Column:
    """The contact ids of a file; in orders those who share an e-mail, and no two names, have the first one's.

    A shop gives whoever pays without an account a new id each time.
    """
    columns = dict(whos)
    ids, mails, names = columns["contact id"], columns.get("e-mail"), columns.get("name")
    if export.proposal.shape != "orders" or mails is None:
        return ids
    rows = np.flatnonzero((ids.codes >= 0) & (mails.codes >= 0) & export.used)
    mail = _without_case(mails)[mails.codes[rows]]
    called = np.full(len(rows), -1) if names is None else _without_case(names)[names.codes[rows]]
    known = np.unique(np.stack([mail, called])[:, called >= 0], axis=1)[0]
    one_name = np.bincount(known, minlength=len(mails.labels) + 1) < 2
    buyers, first = np.unique(mail, return_index=True)
    of_mail = np.zeros(len(mails.labels) + 1, dtype=np.int32)
    of_mail[buyers] = ids.codes[rows[first]]
    codes = ids.codes.copy()
    codes[rows] = np.where(one_name[mail], of_mail[mail], codes[rows])
    return Column(codes, ids.labels)


def _without_case(column: Column) -> Integers:
    """For each label the place of the first one that is the same but for its case; -1 for none."""
    places: dict[str, int] = {}
    told = [places.setdefault(str(label).casefold(), place) for place, label in enumerate(column.labels)]
    return np.array([*told, -1], dtype=np.int64)


def _weak_only_alone(whos: Sequence[Who]) -> list[Who]:
    """Names that two can share are heard only on rows that have nothing surer."""
    told: list[Who] = []
    for sort, column in whos:
        codes = column.codes
        for _, surer in told if sort in WEAK else ():
            codes = np.where(surer.codes >= 0, -1, codes).astype(np.int32)
        told.append((sort, Column(codes, column.labels)))
    return told


def _deal_names(export: Export) -> list[Who]:
    """Every deal is somebody's: where no contact is named it stands for itself, by its id, title or line."""
    number, title = export.column("deal id"), export.column("deal name")
    if number is not None:
        return [("deal id", number)]
    lines = _lines(export)
    if title is None:
        return [("row", lines)]
    if len(np.unique(title.codes)) == len(title):
        return [("deal name", title)]
    named = zip(title.values(), lines.labels, strict=True)
    return [("row", Column.of(f"{name}, {line}" if name else line for name, line in named))]


def _lines(export: Export) -> Column:
    """Where nothing names the subject of a row, each row is a subject of its own."""
    lines = [f"line {line}" for line in export.table.line.tolist()]
    return Column(np.arange(export.rows, dtype=np.int32), lines)


def _name_column(export: Export, sort: str) -> Column | None:
    return name_people(export) if sort == "name" else export.column(sort)


def name_people(export: Export) -> Column | None:
    """What the people of a file are called, from one column or several; None where nothing names them."""
    column = export.column("name")
    if column is not None:
        return column
    first, last = export.column("first name"), export.column("last name")
    if first is None or last is None:
        return first if last is None else last
    middle = export.column("middle name")
    return join_texts(first if middle is None else join_texts(first, middle), last)


def join_texts(first: Column, second: Column, between: str = " ") -> Column:
    """Two columns of texts as one, a space between; where one is blank the other alone."""
    width = len(second.labels) + 1
    pairs = (first.codes.astype(np.int64) + 1) * width + second.codes + 1
    there, codes = np.unique(pairs, return_inverse=True)
    texts = [
        between.join(
            str(part) for part in (_label(first, pair // width - 1), _label(second, pair % width - 1)) if part
        )
        for pair in there.tolist()
    ]
    return Column(np.where(pairs == 0, -1, codes).astype(np.int32), texts)


def _label(column: Column, code: int) -> str:
    return str(column.labels[code]) if code >= 0 else ""
