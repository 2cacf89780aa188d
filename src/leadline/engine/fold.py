"""The fold: walk everybody's touches in order of time and note each change of stage.

The functions of this file are plain Python over arrays. For a few touches they run as they are, for
millions the same functions are compiled (`compiled`); there is no second implementation.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

KIND_BITS = 9
"""Low bits of a key that hold the kind; the rest hold microseconds since the log's first touch."""

MOST_KINDS = 1 << KIND_BITS
LONGEST = (1 << (63 - KIND_BITS)) - 1
"""Microseconds that a log may span: about 570 years."""

_NEVER = np.iinfo(np.int64).max
_KIND = MOST_KINDS - 1

Ints = npt.NDArray[Any]


@cache
def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, compiled by numba and kept compiled on disk; it runs without the interpreter's lock."""
    import numba

    return numba.njit(cache=True, nogil=True)(function)


def count_touches(
    subject: Ints, kind: Ints, happened_at: Ints, skip: Ints, local: Ints, until: int, subjects: int
) -> Ints:
    """How many touches each subject has that feed the funnel, up to and with the instant `until`.

    `local[kind]` is the place of a kind among those that the funnel uses, or -1; `skip` flags rows that
    count for nothing, and may be empty.
    """
    counts = np.zeros(subjects, np.int64)
    for row in range(len(subject)):
        if subject[row] >= 0 and local[kind[row]] >= 0 and happened_at[row] <= until:
            if len(skip) == 0 or not skip[row]:
                counts[subject[row]] += 1
    return counts


def group_touches(
    subject: Ints,
    kind: Ints,
    happened_at: Ints,
    skip: Ints,
    local: Ints,
    until: int,
    base: int,
    first: int,
    starts: Ints,
) -> tuple[Ints, Ints]:
    """The touches of subjects `first` … `first + len(starts) - 2`, subject by subject and in order of time.

    Gives for each its key (microseconds since `base`, then the kind) and its row in the log. Subject s
    has the places `starts[s - first]` to `starts[s - first + 1]`. A counting sort; then whoever isn't in
    order of (key, row) yet is sorted.
    """
    here = len(starts) - 1
    keys = np.empty(starts[here], np.int64)
    rows = np.empty(starts[here], np.int64)
    place = starts.copy()
    for row in range(len(subject)):
        s = subject[row] - first
        if 0 <= s < here and local[kind[row]] >= 0 and happened_at[row] <= until:
            if len(skip) == 0 or not skip[row]:
                at = place[s]
                keys[at] = ((happened_at[row] - base) << KIND_BITS) | local[kind[row]]
                rows[at] = row
                place[s] = at + 1
    for s in range(here):
        low, high = starts[s], starts[s + 1]
        for at in range(low + 1, high):
            if keys[at] < keys[at - 1]:
                order = np.argsort(keys[low:high], kind="mergesort")
                keys[low:high] = keys[low:high][order]
                rows[low:high] = rows[low:high][order]
                break
    return keys, rows


def fold(
    starts: Ints, keys: Ints, feeds: Ints, resets: Ints, times: Ints, windows: Ints, table: Ints, until: int
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """The history of each subject, from its touches (as `group_touches` gives them) and a funnel's table.

    `feeds[kind]` and `resets[kind]` are masks of the atoms that a kind counts for and sets back; atom a
    needs `times[a]` touches within `windows[a]` microseconds (0: however long ago). Expiries up to and
    with `until` are processed. Gives rows (subject, state, entered_at, left_at, place of the cause or -1),
    times relative to the keys' base.
    """
    atoms = len(times)
    forever = 0
    for a in range(atoms):
        if windows[a] == 0:
            forever |= 1 << a
    filled = np.zeros(atoms, np.int64)  # touches counted since the last reset, at most times[a]
    expires = np.empty(atoms, np.int64)  # the instant from which an atom that holds won't hold
    head = np.zeros(atoms, np.int64)
    ring = np.zeros((atoms, max(times.max(), 1) if atoms else 1), np.int64)  # the last times[a] instants
    subject_of, state_of = np.empty(64, np.int32), np.empty(64, np.uint8)
    entered, left, cause_of = np.empty(64, np.int64), np.empty(64, np.int64), np.empty(64, np.int64)
    size = 0
    for s in range(len(starts) - 1):
        i, end = starts[s], starts[s + 1]
        mask, state, soonest, row = 0, 0, _NEVER, -1
        filled[:] = 0
        expires[:] = _NEVER
        while True:
            now = keys[i] >> KIND_BITS if i < end else _NEVER
            if soonest < now:
                now = soonest
            if now > until:
                break
            if soonest <= now:
                soonest = _NEVER
                for a in range(atoms):
                    if expires[a] <= now:
                        expires[a] = _NEVER
                        mask &= ~(1 << a)
                    elif expires[a] < soonest:
                        soonest = expires[a]
            cause = -1
            while i < end and keys[i] >> KIND_BITS == now:
                kind = keys[i] & _KIND
                before = mask
                reset, a = resets[kind], 0
                while reset:
                    if reset & 1:
                        filled[a] = 0
                        expires[a] = _NEVER
                        mask &= ~(1 << a)
                    reset >>= 1
                    a += 1
                fed, a = feeds[kind] & ~(mask & forever), 0
                while fed:
                    if fed & 1:
                        if filled[a] < times[a]:
                            filled[a] += 1
                        if windows[a] > 0:
                            ring[a, head[a]] = now
                            head[a] = (head[a] + 1) % times[a]
                        if filled[a] == times[a]:
                            if windows[a] == 0:
                                mask |= 1 << a
                            else:
                                expiry = ring[a, head[a]] + windows[a]
                                if expiry > now:
                                    mask |= 1 << a
                                    expires[a] = expiry
                                    soonest = min(soonest, expiry)
                    fed >>= 1
                    a += 1
                if mask != before:
                    cause = i
                i += 1
            if table[mask] != state:
                state = table[mask]
                if row >= 0:
                    left[row] = now
                if size == len(state_of):
                    subject_of, state_of = np.append(subject_of, subject_of), np.append(state_of, state_of)
                    entered, left = np.append(entered, entered), np.append(left, left)
                    cause_of = np.append(cause_of, cause_of)
                row = size
                size += 1
                subject_of[row], state_of[row] = s, state
                entered[row], left[row], cause_of[row] = now, _NEVER, cause
    return subject_of[:size], state_of[:size], entered[:size], left[:size], cause_of[:size]
