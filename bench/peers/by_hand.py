"""No tool: the definition itself, evaluated anew at every instant at which it could change, for a sample."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from answers import AS_OF_INSTANT, NEVER, Rows

DAY = 86_400_000_000
WINDOWS = [days * DAY for days in (60, 90, 120, 180, 365)]
StageAt = Callable[[list["Touch"], int], int]
Touch = tuple[int, str]  # instant, kind; in order of time, and inside one instant in the order of ORDER
ORDER = ["visited", "downloaded", "opened", "clicked", "replied", "called", "asked", "bought", "unsubscribed"]


def monotone(path: Path, contacts: npt.NDArray[np.int64]) -> Rows:
    """The history of the monotone funnel for these contacts."""
    return _history(path, contacts, monotone_stage)


def windowed(path: Path, contacts: npt.NDArray[np.int64]) -> Rows:
    """The history of the funnel with windows and resets for these contacts."""
    return _history(path, contacts, windowed_stage)


def monotone_stage(touches: list[Touch], _now: int) -> int:
    """The stage of a contact with these touches; time alone changes nothing."""
    kinds = [kind for _, kind in touches]
    had = kinds.count
    holds = [
        had("visited") >= 1,
        had("downloaded") >= 1 or had("opened") >= 3,
        had("clicked") >= 2 and had("replied") >= 1,
        had("called") >= 2 and had("asked") >= 1,
        had("bought") >= 1,
    ]
    return max((stage for stage, held in enumerate(holds, start=1) if held), default=0)


def windowed_stage(touches: list[Touch], now: int) -> int:
    """The stage at `now` of a contact with these touches, none of them later."""

    def had(kind: str, days: int | None = None, since: str | None = None) -> int:
        after = max((place for place, touch in enumerate(touches) if touch[1] == since), default=-1)
        counted = [at for at, what in touches[after + 1 :] if what == kind]
        return sum(days is None or now < at + days * DAY for at in counted)

    holds = [
        had("visited", 365) >= 1,
        had("downloaded", 180) >= 1 or had("opened", 60) >= 3,
        had("clicked", 90) >= 2 and had("replied", 180) >= 1,
        had("called", 120) >= 2 and had("asked", 90, since="bought") >= 1,
        had("bought", 365) >= 1,
        had("unsubscribed", since="replied") >= 1,
    ]
    return max((stage for stage, held in enumerate(holds, start=1) if held), default=0)


def _history(path: Path, contacts: npt.NDArray[np.int64], stage_at: StageAt) -> Rows:
    found: list[tuple[int, int, int, int]] = []
    for contact, touches in _touches_of(path, contacts):
        changes = _changes(touches, stage_at)
        ends = [*(at for at, _ in changes), NEVER][1:]
        found += [(contact, stage, at, end) for (at, stage), end in zip(changes, ends, strict=True)]
    contact, stage, entered, left = np.array(found).T
    return Rows(contact, stage.astype(np.uint8), entered, left)


def _changes(touches: list[Touch], stage_at: StageAt) -> list[tuple[int, int]]:
    instants = {at for at, _ in touches} | {at + window for at, _ in touches for window in WINDOWS}
    changes, before = [], 0
    for now in sorted(at for at in instants if at <= AS_OF_INSTANT):
        stage = stage_at([touch for touch in touches if touch[0] <= now], now)
        if stage != before:
            changes.append((now, stage))
        before = stage
    return changes


def _touches_of(path: Path, contacts: npt.NDArray[np.int64]) -> Iterator[tuple[int, list[Touch]]]:
    table = pq.read_table(path, filters=pc.field("contact").isin(pa.array(contacts)))
    table = table.filter(pc.field("kind").isin(ORDER))
    whose: dict[int, list[Touch]] = {}
    at = table["happened_at"].cast(pa.int64()).to_pylist()
    for contact, kind, instant in zip(
        table["contact"].to_pylist(), table["kind"].to_pylist(), at, strict=True
    ):
        whose.setdefault(contact, []).append((instant, kind))
    for contact, touches in whose.items():
        yield contact, sorted(touches, key=lambda touch: (touch[0], ORDER.index(touch[1])))
