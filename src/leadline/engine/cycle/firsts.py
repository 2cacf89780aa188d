"""First touches: of everybody, the instant and the path of their first touch of some kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from leadline.engine.instants import NEVER

if TYPE_CHECKING:
    from leadline.engine.touches import Column, Touches

Integers = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


class Firsts:
    """The touches that count up to `as_of`, whose they are, and the first of each subject by kind.

    A choice of kinds is a mask over their codes: `link_is("ask") & (direction == "out")`.
    """

    def __init__(self, touches: Touches, whose: Column, as_of: int) -> None:
        self.touches, self.subject, self.subjects, self.as_of = touches, whose.codes, len(whose.labels), as_of
        self.counts = touches.counting() & (touches.happened_at <= as_of) & (whose.codes >= 0)
        kinds = touches.kinds.kinds
        self.link = np.array([kind.link for kind in kinds])
        self.direction = np.array([kind.direction for kind in kinds])
        self.any_kind: Mask = np.ones(len(kinds), dtype=bool)
        self.paths, self.path = self._names("path")
        self.actors, self.actor = self._names("actor")

    def link_is(self, name: str) -> Mask:
        """The kinds of a link."""
        found: Mask = self.link == name
        return found

    def in_group(self, name: str) -> Mask:
        """The kinds that count as a group."""
        chosen = np.zeros(len(self.link), dtype=bool)
        chosen[list(self.touches.kinds.named(name))] = True
        return chosen

    def rows(self, kinds: Mask) -> npt.NDArray[np.intp]:
        """The rows of the touches that count and are of these kinds."""
        return np.flatnonzero(kinds[self.touches.kind] & self.counts)

    def first(self, kinds: Mask, since: Integers | None = None) -> Integers:
        """For each subject the instant of the first touch of these kinds, from `since` on; NEVER for none."""
        return self._first_of(self._rows_since(kinds, since))

    def last(self, kinds: Mask) -> Integers:
        """For each subject the instant of the last touch of these kinds; the least integer for none."""
        rows = self.rows(kinds)
        last = np.full(self.subjects, np.iinfo(np.int64).min)
        np.maximum.at(last, self.subject[rows], self.touches.happened_at[rows])
        return last

    def first_with_path(self, kinds: Mask, since: Integers | None = None) -> tuple[Integers, Codes]:
        """The instant of each subject's first touch of these kinds (from `since` on), and its path.

        The path is that of the first of them that has one; -1 where none has.
        """
        rows = self._rows_since(kinds, since)
        return self._first_of(rows), self._path_of(rows[self.path[rows] >= 0])

    def _rows_since(self, kinds: Mask, since: Integers | None) -> npt.NDArray[np.intp]:
        rows = self.rows(kinds)
        return rows if since is None else rows[self.touches.happened_at[rows] >= since[self.subject[rows]]]

    def _first_of(self, rows: npt.NDArray[np.intp]) -> Integers:
        first = np.full(self.subjects, NEVER)
        np.minimum.at(first, self.subject[rows], self.touches.happened_at[rows])
        return first

    def _path_of(self, rows: npt.NDArray[np.intp]) -> Codes:
        """The path of each subject's first row among these; of one instant, that of the first kind."""
        first = self._first_of(rows)
        rows = rows[self.touches.happened_at[rows] == first[self.subject[rows]]]
        rows = rows[np.argsort(self.touches.kind[rows], kind="stable")[::-1]]
        path = np.full(self.subjects, -1, dtype=np.int32)
        path[self.subject[rows]] = self.path[rows]
        return path

    def _names(self, column: str) -> tuple[tuple[str, ...], Codes]:
        if column not in self.touches.columns:
            return (), np.full(len(self.touches), -1, dtype=np.int32)
        found = self.touches.columns[column]
        return tuple(str(label) for label in found.labels), found.codes
