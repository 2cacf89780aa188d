"""pandas: Parquet read by Arrow with kinds as categories, then groupby, on one thread as pandas works."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from answers import AS_OF, NEVER, NULL, Rows, rows_of

USED = ["visited", "downloaded", "opened", "clicked", "replied", "called", "asked", "bought"]
ATOMS = [("visited", 1), ("downloaded", 1), ("opened", 3), ("clicked", 2)]
ATOMS += [("replied", 1), ("called", 2), ("asked", 1), ("bought", 1)]
FOREVER = pd.Timestamp("2200-01-01")
WINDOWED = [("visited", 1, 365), ("downloaded", 1, 180), ("opened", 3, 60), ("clicked", 2, 90)]
WINDOWED += [("replied", 1, 180), ("called", 2, 120), ("asked", 1, 90, "bought", "bought")]
WINDOWED += [("bought", 1, 365), ("unsubscribed", 1, 60_000, "replied", "unsubscribed")]
MASKS = np.arange(512)
STAGE_OF = np.select(
    [MASKS & 256 > 0, MASKS & 128 > 0, MASKS & 96 == 96, MASKS & 24 == 24, MASKS & 6 > 0, MASKS & 1 > 0],
    [6, 5, 4, 3, 2, 1],
).astype(np.uint8)


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


def windowed(path: Path) -> Callable[[], Rows]:
    """The history of the funnel with windows and resets: spans in which each atom is on, summed as bits."""
    touches = _touches(path)
    turns = pd.concat([_turns(touches, 1 << bit, *atom) for bit, atom in enumerate(WINDOWED)])
    turns = turns[turns["happened_at"] <= AS_OF.replace(tzinfo=None)]
    masks = turns.groupby(["contact", "happened_at"], sort=True)["turn"].sum().reset_index()
    masks["stage"] = STAGE_OF[masks.groupby("contact", sort=False)["turn"].cumsum().to_numpy()]
    before = masks.groupby("contact", sort=False)["stage"].shift(fill_value=0)
    history = masks[masks["stage"] != before].rename(columns={"happened_at": "entered_at"})
    history["left_at"] = history.groupby("contact", sort=False)["entered_at"].shift(-1)
    return _rows(history[["contact", "stage", "entered_at", "left_at"]])


def _turns(
    touches: pd.DataFrame, bit: int, kind: str, times: int, days: int, reset: str = "", last: str = ""
) -> pd.DataFrame:
    """When an atom of the mask goes on (+bit) and off (-bit), by contact; spans that meet are one."""
    frame = touches[touches["kind"].isin([kind, reset])].copy()
    frame["late"] = frame["kind"] == last
    frame = frame.sort_values(["contact", "happened_at", "late"], kind="stable")
    frame["epoch"] = (frame["kind"] == reset).groupby(frame["contact"], sort=False).cumsum()
    resets = frame["happened_at"].where(frame["kind"] == reset)
    frame["reset_at"] = resets.groupby(frame["contact"], sort=False).bfill()
    frame = frame[frame["kind"] == kind]
    first = frame.groupby(["contact", "epoch"], sort=False)["happened_at"].shift(times - 1)
    frame["off_at"] = np.minimum(first + pd.Timedelta(days=days), frame["reset_at"].fillna(FOREVER))
    frame = frame[first.notna() & (frame["happened_at"] < frame["off_at"])]
    by_contact = frame.groupby("contact", sort=False)
    joins_last = by_contact["off_at"].shift() >= frame["happened_at"]
    joins_next = by_contact["happened_at"].shift(-1) <= frame["off_at"]
    on = frame.loc[~joins_last, ["contact", "happened_at"]].assign(turn=bit)
    off = frame.loc[~joins_next, ["contact", "off_at"]].rename(columns={"off_at": "happened_at"})
    return pd.concat([on, off.assign(turn=-bit)])


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
