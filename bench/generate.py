"""Touches of an invented business in one Parquet file: what every measurement of the stages benchmark reads.

Columns `contact` (int64, with gaps as ids have them), `kind` (text, one of 12) and `happened_at` (timestamp
in µs, UTC), in order of time. How active contacts are is skewed (log-normal: the busiest of a million has
some thousand touches); how warm a contact is decides which kinds it draws; touches thin out after the first.

    python bench/generate.py --touches 5        # millions; one contact for 20 touches
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

MILLION = 1_000_000
TOUCHES_A_CONTACT = 20
FIRST_SECOND = 1_704_067_200  # 2024-01-01 UTC
SECONDS = 731 * 86_400  # two years
ROW_GROUP = 1 << 20
CHUNK = 10 * MILLION
FOLDER = Path("build/bench")

# kind: how often a cold and a warm contact has it, of a hundred touches
KINDS = {
    "mailed": (36, 14),
    "visited": (20, 15),
    "opened": (20, 15),
    "liked": (10, 5),
    "clicked": (6, 11),
    "downloaded": (3, 6),
    "attended": (2, 5),
    "replied": (1, 11),
    "called": (0.5, 8),
    "asked": (0.3, 6),
    "bought": (0.2, 3.5),
    "unsubscribed": (1, 0.5),
}
KIND_BITS, CONTACT_BITS = 4, 23


def file_of(millions: float) -> Path:
    """Where the file with that many million touches is kept."""
    return FOLDER / f"touches-{millions:g}m.parquet"


def generate(path: Path, touches: int, contacts: int, seed: int = 20) -> Path:
    """Writes `touches` touches of `contacts` contacts to `path`; every contact has at least one."""
    if not 0 < contacts <= min(touches, 1 << CONTACT_BITS):
        raise ValueError(f"{contacts} contacts, {touches} touches: each needs a touch, and 8 M is the most")
    path.parent.mkdir(parents=True, exist_ok=True)
    packed = _packed_touches(np.random.default_rng(seed), touches, contacts)
    packed.sort()  # time is in the high bits
    unfinished = path.with_suffix(".unfinished")
    _write(unfinished, packed)
    unfinished.replace(path)
    return path


def _packed_touches(rng: np.random.Generator, touches: int, contacts: int) -> npt.NDArray[np.int64]:
    """Each touch as one integer: seconds since the first, then contact, then kind."""
    activity = rng.lognormal(0.0, 1.3, contacts)
    count = 1 + rng.multinomial(touches - contacts, activity / activity.sum())
    start = np.where(rng.random(contacts) < 0.3, 0.0, rng.random(contacts)) * (SECONDS - 1)
    warmth = rng.beta(1, 3, contacts)
    packed = np.empty(touches, np.int64)
    for low, owner in _owners(count):
        u = rng.random(len(owner))
        second = (start[owner] + (SECONDS - 1 - start[owner]) * u * u).astype(np.int64)
        kind = _draw_kinds(rng, rng.random(len(owner)) < warmth[owner])
        packed[low : low + len(owner)] = (second << CONTACT_BITS + KIND_BITS) | (owner << KIND_BITS) | kind
    return packed


def _owners(count: npt.NDArray[np.int64]) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    """The contact of each touch, a chunk at a time, with the position of the chunk's first touch."""
    ends = np.cumsum(count)
    for low in range(0, int(ends[-1]), CHUNK):
        high = min(low + CHUNK, int(ends[-1]))
        yield low, np.searchsorted(ends, np.arange(low, high), side="right")


def _draw_kinds(rng: np.random.Generator, warm: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    share = np.array(list(KINDS.values())).T
    limits = np.cumsum(share / share.sum(axis=1, keepdims=True), axis=1)
    limits[:, -1] = 1.0
    u = rng.random(len(warm))
    return np.where(warm, np.searchsorted(limits[1], u, "right"), np.searchsorted(limits[0], u, "right"))


def _write(path: Path, packed: npt.NDArray[np.int64]) -> None:
    schema = pa.schema([("contact", pa.int64()), ("kind", pa.string()), ("happened_at", pa.timestamp("us"))])
    names = pa.array(list(KINDS))
    # store_schema off: a reader sees ordinary Parquet text, not an Arrow dictionary
    with pq.ParquetWriter(path, schema, store_schema=False) as writer:
        for low in range(0, len(packed), ROW_GROUP):
            part = packed[low : low + ROW_GROUP]
            index = (part >> KIND_BITS) & ((1 << CONTACT_BITS) - 1)
            kind = names.take(pa.array(part & ((1 << KIND_BITS) - 1)))
            at = ((part >> CONTACT_BITS + KIND_BITS) + FIRST_SECOND) * 1_000_000
            columns = [pa.array(1 + index + index // 3), kind, pa.array(at).cast(pa.timestamp("us"))]
            writer.write_table(pa.table(columns, schema=schema), row_group_size=ROW_GROUP)


def main() -> None:
    """Write the file that the command line asks for."""
    raw = argparse.RawDescriptionHelpFormatter
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    asked.add_argument("--touches", type=float, default=20, metavar="MILLIONS")
    asked.add_argument("--contacts", type=float, metavar="MILLIONS", help="default: one for 20 touches")
    asked.add_argument("--seed", type=int, default=20)
    given = asked.parse_args()
    touches = round(given.touches * MILLION)
    contacts = round(given.contacts * MILLION) if given.contacts else touches // TOUCHES_A_CONTACT
    path = generate(file_of(given.touches), touches, contacts, given.seed)
    print(f"{path}: {touches:,} touches of {contacts:,} contacts, {path.stat().st_size / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
