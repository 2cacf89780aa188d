"""Imports as jobs: files are read, then written batch by batch; whoever takes over goes on from there."""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any

from leadline.engine.errors import LeadlineError
from leadline.engine.history import fetch_compiled
from leadline.web import access
from leadline.web.actions.acting import Actor
from leadline.web.actions.importing import (
    imports,
    loading,
    own_records,
    proposals,
    tasks,
    undoing,
    undoing_deals,
)
from leadline.web.actions.importing.intake import take_in
from leadline.web.actions.importing.own_tables import read_own
from leadline.web.actions.importing.takers import Takers, find_takers
from leadline.web.actions.importing.unused import write_unused
from leadline.web.actions.importing.uploads import left_of, paths_of
from leadline.web.jobs.leases import Lease
from leadline.web.jobs.registry import LARGE, handles
from leadline.web.models import Import
from leadline.web.refusals import plainly
from leadline.web.turns import REST

AUDIENCES = 2000


def _gave_up(payload: dict[str, Any], now: int, error: str) -> None:
    imports.fail(Actor(None, "the worker", now), payload["import"], f"It was tried again and again: {error}.")


@handles("import.run", attempts=5, gave_up=_gave_up, beside=LARGE)
def run_import(payload: dict[str, Any], now: int, lease: Lease) -> None:
    """Take the files of an import in."""
    record = _find(payload, imports.State.RUNNING)
    if record is None:
        return
    user = record.made_by
    if user is None:
        imports.fail(Actor(None, "the worker", now), record.pk, "Whoever began it is not here any more.")
        return
    actor = Actor.of(user, now)
    try:
        access.require(user, "import")
        paths = paths_of(imports.folder_name(record), record.files)
        imported = proposals.read(paths, proposals.mapping_of(record), now)
        own = read_own(paths)
        intake = take_in(imported, record.counts["digest"], now, user.currency)
        people = find_takers(record.mapping.get("owner"))
    except LeadlineError as error:  # it would be the same another time
        imports.fail(actor, record.pk, plainly(error))
        return
    takers = Takers(people, Counter(record.counts.get("given", {})))
    load = loading.Load(record, actor, user, intake, lease.hold, own, takers)
    with _kept():
        _write(load, lease)
    unused = chain(left_of(record.files), proposals.refused_of(imported), load.refused)
    imports.finish(load, write_unused(imports.folder_name(record), unused))
    imports.drop_uploads(record)


def _write(load: loading.Load, lease: Lease) -> None:
    """Write all that the files say, batch by batch."""
    intake, companies = load.intake, len(load.own.companies)
    lease.go_on()
    imports.begin(load.record, companies + len(intake.people) + len(intake.touches), lease.hold)
    fetch_compiled()
    load.prepare()
    loading.load_definitions(load)
    for rows in own_records.own_batches(companies):
        lease.go_on()
        own_records.load_own_companies(load, rows)
    ended = 0.0
    for part in load.parts():
        time.sleep(max(ended + REST - time.monotonic(), 0))  # others wrote while it was made ready
        lease.go_on()
        loading.load_people(load, part)
        ended = time.monotonic()
    for first in range(intake.audiences.start, intake.audiences.stop, AUDIENCES):
        lease.go_on()
        loading.load_audiences(load, range(first, min(first + AUDIENCES, intake.audiences.stop)))


@contextmanager
def _kept() -> Iterator[None]:
    """What is there by now stays meanwhile: it isn't looked through for garbage with every batch."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@handles("import.undo", attempts=5, gave_up=_gave_up, beside=LARGE)
def undo_import(payload: dict[str, Any], now: int, lease: Lease) -> None:
    """Undo an import."""
    record = _find(payload, imports.State.UNDOING)
    if record is None:
        return
    fetch_compiled()
    actor = Actor(record.made_by, f"undoing import {record.pk}", now)
    steps: tuple[Callable[..., int | None], ...] = (
        undoing.undo_touches,
        undoing.undo_contracts,
        undoing_deals.undo_followed,
        undoing_deals.undo_asks,
        undoing.undo_sales,
        tasks.undo_tasks,
        undoing.undo_changes,
        undoing.undo_made,
        undoing.undo_companies,
    )
    for step in steps:
        after: int | None = 0
        while after is not None:
            lease.go_on()
            after = step(actor, record, after, lease.hold)
            time.sleep(REST)
    undoing.finish_undo(actor, record, lease.hold)


def _find(payload: dict[str, Any], state: str) -> Import | None:
    return Import.objects.select_related("made_by__team").filter(pk=payload["import"], state=state).first()
