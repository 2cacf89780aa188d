"""Remedies: the fewest touches that would bring somebody to a stage."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from leadline.engine.atoms import Atom
from leadline.engine.evidence import Moment, gather_evidence, mask_of
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
    found = _remedy_at(table, kinds, moments, now, stage)
    if found is None and any(moment.happened_at == now for moment in moments):
        found = _remedy_at(table, kinds, moments, now + 1, stage)
    return None if found is None else tuple(kinds.kinds[kind].name for kind in found)


def _remedy_at(
    table: Lookup, kinds: Kinds, moments: Sequence[Moment], now: int, stage: int
) -> list[int] | None:
    today = mask_of(table, moments, now)
    masks = np.flatnonzero(table.stage_of[table.table] == stage)
    changed = np.bitwise_count(masks ^ today)
    fewest: list[int] | None = None
    for mask in masks[np.argsort(changed, kind="stable")][:MOST_TRIED].tolist():
        added = _touches_for(mask, today, table, kinds, moments, now)
        if added is not None and _leads_to(added, table, moments, now, stage):
            needed = _needed(added, table, moments, now, stage)
            fewest = needed if fewest is None or len(needed) < len(fewest) else fewest
    if fewest is None or len(fewest) > 1:  # one touch may do the work of several phrases
        alone = ([kind] for kind in sorted(table.kinds_used()))
        fewest = next((one for one in alone if _leads_to(one, table, moments, now, stage)), fewest)
    return fewest


def _needed(added: list[int], table: Lookup, moments: Sequence[Moment], now: int, stage: int) -> list[int]:
    """The same touches without those that the others make needless."""
    for kind in dict.fromkeys(added):
        while kind in added:
            rest = added.copy()
            rest.remove(kind)
            if not _leads_to(rest, table, moments, now, stage):
                break
            added = rest
    return added


def _leads_to(added: list[int], table: Lookup, moments: Sequence[Moment], now: int, stage: int) -> bool:
    life = sorted(
        [*moments, *(Moment(now, kind, -1) for kind in added)], key=lambda one: (one.happened_at, one.kind)
    )
    return int(table.stage_of[table.table[mask_of(table, life, now)]]) == stage


def _touches_for(
    mask: int, today: int, table: Lookup, kinds: Kinds, moments: Sequence[Moment], now: int
) -> list[int] | None:
    """Kinds that turn today's mask into another: enough for what is to hold, one against what isn't."""
    added: list[int] = []
    for bit, atom in enumerate(table.atoms):
        wanted, there = mask >> bit & 1, today >> bit & 1
        if wanted and not there:
            lacking = gather_evidence(atom, moments, now).lacking
            lacking -= sum(kind in atom.kinds for kind in added)
            added += [_kind_for(atom, bit, mask, table, kinds)] * max(lacking, 0)
        elif there and not wanted:
            if not atom.since:
                return None
            if not any(kind in atom.since for kind in added):
                added.append(min(atom.since, key=lambda kind: _harm(kind, mask, table)))
    return added


def _kind_for(atom: Atom, bit: int, mask: int, table: Lookup, kinds: Kinds) -> int:
    """The kind that disturbs nothing else and says most plainly what is lacking: by name, or theirs to do."""
    called = {phrase.name for phrase, of in table.bit_of.items() if of == bit}

    def plainness(kind: int) -> tuple[int, bool, int, int]:
        declared = kinds.kinds[kind]
        whose = ("in", "both", "out").index(declared.direction)
        return _harm(kind, mask, table), declared.name not in called, whose, kind

    return min(atom.kinds, key=plainness)


def _harm(kind: int, mask: int, table: Lookup) -> int:
    """How many atoms a touch of this kind pushes away from the mask."""
    away = 0
    for bit, atom in enumerate(table.atoms):
        away += kind in atom.since and bool(mask >> bit & 1)
        away += kind in atom.kinds and atom.times == 1 and not mask >> bit & 1
    return away
