"""What was measured, side by side: tables, whether the answers agree, and whether the goals are reached."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow.parquet as pq
from answers import sample_of
from generate import TOUCHES_A_CONTACT
from peers import by_hand
from processors import CALM
from rich import box
from rich.table import Table

MOST_MB = 1_500
TIMES_PANDAS = 10
MOST_SECONDS_100M, MOST_MB_100M = 10, 6_000

Found = dict[str, Any]  # what measure.py prints


@dataclass(frozen=True)
class Task:
    """One row of the table. Tasks of one `answer` must find the same."""

    tool: str
    question: str
    what: str
    answer: str


TASKS = (
    Task("leadline", "monotone", "monotone history, with causes", "monotone"),
    Task("chdb", "monotone", "monotone history, by order statistics", "monotone"),
    Task("duckdb", "monotone", "monotone history, by order statistics", "monotone"),
    Task("polars", "monotone", "monotone history, by order statistics", "monotone"),
    Task("pandas", "monotone", "monotone history, a kind at a time", "monotone"),
    Task("pandas", "monotone_by_windows", "monotone history, by one window", "monotone"),
    Task("leadline", "windowed", "history with windows and resets, with causes", "windowed"),
    Task("duckdb", "windowed", "history with windows and resets", "windowed"),
    Task("pandas", "windowed", "history with windows and resets", "windowed"),
    Task("chdb", "window_funnel", "windowFunnel, 5 steps, all kinds: one number each", "steps"),
    Task("chdb", "window_funnel_pruned", "windowFunnel, 5 steps, 5 kinds: one number each", "steps"),
)
OURS, OURS_WINDOWED = (task for task in TASKS if task.tool == "leadline")


def middle(runs: list[Found], name: str) -> float:
    """The median of one figure over the calm runs; over all where there is none."""
    return median(float(run[name]) for run in calm(runs) or runs)


def calm(runs: list[Found]) -> list[Found]:
    """Those during which nobody else kept the processors busy, so that no tool pays for a busy moment."""
    return [run for run in runs if run["others"] < CALM]


def table(found: dict[Task, list[Found]], form: box.Box) -> Table:
    """A row for each task, beside Leadline's history of the same funnel; windowFunnel beside `windowed`."""
    shown = Table("tool", "what it computes", box=form)
    for name in ("seconds", "calm runs", "CPU seconds", "Leadline = 1", "peak MB", "rows", "same answer"):
        shown.add_column(name, justify="right")
    for task, runs in found.items():
        ours = found.get(OURS if task.answer == "monotone" else OURS_WINDOWED)
        seconds = middle(runs, "seconds")
        shown.add_row(
            task.tool,
            task.what,
            f"{seconds:.2f}",
            f"{len(calm(runs))} of {len(runs)}",
            f"{middle(runs, 'cpu_seconds'):.2f}",
            f"{seconds / middle(ours, 'seconds'):.2f}" if ours else "",
            f"{middle(runs, 'peak_mb'):,.0f}",
            f"{runs[0]['rows']:,}",
            _agreement(task, found),
        )
    return shown


def check_by_hand(found: dict[Task, list[Found]], path: Path) -> list[str]:
    """Whether each history is, for a sample of contacts, what the plain definition says."""
    sample = sample_of(pq.read_table(path, columns=["contact"])["contact"].to_numpy())
    lines = []
    for question in ("monotone", "windowed"):
        truth = getattr(by_hand, question)(path, sample).fingerprint()
        asked = {task: runs[0] for task, runs in found.items() if task.answer == question}
        wrong = {task.tool for task, run in asked.items() if run["sample_fingerprint"] != truth}
        verdict = f"NOT THE SAME from {', '.join(wrong)}" if wrong else "the same rows from every tool"
        lines.append(f"Evaluated by hand for {len(sample):,} contacts, {question}: {verdict}.")
    return lines


def goals(found: dict[Task, list[Found]]) -> list[str]:
    """Each goal, reached or missed, with the figures; none where not every task was measured."""
    if set(found) != set(TASKS):
        return []
    time = {(task.tool, task.question): middle(runs, "seconds") for task, runs in found.items()}
    ours, windowed = time["leadline", "monotone"], time["leadline", "windowed"]
    peers = {task.tool: time[task.tool, task.question] for task in TASKS if task.question == "monotone"}
    best = min(set(peers) - {"leadline"}, key=lambda tool: peers[tool])
    funnel = time["chdb", "window_funnel"]
    by_kind, by_window = (time["pandas", name] / ours for name in ("monotone", "monotone_by_windows"))
    with_resets = time["pandas", "windowed"] / windowed
    pandas = f"{with_resets:.1f} with windows; monotone {by_window:.1f} by a window, {by_kind:.1f} by kind"
    peak = max(middle(found[task], "peak_mb") for task in (OURS, OURS_WINDOWED))
    return [
        _goal(
            f"monotone in less than any peer: {ours:.2f} s, {best} {peers[best]:.2f} s", ours < peers[best]
        ),
        _goal(
            f"windows and resets in less than windowFunnel: {windowed:.2f} s, {funnel:.2f} s",
            windowed < funnel,
        ),
        _goal(
            f"{TIMES_PANDAS} times faster than pandas: {pandas}",
            min(by_kind, with_resets) >= TIMES_PANDAS,
        ),
        _goal(f"peak under {MOST_MB:,} MB: {peak:,.0f} MB", peak < MOST_MB),
    ]


def scale_table(sizes: dict[float, dict[Task, list[Found]]], form: box.Box) -> Table:
    """A row for each size, the monotone history first."""
    shown = Table("history", box=form)
    for name in (
        "touches",
        "contacts",
        "rows",
        "seconds",
        "calm runs",
        "CPU seconds",
        "CPU s a million",
        "peak MB",
    ):
        shown.add_column(name, justify="right")
    for task in (OURS, OURS_WINDOWED):
        for size, found in sizes.items():
            runs, cpu = found[task], middle(found[task], "cpu_seconds")
            shown.add_row(
                task.question,
                f"{size:g} M",
                f"{size / TOUCHES_A_CONTACT:g} M",
                f"{runs[0]['rows']:,}",
                f"{middle(runs, 'seconds'):.2f}",
                f"{len(calm(runs))} of {len(runs)}",
                f"{cpu:.2f}",
                f"{cpu / size:.3f}",
                f"{middle(runs, 'peak_mb'):,.0f}",
            )
    return shown


def scale_goals(sizes: dict[float, dict[Task, list[Found]]]) -> list[str]:
    """Whether time grows no faster than the number of touches, and what 100 M take."""
    lines = []
    small, large = min(sizes), max(sizes)
    for task in (OURS, OURS_WINDOWED):
        times = middle(sizes[large][task], "seconds") / middle(sizes[small][task], "seconds")
        what = f"{task.question}, {large / small:g} times the touches: {times:.1f} times as long"
        lines.append(_goal(what, times <= large / small))
        if 100 in sizes:
            seconds, peak = (middle(sizes[100][task], name) for name in ("seconds", "peak_mb"))
            limits = f"under {MOST_SECONDS_100M} s and {MOST_MB_100M:,} MB"
            what = f"{task.question}, 100 M {limits}: {seconds:.1f} s, {peak:,.0f} MB"
            lines.append(_goal(what, seconds < MOST_SECONDS_100M and peak < MOST_MB_100M))
    return lines


def _agreement(task: Task, found: dict[Task, list[Found]]) -> str:
    same = [other for other in found if other.answer == task.answer]
    answers = {run["fingerprint"] for other in same for run in found[other]}
    return "alone" if len(same) == 1 else "yes" if len(answers) == 1 else "NO"


def _goal(what: str, reached: bool) -> str:
    return f"{'reached' if reached else 'MISSED '}  {what}"
