"""chdb (ClickHouse in the process): SQL over the Parquet file into a Memory table, on two threads.

The column types are stated, or each would be read as Nullable. This is the fastest of what was tried: for the
n-th time of a kind `groupArraySortedIf(n)`, `groupArrayIf` sorted and partially sorted; kinds as String,
LowCardinality and Enum; instants as DateTime64 and Int64; two-level hash tables and compiling on and off.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from answers import NEVER, Rows, rows_of
from chdb import session

TOUCHES = "file('{path}', Parquet, 'contact Int64, kind String, happened_at DateTime64(6)')"
MONOTONE = """
create table history engine = Memory as
with {never} as never, atoms as (
    select contact,
        minIf(t, kind = 'visited')                  as visited,
        minIf(t, kind = 'downloaded')               as downloaded,
        groupArraySortedIf(3)(t, kind = 'opened')   as opened,
        groupArraySortedIf(2)(t, kind = 'clicked')  as clicked,
        minIf(t, kind = 'replied')                  as replied,
        groupArraySortedIf(2)(t, kind = 'called')   as called,
        minIf(t, kind = 'asked')                    as asked,
        minIf(t, kind = 'bought')                   as bought
    from (select contact, kind, toUnixTimestamp64Micro(happened_at) as t from {touches}
        where kind in ('visited', 'downloaded', 'opened', 'clicked', 'replied', 'called', 'asked', 'bought'))
    group by contact),
stages as (
    select contact,
        if(visited = 0, never, visited) as t1,
        least(if(downloaded = 0, never, downloaded), if(length(opened) < 3, never, opened[3])) as t2,
        if(length(clicked) < 2 or replied = 0, never, greatest(clicked[2], replied)) as t3,
        if(length(called) < 2 or asked = 0, never, greatest(called[2], asked)) as t4,
        if(bought = 0, never, bought) as t5,
        least(t4, t5) as s4, least(t3, s4) as s3, least(t2, s3) as s2
    from atoms)
select contact, stage, entered_at, left_at from stages
array join [toUInt8(1), 2, 3, 4, 5] as stage, [t1, t2, t3, t4, t5] as entered_at,
    [s2, s3, s4, t5, never] as left_at
where entered_at < left_at
"""
# How far each contact came through five steps in this order within a year of the first: one number a contact.
WINDOW_FUNNEL = """
create table history engine = Memory as
select contact, windowFunnel({year})(toUInt32(toUnixTimestamp(happened_at)),
    kind = 'visited', kind = 'opened', kind = 'replied', kind = 'asked', kind = 'bought') as steps
from {touches} {where} group by contact
"""
PRUNED = "where kind in ('visited', 'opened', 'replied', 'asked', 'bought')"


def monotone(path: Path) -> Callable[[], Rows]:
    """The history of the monotone funnel, by order statistics."""
    chdb = _run(MONOTONE.format(never=NEVER, touches=TOUCHES.format(path=path)))

    return lambda: rows_of(
        *_fetch(chdb, "select contact, toInt64(stage), entered_at, left_at from history", 4)
    )


def window_funnel(path: Path) -> Callable[[], Rows]:
    """The step each contact reached, over every touch in the file."""
    return _steps(path, "")


def window_funnel_pruned(path: Path) -> Callable[[], Rows]:
    """The step each contact reached, over the touches of the five kinds alone."""
    return _steps(path, PRUNED)


def _steps(path: Path, where: str) -> Callable[[], Rows]:
    chdb = _run(WINDOW_FUNNEL.format(year=365 * 86_400, touches=TOUCHES.format(path=path), where=where))

    def rows() -> Rows:
        contact, steps = _fetch(chdb, "select contact, toInt64(steps) from history where steps > 0", 2)
        return rows_of(contact, steps, np.zeros_like(contact), np.zeros_like(contact))

    return rows


def _run(query: str) -> session.Session:
    chdb = session.Session()
    atexit.register(chdb.close)
    chdb.query("set max_threads = 2")
    chdb.query("drop table if exists history")
    chdb.query(query)
    return chdb


def _fetch(chdb: session.Session, query: str, columns: int) -> npt.NDArray[np.int64]:
    # all columns in one query: a Memory table gives its blocks in any order
    return np.frombuffer(chdb.query(query, "RowBinary").bytes(), np.int64).reshape(-1, columns).T
