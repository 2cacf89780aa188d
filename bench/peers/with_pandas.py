"""pandas: Parquet read by Arrow with kinds as categories, then groupby, on one thread as pandas works."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from answers import NEVER, NULL, Rows, rows_of

USED = ["visited", "downloaded", "opened", "clicked", "replied", "called", "asked", "bought"]
ATOMS = [("visited", 1), ("downloaded", 1), ("opened", 3), ("clicked", 2)]
ATOMS += [("replied", 1), ("called", 2), ("asked", 1), ("bought", 1)]


def monotone(path: Path) -> Callable[[], Rows]:
    """The history of the monotone funnel, a kind at a time.

    The file is in order of time, so the first touch of a kind is what `drop_duplicates` leaves and the second
    is the first of those that are duplicates: faster here than `groupby.nth`, `cumcount` and `min`.
    """
    touches = _touches(path)
    code = touches["kind"].cat.codes.to_numpy()
    atoms = {}
    for kind, times in ATOMS:
        of_kind = touches.loc[
            code == touches["kind"].cat.categories.get_loc(kind), ["contact", "happened_at"]
        ]
        for _ in range(times - 1):
            of_kind = of_kind[of_kind["contact"].duplicated().to_numpy()]
        atoms[kind] = of_kind.drop_duplicates("contact").set_index("contact")["happened_at"]
    return _rows(_history(pd.DataFrame(atoms)))


def monotone_by_windows(path: Path) -> Callable[[], Rows]:
    """The same by one window: the rank of each touch among its contact's of that kind, then a pivot."""
    touches = _touches(path)
    touches = touches[touches["kind"].isin(USED)]
    touches["rank"] = touches.groupby(["contact", "kind"], sort=False, observed=True).cumcount() + 1
    touches = touches[touches["rank"] <= 3]
    ranked = touches.set_index(["contact", "kind", "rank"])["happened_at"].unstack(["kind", "rank"])
    return _rows(_history(pd.DataFrame({kind: ranked[kind, times] for kind, times in ATOMS})))


def _touches(path: Path) -> pd.DataFrame:
    # reading all and choosing afterwards is faster than Arrow's filters=
    table = pq.read_table(path, read_dictionary=["kind"])
    return table.to_pandas(split_blocks=True, self_destruct=True)


def _history(atoms: pd.DataFrame) -> pd.DataFrame:
    t = atoms.to_numpy("M8[us]").view(np.int64).T
    t = dict(zip(atoms.columns, np.where(t == NULL, NEVER, t), strict=True))
    reached = np.stack(
        [
            t["visited"],
            np.minimum(t["downloaded"], t["opened"]),
            np.maximum(t["clicked"], t["replied"]),
            np.maximum(t["called"], t["asked"]),
            t["bought"],
            np.full(len(atoms), NEVER),
        ],
        axis=1,
    )
    later = np.minimum.accumulate(reached[:, ::-1], axis=1)[:, ::-1][:, 1:]
    row, stage = np.nonzero(reached[:, :-1] < later)
    left = later[row, stage]
    return pd.DataFrame(
        {
            "contact": atoms.index.to_numpy()[row],
            "stage": (stage + 1).astype(np.uint8),
            "entered_at": reached[row, stage].view("M8[us]"),
            "left_at": np.where(left == NEVER, NULL, left).view("M8[us]"),
        }
    )


def _rows(history: pd.DataFrame) -> Callable[[], Rows]:
    return lambda: rows_of(*(history[name].to_numpy() for name in history))
