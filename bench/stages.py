"""Touches in, whole histories out: Leadline beside chdb, DuckDB, polars and pandas, from one Parquet file, in one run.

    python bench/stages.py                       # 20 M touches of 1 M contacts, 5 times each; some minutes
    python bench/stages.py --touches 1 --repeat 3
    python bench/stages.py --scale               # Leadline alone over 5, 10, 20, 40 and 100 M touches

Each measurement is a process of its own on two cores (see measure.py), tools taking turns, so that what else the
machine does falls on all alike; the table gives medians. Answers are compared as rows, not only counted.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from rich import box
from rich.console import Console
from rich.progress import track
from rich.table import Table

from answers import SAMPLE, sample_of
from generate import FOLDER, MILLION, TOUCHES_A_CONTACT, file_of, generate
from peers import by_hand

MEASURE = Path(__file__).parent / "measure.py"
WARM = 0.1  # million touches
SIZES = (5, 10, 20, 40, 100)
MOST_MB = 1_500
TIMES_PANDAS = 10


@dataclass(frozen=True)
class Task:
    """One row of the table. Answers of the same `answer` must be equal."""

    tool: str
    question: str
    what: str
    answer: str


TASKS = (
    Task("leadline", "monotone", "monotone history, with causes", "monotone"),
    Task("chdb", "monotone", "monotone history, order statistics", "monotone"),
    Task("duckdb", "monotone", "monotone history, order statistics", "monotone"),
    Task("polars", "monotone", "monotone history, order statistics", "monotone"),
    Task("pandas", "monotone", "monotone history, a kind at a time", "monotone"),
    Task("pandas", "monotone_by_windows", "monotone history, one window", "monotone"),
    Task("leadline", "windowed", "history with windows and resets, with causes", "windowed"),
    Task("duckdb", "windowed", "history with windows and resets, window functions", "windowed"),
    Task("chdb", "window_funnel", "windowFunnel of 5 steps, every touch: one number a contact", "steps"),
    Task("chdb", "window_funnel_pruned", "windowFunnel of 5 steps, its five kinds alone", "steps"),
)
Found = dict[str, Any]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--touches", type=float, default=20, metavar="MILLIONS")
    asked.add_argument("--repeat", type=int, default=5)
    asked.add_argument("--only", nargs="+", metavar="TOOL", help="these tools alone")
    asked.add_argument("--scale", action="store_true", help="Leadline alone, over sizes")
    asked.add_argument("--sizes", type=float, nargs="+", default=SIZES, metavar="MILLIONS", help="for --scale")
    asked.add_argument("--markdown", action="store_true", help="tables to be pasted")
    given = asked.parse_args()
    # wide enough for every row when the output is a file
    console = Console(width=None if sys.stdout.isatty() else 150)
    form = box.MARKDOWN if given.markdown else box.SIMPLE_HEAD
    console.print(_machine())
    if given.scale:
        console.print(_scale_table(_measure_sizes(given.sizes, given.repeat), form))
        return
    tasks = [task for task in TASKS if not given.only or task.tool in given.only]
    found = _measure(tasks, _file(given.touches), given.repeat)
    (FOLDER / f"stages-{given.touches:g}m.json").write_text(json.dumps(_named(found), indent=1))
    console.print(_table(found, form))
    for line in [*_check_by_hand(found, _file(given.touches)), *_goals(found), _compile_times()]:
        console.print(line)


def _file(millions: float) -> Path:
    path, touches = file_of(millions), round(millions * MILLION)
    return path if path.exists() else generate(path, touches, touches // TOUCHES_A_CONTACT)


def _measure(tasks: list[Task], path: Path, repeat: int) -> dict[Task, list[Found]]:
    """Each task `repeat` times, in turns."""
    path.read_bytes()  # from now on it is in the page cache, for the first as for the last
    found: dict[Task, list[Found]] = {task: [] for task in tasks}
    turns = [(turn, task) for turn in range(repeat) for task in tasks]
    for turn, task in track(turns, "measuring", console=Console(stderr=True)):
        found[task].append(_run(task, path, sample=turn == 0))
    return found


def _run(task: Task, path: Path, sample: bool = False, **environment: str) -> Found:
    command = [sys.executable, str(MEASURE), task.tool, task.question, str(path), "--warm", str(_file(WARM))]
    done = subprocess.run(
        command + ["--sample"] * sample, env=os.environ | environment, stdout=subprocess.PIPE, check=True
    )
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def _middle(runs: list[Found], name: str) -> float:
    return median(run[name] for run in runs)


def _table(found: dict[Task, list[Found]], form: box.Box) -> Table:
    table = Table("tool", "what it computes", box=form)
    for name in ("seconds", "CPU seconds", "times Leadline's", "peak MB", "rows", "same answer"):
        table.add_column(name, justify="right")
    ours = {task.question: _middle(runs, "seconds") for task, runs in found.items() if task.tool == "leadline"}
    for task, runs in found.items():
        seconds, cpu = _middle(runs, "seconds"), _middle(runs, "cpu_seconds")
        against = ours.get(task.answer, ours.get("windowed"))
        ratio = f"{seconds / against:.2f}" if against else ""
        peak = max(run["peak_mb"] for run in runs)
        table.add_row(
            task.tool, task.what, f"{seconds:.2f}", f"{cpu:.2f}", ratio, f"{peak:,.0f}", f"{runs[0]['rows']:,}",
            _agreement(task, found),
        )  # fmt: skip
    return table


def _agreement(task: Task, found: dict[Task, list[Found]]) -> str:
    answers = {run["fingerprint"] for other, runs in found.items() if other.answer == task.answer for run in runs}
    others = [other for other in found if other.answer == task.answer and other != task]
    return "only one" if not others else "yes" if len(answers) == 1 else "NO"


def _check_by_hand(found: dict[Task, list[Found]], path: Path) -> list[str]:
    """Whether each history is, for a sample of contacts, what the plain definition says."""
    sample = sample_of(pq.read_table(path, columns=["contact"])["contact"].to_numpy())
    lines = []
    for question in ("monotone", "windowed"):
        truth = getattr(by_hand, question)(path, sample).fingerprint()
        wrong = [task.tool for task, runs in found.items() if task.answer == question and runs[0]["sample_fingerprint"] != truth]
        verdict = f"NOT THE SAME: {', '.join(wrong)}" if wrong else "the same rows from every tool"
        lines.append(f"By hand, {len(sample):,} contacts of {SAMPLE:,} asked, {question}: {verdict}.")
    return lines


def _goals(found: dict[Task, list[Found]]) -> list[str]:
    seconds = {(task.tool, task.question): _middle(runs, "seconds") for task, runs in found.items()}
    if ("leadline", "monotone") not in seconds or len({task.tool for task in found}) < 5:
        return []
    ours, windowed = seconds["leadline", "monotone"], seconds["leadline", "windowed"]
    rival, best = min((s, tool) for (tool, question), s in seconds.items() if question == "monotone" and tool != "leadline")
    funnel, windows = seconds["chdb", "window_funnel"], seconds["pandas", "monotone_by_windows"]
    by_kind = seconds["pandas", "monotone"]
    peak = max(run["peak_mb"] for task, runs in found.items() if task.tool == "leadline" for run in runs)
    return [
        _goal(ours < rival, f"the monotone history in less time than any peer's: {ours:.2f} s, best peer {best} {rival:.2f} s"),
        _goal(windowed < funnel, f"windows and resets in less than windowFunnel over every touch: {windowed:.2f} s, {funnel:.2f} s"),
        _goal(
            windows / ours >= TIMES_PANDAS,
            f"{TIMES_PANDAS} times less than pandas: {windows / ours:.1f} times by windows, {by_kind / ours:.1f} a kind at a time",
        ),
        _goal(peak < MOST_MB, f"peak memory under {MOST_MB:,} MB: {peak:,.0f} MB"),
    ]


def _goal(reached: bool, what: str) -> str:
    return f"{'reached' if reached else 'MISSED '}  {what}"


def _compile_times() -> str:
    """What numba costs before the first touch: compiling once, and fetching what was compiled in each new process."""
    with tempfile.TemporaryDirectory() as empty:
        first, again = (
            _run(Task("leadline", "windowed", "", ""), _file(WARM), NUMBA_CACHE_DIR=empty)["warm_seconds"] for _ in range(2)
        )
    return f"Not counted above: compiling on the first use of all {first:.1f} s; loading the compiled code in a process {again:.2f} s."


def _measure_sizes(sizes: list[float], repeat: int) -> dict[float, dict[Task, list[Found]]]:
    ours = [task for task in TASKS if task.tool == "leadline"]
    return {size: _measure(ours, _file(size), repeat) for size in sizes}


def _scale_table(sizes: dict[float, dict[Task, list[Found]]], form: box.Box) -> Table:
    table = Table(box=form)
    for name in ("touches", "contacts", "history", "rows", "seconds", "seconds a million touches", "peak MB"):
        table.add_column(name, justify="left" if name == "history" else "right")
    for task in (task for task in TASKS if task.tool == "leadline"):
        for size, found in sizes.items():
            seconds, runs = _middle(found[task], "seconds"), found[task]
            table.add_row(
                f"{size:g} M", f"{size / TOUCHES_A_CONTACT:g} M", task.question, f"{runs[0]['rows']:,}", f"{seconds:.2f}",
                f"{seconds / size:.4f}", f"{max(run['peak_mb'] for run in runs):,.0f}",
            )  # fmt: skip
    return table


def _machine() -> str:
    cpu = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    tools = ", ".join(f"{name} {version(name)}" for name in ("numba", "chdb-core", "duckdb", "polars", "pandas", "numpy"))
    load = os.getloadavg()[0]
    return (
        f"{cpu or platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}; "
        f"{tools}; load before {load:.1f} (more than about 0.5: something else was running)"
    )


def _named(found: dict[Task, list[Found]]) -> dict[str, list[Found]]:
    return {f"{task.tool} {task.question}": runs for task, runs in found.items()}


if __name__ == "__main__":
    main()
