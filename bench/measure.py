"""One measurement in this process alone, as a line of JSON: `stages.py` starts one of these for each.

    python bench/measure.py duckdb monotone build/bench/touches-1m.parquet --warm build/bench/touches-0.1m.parquet

Imports come first and are not timed. Then a small file, which starts thread pools and loads compiled code (its time
is given apart); then the file, from opening it to the last column in memory; then the peak of this process's memory;
and only then the answer is fetched and fingerprinted.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

THREADS = 2
for variable in ("POLARS_MAX_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "ARROW_NUM_THREADS"):
    os.environ[variable] = str(THREADS)
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])

from answers import Rows, sample_of  # noqa: E402 - what is imported reads the variables above


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("tool")
    asked.add_argument("question")
    asked.add_argument("file", type=Path)
    asked.add_argument("--warm", type=Path, required=True, help="a small file of the same form")
    asked.add_argument("--sample", action="store_true", help="fingerprint the answer for a sample of the contacts too")
    given = asked.parse_args()
    derive = getattr(importlib.import_module(f"peers.with_{given.tool}"), given.question)
    warm_seconds, _, warm = _time(derive, given.warm)
    del warm
    seconds, cpu_seconds, rows = _time(derive, given.file)
    found = {"seconds": seconds, "cpu_seconds": cpu_seconds, "warm_seconds": warm_seconds, "peak_mb": _peak_mb()}
    answer = rows()
    found |= {"rows": len(answer.contact), "fingerprint": answer.fingerprint()}
    if given.sample:
        found["sample_fingerprint"] = answer.only(_sample(given.file)).fingerprint()
    json.dump(found, sys.stdout)
    sys.stdout.flush()


def _time(derive: Callable[[Path], Callable[[], Rows]], path: Path) -> tuple[float, float, Callable[[], Rows]]:
    wall, cpu = time.perf_counter(), time.process_time()
    rows = derive(path)
    return time.perf_counter() - wall, time.process_time() - cpu, rows


def _peak_mb() -> float:
    # not getrusage: its maximum is handed on from the process that started this one
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6


def _sample(path: Path):  # type: ignore[no-untyped-def]
    import pyarrow.parquet as pq

    return sample_of(pq.read_table(path, columns=["contact"])["contact"].to_numpy())


if __name__ == "__main__":
    main()
