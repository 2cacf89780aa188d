"""One measurement in a process of its own, as a line of JSON: `stages.py` starts one of these for each.

    python bench/measure.py duckdb monotone build/bench/touches-1m.parquet --warm build/bench/touches-0.1m.parquet

Imports come first and are not timed. Then a small file, which starts thread pools and loads compiled code (its
time is given apart); then the file, from opening it to the last column in memory, and how many processors others
kept busy meanwhile; then the peak of the process's memory; only then is the answer fetched and fingerprinted.
"""  # noqa: E501 - a command is one line

from __future__ import annotations

import argparse
import importlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

THREADS = 2
for variable in ("POLARS_MAX_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[variable] = str(THREADS)
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])

from answers import Ints, Rows, sample_of  # noqa: E402 - tools are imported later still, and read the variables above
from processors import busy_seconds  # noqa: E402

Answer = Callable[[], Rows]


def main() -> None:
    """Measure as the command line says."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("tool")
    asked.add_argument("question")
    asked.add_argument("file", type=Path)
    asked.add_argument("--warm", type=Path, required=True, help="a small file of the same form")
    asked.add_argument("--sample", action="store_true", help="fingerprint the answer for a sample too")
    given = asked.parse_args()
    derive = getattr(importlib.import_module(f"peers.with_{given.tool}"), given.question)
    warm, _ = _time(derive, given.warm)
    took, rows = _time(derive, given.file)
    found: dict[str, float | str] = {**took, "warm_seconds": warm["seconds"], "peak_mb": _peak_mb()}
    answer = rows()
    found |= {"rows": len(answer.contact), "fingerprint": answer.fingerprint()}
    if given.sample:
        found["sample_fingerprint"] = answer.only(_sample(given.file)).fingerprint()
    print(json.dumps(found))


def _time(derive: Callable[[Path], Answer], path: Path) -> tuple[dict[str, float], Answer]:
    wall, cpu, all_cpu = time.perf_counter(), time.process_time(), busy_seconds()
    rows = derive(path)
    seconds, own = time.perf_counter() - wall, time.process_time() - cpu
    others = max(0.0, busy_seconds() - all_cpu - own) / seconds
    return {"seconds": seconds, "cpu_seconds": own, "others": others}, rows


def _peak_mb() -> float:
    # not getrusage: its maximum is handed on from the process that started this one
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6


def _sample(path: Path) -> Ints:
    import pyarrow.parquet as pq  # not before the measurement: it takes memory

    return sample_of(pq.read_table(path, columns=["contact"])["contact"].to_numpy())


if __name__ == "__main__":
    main()
