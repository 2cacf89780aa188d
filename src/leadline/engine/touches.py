"""A log of touches, column by column: what happened, with whom, when."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from leadline.engine.errors import BadTouches, LeadlineError, nearest
from leadline.engine.instants import NEVER, Moment, to_datetime, to_instant
from leadline.engine.kinds import Kinds

MISSING = int(np.iinfo(np.int64).min)
"""No number: an amount that nobody gave."""

REQUIRED = ("contact", "kind", "happened_at")
TEXT = (
    "company",
    "path",
    "channel",
    "campaign",
    "content",
    "offer",
    "deal",
    "currency",
    "actor",
    "owner",
    "origin",
    "note",
)
"""The optional columns of text."""
FIELDS = (*REQUIRED, *TEXT, "value", "n", "id", "retracts", "machine")
"""Every field that a touch may have."""


@dataclass(frozen=True, eq=False)
class Column:
    """Texts told by number: value i is `labels[codes[i]]`, or missing where `codes[i]` is below 0."""

    codes: npt.NDArray[np.int32]
    labels: Sequence[Any]

    @staticmethod
    def of(values: Iterable[Hashable | None]) -> Column:
        """The column of these values; labels stand in the order in which they first appear."""
        seen: dict[Hashable, int] = {}
        codes = [-1 if value is None else seen.setdefault(value, len(seen)) for value in values]
        return Column(np.array(codes, dtype=np.int32), list(seen))

    def values(self) -> list[Any]:
        """One value a row, None where it is missing."""
        return [None if code < 0 else self.labels[code] for code in self.codes.tolist()]

    def take(self, rows: npt.NDArray[Any]) -> Column:
        """The same column for some rows (positions or a mask), labels unchanged."""
        return Column(self.codes[rows], self.labels)

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> Any:
        code = int(self.codes[row])
        return None if code < 0 else self.labels[code]


@dataclass(frozen=True, eq=False)
class Touches:
    """n touches in any order.

    `contact.codes` are dense numbers of the people, -1 for an audience of `n` people without names;
    `kind` holds codes of `kinds`; `happened_at` microseconds UTC; `value` minor units of money or MISSING.
    The column `deal` says of which deal of their contact an ask or an answer is (`list_asks`).
    Where touches have an `id`, rows stand in the order of the ids and each id once. Touches made by
    machines (by their kind, or flagged in `machine`) are kept and count for nothing.
    """

    kinds: Kinds
    contact: Column
    kind: npt.NDArray[np.uint16]
    happened_at: npt.NDArray[np.int64]
    columns: Mapping[str, Column] = field(default_factory=dict)
    value: npt.NDArray[np.int64] | None = None
    n: npt.NDArray[np.int64] | None = None
    id: Column | None = None
    machine: npt.NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.kind)

    @staticmethod
    def of(rows: Iterable[Mapping[str, Any]], kinds: Kinds | None = None) -> Touches:
        """Touches from dicts with `contact`, `kind`, `happened_at` and any other field of FIELDS.

        A row without a contact is an audience: it needs `n`. The same id twice counts once; a row whose
        `retracts` names an id takes that touch back. Raises BadTouches, naming the row.
        """
        kinds = kinds or Kinds.shipped()
        kept = _in_force([_check_row(number, row) for number, row in enumerate(rows, start=1)])
        return Touches(
            kinds=kinds,
            contact=Column.of(row.get("contact") for row in kept),
            kind=np.array([kinds.code(str(row["kind"])) for row in kept], dtype=np.uint16),
            happened_at=np.array([_instant(row["happened_at"]) for row in kept], dtype=np.int64),
            columns={name: Column.of(row.get(name) for row in kept) for name in TEXT if _has(kept, name)},
            value=_numbers(kept, "value"),
            n=_numbers(kept, "n"),
            id=Column.of(row.get("id") for row in kept) if _has(kept, "id") else None,
            machine=np.array([_truth(row.get("machine")) for row in kept]) if _has(kept, "machine") else None,
        )

    def take(self, rows: npt.NDArray[Any]) -> Touches:
        """The touches of some rows (positions or a mask); labels stay as they are."""
        return replace(
            self,
            contact=self.contact.take(rows),
            kind=self.kind[rows],
            happened_at=self.happened_at[rows],
            columns={name: column.take(rows) for name, column in self.columns.items()},
            value=None if self.value is None else self.value[rows],
            n=None if self.n is None else self.n[rows],
            id=None if self.id is None else self.id.take(rows),
            machine=None if self.machine is None else self.machine[rows],
        )

    def row(self, number: int) -> dict[str, Any]:
        """One touch as a dict, empty fields left out; `happened_at` as an aware datetime."""
        found = {
            "id": self.id[number] if self.id else None,
            "contact": self.contact[number],
            "kind": self.kinds.kinds[int(self.kind[number])].name,
            "happened_at": to_datetime(int(self.happened_at[number])),
            **{name: column[number] for name, column in self.columns.items()},
            "value": None if self.value is None or self.value[number] == MISSING else int(self.value[number]),
            "n": None if self.n is None or self.n[number] == MISSING else int(self.n[number]),
        }
        return {name: value for name, value in found.items() if value is not None}

    def counting(self) -> npt.NDArray[np.bool_]:
        """Which rows count: those of a known contact that no machine made."""
        machine = np.array([kind.machine for kind in self.kinds.kinds])
        made_by_people = ~machine[self.kind] if machine.any() else np.ones(len(self), dtype=bool)
        if self.machine is not None:
            made_by_people &= ~self.machine
        return made_by_people & (self.contact.codes >= 0)

    def first(self, name: str, until: npt.NDArray[np.int64] | None = None) -> Column:
        """For each contact (aligned with `contact.labels`) what `name` was on its earliest touch that has it.

        `until`: an instant for each contact; touches from then on don't count, except for its very first.
        What only a sale tells would otherwise hold for buyers alone. Raises BadTouches when the log has no
        such column.
        """
        if name not in self.columns:
            raise BadTouches(
                f"The column “{name}” was asked for",
                found=", ".join(self.columns) or "no further columns",
                allowed="a column that the touches have",
                suggestion=nearest(name, self.columns),
            )
        column = self.columns[name]
        rows = np.flatnonzero((column.codes >= 0) & self.counting())
        if until is not None:
            known_by = np.maximum(until - 1, self.first_at())
            rows = rows[self.happened_at[rows] <= known_by[self.contact.codes[rows]]]
        first = self._first_of(rows)
        rows = rows[self.happened_at[rows] == first[self.contact.codes[rows]]][::-1]
        codes = np.full(len(self.contact.labels), -1, dtype=np.int32)
        codes[self.contact.codes[rows]] = column.codes[rows]  # of one instant the first row stays
        return Column(codes, column.labels)

    def first_at(self) -> npt.NDArray[np.int64]:
        """For each contact the instant of its first touch that counts; NEVER where it has none."""
        return self._first_of(np.flatnonzero(self.counting()))

    def _first_of(self, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.int64]:
        first = np.full(len(self.contact.labels), NEVER)
        np.minimum.at(first, self.contact.codes[rows], self.happened_at[rows])
        return first


def withdrawn(retractions: Iterable[tuple[Hashable, Hashable]]) -> set[Hashable]:
    """The ids that are taken back, from pairs (id of the retraction, id that it names).

    A retraction that is itself taken back has no force. Raises BadTouches for a ring.
    """
    named_by: dict[Hashable, list[Hashable]] = {}
    for retraction, target in retractions:
        named_by.setdefault(target, []).append(retraction)
    known: dict[Hashable, bool] = {}

    def is_withdrawn(touch: Hashable, above: tuple[Hashable, ...]) -> bool:
        if touch in above:
            raise BadTouches("Touches take each other back", found=f"a ring through id {touch}")
        if touch not in known:
            known[touch] = any(not is_withdrawn(by, (*above, touch)) for by in named_by.get(touch, []))
        return known[touch]

    return {target for target in named_by if is_withdrawn(target, ())}


def check_mapping(number: int, row: object) -> None:
    """Raise BadTouches for a row that has no fields at all."""
    if not isinstance(row, Mapping):
        raise BadTouches(f"Touch {number} can't be read", found=repr(row), allowed="a dict of its fields")


def _check_row(number: int, row: Mapping[str, Any]) -> Mapping[str, Any]:
    check_mapping(number, row)
    for name in row:
        if name not in FIELDS:
            raise BadTouches(
                f"Touch {number} has the field “{name}”",
                allowed=", ".join(FIELDS),
                suggestion=nearest(name, FIELDS),
            )
    row = {name: value for name, value in row.items() if not _is_blank(value)}
    missing = [name for name in REQUIRED if name not in row]
    if row.get("retracts") is not None or (missing == ["contact"] and row.get("n") is not None):
        return row
    if missing:
        raise BadTouches(
            f"Touch {number} lacks {' and '.join(missing)}", found=repr(dict(row)), allowed="all three"
        )
    return row


def _is_blank(value: Any) -> bool:
    """Whether a cell says nothing: None, an empty text (as CSV gives it), or the NaN of a frame."""
    return value is None or value == "" or value != value  # noqa: PLR0124 - NaN is what differs from itself


def _in_force(rows: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Each id once, in the order of the ids, and nothing that was taken back."""
    taken_back = withdrawn(
        (row.get("id"), row["retracts"]) for row in rows if row.get("retracts") is not None
    )
    rows = [row for row in rows if row.get("retracts") is None and row.get("id") not in taken_back]
    if not _has(rows, "id"):
        return rows
    by_number = all(isinstance(row.get("id"), int) for row in rows)
    rows.sort(key=lambda row: _id_order(row, by_number))
    return [
        row
        for row, before in zip(rows, [None, *rows], strict=False)
        if before is None or not _same(row, before)
    ]


def _id_order(row: Mapping[str, Any], by_number: bool) -> tuple[Any, ...]:
    number = row.get("id") if by_number else 0
    text = (str(row.get("id") or ""), str(row["happened_at"]), str(row.get("contact")), str(row["kind"]))
    return (number, *text)


def _same(row: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return row.get("id") is not None and row.get("id") == other.get("id")


def _has(rows: list[Mapping[str, Any]], name: str) -> bool:
    return any(row.get(name) is not None for row in rows)


def _numbers(rows: list[Mapping[str, Any]], name: str) -> npt.NDArray[np.int64] | None:
    if not _has(rows, name):
        return None
    return np.array([_whole(name, row.get(name)) for row in rows], dtype=np.int64)


def _whole(name: str, number: Any) -> int:
    if number is None:
        return MISSING
    try:
        if int(number) == float(number):
            return int(number)
    except (TypeError, ValueError, OverflowError):
        pass
    right = "minor units of money (9950 for 99.50)" if name == "value" else "a count of people"
    raise BadTouches(f"“{name}” needs whole numbers", found=repr(number), allowed=right)


def _truth(machine: Any) -> bool:
    if machine not in (None, True, False):
        raise BadTouches(
            "“machine” needs true or false", found=repr(machine), allowed="True or False, not a text"
        )
    return bool(machine)


def _instant(moment: Moment) -> int:
    try:
        return to_instant(moment)
    except LeadlineError as error:
        raise BadTouches(
            "A touch needs the day or the instant at which it happened",
            found=error.found,
            allowed=error.allowed,
        ) from None
