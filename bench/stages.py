"""Touches in, histories out: Leadline beside chdb, DuckDB, polars and pandas, from one file, in one run.

    python bench/stages.py                       # 20 M touches of 1 M contacts, 5 times each: some minutes
    python bench/stages.py --touches 1 --repeat 3
    python bench/stages.py --scale               # Leadline alone over 5, 10, 20, 40 and 100 M touches

Each measurement is a process of its own on two cores (measure.py). Tools take turns, so that whatever else
the machine does falls on all alike, and what others disturbed is measured again; the table gives the medians
of the calm runs. Answers are compared row by row, not only counted.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from generate import FOLDER, MILLION, TOUCHES_A_CONTACT, file_of, generate
from processors import CALM, wait_for_calm
from rich import box
from rich.console import Console
from rich.progress import track
from verdicts import TASKS, Found, Task, check_by_hand, goals, scale_goals, scale_table, table

MEASURE = Path(__file__).parent / "measure.py"
PATIENCE = 20  # seconds to wait for others before each measurement
WARM = 0.1  # million touches
SIZES = (5, 10, 20, 40, 100)
PACKAGES = ("numba", "numpy", "chdb-core", "duckdb", "polars", "pandas", "pyarrow")


def main() -> None:
    """Measure as the command line says, and print the tables."""
    given = _ask()
    # wide enough for every row when the output is a file
    console = Console(width=None if sys.stdout.isatty() else 150, highlight=False)
    form = box.MARKDOWN if given.markdown else box.SIMPLE_HEAD
    console.print(_machine())
    if given.scale:
        ours = [task for task in TASKS if task.tool == "leadline"]
        sizes = {size: measure(ours, file_with(size), given.repeat, given.tries) for size in given.sizes}
        console.print(scale_table(sizes, form), *scale_goals(sizes), sep="\n")
        return
    path = file_with(given.touches)
    tasks = [task for task in TASKS if not given.only or task.tool in given.only]
    found = measure(tasks, path, given.repeat, given.tries)
    kept = {f"{task.tool} {task.question}": runs for task, runs in found.items()}
    (FOLDER / f"stages-{given.touches:g}m.json").write_text(json.dumps(kept, indent=1), encoding="utf-8")
    verdicts = [*check_by_hand(found, path), *goals(found), compile_times()]
    console.print(table(found, form), *verdicts, sep="\n")


def file_with(millions: float) -> Path:
    """The file with that many million touches, generated where it isn't there."""
    path, touches = file_of(millions), round(millions * MILLION)
    return path if path.exists() else generate(path, touches, touches // TOUCHES_A_CONTACT)


def measure(tasks: list[Task], path: Path, repeat: int, tries: int) -> dict[Task, list[Found]]:
    """Each task `repeat` times, in turns; what others disturbed is measured again, up to `tries` times."""
    path.read_bytes()  # so that it is in the page cache for the first as for the last
    found: dict[Task, list[Found]] = {task: [] for task in tasks}
    turns = [(turn, task) for turn in range(repeat) for task in tasks]
    for turn, task in track(turns, path.stem, console=Console(stderr=True)):
        attempts = [_run(task, path, sample=turn == 0)]
        while attempts[-1]["others"] >= CALM and len(attempts) < tries:
            attempts.append(_run(task, path, sample=turn == 0))
        found[task].append(min(attempts, key=lambda attempt: float(attempt["others"])))
    return found


def compile_times() -> str:
    """What numba costs before the first touch: compiling once, and fetching it in each new process."""
    task = next(task for task in TASKS if task.tool == "leadline")
    with tempfile.TemporaryDirectory() as empty:
        runs = [_run(task, file_with(WARM), NUMBA_CACHE_DIR=empty)["warm_seconds"] for _ in range(2)]
    return (
        f"Not in the times above: compiling, once after installing, {runs[0]:.1f} s; "
        f"fetching what was compiled, in each new process, {runs[1]:.2f} s."
    )


def _ask() -> argparse.Namespace:
    raw = argparse.RawDescriptionHelpFormatter
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    asked.add_argument("--touches", type=float, default=20, metavar="MILLIONS")
    asked.add_argument("--repeat", type=int, default=5)
    asked.add_argument("--tries", type=int, default=4, help="measure again what others disturbed, so often")
    asked.add_argument("--only", nargs="+", metavar="TOOL", help="these tools alone")
    asked.add_argument("--scale", action="store_true", help="Leadline alone, over sizes")
    asked.add_argument(
        "--sizes", type=float, nargs="+", default=SIZES, metavar="MILLIONS", help="for --scale"
    )
    asked.add_argument("--markdown", action="store_true", help="tables to be pasted")
    return asked.parse_args()


def _run(task: Task, path: Path, *, sample: bool = False, **environment: str) -> Found:
    wait_for_calm(PATIENCE)
    measured = [sys.executable, str(MEASURE), task.tool, task.question, str(path)]
    options = ["--warm", str(file_with(WARM)), *["--sample"] * sample]
    done = subprocess.run(
        [*measured, *options], env=os.environ | environment, stdout=subprocess.PIPE, check=True
    )
    return json.loads(done.stdout)  # type: ignore[no-any-return]


def _machine() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    cpu = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{cpu or platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB; {platform.system()}, "
        f"Python {platform.python_version()}, {packages}"
    )


if __name__ == "__main__":
    main()
