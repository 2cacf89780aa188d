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

from leadline.engine.instants import NEVER

KIND_BITS = 9
"""Low bits of a key that hold the kind; the rest hold microseconds since the log's first touch."""

MOST_KINDS = 1 << KIND_BITS
LONGEST = (1 << (63 - KIND_BITS)) - 1
"""Microseconds that a log may span: about 570 years."""


Ints = npt.NDArray[Any]


@cache
def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, compiled by numba and kept on disk if it can be; it holds no interpreter lock."""
    import numba

    _make_callable()
    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:  # there is no folder to which compiled functions may be written
        return numba.njit(nogil=True)(function)


@cache
def _make_callable() -> None:
    """Tell numba that compiled functions may call the parts of the fold."""
    from numba.extending import register_jitable

    for part in _PARTS:
        register_jitable(part)


def count_touches(
    subject: Ints,
    kind: Ints,
    happened_at: Ints,
    skip: Ints,
    local: Ints,
    until: int,
    shift: int,
    buckets: int,
) -> Ints:
    """How many touches that feed the funnel, up to and with the instant `until`, each bucket of subjects has.

    A bucket holds the 2 ** `shift` subjects whose number has the same higher bits. `local[kind]` is the place
    of a kind among those that the funnel uses, or -1; `skip` flags rows that count for nothing (or is empty).
    """
    counts = np.zeros(buckets, np.int64)
    for row in range(len(subject)):
        if local[kind[row]] >= 0 and subject[row] >= 0 and happened_at[row] <= until:
            if len(skip) == 0 or not skip[row]:
                counts[subject[row] >> shift] += 1
    return counts


def spread_touches(  # noqa: PLR0913 - the kernel takes arrays, not objects
    subject: Ints,
    kind: Ints,
    happened_at: Ints,
    skip: Ints,
    local: Ints,
    until: int,
    shift: int,
    base: int,
    first_row: int,
    place: Ints,
    owners: Ints,
    keys: Ints,
    rows: Ints,
) -> None:
    """Put each touch into its bucket, in the order in which they come: its subject, its key and its row.

    `place[bucket]` is where the bucket's next touch goes. A key is microseconds since `base`, then the kind.
    Buckets make the sort that follows small enough for the processor's cache.
    """
    for row in range(len(subject)):
        if local[kind[row]] >= 0 and subject[row] >= 0 and happened_at[row] <= until:
            if len(skip) == 0 or not skip[row]:
                at = place[subject[row] >> shift]
                place[subject[row] >> shift] = at + 1
                owners[at] = subject[row]
                keys[at] = ((happened_at[row] - base) << KIND_BITS) | local[kind[row]]
                rows[at] = first_row + row


def group_touches(owners: Ints, keys: Ints, rows: Ints, first: int, subjects: int) -> tuple[Ints, Ints, Ints]:
    """The touches of a bucket, subject by subject and each in the order of (key, row).

    The subjects are `first` to `first + subjects - 1`; number s of them has the places `starts[s]` to
    `starts[s + 1]`. Gives starts, keys, rows: a counting sort, and whoever isn't in order of time is sorted.
    """
    starts = np.zeros(subjects + 1, np.int64)
    for at in range(len(owners)):
        starts[owners[at] - first + 1] += 1
    for s in range(subjects):
        starts[s + 1] += starts[s]
    place = starts.copy()
    sorted_keys, sorted_rows = np.empty_like(keys), np.empty_like(rows)
    for at in range(len(owners)):
        s = owners[at] - first
        sorted_keys[place[s]] = keys[at]
        sorted_rows[place[s]] = rows[at]
        place[s] += 1
    for s in range(subjects):
        low, high = starts[s], starts[s + 1]
        for at in range(low + 1, high):
            if sorted_keys[at] < sorted_keys[at - 1]:
                order = np.argsort(sorted_keys[low:high], kind="mergesort")
                sorted_keys[low:high] = sorted_keys[low:high][order]
                sorted_rows[low:high] = sorted_rows[low:high][order]
                break
    return starts, sorted_keys, sorted_rows


def fold(
    starts: Ints, keys: Ints, feeds: Ints, resets: Ints, times: Ints, windows: Ints, table: Ints, until: int
) -> Ints:
    """The history of each subject, from its touches (as `group_touches` gives them) and a funnel's table.

    `feeds[kind]` and `resets[kind]` are masks of the atoms that a kind counts for and sets back; atom a
    needs `times[a]` touches within `windows[a]` microseconds (0: however long ago). Expiries up to and
    with `until` are processed. Gives rows of five: subject, state, entered_at, left_at (NEVER for the last),
    and the place of the cause or -1; times relative to the keys' base.
    """
    filled = np.zeros(len(times), np.int64)  # touches counted since the last reset, at most times[a]
    expires = np.empty(len(times), np.int64)  # the instant from which an atom that holds won't hold
    ring = np.zeros((len(times), times.max()), np.int64)  # the instants of the last times[a] touches,
    head = np.zeros(len(times), np.int64)  # and the place of the oldest
    rows, size = np.empty((64, 5), np.int64), 0
    for s in range(len(starts) - 1):
        i, end = starts[s], starts[s + 1]
        mask, state, soonest = 0, 0, NEVER
        filled[:], expires[:] = 0, NEVER
        while True:
            now = min(soonest, keys[i] >> KIND_BITS) if i < end else soonest
            if now > until or now == NEVER:
                break
            if soonest == now:
                mask, soonest = expire_atoms(mask, now, expires)
            cause = -1
            while i < end and keys[i] >> KIND_BITS == now:
                before, kind = mask, keys[i] & (MOST_KINDS - 1)
                if resets[kind]:
                    mask = reset_atoms(resets[kind], mask, filled, expires)
                mask, soonest = feed_atoms(
                    feeds[kind], mask, now, soonest, filled, expires, ring, head, times, windows
                )
                cause = i if mask != before else cause
                i += 1
            if table[mask] != state:
                state = table[mask]
                rows = add_row(rows, size, s, state, now, cause)
                size += 1
    return rows[:size]


def add_row(rows: Ints, size: int, subject: int, state: int, now: int, cause: int) -> Ints:
    """End the row before, if it is the subject's, and add the next; gives the rows, grown where needed."""
    if size == len(rows):
        rows = np.concatenate((rows, rows))
    if size and rows[size - 1, 0] == subject:
        rows[size - 1, 3] = now
    rows[size, 0] = subject
    rows[size, 1] = state
    rows[size, 2] = now
    rows[size, 3] = NEVER
    rows[size, 4] = cause
    return rows


def expire_atoms(mask: int, now: int, expires: Ints) -> tuple[int, int]:
    """Let what expires by `now` no longer hold; gives the mask and the next expiry."""
    soonest = NEVER
    for a in range(len(expires)):
        if expires[a] <= now:
            expires[a] = NEVER
            mask &= ~(1 << a)
        elif expires[a] < soonest:
            soonest = expires[a]
    return mask, soonest


def reset_atoms(reset: int, mask: int, filled: Ints, expires: Ints) -> int:
    """Set back the atoms of the mask `reset`; gives the mask of those that hold."""
    a = 0
    while reset:
        if reset & 1:
            filled[a] = 0
            expires[a] = NEVER
            mask &= ~(1 << a)
        reset >>= 1
        a += 1
    return mask


def feed_atoms(  # noqa: PLR0913 - as spread_touches
    fed: int,
    mask: int,
    now: int,
    soonest: int,
    filled: Ints,
    expires: Ints,
    ring: Ints,
    head: Ints,
    times: Ints,
    windows: Ints,
) -> tuple[int, int]:
    """Count a touch for the atoms of the mask `fed`; gives the mask that holds then, and the next expiry."""
    a = 0
    while fed:
        if fed & 1 and (windows[a] > 0 or filled[a] < times[a]):
            filled[a] = min(filled[a] + 1, times[a])
            if windows[a] > 0:
                ring[a, head[a]] = now
                head[a] = head[a] + 1 if head[a] + 1 < times[a] else 0
                expiry = ring[a, head[a]] + windows[a]
                if filled[a] == times[a] and expiry > now:
                    mask |= 1 << a
                    expires[a] = expiry
                    soonest = min(soonest, expiry)
            elif filled[a] == times[a]:
                mask |= 1 << a
        fed >>= 1
        a += 1
    return mask, soonest


_PARTS = (add_row, expire_atoms, reset_atoms, feed_atoms)
