"""First touches: of everybody, the instant and the path of their first touch of some kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
        kinds = touches.kinds.kinds
        self.link = np.array([kind.link for kind in kinds])
        self.direction = np.array([kind.direction for kind in kinds])
        self.any_kind: Mask = np.ones(len(kinds), dtype=bool)
        self.paths, self.path = self._names("path")
        self.actors, self.actor = self._names("actor")
        counts = touches.counting() & (touches.happened_at <= as_of) & (whose.codes >= 0)
        kind = np.where(counts, touches.kind, np.uint16(len(kinds)))  # what doesn't count comes last
        self._ends = np.cumsum(np.bincount(kind, minlength=len(kinds) + 1))[:-1]
        self._rows = np.argsort(kind, kind="stable")[: self._ends[-1]]
        self._whose, self._at = whose.codes[self._rows], touches.happened_at[self._rows]
        self._paths = self.path[self._rows]

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
        """The rows of the touches that count and are of these kinds, in their order."""
        return np.sort(self._of(self._rows, kinds))

    def since(self) -> int:
        """The instant of the first touch that counts; `as_of` where there is none."""
        return int(self._at.min(initial=self.as_of))

    def count_by_path(self, kinds: Mask) -> Integers:
        """How many touches of these kinds each path has."""
        counted = np.bincount(self._of(self._paths, kinds) + 1, minlength=len(self.paths) + 1)
        return counted[1:].astype(np.int64)

    def first(self, kinds: Mask, since: Integers | None = None) -> Integers:
        """For each subject the instant of the first touch of these kinds, from `since` on; NEVER for none."""
        return self._first_of(*self._since(kinds, since)[:2])

    def last(self, kinds: Mask) -> Integers:
        """For each subject the instant of the last touch of these kinds; the least integer for none."""
        last = np.full(self.subjects, np.iinfo(np.int64).min)
        np.maximum.at(last, self._of(self._whose, kinds), self._of(self._at, kinds))
        return last

    def first_with_path(
        self, kinds: Mask, since: Integers | None = None, until: Integers | None = None
    ) -> tuple[Integers, Codes]:
        """The instant of each subject's first touch of these kinds (from `since` on), and its path.

        The path is that of the first of them that has one, of one instant that of the first kind; -1 where
        none has. From `until` on only the first touch itself tells a path.
        """
        whose, at, paths = self._since(kinds, since)
        first = first_there = self._first_of(whose, at)
        known = paths >= 0
        if not known.all():
            if until is not None:
                known &= at <= np.maximum(until - 1, first)[whose]
            whose, at, paths = whose[known], at[known], paths[known]
            first_there = self._first_of(whose, at)
        rows = np.flatnonzero(at == first_there[whose])[::-1]  # kind by kind, so that the first one stays
        path = np.full(self.subjects, -1, dtype=np.int32)
        path[whose[rows]] = paths[rows]
        return first, path

    def _since(self, kinds: Mask, since: Integers | None) -> tuple[Codes, Integers, Codes]:
        """Subjects, instants and paths of the touches of these kinds, kind by kind."""
        whose, at, paths = (self._of(column, kinds) for column in (self._whose, self._at, self._paths))
        if since is None:
            return whose, at, paths
        late = at >= since[whose]
        return whose[late], at[late], paths[late]

    def _of(self, column: npt.NDArray[Any], kinds: Mask) -> npt.NDArray[Any]:
        """The part of a column that is of these kinds, kind by kind."""
        if kinds.all():
            return column
        starts = np.concatenate([[0], self._ends[:-1]])
        parts = [column[starts[kind] : self._ends[kind]] for kind in np.flatnonzero(kinds).tolist()]
        return np.concatenate([column[:0], *parts])

    def _first_of(self, whose: Codes, at: Integers) -> Integers:
        first = np.full(self.subjects, NEVER)
        np.minimum.at(first, whose, at)
        return first

    def _names(self, column: str) -> tuple[tuple[str, ...], Codes]:
        """The names of a column, the most frequent first and else by the alphabet, and each row's place."""
        if column not in self.touches.columns:
            return (), np.full(len(self.touches), -1, dtype=np.int32)
        found = self.touches.columns[column]
        labels = [str(label) for label in found.labels]
        counts = np.bincount(found.codes[found.codes >= 0], minlength=len(labels)).tolist()
        order = sorted(range(len(labels)), key=lambda code: (-counts[code], labels[code]))
        place = np.full(len(labels) + 1, -1, dtype=np.int32)
        place[order] = np.arange(len(labels), dtype=np.int32)
        return tuple(labels[code] for code in order), place[found.codes]
