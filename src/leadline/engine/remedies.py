"""Remedies: the fewest touches that would bring somebody to a stage."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from leadline.engine.atoms import Atom
from leadline.engine.evidence import Moment, count_for
from leadline.engine.kinds import Kinds
from leadline.engine.lookup import Lookup

MOST_TRIED = 64
"""Masks that are tried, nearest first, before nothing is proposed."""


def find_remedy(
    table: Lookup, kinds: Kinds, moments: Sequence[Moment], now: int, stage: int
) -> tuple[str, ...] | None:
    """The names of the kinds that, recorded now, would bring somebody to a stage; None where none would.

    Of what leads to the masks that mean the stage and differ least from today's, it is the fewest touches;
    one touch where one will do. What is given was checked: with these touches the stage follows. Touches of
    one instant are applied in the order of their kinds; where nothing will do at `now` itself (an answer of
    that instant takes back every ask), it is what would do just after.
    """
    found = _remedy(table, kinds, _standing(table, moments, now), stage)
    if found is None and any(moment.happened_at == now for moment in moments):
        found = _remedy(table, kinds, _standing(table, moments, now + 1), stage)
    return None if found is None else tuple(kinds.kinds[kind].name for kind in found)


class _Standing(NamedTuple):
    """All that a remedy hangs on: how many touches before now count for each atom, and the kinds of now."""

    counts: tuple[int, ...]
    latest: tuple[int, ...]


def _standing(table: Lookup, moments: Sequence[Moment], now: int) -> _Standing:
    before = [moment for moment in moments if moment.happened_at < now]
    latest = sorted(moment.kind for moment in moments if moment.happened_at == now)
    return _Standing(tuple(count_for(atom, before, now) for atom in table.atoms), tuple(latest))


@lru_cache(maxsize=4096)
def _remedy(table: Lookup, kinds: Kinds, standing: _Standing, stage: int) -> tuple[int, ...] | None:
    today = _mask_with((), table, standing)
    masks = np.flatnonzero(table.stage_of[table.table] == stage)
    changed = np.bitwise_count(masks ^ today)
    fewest: tuple[int, ...] | None = None
    tried: set[tuple[int, ...]] = set()
    for mask in masks[np.argsort(changed, kind="stable")][:MOST_TRIED].tolist():
        added = _touches_for(mask, today, table, kinds, standing)
        if added is None or added in tried:
            continue
        tried.add(added)
        if _leads_to(added, table, standing, stage):
            needed = _needed(added, table, standing, stage)
            fewest = needed if fewest is None or len(needed) < len(fewest) else fewest
    if fewest is None or len(fewest) > 1:  # one touch may do the work of several phrases
        alone = ((kind,) for kind in sorted(table.kinds_used()))
        fewest = next((one for one in alone if _leads_to(one, table, standing, stage)), fewest)
    return fewest


def _needed(added: tuple[int, ...], table: Lookup, standing: _Standing, stage: int) -> tuple[int, ...]:
    """The same touches without those that the others make needless."""
    for kind in dict.fromkeys(added):
        while kind in added:
            place = added.index(kind)
            rest = added[:place] + added[place + 1 :]
            if not _leads_to(rest, table, standing, stage):
                break
            added = rest
    return added


def _leads_to(added: tuple[int, ...], table: Lookup, standing: _Standing, stage: int) -> bool:
    return int(table.stage_of[table.table[_mask_with(added, table, standing)]]) == stage


def _mask_with(added: tuple[int, ...], table: Lookup, standing: _Standing) -> int:
    """The mask of the atoms that hold with further touches."""
    latest = sorted((*standing.latest, *added), reverse=True)
    moved, mask = 0, 0
    for kind in latest:
        moved |= _touched(table, kind).any
    for bit, (atom, count) in enumerate(zip(table.atoms, standing.counts, strict=True)):
        lacking = _lacking(atom, count, latest) if moved >> bit & 1 else atom.times - count
        mask |= (not lacking) << bit
    return mask


def _lacking(atom: Atom, count: int, latest: Sequence[int]) -> int:
    """How many touches an atom lacks where so many count from before; those of now, the last one first."""
    lacking = atom.times
    for kind in latest:
        if kind in atom.since:
            return lacking
        lacking -= kind in atom.kinds
        if not lacking:
            return 0
    return max(lacking - count, 0)


def _touches_for(
    mask: int, today: int, table: Lookup, kinds: Kinds, standing: _Standing
) -> tuple[int, ...] | None:
    """Kinds that turn today's mask into another: enough for what is to hold, one against what isn't."""
    added: list[int] = []
    latest = standing.latest[::-1]
    for bit, atom in enumerate(table.atoms):
        wanted, there = mask >> bit & 1, today >> bit & 1
        if wanted and not there:
            lacking = _lacking(atom, standing.counts[bit], latest)
            lacking -= sum(kind in atom.kinds for kind in added)
            added += [_kind_for(bit, mask, table, kinds)] * max(lacking, 0)
        elif there and not wanted:
            if not atom.since:
                return None
            if not any(kind in atom.since for kind in added):
                added.append(min(atom.since, key=lambda kind: _harm(kind, mask, table)))
    return tuple(added)


@lru_cache(maxsize=4096)
def _kind_for(bit: int, mask: int, table: Lookup, kinds: Kinds) -> int:
    """The kind that disturbs nothing else and says most plainly what is lacking: by name, or theirs to do."""
    called = {phrase.name for phrase, of in table.bit_of.items() if of == bit}

    def plainness(kind: int) -> tuple[int, bool, int, int]:
        declared = kinds.kinds[kind]
        whose = ("in", "both", "out").index(declared.direction)
        return _harm(kind, mask, table), declared.name not in called, whose, kind

    return min(table.atoms[bit].kinds, key=plainness)


def _harm(kind: int, mask: int, table: Lookup) -> int:
    """How many atoms a touch of this kind pushes away from the mask."""
    touched = _touched(table, kind)
    return (touched.reset & mask).bit_count() + (touched.met & ~mask).bit_count()


class _Touched(NamedTuple):
    """The atoms, as bits, that a touch of a kind feeds or resets; those it resets; those it alone fulfils."""

    any: int
    reset: int
    met: int


@lru_cache(maxsize=4096)
def _touched(table: Lookup, kind: int) -> _Touched:
    fed, reset, met = 0, 0, 0
    for bit, atom in enumerate(table.atoms):
        fed |= (kind in atom.kinds) << bit
        reset |= (kind in atom.since) << bit
        met |= (kind in atom.kinds and atom.times == 1) << bit
    return _Touched(fed | reset, reset, met)
