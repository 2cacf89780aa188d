"""pandas: Parquet read by Arrow with kinds as categories, then groupby, on one thread as pandas works."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
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
    atoms = {}
    for kind, times in ATOMS:
        of_kind = touches.loc[_is(touches, kind), ["contact", "happened_at"]]
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
    """The history of the funnel with windows and resets: when each atom goes on and off, summed as bits.

    The touches of an atom are sorted by contact (the file is in order of time), and neighbours compared by
    `shift`: twice as fast here as shifting, filling and summing by group, and as sorting by two columns.
    """
    touches = _touches(path)
    turns = pd.concat(
        [
            turn
            for bit, (kind, times, days, *reset) in enumerate(WINDOWED)
            for turn in _turns(_touches_of(touches, kind, *reset), 1 << bit, times, days)
        ]
    )
    turns = turns[turns["happened_at"] <= AS_OF.replace(tzinfo=None)]
    turns = turns.sort_values("happened_at").sort_values("contact", kind="stable")
    turns["stage"] = STAGE_OF[turns.groupby("contact", sort=False)["turn"].cumsum().to_numpy()]
    stages = turns[~(_same(turns, "contact", -1) & _same(turns, "happened_at", -1))]
    before = stages["stage"].shift().where(_same(stages, "contact", 1), 0)
    history = stages[stages["stage"] != before].rename(columns={"happened_at": "entered_at"})
    history["left_at"] = history["entered_at"].shift(-1).where(_same(history, "contact", -1))
    return _rows(history[["contact", "stage", "entered_at", "left_at"]])


def _touches_of(touches: pd.DataFrame, kind: str, reset: str = "", last: str = "") -> pd.DataFrame:
    """The touches of a kind by contact and time, with the resets so far and the instant of the next."""
    columns = ["contact", "happened_at"]
    if not reset:
        of_kind = touches.loc[_is(touches, kind), columns].sort_values("contact", kind="stable")
        return of_kind.assign(epoch=0, reset_at=FOREVER)
    frame = touches[_is(touches, kind) | _is(touches, reset)]
    frame = frame.assign(late=_is(frame, last)).sort_values(["happened_at", "late"])
    frame = frame.sort_values("contact", kind="stable")
    resets = _is(frame, reset)
    next_reset = frame[columns].where(pd.Series(resets, frame.index), axis=0).bfill()
    frame["epoch"] = resets.cumsum()
    frame["reset_at"] = next_reset["happened_at"].where(next_reset["contact"] == frame["contact"], FOREVER)
    return frame.loc[_is(frame, kind), [*columns, "epoch", "reset_at"]]


def _turns(frame: pd.DataFrame, bit: int, times: int, days: int) -> list[pd.DataFrame]:
    """When an atom goes on (+bit) and off (-bit), by contact; spans that meet are one."""
    first = frame["happened_at"].shift(times - 1)
    off_at = np.minimum(first + pd.Timedelta(days=days), frame["reset_at"])
    enough = _same(frame, "contact", times - 1) & _same(frame, "epoch", times - 1)
    frame = frame.assign(off_at=off_at)[enough & (frame["happened_at"] < off_at)]
    joins_last = _same(frame, "contact", 1) & (frame["off_at"].shift() >= frame["happened_at"])
    joins_next = joins_last.shift(-1, fill_value=False)
    on = frame.loc[~joins_last, ["contact", "happened_at"]].assign(turn=bit)
    off = frame.loc[~joins_next, ["contact", "off_at"]].assign(turn=-bit)
    return [on, off.rename(columns={"off_at": "happened_at"})]


def _is(touches: pd.DataFrame, kind: str) -> npt.NDArray[np.bool_]:
    kinds = touches["kind"].cat
    return np.asarray(kinds.codes == kinds.categories.get_loc(kind))


def _same(frame: pd.DataFrame, column: str, rows: int) -> pd.Series:
    """Whether a row has in `column` what the one so many rows before has."""
    return frame[column] == frame[column].shift(rows)


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
