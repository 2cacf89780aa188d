"""What a person waits for: the audit of an export of a million rows, one contact folded, the help text.

    python bench/audit.py
    python bench/audit.py --rows 100000 --repeat 1

The export is written as people have it: text ids, ISO dates, what happened, path, channel, value of what was
bought. Commands are timed as a shell would, from start to end, the page that is written included.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import duckdb
from generate import FOLDER, MILLION, TOUCHES_A_CONTACT, file_of, generate
from rich.console import Console
from rich.table import Table

from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.touches import Touches

LEADLINE = str(Path(sys.executable).with_name("leadline"))
DAY = 86_400_000_000
EXPORT = """
copy (
    select printf('C-%07d', contact) as "Contact ID",
        strftime(happened_at, '%Y-%m-%d') as "Date",
        kind as "Activity",
        ['website', 'social', 'content', 'email', 'referral', 'advertising', 'networking', 'speaking']
            [1 + (hash(contact, kind) % 8)::integer] as "Path",
        case when kind in ('mailed', 'opened', 'clicked', 'replied', 'unsubscribed') then 'email'
            when kind in ('visited', 'downloaded') then 'web' when kind = 'called' then 'phone'
            when kind = 'liked' then 'social' when kind = 'attended' then 'event'
            else 'meeting' end as "Channel",
        case when kind = 'bought' then printf('%d.00', 90 + (hash(contact) % 4000)::integer) end as "Value"
    from '{touches}' order by happened_at)
to '{csv}' (header)
"""
Line = tuple[str, float, float]  # what, how much, and the goal: less than that


def main() -> None:
    """Measure as the command line says, and print the table."""
    raw = argparse.RawDescriptionHelpFormatter
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    asked.add_argument("--rows", type=int, default=MILLION)
    asked.add_argument("--repeat", type=int, default=3)
    given = asked.parse_args()
    lines = [*_audits(given.rows, given.repeat), *_folds(100), _help()]
    table = Table("what", "measured", "goal", "reached")
    for what, measured, goal in lines:
        table.add_row(what, f"{measured:,.2f}", f"under {goal:,}", "yes" if measured < goal else "NO")
    Console(width=None if sys.stdout.isatty() else 120).print(table)


def _audits(rows: int, repeat: int) -> list[Line]:
    export = _export(rows)
    runs = [_audit(export) for _ in range(repeat)]
    what = f"leadline audit, {rows:,} rows, {export.stat().st_size / 1e6:.0f} MB"
    seconds, peak = (median(run[figure] for run in runs) for figure in (0, 1))
    return [(f"{what}: seconds", seconds, 20), (f"{what}: peak MB", peak, 2_000)]


def _export(rows: int) -> Path:
    csv, touches = FOLDER / f"export-{rows}.csv", file_of(rows / MILLION)
    if not touches.exists():
        generate(touches, rows, max(1, rows // TOUCHES_A_CONTACT))
    if not csv.exists():
        duckdb.execute(EXPORT.format(touches=touches, csv=csv))
    return csv


def _audit(export: Path) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "audit.html"
        took = _run(["audit", str(export.resolve()), "--html", str(page)], folder)
        if not page.exists():
            raise SystemExit("leadline audit ended without writing its page")
        return took


def _help() -> Line:
    return "leadline --help: seconds", median(_run(["--help"])[0] for _ in range(11)), 0.4


def _run(words: list[str], folder: str = ".") -> tuple[float, float]:
    """Seconds and peak MB of one command."""
    start = time.perf_counter()
    process = subprocess.Popen([LEADLINE, *words], cwd=folder, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"leadline {' '.join(words)} ended with exit code {process.returncode}")
    return seconds, used.ru_maxrss * 1024 / 1e6


def _folds(touches: int) -> list[Line]:
    """One contact's history: from touches that are there already, and from rows, as one request would."""
    kinds = "visited opened downloaded clicked replied called told_budget asked bought mailed".split()
    rows = [
        {"contact": "c", "kind": kinds[number % len(kinds)], "happened_at": (19_000 + 5 * number) * DAY}
        for number in range(touches)
    ]
    log, funnel = Touches.of(rows), load_funnel("agency")
    what = f"one contact, {touches} touches, plain Python"
    from_rows = _median_ms(lambda: derive(Touches.of(rows), funnel))
    return [
        (f"{what}: ms", _median_ms(lambda: derive(log, funnel)), 2),
        (f"{what}, its rows read too: ms", from_rows, 2),
    ]


def _median_ms(work: Callable[[], object], repeat: int = 201) -> float:
    took = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return 1_000 * median(took)


if __name__ == "__main__":
    main()
