"""DuckDB: SQL over the Parquet file into an in-memory table, on two threads, the order of rows not kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import duckdb
from answers import AS_OF, Rows, rows_of

# min(x, n) keeps the n smallest of a group: faster here than list_sort(list(x)), row_number() and joins.
MONOTONE = """
with atoms as (
    select contact,
        min(happened_at)    filter (where kind = 'visited')       as visited,
        min(happened_at)    filter (where kind = 'downloaded')    as downloaded,
        min(happened_at, 3) filter (where kind = 'opened')[3]     as opened,
        min(happened_at, 2) filter (where kind = 'clicked')[2]    as clicked,
        min(happened_at)    filter (where kind = 'replied')       as replied,
        min(happened_at, 2) filter (where kind = 'called')[2]     as called,
        min(happened_at)    filter (where kind = 'asked')         as asked,
        min(happened_at)    filter (where kind = 'bought')        as bought
    from '{path}'
    where kind in ('visited', 'downloaded', 'opened', 'clicked', 'replied', 'called', 'asked', 'bought')
    group by contact),
stages as (
    select contact, visited as t1, least(downloaded, opened) as t2,
        case when clicked is not null and replied is not null then greatest(clicked, replied) end as t3,
        case when called is not null and asked is not null then greatest(called, asked) end as t4,
        bought as t5
    from atoms),
spans as (
    select contact, unnest([1::utinyint, 2, 3, 4, 5]) as stage, unnest([t1, t2, t3, t4, t5]) as entered_at,
        unnest([least(t2, t3, t4, t5), least(t3, t4, t5), least(t4, t5), t5, null]) as left_at
    from stages)
select * from spans where entered_at < coalesce(left_at, 'infinity'::timestamp)
"""

# An atom is on from its n-th touch until the first of those n is older than the window, or a reset comes.
# Such spans of one atom come in order and overlap only their neighbours, so each is joined to the next where
# they meet; then the sum of the bits that went on and off is the mask, and a CASE over the mask is the stage.
SPANS = """
select {bit} as bit, contact, on_at, off_at,
    coalesce(lag(off_at) over spans >= on_at, false) as joins_last,
    coalesce(lead(on_at) over spans <= off_at, false) as joins_next
from (
    select contact, happened_at as on_at,
        lag(happened_at, {before}) over touches + {window} as window_ends_at,
        least(window_ends_at, reset_at) as off_at
    from ({touches})
    window touches as (partition by contact, epoch order by happened_at)
    qualify window_ends_at is not null and on_at < off_at)
window spans as (partition by contact order by on_at, off_at)
"""
UNRESET = """
select contact, happened_at, 0 as epoch, 'infinity'::timestamp as reset_at from touches where kind = '{kind}'
"""
RESET = """
select contact, happened_at, epoch, reset_at from (
    select contact, happened_at, kind,
        count(*) filter (where kind = '{reset}') over (sorted rows unbounded preceding) as epoch,
        coalesce(min(happened_at) filter (where kind = '{reset}')
            over (sorted rows between 1 following and unbounded following), 'infinity'::timestamp) as reset_at
    from touches where kind in ('{kind}', '{reset}')
    window sorted as (partition by contact order by happened_at, kind = '{last}'))
where kind = '{kind}'
"""
WINDOWED = """
with touches as materialized (
    select contact, kind::enum {kinds} as kind, happened_at from '{path}' where kind in {kinds}),
spans as ({spans}),
turns as (
    select contact, on_at as happened_at, bit as turn from spans where not joins_last
    union all
    select contact, off_at, -bit from spans
    where not joins_next and off_at <= '{as_of}'::timestamp),
masks as (
    select contact, happened_at,
        (sum(sum(turn)) over (partition by contact order by happened_at))::integer as mask
    from turns group by contact, happened_at),
staged as (
    select contact, happened_at,
        (case
            when mask & 256 > 0 then 6
            when mask & 128 > 0 then 5
            when mask & 96 = 96 then 4
            when mask & 24 = 24 then 3
            when mask & 6 > 0 then 2
            when mask & 1 > 0 then 1
            else 0
        end)::utinyint as stage
    from masks),
changes as (
    select * from staged
    window touches as (partition by contact order by happened_at)
    qualify stage <> lag(stage, 1, 0) over touches)
select contact, stage, happened_at as entered_at,
    lead(happened_at) over (partition by contact order by happened_at) as left_at
from changes
"""


class Atom(NamedTuple):
    """`times` touches of `kind` within `days` since the last `reset`; `last` comes last in one instant."""

    kind: str
    times: int
    days: int | None = None
    reset: str = ""
    last: str = ""


ATOMS = (  # the first is bit 1 of the mask, the second bit 2, the third bit 4
    Atom("visited", 1, 365),
    Atom("downloaded", 1, 180),
    Atom("opened", 3, 60),
    Atom("clicked", 2, 90),
    Atom("replied", 1, 180),
    Atom("called", 2, 120),
    Atom("asked", 1, 90, reset="bought", last="bought"),
    Atom("bought", 1, 365),
    Atom("unsubscribed", 1, reset="replied", last="unsubscribed"),
)


def monotone(path: Path) -> Callable[[], Rows]:
    """The history of the monotone funnel, by order statistics."""
    return _tabled(MONOTONE.format(path=path))


def windowed(path: Path) -> Callable[[], Rows]:
    """The history of the funnel with windows and resets, by window functions."""
    spans = "union all".join(_spans(2**place, atom) for place, atom in enumerate(ATOMS))
    kinds = tuple(atom.kind for atom in ATOMS)
    return _tabled(WINDOWED.format(path=path, kinds=kinds, spans=spans, as_of=f"{AS_OF:%Y-%m-%d %H:%M:%S}"))


def _spans(bit: int, atom: Atom) -> str:
    touches = (RESET if atom.reset else UNRESET).format(kind=atom.kind, reset=atom.reset, last=atom.last)
    window = f"interval {atom.days or 365_000} days"
    return SPANS.format(bit=bit, before=atom.times - 1, window=window, touches=touches)


def _tabled(query: str) -> Callable[[], Rows]:
    connection = duckdb.connect(config={"threads": 2, "preserve_insertion_order": False})
    connection.execute(f"create table history as {query}")

    def rows() -> Rows:
        columns = connection.execute("select contact, stage, entered_at, left_at from history").fetchnumpy()
        return rows_of(*(columns[name] for name in ("contact", "stage", "entered_at", "left_at")))

    return rows
