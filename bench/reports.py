"""How long each report takes over 20 million touches of a million contacts, once the history is there.

    python -m bench.reports                             # 20 M touches, some minutes
    python -m bench.reports --touches 2 --repeat 1
    python -m bench.reports --only asks compare         # these alone
    python -m bench.reports --only asks --profile       # where its time goes

The log is the shipped business `saas`, so many times as big, with everything it has on record: paths,
values, audiences, asks and answers, renewals. Mailings and visits fill it up to twenty touches a contact. It
is written once, as Parquet. A report's time includes the sentences and rows that it gives. Reading, history
and cycles come before and are timed too. Figures are medians of all turns; `others` is how many processors
other programs kept busy meanwhile, and memory the most that the process, log and all, ever held in a turn.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from rich import box
from rich.console import Console
from rich.table import Table

from bench.generate import FOLDER, MILLION, ROW_GROUP, TOUCHES_A_CONTACT
from bench.processors import busy_seconds
from leadline.engine.comparison.economy import Ledger
from leadline.engine.cycle.cycles import Cycles, trace_cycles
from leadline.engine.funnel import load_funnel
from leadline.engine.history import History, derive
from leadline.engine.instants import DAY
from leadline.engine.logs import read_touches
from leadline.engine.plan.goals import Goal
from leadline.engine.process import Process, estimate_process
from leadline.engine.reports.asks import asks
from leadline.engine.reports.attribution import attribution
from leadline.engine.reports.balance import balance
from leadline.engine.reports.compare import compare
from leadline.engine.reports.conversion import conversions
from leadline.engine.reports.forecast import forecast
from leadline.engine.reports.leaks import leaks
from leadline.engine.reports.paths import paths
from leadline.engine.reports.standing import standing
from leadline.engine.reports.velocity import velocity
from leadline.engine.simulate import load_business, simulate
from leadline.engine.touches import MISSING, Column, Touches

GOAL_SECONDS = 5
WARM = 0.1  # million touches
CONTACTS_OF_ONE = 9_720  # that `saas` comes to know in two years
TOLD = ("path", "channel", "campaign", "content", "offer", "currency", "actor", "company")
FILLERS = {"mailed": 0.55, "opened": 0.25, "clicked": 0.08, "visited": 0.12}
Ints = npt.NDArray[np.int64]


@dataclass
class Scene:
    """One log, and what every report needs of it, worked out when it is first asked for."""

    file: Path

    @cached_property
    def touches(self) -> Touches:
        """The log."""
        return read_touches(self.file)

    @cached_property
    def history(self) -> History:
        """Its history, under the funnel of the sales cycle."""
        return derive(self.touches, load_funnel("sales-cycle"))

    @cached_property
    def staged(self) -> History:
        """The same, without the steps inside stages."""
        return self.history.by_stage()

    @cached_property
    def cycles(self) -> Cycles:
        """The cycles of everybody."""
        return trace_cycles(self.touches, self.history)

    @cached_property
    def process(self) -> Process:
        """How people move, estimated."""
        return estimate_process(self.history, self.touches)

    @cached_property
    def source(self) -> Column:
        """Where everybody came from."""
        return self.touches.first("path")

    @cached_property
    def since(self) -> Ints:
        """When everybody was first heard of."""
        return self.touches.first_at()

    @cached_property
    def ledger(self) -> Ledger:
        """What each path cost, and what each contact's first purchase was worth."""
        values, bought = np.full(len(self.cycles), MISSING), self.cycles.purchases
        values[bought.contact[bought.first]] = bought.value[bought.first]
        costs = dict.fromkeys(map(str, self.source.labels), 5_000 * len(self.cycles))
        return Ledger(costs, values, self.cycles.currency or "")

    @property
    def goal(self) -> Goal:
        """A fiftieth of all contacts won in a quarter."""
        return Goal(by=self.cycles.as_of + 90 * DAY, clients=max(len(self.cycles) // 50, 1))


BEFORE = ("touches", "history", "staged", "cycles", "process", "source", "since", "ledger")
REPORTS: dict[str, Callable[[Scene], Any]] = {
    "leaks": lambda on: leaks(on.cycles, capacity=1_000),
    "asks": lambda on: asks(on.cycles, goal=on.goal),
    "balance": lambda on: balance(on.history, on.cycles, on.process, goal=on.goal, monthly_capacity=1_000),
    "forecast": lambda on: forecast(on.history, on.touches),
    "attribution": lambda on: attribution(on.history, on.touches),
    "paths": lambda on: paths(on.cycles),
    "compare": lambda on: compare(on.staged, on.source, ledger=on.ledger),
    "standing": lambda on: standing(on.staged, by=on.source, first_touch=on.since),
    "conversion": lambda on: conversions(on.staged),
    "velocity": lambda on: velocity(on.staged, first_touch=on.since),
}


@dataclass(frozen=True)
class Turn:
    """One run: seconds, those of the processor, the processors that others kept busy, and peak MB."""

    seconds: float
    worked: float
    others: float
    peak: float


def main() -> None:
    """Measure as the command line says, and print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--touches", type=float, default=20, metavar="MILLIONS")
    asked.add_argument("--repeat", type=int, default=3)
    asked.add_argument("--only", nargs="+", choices=[*BEFORE, *REPORTS], default=[*BEFORE, *REPORTS])
    asked.add_argument("--markdown", action="store_true", help="a table to be pasted")
    asked.add_argument("--profile", action="store_true", help="list where the time goes, instead")
    given = asked.parse_args()
    warm, scene = Scene(file_with(WARM)), Scene(file_with(given.touches))
    for report in REPORTS.values():
        _say(report(warm))  # fetches what is compiled, and what is imported late
    console = Console(width=None if sys.stdout.isatty() else 110)
    table = Table("what", box=box.MARKDOWN if given.markdown else box.SIMPLE_HEAD)
    for heading in ("seconds", "CPU seconds", "others", "peak MB", f"under {GOAL_SECONDS} s"):
        table.add_column(heading, justify="right")
    for name in given.only:
        work = _part(scene, name)
        if given.profile:
            _profile(work)
            continue
        turns = [_turn(work) for _ in range(given.repeat)]
        table.add_row(name, *_row(turns, is_report=name in REPORTS))
    console.print(f"{len(scene.touches):,} touches, {len(scene.history.subjects):,} contacts, "
                  f"{len(scene.history):,} rows of history, {len(scene.cycles.asks):,} asks")  # fmt: skip
    if not given.profile:
        console.print(table)


def _row(turns: list[Turn], *, is_report: bool) -> list[str]:
    seconds, worked, others, peak = (
        median(getattr(turn, of) for turn in turns) for of in ("seconds", "worked", "others", "peak")
    )
    goal = "" if not is_report else "yes" if seconds < GOAL_SECONDS else "NO"
    return [f"{seconds:.2f}", f"{worked:.2f}", f"{others:.1f}", f"{peak:,.0f}", goal]


def file_with(millions: float) -> Path:
    """The log with that many million touches, written where it isn't there."""
    path = FOLDER / f"reports-{millions:g}m.parquet"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, round(millions * MILLION))
    return path


def _write(path: Path, number: int) -> None:
    wanted = number // TOUCHES_A_CONTACT
    log = simulate(load_business("saas").scaled(wanted / CONTACTS_OF_ONE), seed=1).log
    table = _table(log, np.arange(len(log)), log.happened_at, log.kind)
    more = _filled(log, number - len(log))
    unfinished = path.with_suffix(".unfinished")
    with pq.ParquetWriter(unfinished, table.schema) as writer:
        for part in (table, more):
            writer.write_table(part, row_group_size=ROW_GROUP)
    unfinished.replace(path)


def _filled(log: Touches, more: int) -> pa.Table:
    """So many further touches: after one that is there, of the same contact, on the same path."""
    rng, kinds = np.random.default_rng(1), log.kinds
    known = np.flatnonzero(log.contact.codes >= 0)
    rows = known[rng.integers(0, len(known), more)]
    left = log.happened_at.max() - log.happened_at[rows]
    at = log.happened_at[rows] + (left * rng.random(more)).astype(np.int64)
    codes = np.array([kinds.code(name) for name in FILLERS], dtype=np.uint16)
    return _table(log, rows, at, codes[rng.choice(len(codes), more, p=list(FILLERS.values()))], plain=True)


def _table(
    log: Touches, rows: Ints, at: Ints, kind: npt.NDArray[np.uint16], *, plain: bool = False
) -> pa.Table:
    """Rows of the log as an Arrow table; `plain` leaves out money, offers and who was there."""
    names = [name for name in TOLD if name in log.columns]
    blank = np.full(len(rows), MISSING)
    numbers = {"value": blank if plain else log.value, "n": blank if plain else log.n}
    without = {"offer", "currency", "actor"} if plain else set()
    return pa.table(
        {
            "contact": _texts(log.contact.codes[rows], log.contact.labels),
            "kind": _texts(kind.astype(np.int32), [one.name for one in log.kinds.kinds]),
            "happened_at": pa.array(at).cast(pa.timestamp("us")),
            **{
                name: _texts(
                    np.full(len(rows), -1) if name in without else log.columns[name].codes[rows],
                    log.columns[name].labels,
                )
                for name in names
            },
            **{name: pa.array(column, mask=column == MISSING) for name, column in numbers.items()},
        }
    )


def _texts(codes: npt.NDArray[Any], labels: Any) -> pa.Array:
    numbered = pa.array(codes.astype(np.int32), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(numbered, pa.array(labels, pa.string())).cast(pa.string())


def _part(scene: Scene, name: str) -> Callable[[], Any]:
    """What is timed under that name; what it needs is there before."""
    if name not in REPORTS:
        _prepare(scene, BEFORE[: BEFORE.index(name)])
        return lambda: vars(Scene)[name].func(scene)
    _prepare(scene, BEFORE)
    return lambda: _say(REPORTS[name](scene))


def _prepare(scene: Scene, names: Sequence[str]) -> None:
    for name in names:
        getattr(scene, name)


def _say(report: Any) -> tuple[list[str], list[dict[str, Any]]]:
    return report.sentences(), report.rows()


def _turn(work: Callable[[], Any]) -> Turn:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak begins anew
    wall, cpu, everybody = time.perf_counter(), time.process_time(), busy_seconds()
    work()
    seconds, own = time.perf_counter() - wall, time.process_time() - cpu
    others = max(0.0, busy_seconds() - everybody - own) / seconds
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return Turn(seconds, own, others, int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6)


def _profile(work: Callable[[], Any]) -> None:
    profile = cProfile.Profile()
    profile.runcall(work)
    pstats.Stats(profile).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    main()
