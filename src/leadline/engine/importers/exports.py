"""One file of somebody's export with its columns understood, and an account of every row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np

from leadline.engine.errors import AmbiguousDates
from leadline.engine.importers.cells.dates import DateForm, decide_file_order, explain_date, parse_dates
from leadline.engine.importers.cells.values import decide_number_form, is_placeholder, parse_truth
from leadline.engine.importers.columns.contents import Contents, judge
from leadline.engine.importers.columns.header_words import DATE_OF, find_zone
from leadline.engine.importers.columns.mapping import Mapping
from leadline.engine.importers.columns.meanings import Proposal
from leadline.engine.importers.evidence import Integers, Mask
from leadline.engine.importers.reading.tables import Table
from leadline.engine.importers.reading.unused import UnusedRow
from leadline.engine.kinds import Kinds
from leadline.engine.touches import Column
from leadline.engine.wording import counted, listed

DATES = (
    "happened at", "created", "engaged", "closed", "won on", "lost on", "last activity", "order placed",
    "due", "finished",
)  # fmt: skip
"""Meanings of dates that touches are made of, besides `date of` a kind."""
REGIONS = frozenset({"EU", "EMEA", "APAC", "LATAM", "AMER", "SA", "ASIA", "AF", "AS", "OC"})
"""Where a column names these, `NA` is North America and not "not available"."""
FEW_LABELS = 100
"""A column of regions has fewer different texts."""
SURE_DIGITS = frozenset("123456789")
"""A text that begins with one of these says something."""


@dataclass(eq=False)
class Export:
    """A table, what its columns mean, what was found out while it was read, and which rows were left out.

    `left_out` is for each row the place of its reason in `reasons`, -1 while the row is used. `words` are the
    words of a log that were taken for kinds. `derived` are columns that follow from several of the file, by
    meaning: whoever is on the other side of each message; `writers` are those who wrote most of them, `ours`
    those who write as us. `monthly` is the column of amounts for each month, of which each purchase on record
    counts one.
    """

    table: Table
    proposal: Proposal
    contents: dict[str, Contents]
    kinds: Kinds
    mapping: Mapping
    date_order: str | None = None
    notes: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    monthly: str | None = None
    derived: dict[str, Column] = field(default_factory=dict)
    writers: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.left_out = np.full(len(self.table.line), -1, dtype=np.int64)
        self._missing = {header: _placeholders(column) for header, column in self.table.columns.items()}
        self.columns = {
            header: _without(column, self._missing[header]) for header, column in self.table.columns.items()
        }
        self._dates: dict[str, tuple[Integers, Mask]] = {}
        self._forms: dict[str, DateForm] | None = None

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.table.name

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return len(self.table.line)

    @property
    def used(self) -> Mask:
        """The rows that were not left out."""
        return self.left_out < 0

    def column(self, means: str) -> Column | None:
        """The cells of the column with a meaning, placeholders missing; None where no column has it."""
        if means in self.derived:
            return self.derived[means]
        header = self.proposal.of(means)
        return self.columns[header] if header is not None else None

    def every(self, means: str) -> list[Column]:
        """The cells of each column with a meaning that several may have, in the order of the file."""
        found = [self.columns[header] for header, one in self.proposal.columns.items() if one.means == means]
        return [self.derived[means]] if means in self.derived else found

    def truths(self, means: str) -> Integers | None:
        """1 for yes, 0 for no, -1 where nothing is said; None where no column has that meaning.

        Of several columns one yes is enough.
        """
        said = {True: 1, False: 0, None: -1}
        told = [
            spread_labels(one, [said[parse_truth(text)] for text in one.labels]) for one in self.every(means)
        ]
        return np.maximum.reduce(told) if told else None

    def date_columns(self) -> dict[str, str]:
        """The columns of dates that touches are made of, and what each means."""
        return {
            header: meaning.means
            for header, meaning in self.proposal.columns.items()
            if meaning.means in DATES or meaning.means.startswith(DATE_OF)
        }

    def dates(self, header: str) -> tuple[Integers, Mask]:
        """The instant of each row in a column of dates, and which rows have one; others are 0."""
        if header not in self._dates:
            column = self.columns[header]
            instants, ok = parse_dates(column.labels, self._form(header))
            found = np.append(ok, False)[column.codes]
            self._dates[header] = np.where(found, spread_labels(column, instants), 0), found
        instants, found = self._dates[header]
        return instants, found.copy()

    def dates_of(self, means: str) -> tuple[Integers, Mask]:
        """As `dates`, of the column with a meaning; nowhere a date if there is no such column."""
        header = self.proposal.of(means)
        if header is None:
            return np.zeros(self.rows, dtype=np.int64), np.zeros(self.rows, dtype=bool)
        return self.dates(header)

    def explain(self, header: str, text: str) -> str:
        """Why a text in a column of dates is no date."""
        return explain_date(text, self._form(header))

    def note_unreadable_dates(self) -> None:
        """Notes for each column of dates how many cells are none, with an example."""
        for header in self.date_columns():
            column = self.columns[header]
            _, found = self.dates(header)
            bad = np.flatnonzero((column.codes >= 0) & ~found & self.used)
            if len(bad):
                text, line = str(column[int(bad[0])]), int(self.table.line[bad[0]])
                why = self.explain(header, text)
                self.notes.append(
                    f"not read as dates: {counted(len(bad), 'cell')} of “{header}”, taken as blank "
                    f"(line {line}: “{text}”, {why})"
                )

    def note_placeholders(self) -> None:
        """Notes which texts were taken for "no value", and in how many cells of which columns."""
        found: dict[str, list[str]] = {}
        for header, codes in self._missing.items():
            column = self.table.columns[header]
            for code in codes:
                count = counted(int(np.sum(column.codes == code)), "row")
                found.setdefault(str(column.labels[code]), []).append(f"{header} ({count})")
        for text, places in found.items():
            self.notes.append(f"“{text}” was taken for a missing value in {listed(places)}")

    def leave_out(self, rows: Mask, reason: str) -> None:
        """Leaves rows out for one reason; a row keeps the first reason it got."""
        rows = rows & self.used
        if rows.any():
            self.left_out[rows] = len(self.reasons)
            self.reasons.append(reason)

    def leave_out_labels(self, rows: Mask, column: Column, explain: Callable[[str], str]) -> None:
        """Leaves rows out, each for what its cell in a column says."""
        rows = rows & self.used & (column.codes >= 0)
        codes = np.unique(column.codes[rows])
        places = np.full(len(column.labels), -1, dtype=np.int64)
        places[codes] = len(self.reasons) + np.arange(len(codes))
        self.reasons += [explain(str(column.labels[code])) for code in codes.tolist()]
        self.left_out[rows] = places[column.codes[rows]]

    def leave_out_each(self, rows: Integers, reasons: Sequence[str]) -> None:
        """Leaves rows out, each for its own reason."""
        fresh = self.used[rows]
        places = len(self.reasons) + np.arange(len(rows))
        self.left_out[rows[fresh]] = places[fresh]
        self.reasons += reasons

    def unused(self) -> list[UnusedRow]:
        """Every row that was read and is not used, with its reason, in the order of the lines."""
        rows = np.flatnonzero(~self.used).tolist()
        columns = list(self.table.columns.values())
        mine = [
            UnusedRow(
                self.name,
                int(self.table.line[row]),
                self.reasons[self.left_out[row]],
                tuple(str(column[row] or "") for column in columns),
            )
            for row in rows
        ]
        return sorted([*self.table.unused, *mine], key=lambda unused: unused.line)

    def _form(self, header: str) -> DateForm:
        if self._forms is None:
            zone = self.mapping.zone or ""
            self._forms = {
                name: replace(form, zone=find_zone(name) or zone)
                for name, form in self._decide_forms().items()
            }
        return self._forms[header]

    def _decide_forms(self) -> dict[str, DateForm]:
        """The forms of the columns of dates; others in the file are heard only where they help to decide."""
        expected = self.proposal.of("expected close") if self.mapping.deals == "asks" else None
        more = [header for header in (self.proposal.of("renewal"), expected) if header]
        read = [*self.date_columns(), *more]
        needed = {header: self.columns[header].labels for header in read}
        others = {h: self.columns[h].labels for h, held in self.contents.items() if held.are_dates}
        with suppress(AmbiguousDates):
            return decide_file_order({**others, **needed}, self.date_order, file=self.name)
        try:
            return decide_file_order(needed, self.date_order, file=self.name)
        except AmbiguousDates:
            header = self._find_decimal_commas()
            if header is None:
                raise
        forms = decide_file_order(needed, self.date_order, file=self.name, usual="dmy")
        self.notes.append(
            f"dates that are possible both ways have the day first: “{header}” has a decimal comma"
        )
        return forms

    def _find_decimal_commas(self) -> str | None:
        """A column of numbers with a decimal comma: nobody who writes one puts the month first."""
        for header, held in self.contents.items():
            if held.are_numbers and not held.are_dates:
                form = decide_number_form(self.columns[header].labels)
                if form.mark == "," and form.certain:
                    return header
        return None


def spread_labels(column: Column, of_labels: Sequence[int] | Integers) -> Integers:
    """What is said of each label, for each row; -1 where the column is blank."""
    told = np.append(np.asarray(of_labels, dtype=np.int64), -1)
    return told[column.codes]


def judge_all(table: Table) -> dict[str, Contents]:
    """What each column of a table holds."""
    return {header: judge(column, header) for header, column in table.columns.items()}


def _placeholders(column: Column) -> list[int]:
    """The labels of a column that say "no value"; in a column of regions `NA` is North America."""
    kept = "NA" if len(column.labels) < FEW_LABELS and REGIONS & set(column.labels) else None
    return [
        code
        for code, label in enumerate(column.labels)
        if label[:1] not in SURE_DIGITS and label != kept and is_placeholder(label)
    ]


def _without(column: Column, missing: Sequence[int]) -> Column:
    if not missing:
        return column
    told = np.zeros(len(column.labels) + 1, dtype=bool)
    told[list(missing)] = True
    return Column(np.where(told[column.codes], -1, column.codes).astype(np.int32), column.labels)
