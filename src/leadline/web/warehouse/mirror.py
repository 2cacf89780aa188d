"""The mirror: the touches as Parquet files beside the database, from which reports are read in one go.

A touch is written down as of the person that it counts for: whomever its contact was merged into.

`manifest.json` names the segments that hold, with how long each is and its checksum, up to which touch they
reach, and a token that the database has too. New touches are appended as a segment of their own, joined with
the last ones while those are no longer; what was changed since (`TouchChange`) is corrected in the segments
that hold it, and files that the manifest no longer names are removed, so that what was erased is in none. A
mirror that is missing, torn, or of another database is no mirror: reports are read from the database, and
the next refreshing makes it anew.

On PostgreSQL numbers are given before they can be seen, so numbers that are missing are asked for again
during a day.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
from django.conf import settings
from django.db import connection
from django.db.models import Max, Q
from django.db.models.functions import Coalesce

from leadline.engine.instants import DAY
from leadline.engine.touches import Touches
from leadline.web.models import MirrorState, Touch, TouchChange
from leadline.web.warehouse.definitions import kinds
from leadline.web.warehouse.segments import FIELDS, checksum, read_segments, write_segment
from leadline.web.warehouse.zones import placed_at_home

MOST_ROWS = 500_000
"""A segment of so many rows is joined with no further ones."""
_AT_ONCE, _MOST_GAPS = 900, 200
_MANIFEST, _LOCK = "manifest.json", "lock"

Row = tuple[Any, ...]
Gap = tuple[int, int, int]


@dataclass(frozen=True)
class Segment:
    """One file: the touches in force among the numbers from `first` to `last`."""

    name: str
    first: int
    last: int
    rows: int
    size: int
    checksum: int


@dataclass(frozen=True)
class Manifest:
    """What holds: segments in the order of numbers, up to touch `last`.

    `token` is what the database has too, `before` what it had until then; `gaps` are ranges of numbers that
    could not be seen, with the instant since when.
    """

    token: str = ""
    before: str = ""
    last: int = 0
    segments: tuple[Segment, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True)
class Draft:
    """A manifest that holds once the database has its token, and the changes that it has taken in."""

    manifest: Manifest
    changes: tuple[int, ...]


def folder() -> Path:
    """Where the mirror is."""
    return Path(settings.HOME) / "mirror"


def mark() -> str:
    """The state of the mirror that holds; empty where there is none."""
    held = _held()
    return held.token if held else ""


def size() -> int:
    """How many touches the mirror has."""
    held = _held()
    return sum(one.rows for one in held.segments) if held else 0


def read_mirror(zone: str | None = None) -> Touches | None:
    """The touches of the mirror, as `every_touch` gives them but for number, note and origin.

    `zone` is where days begin, None: where the team is. None where there is no mirror that holds: where it is
    missing, torn, or belongs to another database.
    """
    for _ in range(2):  # a segment may be replaced while it is read
        held = _held()
        if held is None:
            return None
        try:
            paths = [folder() / one.name for one in held.segments]
            if all(_is_whole(path, one) for path, one in zip(paths, held.segments, strict=True)):
                found = read_segments(paths, kinds())
                return replace(found, happened_at=placed_at_home(found.happened_at, zone))
        except (OSError, duckdb.Error):
            continue
    return None


def is_behind() -> bool:
    """Whether touches were written or changed that the mirror has not taken in."""
    held = _held()
    if held is None:
        return True
    last = Touch.objects.aggregate(last=Max("id"))["last"] or 0
    return last > held.last or TouchChange.objects.exists()


def is_whole() -> bool:
    """Whether there is a mirror of this database, and its segments are as they were written."""
    return _whole() is not None


@contextmanager
def alone() -> Iterator[None]:
    """Only one at a time refreshes the mirror; the others wait."""
    folder().mkdir(parents=True, exist_ok=True)
    with (folder() / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def draft(now: int) -> Draft | None:
    """The next state of the mirror, its new segments written; None where nothing has changed."""
    held = _whole() or Manifest()
    changes = dict(TouchChange.objects.values_list("id", "touch"))
    held, late = _seen_since(held)
    corrected = _correct(held, sorted({*changes.values(), *late}))
    appended = _append(corrected, now)
    if appended == held and not changes and held.token:
        return None
    manifest = replace(appended, token=uuid4().hex, before=held.token)
    return Draft(manifest, tuple(changes))


def hold(drafted: Draft) -> None:
    """Let a draft be the mirror, and remove what is no longer of it."""
    place = folder() / _MANIFEST
    fresh = place.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(asdict(drafted.manifest), file)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(place)
    named = {one.name for one in drafted.manifest.segments}
    for path in folder().glob("*.parquet"):
        if path.name not in named:
            path.unlink(missing_ok=True)


def _held() -> Manifest | None:
    """The manifest that holds and belongs to this database."""
    try:
        found = json.loads((folder() / _MANIFEST).read_text(encoding="utf-8"))
        segments = tuple(Segment(**one) for one in found.pop("segments"))
        gaps = tuple((low, high, since) for low, high, since in found.pop("gaps"))
        manifest = Manifest(**found, segments=segments, gaps=gaps)
    except (OSError, ValueError, TypeError, KeyError):
        return None
    token = MirrorState.objects.values_list("token", flat=True).first()
    return manifest if token and token in {manifest.token, manifest.before} else None


def _whole() -> Manifest | None:
    """What the mirror holds; None where a segment is missing or torn, or where there is no mirror."""
    held = _held()
    return held if held and all(_is_whole(folder() / one.name, one) for one in held.segments) else None


def _is_whole(path: Path, segment: Segment) -> bool:
    try:
        return path.stat().st_size == segment.size and checksum(path) == segment.checksum
    except OSError:
        return False


def _seen_since(held: Manifest) -> tuple[Manifest, list[int]]:
    """Touches whose numbers were missing and can be seen now, and the manifest without these gaps."""
    late: list[int] = []
    gaps: list[Gap] = []
    for low, high, since in held.gaps:
        found = list(Touch.objects.filter(id__range=(low, high)).order_by("id").values_list("id", flat=True))
        late += found
        gaps += _gaps(low - 1, [*found, high + 1], since)
    return replace(held, gaps=tuple(gaps)), late


def _correct(held: Manifest, changed: Sequence[int]) -> Manifest:
    """The manifest with these touches read again, in the segments that hold their numbers."""
    segments = []
    for place, one in enumerate(held.segments):
        until = held.segments[place + 1].first - 1 if place + 1 < len(held.segments) else held.last
        since = one.first if place else 0
        here = [number for number in changed if since <= number <= until]
        segments.append(_write(_rows_of(here), [one], here, one.first, one.last) if here else one)
    return replace(held, segments=tuple(segments))


def _append(held: Manifest, now: int) -> Manifest:
    """The manifest with all touches after the last."""
    last, segments, gaps = held.last, list(held.segments), [g for g in held.gaps if g[2] > now - DAY]
    while rows := list(_in_order(Q(id__gt=last))[:MOST_ROWS]):
        numbers = [int(row[0]) for row in rows]
        if connection.vendor != "sqlite":  # there they are seen in the order in which they are given
            gaps += _gaps(last, numbers, now)
        old: list[Segment] = []
        joined = len(rows)
        while segments and segments[-1].rows <= joined < MOST_ROWS:
            old.insert(0, segments.pop())
            joined += old[0].rows
        first = old[0].first if old else numbers[0]
        segments.append(_write(_in_force(rows), old, [], first, numbers[-1]))
        last = numbers[-1]
    return replace(held, last=last, segments=tuple(segments), gaps=tuple(gaps[-_MOST_GAPS:]))


def _gaps(last: int, numbers: Sequence[int], since: int) -> list[Gap]:
    """The ranges of numbers that are missing after `last`."""
    ends = zip([last, *numbers], numbers, strict=False)
    return [(before + 1, after - 1, since) for before, after in ends if after > before + 1]


def _rows_of(numbers: Sequence[int]) -> list[Row]:
    found: list[Row] = []
    for start in range(0, len(numbers), _AT_ONCE):
        found += _in_order(Q(id__in=numbers[start : start + _AT_ONCE]))
    return _in_force(found)


def _in_order(where: Q) -> Any:
    """Touches as they are written down: each is of whomever its contact was merged into."""
    kept = Coalesce("contact__merged_into_id", "contact_id")
    columns = [kept if name == "contact_id" else name for name in FIELDS]
    rows = Touch.objects.filter(where).order_by("id")
    return rows.values_list(*columns, "in_force", "retracts_id")


def _in_force(rows: Sequence[Row]) -> list[Row]:
    return [row[:-2] for row in rows if row[-2] and row[-1] is None]


def _write(rows: list[Row], old: Sequence[Segment], gone: Sequence[int], first: int, last: int) -> Segment:
    name = f"{uuid4().hex}.parquet"
    path = folder() / name
    folder().mkdir(parents=True, exist_ok=True)
    written = write_segment(path, rows, [folder() / one.name for one in old], gone)
    return Segment(name, first, last, written, path.stat().st_size, checksum(path))
