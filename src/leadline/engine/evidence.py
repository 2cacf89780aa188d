"""The evidence for a phrase at an instant: does it hold, because of which touches, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from leadline.engine.atoms import Atom
from leadline.engine.conditions import Condition, Nest, Phrase
from leadline.engine.lookup import Lookup


class Moment(NamedTuple):
    """One touch of somebody: when, the code of its kind, its row in the log (-1: not recorded)."""

    happened_at: int
    kind: int
    row: int


@dataclass(frozen=True)
class Evidence:
    """Whether an atom holds, the touches that make it so, how many more it takes, until when it holds.

    `touches` are the latest that count, at most as many as are needed, oldest first; where the atom
    doesn't hold they are those that it has so far. `earlier` is the latest touch of its kinds that no
    longer counts, because it is too long ago or was set back.
    """

    atom: Atom
    holds: bool
    touches: tuple[Moment, ...]
    earlier: Moment | None
    expires_at: int | None

    @property
    def lacking(self) -> int:
        """How many more touches it takes."""
        return self.atom.times - len(self.touches)


def gather_evidence(atom: Atom, moments: Sequence[Moment], now: int) -> Evidence:
    """The evidence for an atom at `now`; `moments` in the order of (instant, kind, row)."""
    past = [moment for moment in moments if moment.happened_at <= now]
    resets = [place for place, moment in enumerate(past) if moment.kind in atom.since]
    after = past[resets[-1] + 1 :] if resets else past
    counting = [
        moment
        for moment in after
        if moment.kind in atom.kinds and (atom.window is None or now < moment.happened_at + atom.window)
    ]
    touches = tuple(counting[-atom.times :])
    holds = len(touches) == atom.times
    expires = touches[0].happened_at + atom.window if holds and atom.window is not None else None
    theirs = [moment for moment in past if moment.kind in atom.kinds]
    gone = theirs[: len(theirs) - len(counting)]  # what counts is always the latest of them
    return Evidence(atom, holds, touches, gone[-1] if gone else None, expires)


@dataclass(frozen=True)
class Judgement:
    """A condition judged at an instant: whether it holds, and how its parts do."""

    condition: Condition
    holds: bool
    parts: tuple[Judgement, ...] = ()
    evidence: Evidence | None = None

    def phrases(self) -> list[Judgement]:
        """The judgements of the phrases in it, from left to right."""
        if self.evidence is not None:
            return [self]
        return [phrase for part in self.parts for phrase in part.phrases()]

    def said(self, denied: bool = False) -> list[Judgement]:
        """The same phrases as they are to be understood: those inside a `none` turned round by a `no`."""
        if self.evidence is not None:
            return [self._opposite() if denied else self]
        return [phrase for part in self.parts for phrase in part.said(denied != self._denies())]

    def lacking(self, wanted: bool = True) -> list[Judgement]:
        """Of these, the ones that keep the condition from holding; none of a part that is fulfilled."""
        if self.holds == wanted:
            return []
        if self.evidence is not None:
            return [self if wanted else self._opposite()]
        return [phrase for part in self.parts for phrase in part.lacking(wanted != self._denies())]

    def _denies(self) -> bool:
        return isinstance(self.condition, Nest) and self.condition.word == "none"

    def _opposite(self) -> Judgement:
        assert isinstance(self.condition, Phrase)
        return replace(
            self, condition=replace(self.condition, no=not self.condition.no), holds=not self.holds
        )


def judge(condition: Condition, table: Lookup, moments: Sequence[Moment], now: int) -> Judgement:
    """How a condition of a funnel stands for somebody at an instant."""
    if isinstance(condition, Phrase):
        evidence = gather_evidence(table.atoms[table.bit_of[condition.asserted]], moments, now)
        return Judgement(condition, evidence.holds != condition.no, evidence=evidence)
    parts = tuple(judge(part, table, moments, now) for part in condition.parts)
    count = sum(part.holds for part in parts)
    return Judgement(condition, condition.least <= count <= condition.most, parts)


def mask_of(table: Lookup, moments: Sequence[Moment], now: int) -> int:
    """The mask of the atoms that hold for somebody at an instant."""
    return sum(
        1 << bit for bit, atom in enumerate(table.atoms) if count_for(atom, moments, now) == atom.times
    )


def count_for(atom: Atom, moments: Sequence[Moment], now: int) -> int:
    """How many touches `gather_evidence` finds, from the latest back and no further than it takes."""
    found, since = 0, None if atom.window is None else now - atom.window
    for moment in reversed(moments):
        if moment.happened_at > now:
            continue
        if moment.kind in atom.since or (since is not None and moment.happened_at <= since):
            break
        found += moment.kind in atom.kinds
        if found == atom.times:
            break
    return found
