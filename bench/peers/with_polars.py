"""polars: one lazy query over the Parquet file, on two threads (POLARS_MAX_THREADS)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
from answers import Rows, rows_of

USED = ["visited", "downloaded", "opened", "clicked", "replied", "called", "asked", "bought"]
COLUMNS = ("contact", "stage", "entered_at", "left_at")


def monotone(path: Path) -> Callable[[], Rows]:
    """The history of the monotone funnel, by order statistics.

    The file is in order of time and polars keeps the order inside a group, so the n-th touch of a kind is
    taken by position. No faster here: sorting or `bottom_k` in each group, ranks by `over`, a query a kind
    joined or put under each other, kinds as Enum, and the streaming engine.
    """
    touches = pl.scan_parquet(path).filter(pl.col("kind").is_in(USED))
    atoms = touches.group_by("contact").agg(
        visited=_first("visited"),
        downloaded=_first("downloaded"),
        opened=_nth("opened", 3),
        clicked=_nth("clicked", 2),
        replied=_first("replied"),
        called=_nth("called", 2),
        asked=_first("asked"),
        bought=_first("bought"),
    )
    history = _spans(_stages(atoms)).collect()
    return lambda: rows_of(*(history[name].to_numpy() for name in COLUMNS))


def _first(kind: str) -> pl.Expr:
    return pl.col("happened_at").filter(pl.col("kind") == kind).min()


def _nth(kind: str, n: int) -> pl.Expr:
    return pl.col("happened_at").filter(pl.col("kind") == kind).get(n - 1, null_on_oob=True)


def _stages(atoms: pl.LazyFrame) -> pl.LazyFrame:
    return atoms.select(
        "contact",
        t1="visited",
        t2=pl.min_horizontal("downloaded", "opened"),
        t3=_both("clicked", "replied"),
        t4=_both("called", "asked"),
        t5="bought",
    )


def _both(one: str, other: str) -> pl.Expr:
    return pl.when(pl.col(one).is_not_null() & pl.col(other).is_not_null()).then(
        pl.max_horizontal(one, other)
    )


def _spans(stages: pl.LazyFrame) -> pl.LazyFrame:
    never = pl.lit(None, pl.Datetime("us"))
    parts = []
    for stage in range(1, 6):
        later = [f"t{above}" for above in range(stage + 1, 6)]
        part = stages.select(
            "contact",
            stage=pl.lit(stage, pl.UInt8),
            entered_at=f"t{stage}",
            left_at=pl.min_horizontal(later) if later else never,
        )
        entered, left = pl.col("entered_at"), pl.col("left_at")
        parts.append(part.filter(entered.is_not_null() & (left.is_null() | (entered < left))))
    return pl.concat(parts)
