"""Three things a person waits for: the audit of a million-row export, one contact folded, and the help text.

    python bench/audit.py                 # each with the goal beside it
    python bench/audit.py --rows 100000

The export is written as people have it: text ids, ISO dates, what happened, path, channel, value of what was bought.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import duckdb
from generate import FOLDER, MILLION, TOUCHES_A_CONTACT, file_of, generate
from rich.console import Console
from rich.table import Table

from leadline.engine.fold import fold
from leadline.engine.funnel import load_funnel
from leadline.engine.history import derive
from leadline.engine.touches import Touches

GOALS = {"audit seconds": 20, "audit MB": 2_000, "fold ms": 2, "help seconds": 0.4}
LEADLINE = str(Path(sys.executable).with_name("leadline"))
PATHS = ["website", "social", "content", "email", "referral", "advertising", "networking", "speaking"]
EXPORT = """
copy (
    select printf('C-%07d', contact) as "Contact ID", strftime(happened_at, '%Y-%m-%d') as "Date", kind as "Activity",
        {paths}[1 + (hash(contact, kind) % 8)::integer] as "Path",
        case when kind in ('mailed', 'opened', 'clicked', 'replied', 'unsubscribed') then 'email'
            when kind = 'called' then 'phone' when kind in ('visited', 'downloaded') then 'web'
            when kind = 'liked' then 'social' when kind = 'attended' then 'event' else 'meeting' end as "Channel",
        case when kind = 'bought' then printf('%d.00', 90 + (hash(contact) % 4000)::integer) end as "Value"
    from '{touches}' order by happened_at)
to '{csv}' (header)
"""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rows", type=int, default=MILLION)
    asked.add_argument("--repeat", type=int, default=3)
    given = asked.parse_args()
    export = _export(given.rows)
    audits = [_audit(export) for _ in range(given.repeat)]
    folds = _fold_one(100)
    table = Table("what", "measured", "goal", "reached")
    rows = [
        (
            f"leadline audit, {given.rows:,} rows, {export.stat().st_size / 1e6:.0f} MB: seconds",
            median(a[0] for a in audits),
            "audit seconds",
        ),
        ("the same: peak MB", max(a[1] for a in audits), "audit MB"),
        ("one contact, 100 touches, plain Python: ms", folds, "fold ms"),
        ("leadline --help: seconds", median(_run(["--help"])[0] for _ in range(11)), "help seconds"),
    ]
    for what, measured, goal in rows:
        table.add_row(
            what, f"{measured:,.2f}", f"under {GOALS[goal]:,}", "yes" if measured < GOALS[goal] else "NO"
        )
    Console(width=None if sys.stdout.isatty() else 120).print(table)


def _export(rows: int) -> Path:
    csv, touches = FOLDER / f"export-{rows}.csv", file_of(rows / MILLION)
    if not touches.exists():
        generate(touches, rows, max(1, rows // TOUCHES_A_CONTACT))
    if not csv.exists():
        duckdb.execute(EXPORT.format(paths=PATHS, touches=touches, csv=csv))
    return csv


def _audit(export: Path) -> tuple[float, float]:
    """Seconds and peak MB of one audit, from the shell's prompt to the shell's prompt, with the HTML page."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "audit.html"
        took = _run(["audit", str(export.resolve()), "--html", str(page)], folder)
        if not page.exists():
            raise SystemExit("leadline audit ended without writing its page")
        return took


def _run(words: list[str], folder: str = ".") -> tuple[float, float]:
    start = time.perf_counter()
    process = subprocess.Popen([LEADLINE, *words], cwd=folder, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(
            f"leadline {' '.join(words)} ended with exit code {os.waitstatus_to_exitcode(status)}"
        )
    return seconds, used.ru_maxrss * 1024 / 1e6


def _fold_one(touches: int, repeat: int = 201) -> float:
    """Median ms to derive one contact's history, the funnel being loaded and the function not compiled."""
    kinds = [
        "visited",
        "opened",
        "downloaded",
        "clicked",
        "replied",
        "called",
        "told_budget",
        "asked",
        "bought",
        "mailed",
    ]
    day = 86_400_000_000
    rows = [
        {"contact": "c", "kind": kinds[i % 10], "happened_at": (19_000 + 5 * i) * day} for i in range(touches)
    ]
    log, funnel = Touches.of(rows), load_funnel("agency")
    took = []
    for _ in range(repeat):
        start = time.perf_counter()
        derive(log, funnel)
        took.append(time.perf_counter() - start)
    assert not hasattr(fold, "py_func"), "the plain function is what is measured here"
    return 1_000 * median(took)


if __name__ == "__main__":
    main()
